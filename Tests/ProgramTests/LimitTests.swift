import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("process limits, closed descriptors and full outputs")
    struct LimitTests {
        /// Shell commands before the program, and the possible results of training after them.
        struct Limit: Sendable, CustomTestStringConvertible {
            let words: String
            let exitCodes: Set<Int32>
            var testDescription: String { words }
        }

        static let limits =
            ["exec <&-", "exec >&-", "exec 2>&-", "exec <&- >&- 2>&-", "exec >/dev/full 2>&1", "trap '' PIPE CHLD HUP", "ulimit -s unlimited", "ulimit -S -n 6"]
            .map { Limit(words: $0, exitCodes: [0]) }
            + [0, 1, 4, 16, 64].map { Limit(words: "ulimit -f \($0)", exitCodes: [0, 74]) }
            + [5, 8, 9, 16].map { Limit(words: "ulimit -n \($0)", exitCodes: [71]) }
            + [300, 1024].map { Limit(words: "ulimit -s \($0)", exitCodes: [0, 71]) }

        private static func run(_ words: String, _ arguments: [String], on launch: Launch = .alone, in folder: Folder) throws -> ProgramResult {
            let script = "ulimit -c 0; \(words); exec \"$0\" \"$@\""
            return try folder.run(launch, ["-c", script, try ProgramRun.built("lstm-train").path] + arguments, program: URL(filePath: "/bin/sh"))
        }

        @Test("a run ends with a documented code, contains only its own files, and resumes to the bits of an undisturbed one", arguments: limits)
        func training(limit: Limit) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            let wanted = try folder.uninterrupted(.series, steps: 20)
            #expect(try folder.train(.series, "training.steps=10", "checkpoint.everySteps=5").exitCode == 0)
            let names = folder.names(in: "run").filter { !$0.hasPrefix("events.") }
            let keys = ["series.json", "training.steps=20", "checkpoint.everySteps=5", "log.everySteps=1", "--run-directory", "run"]
            let result = try Self.run(limit.words, keys, in: folder)
            #expect(limit.exitCodes.contains(result.exitCode), "\(result)")
            #expect(folder.names(in: "run").filter { !$0.hasPrefix("events.") } == names, "\(folder.names(in: "run"))")
            // Each line is an object, without other text in between.
            #expect(try folder.metrics().allSatisfy { $0["step"]?.integerValue != nil })
            let further = try folder.train(.series, "training.steps=20", "checkpoint.everySteps=5", "log.everySteps=1")
            #expect(further.exitCode == 0, "\(further)")
            #expect(try folder.weights() == wanted)
        }

        @Test("if a file can't grow any more, no byte of the last checkpoint is lost")
        func fileSize() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.series.prepare(in: folder)
            #expect(try folder.train(.series, "training.steps=10").exitCode == 0)
            let before = try folder.contents().filter { $0.key.contains("checkpoints/") }
            let result = try Self.run("ulimit -f 2", ["series.json", "training.steps=20", "--run-directory", "run"], in: folder)
            #expect(result.exitCode == 74 && result.errorOutput.contains("File too large"), "\(result)")
            #expect(try folder.contents().filter { $0.key.contains("checkpoints/") } == before)
        }

        @Test("output for a closed standard output is never written to another file")
        func closedOutput() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            #expect(try folder.train(.text, "training.steps=5").exitCode == 0)
            let before = try folder.contents()
            for verb in [["inspect", "run"], ["evaluate", "run"], ["generate", "run", "--length", "20"], ["schema"]] {
                #expect(try Self.run("exec >&-", verb, in: folder).exitCode == 74)
                #expect(try Self.run("exec <&- >&- 2>&-", verb, in: folder).exitCode == 74)
            }
            #expect(try folder.contents() == before)
        }

        @Test("under a memory limit each command works, or exits with 71", arguments: [100_000, 110_000, 130_000, 160_000, 200_000, 300_000, 500_000])
        func memory(kilobytes: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            #expect(try folder.train(.text, "training.steps=5").exitCode == 0)
            let verbs = [
                ["text.json", "model.hidden=700", "training.steps=2", "--run-directory", "large"], ["text.json", "--run-directory", "small", "training.steps=2"],
                ["evaluate", "run"], ["generate", "run", "--length", "20"], ["report", "run", "--output", "report.html"],
                ["export", "run", "--format", "onnx", "--output", "onnx"], ["inspect", "run"],
            ]
            for (number, verb) in verbs.enumerated() {
                for kind in ["v", "d"] {
                    let limit = kind == "v" ? kilobytes : kilobytes / 5
                    // mpirun itself isn't limited.
                    let launch = Launch(number < 3 && kilobytes % 3 == 1 ? 2 : 1)
                    let result = try Self.run("ulimit -\(kind) \(limit)", verb, on: launch, in: folder)
                    #expect([0, 71].contains(result.exitCode), "ulimit -\(kind) \(limit), \(verb): \(result)")
                    // Ranks that have different amounts of memory left each say theirs.
                    let says = ["lstm-train: ", "rank 0: "].contains { result.errorOutput.contains($0) }
                    #expect(result.exitCode == 0 || says, "ulimit -\(kind) \(limit), \(verb): \(result)")
                }
                for name in ["large", "small", "report.html", "report-svg", "onnx"] { try? FileManager.default.removeItem(atPath: folder.path(name)) }
            }
        }

        @Test("data that don't fit into memory, or are endless, exit with 71 before a run directory is made", arguments: ["text", "textWindows", "series"])
        func endlessData(kind: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write("a,b\n1,2\n", "sparse")
            #expect(truncate(folder.path("sparse"), 10 << 30) == 0)
            for name in ["/dev/zero", "sparse"] {
                let result = try Self.run("ulimit -v 300000", ["text.json", "data.kind=\(kind)", "data.files=\(name)", "--run-directory", "run"], in: folder)
                #expect(result.exitCode == 71 && result.errorOutput.contains("lstm-train: "), "\(name): \(result)")
                #expect(!folder.exists("run"))
            }
        }

        @Test("several ranks on a machine don't take half of its memory each: files that only one rank could read are rejected")
        func sharedMachine() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write("a,b\n1,2\n", "sparse")
            // Less than half of the machine's memory, more than a quarter.
            let byteCount = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 8 * 3
            guard truncate(folder.path("sparse"), off_t(byteCount)) == 0 else { return }
            let result = try folder.run(.ranks(2), "text.json", "data.files=sparse", "--run-directory", "run")
            #expect(result.exitCode == 71 && result.errorOutput.contains("for each of 2 ranks here are to be read"), "\(result)")
            #expect(!folder.exists("run"))
        }

        @Test("before the limit of CPU time is reached, a run saves and stops with 75", arguments: ["ulimit -S -t 1", "ulimit -t 4"])
        func processorTime(words: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let keys = ["text.json", "training.steps=1000000000", "checkpoint.best=false", "parallelism.threads=1", "--run-directory", "run"]
            let result = try Self.run(words, keys, in: folder)
            #expect(result.exitCode == 75, "\(result)")
            let stopped = try folder.weights()
            #expect(try stopped == folder.uninterrupted(.text, steps: stopped.step))
        }
    }
}
