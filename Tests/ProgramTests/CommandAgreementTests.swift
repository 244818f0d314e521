import Foundation
import Testing

extension ProgramTests {
    @Suite("ranks with different commands")
    struct CommandAgreementTests {
        struct Difference: Sendable, CustomTestStringConvertible {
            /// Arguments of rank 0, and of rank 1.
            let own: [[String]]
            let exitCode: Int32
            let words: String
            var testDescription: String { own.map { $0.joined(separator: " ") }.joined(separator: " : ") }
        }

        private static func notTheSame(_ first: String, _ second: String) -> String {
            "lstm-train: the command line is not the same on all ranks: rank 0 has 'lstm-train\(first)'; rank 1 has 'lstm-train\(second)'. "
        }

        static let differences = [
            Difference(
                own: [["text.json"], ["text.json", "--resum", "auto"]], exitCode: 64,
                words: "rank 1, 'lstm-train text.json --resum auto': Error: text.json and auto are two configuration files"),
            Difference(own: [["--bad"], ["text.json"]], exitCode: 64, words: "rank 0, 'lstm-train --bad': Error: Unknown option '--bad'"),
            Difference(own: [["text.json"], ["--help"]], exitCode: 78, words: notTheSame(" text.json", " --help")),
            Difference(own: [["--version"], []], exitCode: 78, words: notTheSame(" --version", "")),
            Difference(own: [["text.json"], ["schema"]], exitCode: 78, words: notTheSame(" text.json", " schema")),
            Difference(own: [["text.json"], ["text.json", "--dry-run"]], exitCode: 78, words: notTheSame(" text.json", " text.json --dry-run")),
            Difference(
                own: [["text.json", "--resume", "never"], ["text.json"]], exitCode: 78, words: notTheSame(" text.json --resume never", " text.json")),
            Difference(
                own: [["evaluate", "a"], ["evaluate", "a", "--part", "training"]], exitCode: 78,
                words: notTheSame(" evaluate a", " evaluate a --part training")),
            Difference(own: [["inspect", "a"], ["inspect", "b"]], exitCode: 78, words: notTheSame(" inspect a", " inspect b")),
            Difference(own: [["text.json"], ["none.json"]], exitCode: 66, words: "lstm-train: rank 1: none.json can't be read: No such file or directory."),
        ]

        @Test("end together before anything is done, with one message about which rank has which command", arguments: differences)
        func differ(difference: Difference) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try RefusalTests.expect(difference.exitCode, difference.words, in: folder, .different(difference.own))
        }

        @Test("the same options in another order or spelling are the same")
        func sameMeaning() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let launch = Launch.different([
                ["text.json", "training.steps=3", "--resume", "auto", "--run-directory", "run"], ["train", "--run-directory=run", "text.json", "training.steps=3"],
            ])
            let result = try folder.run(launch)
            #expect(result.exitCode == 0 && folder.checkpointSteps() == [3], "\(result)")
        }

        @Test("another program, or another version, on one rank is named", arguments: [0, 1])
        func anotherProgram(odd: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            var own = [[try ProgramRun.built("lstm-train").path, "text.json", "--run-directory", "run"]]
            // A program that sends another first message.
            own.insert([try ProgramRun.built("CommunicationProbe").path, "describe"], at: odd)
            let result = try folder.run(.different(own), [], program: URL(filePath: "/usr/bin/env"))
            #expect(result.exitCode == 78, "\(result)")
            #expect(result.errorOutput.contains("lstm-train: rank \(odd) runs another version of lstm-train than rank \(1 - odd)."), "\(result)")
            #expect(folder.checkpointSteps().isEmpty)
        }

        @Test("help and version are printed once by a group, which exits with 0", arguments: [["--help"], ["--version"], ["train", "--help"]])
        func help(arguments: [String]) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let alone = try folder.run(.alone, arguments)
            let group = try folder.run(.ranks(3), arguments)
            #expect(group.exitCode == 0 && group.output == alone.output && !alone.output.isEmpty, "\(group)")
        }

        @Test("a rank that never starts is waited for according to integrity.hangSeconds, but at least 20 s", arguments: [["sleep", "60"], ["true"]])
        func neverBegins(program: [String]) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let own = [try ProgramRun.built("lstm-train").path, "text.json", "integrity.hangSeconds=3"]
            let began = ContinuousClock.now
            let result = try folder.run(.different([own, program]), [], program: URL(filePath: "/usr/bin/env"))
            #expect(result.exitCode == 70 && ContinuousClock.now - began < .seconds(50), "\(result)")
            #expect(result.errorOutput.contains(" has waited 20 s for all 2 ranks to begin."), "\(result)")
        }

        @Test("a rank that is killed before it joins ends the others")
        func killedEarly() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let own = [try ProgramRun.built("lstm-train").path, "text.json"]
            let result = try folder.run(.different([own, ["sh", "-c", "kill -9 $$"]]), [], program: URL(filePath: "/usr/bin/env"))
            #expect(result.exitCode == 137, "\(result)")
        }
    }
}
