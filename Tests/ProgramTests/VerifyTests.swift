import Foundation
import Testing

extension ProgramTests {
    @Suite("verify")
    struct VerifyTests {
        @Test("it passes if ranks, threads and stops don't affect the result, and leaves no file")
        func passes() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let before = try folder.contents()
            let result = try verify(in: folder, "--steps", "4")
            #expect(result.exitCode == 0, "\(result)")
            for trial in ["1 rank, 2 threads, stopped once ", "2 ranks, stopped once ", "4 ranks, stopped once ", "4 → 2 → 1 ranks "] {
                #expect(result.output.split(separator: "\n").contains { $0.hasPrefix("  " + trial) && $0.hasSuffix(" same") }, "\(trial): \(result)")
            }
            #expect(result.output.contains("PASS        weights after step 4: SHA-256 \(try folder.uninterrupted(.text, steps: 4).sha256)"), "\(result)")
            #expect(try folder.contents().filter { !$0.key.hasPrefix("uninterrupted") } == before)
        }

        @Test("if ranks affect the result it fails with 1, and names the first step and tensor")
        func fails() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            // A launcher whose groups use a slightly higher learning rate.
            let mpirun = try #require(ProgramRun.mpirun).path
            try folder.write("#!/bin/sh\nexec \(mpirun) \"$@\" optimizer.learningRate=0.010001\n", "bin/mpirun")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.appending(path: "bin/mpirun").path)
            let result = try verify(in: folder, "--ranks", "2", path: folder.url.appending(path: "bin").path + ":")
            #expect(result.exitCode == 1, "\(result)")
            #expect(result.output.contains("  2 ranks, stopped once             differs at step 1: rnn.weight_ih_l0 in weights.safetensors: element "), "\(result)")
            #expect(result.output.contains("FAIL        "), "\(result)")
            let kept = try #require(result.output.split(separator: "\n").last?.components(separatedBy: "the runs are in ").last)
            #expect(FileManager.default.fileExists(atPath: kept + "/reference/config.json"))
            try FileManager.default.removeItem(atPath: kept)
        }

        @Test("one step per number of ranks is enough, keys that it sets itself are accepted, and \"fast\" is rejected")
        func limits() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.reber.prepare(in: folder)
            let result = try verify("reber.json", in: folder, "training.steps=90", "checkpoint.keep=1", "--steps", "2", "--ranks", "1,2")
            #expect(result.exitCode == 0 && result.output.contains("2 → 1 ranks"), "\(result)")
            #expect(try verify("reber.json", in: folder, "--steps", "2", "--ranks", "1,2,4").exitCode == 64)
            #expect(try verify("reber.json", in: folder, "parallelism.reduction=fast").exitCode == 78)
        }

        @Test("an invalid configuration is rejected with training's own message and exit code")
        func refuses() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try verify(in: folder, "optimizer.learningRate=1e38")
            #expect(result.exitCode == 65 && result.errorOutput.contains("step 1 would make weights infinite or NaN"), "\(result)")
        }

        private func verify(_ configuration: String = "text.json", in folder: Folder, _ arguments: String..., path: String = "") throws -> ProgramResult {
            let usual = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let words = ["PATH=\(path)\(usual)", try ProgramRun.built("lstm-train").path, "verify", configuration] + arguments
            return try folder.run(.alone, words, program: URL(filePath: "/usr/bin/env"))
        }
    }
}
