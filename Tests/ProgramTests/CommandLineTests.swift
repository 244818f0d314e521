import Foundation
import Testing

extension ProgramTests {
    @Suite("command lines, and printed commands")
    struct CommandLineTests {
        static let names = ["my text.txt", "it's.txt", "-dash.txt", "a=b.txt", "model.x=y.txt", "$HOME.txt", "a;b.txt", "é \"q\".txt", "line\nend.txt"]

        @Test("each printed command runs as it is, for all file names", arguments: names)
        func pasted(name: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Work.prose, name)
            let written = try folder.run(.alone, ["init", "--"] + [name])
            #expect(written.exitCode == 0, "\(written)")
            var output = written.output
            for round in 0..<2 {
                let commands = Self.commands(in: output)
                #expect(commands.count == (round == 0 ? 2 : 3), "\(output)")
                for command in commands {
                    let isTraining = round == 0 && !command.hasSuffix("--dry-run")
                    let shown = command + (isTraining ? " training.steps=2" : "") + (command.contains("generate") ? " --length 5" : "")
                    let result = try Self.shell(shown, in: folder)
                    #expect(result.exitCode == 0, "\(shown)\n\(result)")
                    output = result.output
                }
            }
        }

        /// The commands after "next", and in the lines below it.
        private static func commands(in output: String) -> [String] {
            output.split(separator: "\n").map(String.init).drop { !$0.hasPrefix("next  ") }.map { String($0.dropFirst(12)) }
        }

        private static func shell(_ command: String, in folder: Folder) throws -> ProgramResult {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["-c", command]
            process.currentDirectoryURL = folder.url
            process.environment = ProcessInfo.processInfo.environment.merging(
                ["PATH": try ProgramRun.built("lstm-train").deletingLastPathComponent().path + ":/usr/bin:/bin"]) { $1 }
            let (output, errorOutput) = (folder.url.appending(path: ".out"), folder.url.appending(path: ".err"))
            for file in [output, errorOutput] { try Data().write(to: file) }
            process.standardOutput = try FileHandle(forWritingTo: output)
            process.standardError = try FileHandle(forWritingTo: errorOutput)
            try process.run()
            process.waitUntilExit()
            return ProgramResult(exitCode: process.terminationStatus, output: try folder.text(".out"), errorOutput: try folder.text(".err"))
        }

