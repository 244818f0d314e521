import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import Testing

@Suite("A damaged checkpoint")
struct DamageTests {
    /// Of several pages of 4 KiB.
    private static let layout = [TensorShape(name: "rnn.weight_hh_l0", dimensions: [68, 79]), TensorShape(name: "head.bias", dimensions: [7])]
    private static let fileNames = ["weights.safetensors", "optimizer.safetensors", "streams.safetensors", "manifest.json"]

    /// A run with two checkpoints, and what the older one holds.
    private struct Run {
        let directory: TemporaryDirectory
        let run: RunDirectory
        let older: Restored
        let newest: String

        init(_ numbers: inout SeededGenerator) throws {
            directory = try TemporaryDirectory()
            run = RunDirectory(directory.path)
            let locked = try run.locked()
            let first = snapshot(of: DamageTests.layout, step: 10, loss: 2, &numbers)
            older = Restored(first)
            _ = try locked.commit(first)
            newest = try locked.commit(snapshot(of: DamageTests.layout, step: 20, loss: 1, &numbers)).path
        }

        /// The older one is taken, whole, and the newest is passed over with a message that names `fileName` and says `reason`.
        func expectOlder(_ what: String, blaming fileName: String, saying reason: String? = nil) throws {
            for recovery in [try run.newestVerified(), try run.bestVerified()] {
                let recovery = try #require(recovery, "\(what)")
                #expect(try Restored(recovery.checkpoint, of: DamageTests.layout) == older, "\(what)")
                #expect(recovery.skippedCheckpoints.map(\.path) == [newest], "\(what)")
                let message = recovery.skippedCheckpoints.first?.description ?? ""
                #expect(message.contains(newest + "/" + fileName) && reason.map(message.contains) != false, "\(what): \(recovery.skippedCheckpoints)")
            }
        }
    }

    @Test("A flipped bit anywhere is seen, of 1000 or LSTM_TRAIN_FLIPS: the checkpoint before is taken, and the message names the file and its hash")
    func bitFlips() throws {
        var numbers = SeededGenerator.announced("bitFlips")
        let run = try Run(&numbers)
        let files = try Self.fileNames.map { ($0, try bytes(of: run.newest + "/" + $0)) }
        for flip in 0..<Int(numberInEnvironment("LSTM_TRAIN_FLIPS") ?? 1000) {
            let (name, good) = files[flip % files.count]
            var bad = good
            let bit = Int(numbers.next() % UInt64(8 * good.count))
            bad[bit / 8] ^= 1 << (bit % 8)
            try write(bad, to: run.newest + "/" + name)
            try run.expectOlder("bit \(bit) of \(name)", blaming: name, saying: "SHA-256")
            try write(good, to: run.newest + "/" + name)
        }
        #expect(try run.run.newestVerified()?.checkpoint.manifest.step == 20)
    }

    @Test("A file that is cut off at any multiple of 4 KiB is seen, and the message says what it has and should have")
    func cuts() throws {
        var numbers = SeededGenerator.announced("cuts")
        let run = try Run(&numbers)
        var cutCount = 0
        for name in Self.fileNames {
            let path = run.newest + "/" + name
            let good = try bytes(of: path)
            for byteCount in stride(from: 0, to: good.count, by: 4096) {
                try write(Array(good.prefix(byteCount)), to: path)
                let reason = name == "manifest.json" ? "cut off" : "has \(byteCount) bytes; its manifest says \(good.count)"
                try run.expectOlder("\(byteCount) bytes of \(name)", blaming: name, saying: reason)
                cutCount += 1
            }
            try write(good, to: path)
        }
        #expect(cutCount > 15)
        #expect(try run.run.newestVerified()?.checkpoint.manifest.step == 20)
    }

