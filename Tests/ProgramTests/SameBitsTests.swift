import Foundation
import Testing

extension ProgramTests {
    @Suite("the same bits")
    struct SameBitsTests {
        /// Ranks, threads, gates: each pair of values of two columns occurs in at least one line.
        static let machines: [(rankCount: Int, threadCount: Int, gates: String)] = [
            (1, 1, "split"), (1, 2, "fused"), (1, 3, "split"), (1, 4, "fused"),
            (2, 1, "fused"), (2, 2, "split"), (2, 3, "fused"),
            (4, 1, "split"), (4, 2, "fused"), (4, 3, "fused"),
        ]
        /// For models that differ from those of ``Work/all`` in their layers alone.
        static let someMachines: [(rankCount: Int, threadCount: Int, gates: String)] = [(1, 3, "split"), (2, 2, "fused"), (4, 1, "split"), (4, 3, "fused")]
        static let otherModels: [Work] = [
            .momentum, .gru, .stack, .words, .bytePairs, .tokenizer, .cells, .cellForms, .labelledTexts, .labelledPairs, .bidirectional, .layers, .transformers, .blocks, .causalConvolutions,
            .overTime, .regularized,
        ]

        @Test("any number of ranks and threads, with gates fused or split, gives the same weights after 50 steps", arguments:
            Work.all.map { ($0, machines) } + otherModels.map { ($0, someMachines) })
        func anyMachine(work: Work, machines: [(rankCount: Int, threadCount: Int, gates: String)]) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let wanted = try folder.uninterrupted(work, steps: 50)
            #expect(wanted.step == 50)
            for (rankCount, threadCount, gates) in machines {
                let run = "\(rankCount)-\(threadCount)-\(gates)"
                let result = try folder.train(
                    work, "parallelism.threads=\(threadCount)", "parallelism.gates=\(gates)", into: run, on: .ranks(rankCount))
                try #require(result.exitCode == 0, "\(run): \(result)")
                #expect(try folder.weights(run) == wanted, "ranks, threads, gates: \(run)")
            }
        }

        @Test("the same is true in bfloat16, with other weights than float32's", arguments: Work.all + [.cells, .layers, .causalConvolutions, .regularized, .cellForms])
        func bfloat16(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let float32 = try folder.uninterrupted(work, steps: 50)
            let bfloat16 = "training.precision=bfloat16"
            try folder.train(work, bfloat16, "parallelism.threads=1", into: "one")
            let wanted = try folder.weights("one")
            #expect(wanted.step == 50 && wanted != float32)
            for (rankCount, threadCount, gates, segmentLength) in [(1, 3, "split", 3), (2, 2, "fused", 0), (4, 1, "split", 0)] {
                let run = "\(rankCount)-\(threadCount)-\(gates)-\(segmentLength)"
                let result = try folder.train(
                    work, bfloat16, "parallelism.threads=\(threadCount)", "parallelism.gates=\(gates)", "training.segmentLength=\(segmentLength)",
                    into: run, on: Launch(rankCount))
                try #require(result.exitCode == 0, "\(run): \(result)")
                #expect(try folder.weights(run) == wanted, "ranks, threads, gates, segments: \(run)")
            }
            // Stopped and resumed, on another number of ranks.
            try folder.train(work, bfloat16, "training.steps=20", into: "halves", on: .ranks(2))
            let resumed = try folder.train(work, bfloat16, into: "halves")
            try #require(resumed.exitCode == 0, "\(resumed)")
            #expect(try folder.weights("halves") == wanted)
        }

        @Test("a checkpoint is resumed in either precision, whose bits the following steps have", arguments: [("float32", "bfloat16"), ("bfloat16", "float32")])
        func otherPrecision(first: String, second: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            for (run, ranks) in [("one", Launch.alone), ("two", .ranks(2))] {
                try folder.train(.reber, "training.precision=\(first)", "training.steps=20", into: run, on: ranks)
                let result = try folder.train(.reber, "training.precision=\(second)", "checkpoint.keep=99", into: run, on: ranks)
                try #require(result.exitCode == 0, "\(result)")
                #expect(result.output.contains("in \(second) from here on, no longer in \(first)"), "\(result)")
            }
            // Each checkpoint is evaluated in the precision in which it was trained.
            for (step, precision) in [("00000020", first), ("00000050", second)] {
                let judgement = try folder.run(.alone, "evaluate", "one/checkpoints/step-\(step)", "--strings", "1")
                #expect(judgement.exitCode == 0 && judgement.output.contains(", in \(precision):"), "\(judgement)")
            }
            #expect(try folder.weights("one").step == 50 && folder.weights("one") == folder.weights("two"))
            try folder.train(.reber, "training.precision=\(second)", into: "whole")
            #expect(try folder.weights("one") != folder.weights("whole"))
        }

        @Test("training in segments gives the same bits, on any number of ranks, also resumed with other segments", arguments: Work.all)
        func segments(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let wanted = try folder.uninterrupted(work, steps: 50)
            for (rankCount, segmentLength) in [(1, 1), (2, 3)] {
                let run = "segments-of-\(segmentLength)"
                try folder.train(
                    work, "training.segmentLength=\(segmentLength)", "training.steps=20", into: run, on: Launch(rankCount))
                let result = try folder.train(work, "training.segmentLength=\(segmentLength + 1)", into: run)
                try #require(result.exitCode == 0, "\(result)")
                #expect(try folder.weights(run) == wanted, "segments of \(segmentLength), \(rankCount) ranks")
            }
        }

        @Test("eight ranks give the same bits, also if some have no sequence in an epoch's last batch", arguments: [Work.text, .reber, .momentum, .gru])
        func eightRanks(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            let result = try folder.train(work, "parallelism.threads=1", on: .ranks(8))
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.uninterrupted(work, steps: 50))
        }

        @Test("other numbers of shards give the same bits on all numbers of ranks that they allow", arguments: [(6, 3), (5, 5), (1, 1), (2, 2)])
        func otherShards(shardCount: Int, rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let shards = "parallelism.shards=\(shardCount)"
            let alone = try folder.train(.text, shards, into: "alone")
            let together = try folder.train(.text, shards, into: "together", on: .ranks(rankCount))
            try #require(alone.exitCode == 0 && together.exitCode == 0, "\(alone)\n\(together)")
            #expect(try folder.weights("alone") == folder.weights("together"))
        }

        @Test("another seed, or another number of shards, gives another run")
        func othersDiffer() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let wanted = try folder.uninterrupted(.text, steps: 50)
            for change in ["training.seed=2", "parallelism.shards=4"] {
                try folder.train(.text, change, into: change)
                #expect(try folder.weights(change).sha256 != wanted.sha256, "\(change)")
            }
        }
    }
}
