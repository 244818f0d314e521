import Foundation
import Testing

extension ProgramTests {
    @Suite("disk failures")
    struct DiskTests {
        /// Ten steps and a checkpoint, before anything fails.
        private func begin(in folder: Folder) throws -> [String: [UInt8]] {
            try Work.series.prepare(in: folder)
            let result = try folder.train(.series, "training.steps=10", "model.hidden=40", "checkpoint.best=false")
            try #require(result.exitCode == 0, "\(result)")
            return try checkpoints(of: folder)
        }

        private func checkpoints(of folder: Folder) throws -> [String: [UInt8]] { try folder.contents().filter { $0.key.hasPrefix("run/checkpoints/") } }

        private func goOn(_ overrides: String..., in folder: Folder) throws -> ProgramResult {
            try folder.start(.series, ["training.steps=30", "model.hidden=40", "checkpoint.everySteps=5", "checkpoint.best=false"] + overrides).finish()
        }

        /// The weights after 30 steps without failures.
        private func wanted(in folder: Folder) throws -> Weights {
            let result = try folder.train(.series, "training.steps=30", "model.hidden=40", into: "wanted")
            try #require(result.exitCode == 0, "\(result)")
            return try folder.weights("wanted")
        }

        @Test("a full disk ends a run with 74 and damages nothing; with free space it resumes to the same bits", .enabled(if: SmallDisk.canMount))
        func full() throws {
            let disk = try SmallDisk(in: Folder(), kibibytes: 4096)
            defer { disk.unmount() }
            let before = try begin(in: disk.folder)
            for room in [0, 4, 60, 150] {
                try disk.fill(leaving: room)
                let result = try goOn(in: disk.folder)
                #expect(result.exitCode == 74 && result.errorOutput.contains("No space left on device"), "\(room) KiB: \(result)")
                #expect(try checkpoints(of: disk.folder) == before, "\(room) KiB")
                try disk.empty()
            }
            #expect(try goOn(in: disk.folder).exitCode == 0)
            #expect(try disk.folder.weights() == wanted(in: disk.folder))
        }

        @Test("with checkpoint.onError \"continue\" a run continues on a full disk, reports it, and saves when possible", .enabled(if: SmallDisk.canMount))
        func goesOn() throws {
            let disk = try SmallDisk(in: Folder(), kibibytes: 4096)
            defer { disk.unmount() }
            let folder = disk.folder
            try Work.text.prepare(in: folder)
            // Slowly growing logs: the disk must not fill by itself while the filler is written.
            let logs = ["log.everySteps=200", "log.tensorBoard=false", "log.sampleLength=0"]
            let run = try folder.start(
                .text, ["training.steps=1000000000", "checkpoint.everySteps=20", "checkpoint.best=false", "checkpoint.onError=continue"] + logs,
                on: .ranks(2))
            try #require(run.wait { folder.checkpointSteps().count >= 2 })
            try disk.fill(leaving: 8)
            let saved = try #require(folder.checkpointSteps().last)
            Thread.sleep(forTimeInterval: 1)
            #expect(run.isRunning && (folder.checkpointSteps().last ?? 0) <= saved + 20)
            try disk.empty()
            try #require(run.wait { (folder.checkpointSteps().last ?? 0) > saved + 20 })
            run.signal(SIGUSR1)
            let result = run.finish()
            #expect(result.exitCode == 75 && result.errorOutput.contains("saving failed: can't write "), "\(result)")
            #expect(folder.names(in: "run/checkpoints").allSatisfy { $0.hasPrefix("step-") })
            let stopped = try folder.weights()
            #expect(try stopped == folder.uninterrupted(.text, steps: stopped.step))
        }

        /// Each system call of a save, with each error; the test makes it fail from its `k`th call in a thread on.
        private static let failures = ["ENOSPC", "EDQUOT", "EIO", "EROFS"].flatMap { code in ["write", "fsync", "renameat"].map { (call: $0, code: code) } }

        @Test("a write, a flush or a rename that fails ends a run with 74, and earlier checkpoints are unchanged", .enabled(if: Tracer.isThere))
        func failingCalls() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let before = try begin(in: folder)
            for (call, code) in Self.failures {
                let result = try folder.run(
                    .alone, try Tracer.arguments(inject: "\(call):error=\(code):when=2+") + ["series.json", "training.steps=30", "model.hidden=40",
                        "checkpoint.everySteps=5", "checkpoint.best=false", "--run-directory", "run"], program: Tracer.program)
                #expect(result.exitCode == 74, "\(call) \(code): \(result)")
                #expect(try checkpoints(of: folder) == before, "\(call) \(code)")
                #expect(folder.names(in: "run").allSatisfy { !$0.hasPrefix(".") }, "\(call) \(code)")
            }
            #expect(try goOn(in: folder).exitCode == 0)
            #expect(try folder.weights() == wanted(in: folder))
        }

        @Test("a process killed at any system call of a save leaves the new checkpoint or the old, and resumes to the same bits", .enabled(if: Tracer.isThere),
            arguments: [(call: "mkdirat", atLeast: 1), ("write", 20), ("fsync", 6), ("renameat", 2), ("unlinkat", 4)])
        func crash(call: String, atLeast: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            let wanted = try wanted(in: folder)
            _ = try begin(in: folder)
            let (run, begun) = (folder.url.appending(path: "run"), folder.url.appending(path: "begun"))
            try FileManager.default.moveItem(at: run, to: begun)
            var killCount = 0
            // Calls are counted per thread, so that all calls of the program and of its saves are reached; the loop ends at the first that is never made.
            for number in 1...400 {
                try? FileManager.default.removeItem(at: run)
                try FileManager.default.copyItem(at: begun, to: run)
                let arguments = try Tracer.arguments(inject: "\(call):signal=KILL:when=\(number)") + [
                    "series.json", "training.steps=30", "model.hidden=40", "checkpoint.everySteps=10", "checkpoint.keep=1", "checkpoint.best=false", "--run-directory", "run"]
                let result = try folder.run(.alone, arguments, program: Tracer.program)
                guard result.exitCode != 0 else { break }
                killCount += 1
                try #require(result.exitCode == 128 + SIGKILL, "\(call) \(number): \(result)")
                #expect(try folder.weights().step >= 10, "\(call) \(number)")
                try #require(try goOn(in: folder).exitCode == 0, "\(call) \(number)")
                #expect(try folder.weights() == wanted, "\(call) \(number)")
                #expect(folder.names(in: "run/checkpoints").allSatisfy { $0.hasPrefix("step-") }, "\(call) \(number)")
            }
            #expect(killCount >= atLeast, "\(call): \(killCount) kills")
        }
    }
}

/// strace, which can make a system call fail, or kill the process that makes it.
enum Tracer {
    static let program = URL(filePath: "/usr/bin/strace")

    /// Whether it is installed and allowed to trace.
    static let isThere = FileManager.default.isExecutableFile(atPath: program.path) && (try? command(program.path, "-qq", "-o", "/dev/null", "true")) == 0

    /// Its arguments, before those of the program to trace.
    static func arguments(inject: String) throws -> [String] {
        let call = inject.prefix { $0 != ":" }
        return ["-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(inject)", try ProgramRun.built("lstm-train").path]
    }
}
