import Foundation
import Testing

extension ProgramTests {
    @Suite("errors: exit code, message, and nothing written")
    struct RefusalTests {
        struct Refusal: Sendable, CustomTestStringConvertible {
            let configuration: String
            let exitCode: Int32
            let words: String
            var files: [String: [UInt8]] = [:]
            var testDescription: String { words }
        }

        static let configurations = [
            Refusal(
                configuration: "{\"data\": {\"kind\": \"adding\"},\n \"model\": {\"hiden\": 3}}", exitCode: 78,
                words: "lstm-train: config.json:2:12: model.hiden is not a key here. Did you mean 'hidden'?\n"),
            Refusal(
                configuration: #"{"data": {"kind": "adding"}, "model": {"hidden": 0}}"#, exitCode: 78,
                words: "config.json:1:50: model.hidden is 0; it must be an integer from 1 to 65536.\n"),
            Refusal(
                configuration: #"{"data": {"kind": "adding"}, "model": {"hidden": "many"}, "training": {"seed": -1}}"#, exitCode: 78,
                words: "model.hidden is \"many\"; it must be an integer from 1 to 65536.\nconfig.json:1:80: training.seed is -1; "),
            Refusal(
                configuration: #"{"data": {"kind": "adding", "kind": "adding"}}"#, exitCode: 78,
                words: "lstm-train: config.json:1:29: found the key \"kind\" a second time"),
            Refusal(
                configuration: "{\"data\": {\"kind\": \"adding\"},}", exitCode: 78,
                words: "lstm-train: config.json:1:28: found a comma before '}'"),
            Refusal(configuration: String(repeating: "[", count: 100_000), exitCode: 78, words: "lstm-train: config.json:1:"),
            Refusal(configuration: "", exitCode: 78, words: "lstm-train: config.json:1:1: "),
            Refusal(
                configuration: #"{"data": {"kind": "text", "files": "none.txt"}}"#, exitCode: 66, words: "/none.txt can't be read: No such file or directory."),
        ]

        static let data = [
            Refusal(
                configuration: #"{"data": {"kind": "series", "files": "x.csv"}}"#, exitCode: 65,
                words: "/x.csv:3:1: this line has 1 field; the header has 2. Fix the line; ", files: ["x.csv": Array("a,b\n1,2\n3\n".utf8)]),
            Refusal(
                configuration: #"{"data": {"kind": "series", "files": "x.csv"}}"#, exitCode: 65,
                words: "/x.csv:2:3: column 'b' is \"two\" here, which is not a number.", files: ["x.csv": Array("a,b\n1,two\n".utf8)]),
            Refusal(
                configuration: #"{"data": {"kind": "series", "files": "x.csv"}}"#, exitCode: 65,
                words: "/x.csv:2:1: 1 value is missing in 1 of 1 row (column 'a' 1); the first is \"NaN\" in line 2. Set data.missing to \"fill\"", files: ["x.csv": Array("a,b\nNaN,1\n".utf8)]),
            Refusal(
                configuration: #"{"data": {"kind": "text", "files": "x.txt"}}"#, exitCode: 65,
                words: "/x.txt: the byte at offset 3 begins no valid UTF-8.", files: ["x.txt": [97, 98, 99, 0xC3, 0x28]]),
            Refusal(
                configuration: #"{"data": {"kind": "text", "files": "x.txt"}}"#, exitCode: 65, words: "/x.txt is empty.", files: ["x.txt": []]),
            Refusal(
                configuration: #"{"data": {"kind": "text", "files": "x.txt"}}"#, exitCode: 65,
                words: "/x.txt: the training part has 9 symbols; a chunk of 50 steps in 32 streams needs at least 1601.",
                files: ["x.txt": Array("abcdefghij".utf8)]),
        ]

        @Test("an invalid configuration or invalid data, with the position", arguments: configurations + data)
        func malformed(refusal: Refusal) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(refusal.configuration, "config.json")
            for (name, bytes) in refusal.files { try folder.write(bytes, name) }
            try Self.expect(refusal.exitCode, refusal.words, in: folder, .alone, "config.json")
        }

        @Test("a missing configuration, in the same words once for one rank and for three", arguments: [1, 3])
        func missing(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let words = "lstm-train: none.json can't be read: No such file or directory. Name a configuration file, or none for the embedded default.\n"
            try Self.expect(66, words, in: folder, Launch(rankCount), "none.json")
        }

        @Test("invalid files are reported once by a group too, with the same exit code")
        func onceFromGroup() throws {
            let folder = try Folder()
            defer { folder.remove() }
            for refusal in [Self.configurations[0], Self.data[0]] {
                try folder.write(refusal.configuration, "config.json")
                for (name, bytes) in refusal.files { try folder.write(bytes, name) }
                try Self.expect(refusal.exitCode, refusal.words, in: folder, .ranks(3), "config.json")
            }
        }

        @Test("an invalid override, with the words that were typed")
        func override() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.expect(78, "model.layers=0 (command line): model.layers is 0; it must be an integer from 1 to 64, or a list of as many layers, as in", in: folder, .alone, "model.layers=0")
        }

        @Test("usage errors, once per group, with 64", arguments: [1, 3])
        func usage(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let launch = Launch(rankCount)
            try Self.expect(64, "Unknown option '--bad'", in: folder, launch, "--bad")
            try Self.expect(64, "a.json and b.json are two configuration files; give one.", in: folder, launch, "a.json", "b.json")
            try Self.expect(64, "--length is 0; it must be at least 1.", in: folder, launch, "generate", "run", "--length", "0")
            try Self.expect(64, "Missing expected argument '<run>'", in: folder, launch, "evaluate")
        }

        @Test("a missing run, by each command that reads one", arguments: ["evaluate", "generate", "inspect"])
        func noRun(verb: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.expect(66, "lstm-train: none is not a run directory: it has no config.json.", in: folder, .alone, verb, "none")
        }

        /// Runs the program, and checks its exit code, that its message appears once, and that the folder is unchanged.
        static func expect(
            _ exitCode: Int32, _ words: String, in folder: Folder, _ launch: Launch, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            try expect(exitCode, words, in: folder, launch, arguments: arguments, sourceLocation: sourceLocation)
        }

        static func expect(
            _ exitCode: Int32, _ words: String, in folder: Folder, _ launch: Launch, arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let before = try folder.contents()
            let result = try ProgramRun(launch, arguments, in: folder).finish()
            #expect(result.exitCode == exitCode, "\(result)", sourceLocation: sourceLocation)
            #expect(result.errorOutput.components(separatedBy: words).count == 2, "\(result)", sourceLocation: sourceLocation)
            #expect(result.output.isEmpty, "\(result)", sourceLocation: sourceLocation)
            #expect(try folder.contents() == before, sourceLocation: sourceLocation)
        }
    }
}
