import Foundation
import Testing

extension ProgramTests {
    /// Uses a real pseudoterminal, made by util-linux's `script`.
    @Suite("the live view")
    struct TerminalTests {
        private static let views = [
            (columns: 80, environment: ["LC_ALL": "C.UTF-8"]), (columns: 80, environment: ["LC_ALL": "C"]),
            (columns: 50, environment: ["LC_ALL": "C.UTF-8", "NO_COLOR": "1"]), (columns: 200, environment: ["LANG": "en_GB.UTF-8"]),
        ]

        @Test("it stays below the lines, leaves nothing behind, and never wraps", arguments: views)
        func liveView(columns: Int, environment: [String: String]) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let output = try onTerminal(in: folder, columns: columns, environment: environment)
            var screen = TerminalScreen(columnCount: columns)
            screen.write(output)
            #expect(screen.unknown.isEmpty && screen.hasColor == (environment["NO_COLOR"] == nil), "\(screen.unknown)")
            let lines = screen.text
            #expect(lines.count { $0.hasPrefix("stopped") } == 1 && lines.count { $0.hasPrefix("run  ") } == 1, "\(lines)")
            // It was drawn, and was removed.
            let isUnicode = environment["LC_ALL"] != "C"
            #expect(output.contains("left ") && output.contains(isUnicode ? "┄" : "--") && output.contains("gradient "), "\(output.suffix(2000))")
            #expect(!lines.contains { $0.contains(isUnicode ? "┄" : "-----") || $0.contains("gradient 0") }, "\(lines)")
            #expect(isUnicode || output.utf8.allSatisfy { $0 < 0x80 })
            // Only the SHA-256 is longer than 80 columns.
            if columns >= 80 { #expect(screen.wrappedCount <= 1, "\(lines.filter { $0.count >= 80 })") }
        }

        @Test("after the window becomes narrower, in a terminal that rewraps lines, nothing remains of the view", arguments: [100, 79, 40, 25])
        func narrowing(columns: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let terminal = try Pseudoterminal(columnCount: 120)
            var screen = TerminalScreen(columnCount: 120)
            let process = Process()
            process.executableURL = try ProgramRun.built("lstm-train")
            process.arguments = ["text.json", "training.steps=10000000", "log.sampleLength=0", "--run-directory", "run"]
            // No line comes between two drawings.
            process.arguments! += ["training.validateEverySteps=1000000000", "log.everySeconds=3600"]
            process.currentDirectoryURL = folder.url
            process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm", "LC_ALL": "C.UTF-8"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = terminal.shown
            process.standardError = FileHandle.standardError
            try process.run()
            for _ in 0..<60 where !screen.text.contains(where: { $0.contains("┄") }) { terminal.read(into: &screen, seconds: 0.5) }
            #expect(screen.text.contains { $0.contains("┄") }, "\(screen.text)")
            // The width is asked for at each drawing, at least 200 ms apart. Stopped right after one, the process has no width of the wide window in hand.
            terminal.readUntilPause(into: &screen)
            kill(process.processIdentifier, SIGSTOP)
            terminal.read(into: &screen, seconds: 0.2)
            screen.resize(columnCount: columns)
            terminal.resize(columnCount: columns)
            kill(process.processIdentifier, SIGCONT)
            terminal.read(into: &screen, seconds: 1)
            try folder.write("", "run/STOP")
            while process.isRunning { terminal.read(into: &screen, seconds: 0.1) }
            terminal.read(into: &screen, seconds: 0.2)
            #expect(process.terminationStatus == 75)
            let text = screen.text.joined(separator: "\n")
            #expect(!text.contains("┄") && !text.contains("nothing saved yet") && !text.contains(" of the FMA peak"), "\(text)")
            for field in ["run  ", "group", "memory", "weights"] { #expect(screen.text.count { $0.hasPrefix(field) } == 1, "\(field)\n\(text)") }
        }

        @Test("under mpirun the view is shown if mpirun's output is a terminal, with its width, or on request", arguments: [1, 2])
        func underMpirun(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let environment = ["LC_ALL": "C.UTF-8", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_btl": "self,vader,tcp"]
            let mpirun = "'\(try #require(ProgramRun.mpirun).path)' --oversubscribe --bind-to none -n \(rankCount) "
            for (options, ending, isLive) in [
                ("", "", true), (" log.live=off", "", false), ("", " > log; cat log; exit 75", false), (" log.live=on", " > log; cat log; exit 75", true),
            ] {
                let columns = 60
                let output = try onTerminal(in: folder, columns: columns, environment: environment, launcher: mpirun, options: options, ending: " < /dev/null" + ending)
                // If mpirun's output is a file the width is unknown, and 80 columns are used.
                var screen = TerminalScreen(columnCount: ending.isEmpty ? columns : 80)
                screen.write(output.replacing("\n", with: "\r\n"))
                #expect(output.contains("\u{1B}") == isLive && output.contains("┄") == isLive, "\(options)\(ending): \(output.suffix(3000))")
                #expect(screen.text.count { $0.hasPrefix("stopped") } == 1 && !screen.text.contains { $0.contains("┄") }, "\(options)\(ending): \(screen.text)")
                try? FileManager.default.removeItem(at: folder.url.appending(path: "on-terminal"))
            }
        }

        @Test("a window that becomes narrower and wider meanwhile loses no line")
        func resizing() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let output = try onTerminal(
                in: folder, columns: 80, environment: ["LC_ALL": "C.UTF-8", "XTERM_VERSION": "XTerm(390)"], meanwhile: "(while [ ! -e on-terminal/lock ]; do sleep 0.05; done; sleep 0.3; stty cols 40; sleep 0.3; stty cols 120) < /dev/tty & ")
            var screen = TerminalScreen(columnCount: 120)
            screen.write(output)
            #expect(screen.text.filter { $0.hasPrefix("run  ") || $0.hasPrefix("group") || $0.hasPrefix("memory") || $0.hasPrefix("weights") }.count == 4, "\(screen.text)")
        }

        @Test("output that isn't to a terminal has neither colours nor carriage returns, for any TERM")
        func plain() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            for launch in [Launch.alone, .ranks(2)] {
                let result = try folder.train(.text, "training.steps=20", into: "run-\(launch)", on: launch)
                #expect(result.exitCode == 0 && !result.output.contains("\r") && !result.output.contains("\u{1B}"), "\(result)")
            }
            let dumb = try onTerminal(in: folder, columns: 80, environment: ["TERM": "dumb"])
            #expect(!dumb.contains("\u{1B}"))
        }

        /// The output of a run of about a second on its own terminal.
        private func onTerminal(
            in folder: Folder, columns: Int, environment: [String: String], meanwhile: String = "", launcher: String = "", options: String = "", ending: String = ""
        ) throws -> String {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/script")
            let run = launcher + "'\(try ProgramRun.built("lstm-train").path)' text.json training.steps=1000000 log.sampleLength=0\(options) --run-directory on-terminal\(ending)"
            process.arguments = ["-qec", "stty cols \(columns) rows 24; \(meanwhile)(while [ ! -e on-terminal/lock ]; do sleep 0.05; done; sleep 1; touch on-terminal/STOP) & timeout 60 \(run)", "/dev/null"]
            process.currentDirectoryURL = folder.url
            process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm", "HOME": folder.url.path].merging(environment) { $1 }
            let pipe = Pipe()
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = pipe
            try process.run()
            let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            #expect(process.terminationStatus == 75, "\(String(decoding: output, as: UTF8.self))")
            return String(decoding: output, as: UTF8.self)
        }
    }
}