        @Test("a configuration whose name has an equals sign or begins with a dash is accepted, or the message says how to write it")
        func oddNames() throws {
            let folder = try Folder()
            defer { folder.remove() }
            for name in ["a=b.json", "model.a=b.json", "-x.json"] { try folder.write(#"{"data": {"kind": "adding"}}"#, name) }
            for name in ["a=b.json", "./a=b.json", "model.a=b.json", "./-x.json"] {
                let result = try folder.run(.alone, name, "--dry-run")
                #expect(result.exitCode == 0 && result.output.contains("adding problem"), "\(result)")
            }
            let dashed = try folder.run(.alone, "-x.json")
            #expect(dashed.exitCode == 64 && dashed.errorOutput.contains("-x.json is taken for an option. Write ./-x.json for the file."), "\(dashed)")
        }

        @Test("keys given as options are recognised as keys", arguments: [
            (["--epochs", "3"], "write training.epochs=3"), (["--lr", "0.1"], "write optimizer.learningRate=0.1"),
            (["--lr=0.1"], "write optimizer.learningRate=0.1"),
            (["--batch_size", "8", "--dry-run"], "write training.batch=8"), (["--dropout", "0.5"], "write model.dropout=0.5"), (["--wdrop", "0.5"], "write model.weightDrop=0.5"), (["--gpu"], "on CPUs only"),
            (["--model.hidden", "8"], "write model.hidden=8"), (["--data", "play.txt"], "write data.files=play.txt"), (["--output_dir", "out"], "--run-directory PATH"),
        ])
        func options(arguments: [String], words: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(#"{"data": {"kind": "adding"}}"#, "c.json")
            for verb in [[], ["train"], ["doctor"]] {
                try RefusalTests.expect(64, words, in: folder, .alone, arguments: verb + ["c.json"] + arguments)
            }
            try RefusalTests.expect(64, "lstm-train c.json", in: folder, .alone, "--config", "c.json")
        }

        @Test("a text, a table, another language and a directory given as a configuration are distinguished", arguments: [
            ("play.txt", "the cat sat", 78, "play.txt is not a configuration, which is JSON. If it is the text or table to learn from: lstm-train init play.txt\n"),
            ("my play.txt", "the cat", 78, "lstm-train init 'my play.txt'\n"), ("t.csv", "a,b\n1,2\n", 78, "lstm-train init t.csv\n"),
            ("marked", "\u{FEFF}{}", 78, "marked:1:1: found a byte order mark"), ("one.csv", "5\n", 78, "lstm-train init one.csv\n"), ("c.yaml", "data:\n  kind: text\n", 78, "c.yaml is YAML; a configuration is JSON"),
            ("c.toml", "[data]\nkind = \"text\"\n", 78, "c.toml is TOML; a configuration is JSON"), ("p.json", "\u{89}PNG", 78, "lstm-train: p.json:1:1: "),
            ("c.json", "the", 78, "lstm-train: c.json:1:1: "), (".", "", 66, ". is a directory, and not a configuration."),
        ])
        func otherFiles(name: String, text: String, exitCode: Int32, words: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            if name != "." { try folder.write(text, name) }
            try RefusalTests.expect(exitCode, words, in: folder, .alone, name)
        }

        @Test("a negative number is parsed as one, and rejected by its value", arguments: [
            (["generate", "run", "--temperature", "-1"], "--temperature is -1.0; it must be 0 or more."),
            (["generate", "run", "--length", "-1"], "--length is -1; "), (["generate", "run", "--top-k", "-1"], "--top-k is -1; it must be at least 1."),
            (["generate", "run", "--top-p", "-0.5"], "--top-p is -0.5; "), (["generate", "run", "--samples", "-1"], "--samples is -1; it must be from 1 to 1000000."),
            (["generate", "run", "--repetition-penalty", "-2"], "--repetition-penalty is -2.0; "), (["generate", "run", "--typical", "-1"], "--typical is -1.0; "),
            (["generate", "run", "--seed", "-1"], "The value '-1' is invalid for '--seed <seed>'"),
            (["evaluate", "run", "--strings", "-1"], "--strings is -1; "), (["predict", "run", "a.txt", "--length", "-1"], "--length is -1; "),
            (["evaluate", "run", "--temperature", "-0.5"], "--temperature is -0.5; "), (["gates", "run", "--row", "-1"], "--row is -1; "),
            (["gates", "run", "--text", "a", "--layer", "-1"], "--layer is -1; "), (["gates", "run", "--text", "a", "--units", "-1"], "--units is '-1'; "),
            (["bench", "--hidden", "-1"], "--hidden is -1; "), (["bench", "--seconds", "-1"], "--seconds is -1.0; "),
            (["verify", "--steps", "-1"], "--steps is -1; "),
            (["verify", "--ranks", "-1"], "--ranks is '-1'; "), (["ranks", "--at-most", "-1"], "--at-most is -1; "),
            (["doctor", "--seconds", "-1"], "--seconds is -1.0; "),
        ])
        func negativeNumbers(arguments: [String], words: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try RefusalTests.expect(64, words, in: folder, .alone, arguments: arguments)
        }

        @Test("an empty path is rejected, and nothing is written at the root", arguments: [
            ["c.json", "--run-directory", ""], ["c.json", "--resume", ""], ["doctor", "c.json", "--run-directory", ""], ["c.json", ""], [""], ["evaluate", ""],
            ["evaluate", "run", "--data", ""], ["predict", "run", ""], ["generate", ""], ["inspect", ""], ["report", ""], ["report", "run", "--output", ""],
            ["gates", "", "--text", "a"],
            ["gates", "run", "--text", "a", "--output", ""], ["export", "run", "--format", "npz", "--output", ""],
            ["export", "", "--format", "npz", "--output", "o"],
            ["init", ""], ["init", "c.txt", "--output", ""],
        ])
        func emptyPaths(arguments: [String]) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(#"{"data": {"kind": "adding"}}"#, "c.json")
            try RefusalTests.expect(64, " is empty; name a file or directory.", in: folder, .alone, arguments: arguments)
        }

        @Test("a key without a value is named, with what to write", arguments: [
            ("model.hidden=", "model.hidden= has no value. Write it directly behind the sign, without a blank: model.hidden=…"),
            ("data.text=", "data.text=…, or data.text='\"\"' for an empty text"), ("data.columns=", "data.columns=…, or data.columns='[]' for none"),
        ])
        func noValue(argument: String, words: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(#"{"data": {"kind": "adding"}}"#, "c.json")
            try RefusalTests.expect(64, words, in: folder, .alone, "c.json", argument)
        }

        @Test("one item is singular")
        func singular() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(.text, "--dry-run", "training.batch=1", "parallelism.shards=1", "data.length=1300", "data.validationFraction=0.0013")
            #expect(result.exitCode == 0 && result.output.contains("training 1,497 characters, validation 1 character\n"), "\(result)")
            #expect(result.output.contains(" 1 batch of 1 sequence an epoch\n"), "\(result)")
        }

        @Test("an error about a run directory that can't be made names the option for another")
        func unwritable() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write("", "runs")
            let result = try folder.run(.alone, "text.json")
            #expect(result.exitCode == 74 && result.errorOutput.contains(". Choose another --run-directory.") && !result.errorOutput.contains(".."), "\(result)")
        }

        @Test("a system error's text ends in one full stop, followed by a suggestion", arguments: [
            ["report", "run", "--output", "text.json/a.html"], ["gates", "run", "--text", "a", "--output", "text.json/a.svg"],
            ["init", "text.txt", "--output", "text.json/a.json"],
        ])
        func systemWords(arguments: [String]) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.train(.text, "training.steps=2")
            let refused = try folder.run(.alone, arguments)
            #expect(refused.exitCode == 74 && refused.errorOutput.contains(". Choose another --output."), "\(refused)")
            #expect(!refused.errorOutput.contains(".."), "\(refused)")
        }
    }
}
