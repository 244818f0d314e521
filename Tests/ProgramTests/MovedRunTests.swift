import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("a moved run")
    struct MovedRunTests {
        /// A folder with a run in "runs/NAME" that was trained in "here", which was then renamed to "there".
        private func moved(_ work: Work, _ overrides: String...) throws -> Folder {
            let folder = try Folder()
            try folder.write(work.configuration, "here/\(work.name).json")
            for (name, text) in work.files { try folder.write(text, "here/\(name)") }
            let result = try folder.run(.alone, ["here/\(work.name).json"] + overrides + ["--run-directory", "here/runs/\(work.name)"])
            try #require(result.exitCode == 0, "\(result)")
            try FileManager.default.moveItem(atPath: folder.path("here"), toPath: folder.path("there"))
            return folder
        }

        @Test("each command finds the data that moved with the run, by their contents, and prints a note", arguments: [Work.text, .windows, .series])
        func verbs(work: Work) throws {
            let folder = try moved(work)
            defer { folder.remove() }
            let run = "there/runs/\(work.name)"
            let file = try #require(work.files.keys.first)
            // Another file with the same name.
            try folder.write("a,b\n1,2\n", "\(run)/\(file)")
            var verbs = [["evaluate", run], ["export", run, "--format", "npz", "--output", "out"], ["report", run]]
            if work.name != "text" { verbs.append(["gates", run, "--row", "0"]) }
            for verb in verbs {
                let result = try folder.run(.alone, verb)
                #expect(result.exitCode == 0 && !result.errorOutput.contains("without"), "\(result)")
                #expect(result.errorOutput.contains("are read from \(folder.path("there/\(file)"))"), "\(result)")
            }
        }

        @Test("where the run's file is there, but changed, the note says so and doesn't call it moved")
        func changed() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let text = try #require(Work.text.files["text.txt"])
            try folder.write(Work.text.configuration, "here/text.json")
            try folder.write(text, "here/text.txt")
            try folder.write(text, "text.txt")
            let trained = try folder.run(.alone, "here/text.json", "training.steps=3", "--run-directory", "here/run")
            try #require(trained.exitCode == 0, "\(trained)")
            try folder.write(text + "more", "here/text.txt")
            let result = try folder.run(.alone, "evaluate", "here/run")
            #expect(result.exitCode == 0 && result.errorOutput.contains("other data stand there now. The run's own are read from \(folder.path("text.txt"))"), "\(result)")
            #expect(!result.errorOutput.contains("are not where they were"), "\(result)")
        }

        @Test("a run's own config.json resumes that run, moved or not, on any number of ranks", arguments: [(1, false), (2, true), (1, true)])
        func ownConfiguration(rankCount: Int, isMoved: Bool) throws {
            let folder = try moved(.text, "training.steps=20")
            defer { folder.remove() }
            if !isMoved { try FileManager.default.moveItem(atPath: folder.path("there"), toPath: folder.path("here")) }
            let run = (isMoved ? "there" : "here") + "/runs/text"
            let result = try folder.run(Launch(rankCount), "\(run)/config.json", "training.steps=50")
            #expect(result.exitCode == 0 && result.output.contains("resumes     from \(run)/checkpoints/step-00000020"), "\(result)")
            #expect(result.errorOutput.contains("are read from \(folder.path("there/text.txt"))") == isMoved, "\(result)")
            #expect(!folder.exists("runs"))
            try Work.text.prepare(in: folder)
            #expect(try folder.weights(run) == folder.uninterrupted(.text, steps: 50))
            let again = try folder.run(.alone, "\(run)/config.json", "training.steps=55", "--run-directory", "elsewhere", "--resume", run)
            #expect(again.exitCode == 0 && again.output.contains("resumes "), "\(again)")
            #expect(try folder.weights("elsewhere").step == 55 && folder.weights(run).step == 50)
        }

        @Test("a configuration named config.json that isn't a run's own starts runs/config")
        func othersConfiguration() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Work.reber.configuration, "config.json")
            let result = try folder.run(.alone, "config.json", "training.steps=3")
            #expect(result.exitCode == 0 && folder.exists("runs/config"), "\(result)")
        }

        @Test("missing data are reported by name, with the option to name them", arguments: [1, 2])
        func gone(rankCount: Int) throws {
            let folder = try moved(.series)
            defer { folder.remove() }
            try FileManager.default.moveItem(atPath: folder.path("there/series.csv"), toPath: folder.path("there/new name.csv"))
            let words = "lstm-train evaluate there/runs/series --data series.csv."
            try RefusalTests.expect(66, words, in: folder, Launch(rankCount), "evaluate", "there/runs/series")
            let named = try folder.run(.alone, "evaluate", "there/runs/series", "--data", "there/new name.csv")
            #expect(named.exitCode == 0, "\(named)")
            let exported = try folder.run(.alone, "export", "there/runs/series", "--format", "npz", "--output", "out")
            #expect(exported.exitCode == 0 && exported.errorOutput.contains("exported without the run's data: "), "\(exported)")
        }

        @Test("several files are found together")
        func severalFiles() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let half = Work.prose.count / 2
            try folder.write(String(Work.prose.prefix(half)), "here/data/a/one.txt")
            try folder.write(String(Work.prose.dropFirst(half)), "here/data/b/two.txt")
            try folder.write(Work.text.configuration.replacing("\"text.txt\"", with: #"["../data/a/one.txt", "../data/b/two.txt"]"#), "here/text/text.json")
            let result = try folder.run(.alone, "here/text/text.json", "training.steps=5", "--run-directory", "here/text/run")
            try #require(result.exitCode == 0, "\(result)")
            try FileManager.default.moveItem(atPath: folder.path("here"), toPath: folder.path("there"))
            let evaluated = try folder.run(.alone, "evaluate", "there/text/run")
            #expect(evaluated.exitCode == 0 && evaluated.errorOutput.contains(folder.path("there/data/b/two.txt")), "\(evaluated)")
        }
    }
}
