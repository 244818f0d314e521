import Foundation
import Testing

extension ProgramTests {
    @Suite("the same bits from any build")
    struct BuildTests {
        /// SHA-256 of the weights of this run, for every processor, with and without an instruction for bfloat16, and for vectors of 4, 8 or 16 floats.
        /// It changes only if the arithmetic does.
        static let promised = [
            "float32": "d417a55bc7f0b3e75a4a22b3bc5b622179db9341ceedbfb4543856ff16d358da",
            "bfloat16": "f0e6b0e619689291a66bf4f9888c339ccf6fa093e3524410a16156ecec658b8f",
        ]

        /// The same of LSTM and GRU layers one above the other (`Work.stack`).
        static let promisedOfStack = [
            "float32": "b34f7dc07cbf481057a4f154303e1cbb337710b6d0a797cf9fba23bf24a0e14c",
            "bfloat16": "57517998684dd71b2b2a413fd4b429c26f772875d629833e182825dd5bb2c82e",
        ]

        @Test("50 steps of an LSTM, and of LSTM and GRU layers, in either precision, give the same weights in every build")
        func promise() throws {
            try Self.expectPromise(of: nil)
        }

        @Test("the processor's instruction for bfloat16 and two FMAs in its place give the same weights", arguments: ["instruction", "halves"])
        func waysToMultiply(way: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let result = try folder.run(
                .alone, ["reber.json", "training.precision=bfloat16", "--run-directory", "run"], environment: ["LSTM_TRAIN_BFLOAT16": way])
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == Weights(step: 50, sha256: #require(Self.promised["bfloat16"])))
            #expect(result.output.contains(", bfloat16 by ") && result.output.contains(" × float32's rate\n"), "\(result)")
            if way == "halves" { #expect(result.output.contains("bfloat16 by two FMAs a pair"), "\(result)") }
        }

        @Test(
            "builds for the oldest supported processor, and for each vector width with and without a bfloat16 instruction, give these weights",
            .enabled(if: ProcessInfo.processInfo.environment["LSTM_TRAIN_TEST_BUILDS"] == "1", "takes minutes: set LSTM_TRAIN_TEST_BUILDS=1"),
            arguments: [
                ["LSTM_TRAIN_MARCH": "x86-64-v3"], ["LSTM_TRAIN_MARCH": "x86-64-v3", "LSTM_TRAIN_LANES": "4"],
                ["LSTM_TRAIN_MARCH": "x86-64-v3", "LSTM_TRAIN_LANES": "16"], ["LSTM_TRAIN_LANES": "4"], ["LSTM_TRAIN_LANES": "8"],
            ])
        func otherBuilds(settings: [String: String]) throws {
            let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let scratch = project.appending(path: ".build-\(settings.values.sorted().joined(separator: "-"))", directoryHint: .isDirectory)
            let build = Process()
            build.executableURL = URL(filePath: "/usr/bin/env")
            build.arguments = [
                "swift", "build", "-c", "release", "-j", "2", "--product", "lstm-train", "--package-path", project.path(), "--scratch-path", scratch.path(),
            ]
            build.environment = ProcessInfo.processInfo.environment.merging(settings) { $1 }
            // The build's output is only for watching progress.
            build.standardOutput = FileHandle.standardError
            try build.run()
            build.waitUntilExit()
            try #require(build.terminationStatus == 0, "the build failed")
            try Self.expectPromise(of: scratch.appending(path: "release/lstm-train"))
        }

        private static func expectPromise(of program: URL?) throws {
            for (work, promised) in [(Work.reber, promised), (.stack, promisedOfStack)] {
                let folder = try Folder()
                defer { folder.remove() }
                try work.prepare(in: folder)
                for (precision, sha256) in promised {
                    let result = try folder.train(work, "training.precision=\(precision)", into: precision, program: program)
                    try #require(result.exitCode == 0, "\(result)")
                    #expect(try folder.weights(precision, program: program) == Weights(step: 50, sha256: sha256), "\(work.name), \(precision)")
                }
            }
        }
    }
}
