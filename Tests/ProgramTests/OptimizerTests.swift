import Checkpoints
import Files
import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("optimizers")
    struct OptimizerTests {
        private static let plain = ["optimizer.momentum=0", "optimizer.nesterov=false"]
        private static let adam = plain + ["optimizer.algorithm=adam", "optimizer.weightDecay=0", "optimizer.learningRate=0.01"]

        /// Of each algorithm that isn't tried elsewhere, with what it can have; and the prefixes of its buffers' names.
        private static let others: [(settings: [String], prefixes: [String])] = [
            (["algorithm=adamw", "weightDecay=0.1", "amsgrad=true"], ["m.", "v.", "vmax."]),
            (["algorithm=rmsprop", "momentum=0.9", "centered=true"], ["v.", "mean.", "momentum."]),
            (["algorithm=rmsprop", "form=keras", "momentum=0.5", "weightDecay=0.001", "decayBiases=yes"], ["v.", "increment."]),
            (["algorithm=adagrad", "epsilon=1e-10"], ["sum."]), (["algorithm=nadam", "beta1=0.8"], ["m.", "v."]), (["algorithm=lamb"], ["m.", "v."]),
        ]
        /// With the file's momentum and weight decay set to their defaults, unless `settings` has them.
        private static func overrides(_ settings: [String]) -> [String] {
            let defaults = ["learningRate=0.01", "momentum=0", "nesterov=false", "weightDecay=0"].filter { standard in
                !settings.contains { $0.prefix { $0 != "=" } == standard.prefix { $0 != "=" } }
            }
            return (defaults + settings).map { "optimizer." + $0 }
        }

        @Test("each algorithm gives the same weights on 1 and 2 ranks and after a stop, has its buffers by their names, and learns")
        func algorithms() throws {
            for (settings, prefixes) in Self.others {
                let folder = try Folder()
                defer { folder.remove() }
                try Work.momentum.prepare(in: folder)
                let overrides = Self.overrides(settings)
                let stopped = try folder.start(.momentum, overrides + ["training.steps=20"], on: .ranks(2)).finish()
                try #require(stopped.exitCode == 0, "\(stopped)")
                let weights = try SafetensorsFile.open(folder.path(checkpoint(20)) + "/weights.safetensors").entries.map(\.name)
                let names = try tensors(folder)
                #expect(names == prefixes.flatMap { prefix in weights.map { prefix + $0 } }, "\(settings)")
                let resumed = try folder.start(.momentum, overrides + ["parallelism.threads=2"]).finish()
                try #require(resumed.exitCode == 0, "\(resumed)")
                let whole = try folder.start(.momentum, overrides + ["parallelism.threads=1"], into: "whole").finish()
                try #require(whole.exitCode == 0, "\(whole)")
                let (found, wanted) = (try folder.weights(), try folder.weights("whole"))
                #expect(found == wanted && found.step == 50, "\(settings)")
                let losses = try folder.metrics("whole").compactMap { $0["validationLoss"]?.realValue }
                #expect(losses.count > 2 && losses[losses.count - 1] < losses[0], "\(settings): \(losses)")
            }
        }

        @Test("schedules by steps and epochs, warm-up and each way to clip give the same weights on 1 and 2 ranks and after a stop within them")
        func schedulesAndClipping() throws {
            let variants = [
                ["training.clipScope=layer", "optimizer.schedule=cosine", "optimizer.scheduleUnit=step", "optimizer.schedulePeriod=9", "optimizer.restartFactor=2",
                    "optimizer.minimumRate=0.01", "optimizer.warmupSteps=25"],
                ["training.clipNorm=0", "training.clipValue=0.01", "optimizer.schedule=oneCycle", "optimizer.scheduleUnit=step", "optimizer.schedulePeriod=50"],
                ["training.clipNorm=0.1", "training.clipScope=parameter", "optimizer.schedule=inverseRoot", "optimizer.schedulePeriod=2"],
            ]
            var found: Set<String> = []
            for overrides in variants {
                let folder = try Folder()
                defer { folder.remove() }
                try Work.momentum.prepare(in: folder)
                let stopped = try folder.start(.momentum, overrides + ["training.steps=20"], on: .ranks(2)).finish()
                try #require(stopped.exitCode == 0, "\(stopped)")
                let resumed = try folder.start(.momentum, overrides + ["parallelism.threads=2"]).finish()
                try #require(resumed.exitCode == 0, "\(resumed)")
                let whole = try folder.start(.momentum, overrides + ["parallelism.threads=1"], into: "whole").finish()
                try #require(whole.exitCode == 0, "\(whole)")
                let (weights, wanted) = (try folder.weights(), try folder.weights("whole"))
                #expect(weights == wanted && weights.step == 50, "\(overrides)")
                found.insert(weights.sha256)
            }
            #expect(found.count == variants.count)
        }

        @Test("a batch worked off in groups of shards gives the same weights, validation losses and resumes as all at once", arguments: [Work.text, .reber])
        func groups(work: Work) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try work.prepare(in: folder)
            try #require(try folder.start(work, [], into: "whole").finish().exitCode == 0)
            let (wanted, losses) = (try folder.weights("whole"), try validationLosses(folder, "whole"))
            try #require(losses.count > 0)
            for (index, (count, launch)) in [(2, Launch.alone), (8, .alone), (2, .ranks(2)), (2, .ranks(4))].enumerated() {
                let run = "groups\(index)"
                let first = try folder.start(work, ["training.accumulate=\(count)", "training.steps=23"], into: run, on: launch).finish()
                try #require(first.exitCode == 0, "\(first)")
                let resumed = try folder.start(work, count == 8 ? ["training.accumulate=4"] : [], into: run).finish()
                try #require(resumed.exitCode == 0, "\(resumed)")
                let found = try folder.weights(run)
                #expect(found == wanted, "\(count) groups on \(launch)")
                let ownLosses = try validationLosses(folder, run)
                #expect(Set(losses).isSubset(of: ownLosses), "\(ownLosses), not \(losses)")
            }
            let refused = try folder.start(work, ["training.accumulate=4"], into: "refused", on: .ranks(4)).finish()
            #expect(refused.exitCode == 78 && refused.errorOutput.contains("training.accumulate is 4, but 8 shards on 4 ranks can't"), "\(refused)")
            #expect(refused.errorOutput.contains("Set it to 1, 2, or choose another parallelism.shards."), "\(refused)")
        }

        private func validationLosses(_ folder: Folder, _ run: String) throws -> [Double] {
            try folder.metrics(run).compactMap { $0["validationLoss"]?.realValue }
        }

        private func trained(_ overrides: [String] = []) throws -> Folder {
            let folder = try Folder()
            try Work.momentum.prepare(in: folder)
            let result = try folder.start(.momentum, overrides + ["training.steps=20"]).finish()
            try #require(result.exitCode == 0, "\(result)")
            return folder
        }

        private func tensors(_ folder: Folder, step: Int = 20) throws -> [String] {
            try SafetensorsFile.open(folder.path(checkpoint(step)) + "/optimizer.safetensors").entries.map(\.name)
        }

        @Test("a checkpoint has the optimizer's buffers by their names")
        func names() throws {
            for (overrides, prefixes) in [([], ["momentum."]), (Self.plain, []), (Self.adam, ["m.", "v."])] {
                let folder = try trained(overrides)
                defer { folder.remove() }
                let weights = try SafetensorsFile.open(folder.path(checkpoint(20)) + "/weights.safetensors").entries.map(\.name)
                #expect(try tensors(folder) == prefixes.flatMap { prefix in weights.map { prefix + $0 } }, "\(overrides)")
            }
        }

        @Test("SGD without momentum is resumed to the same bits, on other numbers of ranks")
        func plain() throws {
            let folder = try trained(Self.plain)
            defer { folder.remove() }
            let resumed = try folder.start(.momentum, Self.plain, on: .ranks(2)).finish()
            try #require(resumed.exitCode == 0, "\(resumed)")
            _ = try folder.start(.momentum, Self.plain, into: "whole").finish()
            #expect(try folder.weights() == folder.weights("whole") && folder.weights().step == 50)
        }

        @Test("SGD learns: the loss after 50 steps is below that after 10")
        func learns() throws {
            let folder = try trained(["log.everySteps=10"])
            defer { folder.remove() }
            try folder.train(.momentum, "log.everySteps=10")
            let losses = try folder.metrics().compactMap { $0["validationLoss"]?.realValue }
            #expect(losses.count > 2 && losses[losses.count - 1] < losses[0], "\(losses)")
        }

        @Test("another algorithm, or momentum where there was none, is refused on a resume, with the command that takes the weights alone")
        func refusal() throws {
            for (first, second, words) in [
                ([], Self.adam, #"optimizer.algorithm: "adam", not "sgd" (may not change on a resume)"#),
                (Self.plain, [], "optimizer.momentum: 0.9, not 0.0 (may not change on a resume)"),
            ] {
                let folder = try trained(first)
                defer { folder.remove() }
                for (resume, run) in [("run", "new"), ("auto", "run")] {
                    let result = try folder.start(.momentum, second + ["--resume", resume], into: run).finish()
                    #expect(result.exitCode == 78 && result.errorOutput.contains("  " + words + "\n"), "\(result)")
                    #expect(result.errorOutput.contains("To begin with the weights of the checkpoint and a new state:"), "\(result)")
                    #expect(result.errorOutput.contains("model.initialWeights=run/checkpoints/step-00000020/weights.safetensors"), "\(result)")
                }
                #expect(!folder.exists("new"))
                let begun = try folder.start(
                    .momentum, second + ["model.initialWeights=run/checkpoints/step-00000020/weights.safetensors"], into: "begun").finish()
                #expect(begun.exitCode == 0, "\(begun)")
            }
        }

        @Test("another momentum, rate or decay may be taken on a resume")
        func mayChange() throws {
            let folder = try trained()
            defer { folder.remove() }
            let result = try folder.train(
                .momentum, "optimizer.momentum=0.8", "optimizer.weightDecay=0", "optimizer.learningRate=0.1", "--resume", "run", into: "new")
            #expect(result.exitCode == 0 && result.output.contains("with optimizer.learningRate: 0.1, not 0.5"), "\(result)")
        }

        @Test("a checkpoint without its run's configuration is refused where it has other buffers")
        func bareCheckpoint() throws {
            let folder = try trained()
            defer { folder.remove() }
            try FileManager.default.copyItem(atPath: folder.path(checkpoint(20)), toPath: folder.path("step-00000020"))
            let result = try folder.start(.momentum, Self.adam + ["--resume", "step-00000020"], into: "new").finish()
            #expect(result.exitCode == 78 && result.errorOutput.contains("'m.rnn.weight_ih_l0' is in the model and not in optimizer.safetensors"), "\(result)")
        }

        @Test("a step that isn't finite is refused as with any optimizer")
        func notFinite() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.momentum.prepare(in: folder)
            let result = try folder.train(.momentum, "optimizer.learningRate=1e38", "optimizer.weightDecay=1e30")
            #expect(result.exitCode == 65, "\(result)")
        }
    }
}