    @Test("A file that is cut off, longer, gone or no file is seen")
    func lengths() throws {
        var numbers = SeededGenerator.announced("lengths")
        let run = try Run(&numbers)
        for name in Self.fileNames {
            let path = run.newest + "/" + name
            let good = try bytes(of: path)
            for count in [0, 1, 7, 8, 9, good.count / 2, good.count - 1] + (0..<20).map({ _ in Int(numbers.next() % UInt64(good.count)) }) {
                try write(Array(good.prefix(count)), to: path)
                try run.expectOlder("\(count) bytes of \(name)", blaming: name)
            }
            try write(good + [0], to: path)
            try run.expectOlder("one byte more in \(name)", blaming: name)
            try FileManager.default.removeItem(atPath: path)
            try run.expectOlder("no \(name)", blaming: name)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try run.expectOlder("a directory \(name)", blaming: name)
            try FileManager.default.removeItem(atPath: path)
            try write(good, to: path)
        }
        #expect(try run.run.newestVerified()?.skippedCheckpoints.isEmpty == true)
    }

    @Test("Files exchanged between two checkpoints are seen")
    func exchanged() throws {
        var numbers = SeededGenerator.announced("exchanged")
        let run = try Run(&numbers)
        let older = run.directory.path + "/checkpoints/step-00000010"
        for name in Self.fileNames {
            let good = try bytes(of: run.newest + "/" + name)
            try write(bytes(of: older + "/" + name), to: run.newest + "/" + name)
            try run.expectOlder("\(name) of the other", blaming: name)
            try write(good, to: run.newest + "/" + name)
        }
    }

    @Test("When none verifies, that is an error that names each: a run is never begun anew unseen")
    func noneVerified() throws {
        var numbers = SeededGenerator.announced("noneVerified")
        let run = try Run(&numbers)
        for step in ["step-00000010", "step-00000020"] { try write([], to: run.directory.path + "/checkpoints/\(step)/weights.safetensors") }
        let thrown = error { () throws(CheckpointError) in _ = try run.run.newestVerified() }
        #expect(thrown?.category == .damaged)
        #expect(thrown?.description.contains("step-00000010/weights.safetensors") == true)
        #expect(thrown?.description.contains("step-00000020/weights.safetensors") == true)
        let reports = try run.run.checkpoints()
        #expect(reports.map(\.step) == [20, 10])
        for report in reports {
            guard case .damaged(.fileSize(report.path + "/weights.safetensors", found: 0, wanted: _)) = report.state else {
                Issue.record("\(report)")
                continue
            }
        }
    }

    @Test("The list says of each checkpoint whether it is whole")
    func list() throws {
        var numbers = SeededGenerator.announced("list")
        let run = try Run(&numbers)
        let path = run.newest + "/optimizer.safetensors"
        var bad = try bytes(of: path)
        bad[bad.count - 1] ^= 1
        try write(bad, to: path)
        // Names that are no checkpoint's.
        for name in ["step-20", "step-0000000x", "step--0000001", "step-+0000001", "other"] {
            try FileManager.default.createDirectory(atPath: run.directory.path + "/checkpoints/" + name, withIntermediateDirectories: false)
        }
        let reports = try run.run.checkpoints()
        #expect(reports.map(\.step) == [20, 10])
        guard case .damaged(let error) = reports.first?.state, case .verified(let manifest) = reports.last?.state else {
            Issue.record("\(reports)")
            return
        }
        #expect(error.description.contains(path) && error.category == .damaged)
        #expect(manifest.step == 10 && manifest.progress.validationLoss == 2)
    }

    @Test("A run without checkpoints, or without a directory, has none, and that is no error")
    func none() throws {
        let directory = try TemporaryDirectory()
        let run = RunDirectory(directory.path + "/absent")
        #expect(try run.newestVerified() == nil && run.bestVerified() == nil && run.checkpoints().isEmpty)
        _ = try run.locked()
        #expect(try run.newestVerified() == nil && run.bestVerified() == nil && run.checkpoints().isEmpty)
    }
}
