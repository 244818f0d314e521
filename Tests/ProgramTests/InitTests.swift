import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("a run's beginning")
    struct InitTests {
        @Test("init writes a configuration that trains as it is", arguments: ["text.txt", "series.csv"])
        func files(file: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try (file == "text.txt" ? Work.text : Work.series).prepare(in: folder)
            try FileManager.default.removeItem(at: folder.url.appending(path: file == "text.txt" ? "text.json" : "series.json"))
            let written = try folder.run(.alone, "init", file)
            #expect(written.exitCode == 0 && written.output.contains("wrote       "), "\(written)")
            let name = file.replacing(".txt", with: ".json").replacing(".csv", with: ".json")
            let small = file == "text.txt" ? [] : ["data.length=7", "data.horizon=2"]
            let trained = try ProgramRun(.alone, [name, "training.steps=3"] + small, in: folder).finish()
            #expect(trained.exitCode == 0, "\(trained)")
        }

        @Test("every task has one, which the program takes", arguments: ["text", "textWindows", "series", "embeddedReber", "adding", "temporalOrder"])
        func tasks(task: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let written = try folder.run(.alone, "init", "--task", task)
            #expect(written.exitCode == 0, "\(written)")
            let configuration = try JSONValue.parse(Array(folder.text("\(task).json").utf8))
            #expect(configuration["data"]?["kind"]?.stringValue == task)
            // A file that isn't there is all that is wrong.
            let rehearsed = try folder.run(.alone, "\(task).json", "--dry-run")
            #expect(rehearsed.exitCode == (configuration["data"]?["files"] == nil ? 0 : 66), "\(rehearsed)")
        }

        @Test("init leaves a file that is there, and says how to replace it")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write("mine", "text.json")
            let refused = try folder.run(.alone, "init", "--task", "text")
            #expect(refused.exitCode == 64 && refused.complaints.contains("--force"), "\(refused)")
            #expect(try folder.text("text.json") == "mine")
            #expect(try folder.run(.alone, "init", "--task", "text", "--force").exitCode == 73)
            try folder.write("{\"data\": {\"kind\": \"adding\"}, \"of\": \"mine\"}", "text.json")
            #expect(try folder.run(.alone, "init", "--task", "text", "--force").exitCode == 0)
            #expect(try folder.run(.alone, "init", "absent.csv").exitCode == 66)
            #expect(try folder.run(.alone, "init", "--task", "adding", "text.txt").exitCode == 64)
        }

        @Test("a dry run says what would be done, on any number of ranks, and writes nothing", arguments: [1, 2])
        func dryRun(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let before = folder.names(in: ".")
            let result = try folder.train(.text, "--dry-run", on: Launch(rankCount))
            #expect(result.exitCode == 0 && result.output.contains("it trains 50 steps"), "\(result)")
            #expect(folder.names(in: ".") == before)
            try folder.train(.text, "training.steps=20")
            let resumed = try folder.train(.text, "--dry-run", on: Launch(rankCount))
            #expect(resumed.output.contains("goes on     from run/checkpoints/step-00000020") && resumed.output.contains("it trains 30 steps"), "\(resumed)")
            #expect(folder.checkpointSteps().last == 20)
            let refused = try folder.train(.text, "--dry-run", "model.hidden=10", on: Launch(rankCount))
            #expect(refused.exitCode == 78 && refused.complaints.contains("model.hidden: 10, not 9"), "\(refused)")
        }

        @Test("a model that no memory holds is refused before anything is written")
        func memory() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(.text, "model.hidden=65536", "model.layers=64", on: .ranks(2))
            #expect(result.exitCode == 71 && result.complaints.contains("for each of 2 ranks here"), "\(result)")
            #expect(!folder.names(in: ".").contains("run"))
        }
    }
}
