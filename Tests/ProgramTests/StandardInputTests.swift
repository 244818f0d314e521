import Foundation
import Testing

extension ProgramTests {
    @Suite("training data from standard input")
    struct StandardInputTests {
        /// Runs a shell script in which $P is the program, and $M mpirun with options for any machine.
        private func shell(_ script: String, in folder: Folder) throws -> ProgramResult {
            let mpirun = "\(ProgramRun.mpirun?.path ?? "mpirun") --oversubscribe --bind-to none --timeout 100"
            return try folder.run(
                .alone, ["-c", script], program: URL(filePath: "/bin/sh"), environment: ["P": try ProgramRun.built("lstm-train").path, "M": mpirun])
        }

        private func prepared(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            return folder
        }

        @Test("two ranks read what is piped to the first, as from the file; the run resumes with nothing piped, with the same, and by its own configuration", arguments: [Work.text, .series])
        func sameWeights(work: Work) throws {
            let folder = try prepared(work)
            defer { folder.remove() }
            let name = try #require(work.files.keys.first)
            try folder.train(work, into: "file")
            let piped = "cat \(name) | $M -n 2 $P \(work.name).json data.files=- --run-directory run"
            let begun = try shell("\(piped) training.steps=20", in: folder)
            #expect(begun.exitCode == 0 && begun.output.contains("standard-input: "), "\(begun)")
            #expect(try folder.bytes("run/standard-input") == folder.bytes(name))
            let resumed = try shell("$M -n 2 $P \(work.name).json data.files=- training.steps=30 --run-directory run < /dev/null", in: folder)
            #expect(resumed.exitCode == 0, "\(resumed)")
            #expect(try shell("\(piped) training.steps=40", in: folder).exitCode == 0)
            #expect(try folder.run(.alone, "run/config.json", "training.steps=50").exitCode == 0)
            #expect(try folder.weights() == folder.weights("file"))
            let evaluated = try ["run", "file"].map { try folder.run(.ranks(2), "evaluate", $0, "--json").output.replacing("standard-input", with: name) }
            #expect(evaluated[0].contains("\"judged\""))
            // The run is moved with its data.
            try FileManager.default.moveItem(atPath: folder.path("run"), toPath: folder.path("moved"))
            #expect(try folder.run(.alone, "moved/config.json", "training.steps=52").exitCode == 0)
        }

        @Test("other data don't replace a run's; nothing, a second file and a dry run leave no file behind")
        func refusals() throws {
            let folder = try prepared(.text)
            defer { folder.remove() }
            let command = "$P text.json data.files=- training.steps=3 --run-directory run"
            let empty = try shell("\(command) < /dev/null", in: folder)
            #expect(empty.exitCode == 65 && empty.errorOutput.contains("standard input is empty."), "\(empty)")
            #expect(!folder.exists("run/standard-input"))
            let rehearsed = try shell("cat text.txt | \(command) --dry-run", in: folder)
            #expect(rehearsed.exitCode == 0 && rehearsed.output.contains("1,500 characters") && !folder.exists("run/standard-input"), "\(rehearsed)")
            // A text that can't be read isn't kept against a better one.
            #expect(try shell("printf '\\377\\376\\377' | \(command)", in: folder).exitCode == 65)
            #expect(try shell("cat text.txt | \(command)", in: folder).exitCode == 0)
            let other = try shell("echo other | \(command)", in: folder)
            #expect(other.exitCode == 78 && other.errorOutput.contains("run/standard-input. To resume the run, leave it empty: lstm-train … < /dev/null."), "\(other)")
            #expect(try folder.bytes("run/standard-input") == folder.bytes("text.txt"))
            #expect(folder.names(in: "run").allSatisfy { !$0.hasPrefix(".standard") })
            for keys in [["data.files=-,text.txt"], ["data.files=text.txt", "data.testFiles=-"], ["data.files=-", "data.validationFiles=-"]] {
                try RefusalTests.expect(78, "data.files has - for standard input, which is read alone", in: folder, .alone, arguments: ["text.json"] + keys)
            }
        }
    }
}
