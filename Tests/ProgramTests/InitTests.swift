import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("starting a run")
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

        @Test("every task has one, which the program accepts", arguments: ["text", "textWindows", "series", "sequences", "embeddedReber", "adding", "temporalOrder"])
        func tasks(task: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let written = try folder.run(.alone, "init", "--task", task)
            #expect(written.exitCode == 0, "\(written)")
            let configuration = try JSONValue.parse(Array(folder.text("\(task).json").utf8))
            #expect(configuration["data"]?["kind"]?.stringValue == task)
            // The only error is the missing file.
            let rehearsed = try folder.run(.alone, "\(task).json", "--dry-run")
            #expect(rehearsed.exitCode == (configuration["data"]?["files"] == nil ? 0 : 66), "\(rehearsed)")
        }

        @Test("one word changes the cell of the configuration for labelled sequences", arguments: ["lstm", "gru", "rnn"])
        func cell(name: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write("a1,a2,a3,label\n" + (0..<40).map { "\($0),\($0 % 7),\($0 % 3),\($0 % 2)\n" }.joined(), "rows.csv")
            let written = try folder.run(.alone, "init", "--task", "sequences", "rows.csv", "--output", "rows.json")
            #expect(written.exitCode == 0, "\(written)")
            let trained = try folder.run(.alone, "rows.json", "data.label=label", "model.cell=\(name)", "training.steps=3")
            #expect(trained.exitCode == 0, "\(trained)")
        }

        @Test("init's configuration for a text of any size trains, and a small text has enough steps", arguments: [20, 21, 56, 60, 223, 400, 1500, 12_000])
        func sizes(symbolCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(String(String(repeating: Work.prose, count: 8).prefix(symbolCount)), "small.txt")
            for task in ["text"] + (symbolCount >= 60 ? ["textWindows"] : []) {
                let written = try folder.run(.alone, "init", "--task", task, "small.txt", "--output", "\(task).json")
                #expect(written.exitCode == 0, "\(written)")
                let rehearsed = try folder.run(.alone, "\(task).json", "--dry-run")
                let steps = rehearsed.output.firstMatch(of: /it trains ([\d,]+) steps/).flatMap { Int($0.1.replacing(",", with: "")) } ?? 0
                #expect(rehearsed.exitCode == 0 && steps >= 1500 && steps < 3000, "\(rehearsed)")
                let trained = try folder.run(.alone, "\(task).json", "training.steps=3")
                #expect(trained.exitCode == 0, "\(trained)")
            }
        }

        @Test("with init's configuration for a small coherent text, the model learns more than letter frequencies")
        func learns() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Work.prose, "small.txt")
            try folder.run(.alone, "init", "small.txt")
            let trained = try folder.run(.alone, "small.json")
            #expect(trained.exitCode == 0, "\(trained)")
            // Letter frequencies alone give 2.6 nats.
            let best = try #require(trained.output.firstMatch(of: /validation loss (\d\.\d+)/).flatMap { Double($0.1) })
            #expect(best < 1.6, "\(trained)")
        }

        @Test("data that can't be used are rejected before anything is written", arguments: [
            ("README", 66, "README can't be read: No such file or directory."), ("folder", 66, "folder is a folder without a file."),
            ("empty.txt", 65, "empty.txt is empty."), ("mark.txt", 65, "mark.txt is empty."), ("picture.png", 65, "picture.png is a PNG picture"),
            ("short.txt", 65, "short.txt has 5 symbols; to learn from it takes at least 20. Give more text."),
            ("pipe", 66, "pipe can't be read: it is not a plain file"),
            ("weights.safetensors", 65, "weights.safetensors is a safetensors file of weights"),
            ("c.json", 64, "c.json is a configuration already. Train with it: lstm-train c.json"),
            ("wide.txt", 65, "iconv -f UTF-16LE -t UTF-8 wide.txt > wide.utf8.txt"),
        ])
        func unusable(name: String, exitCode: Int32, words: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try FileManager.default.createDirectory(at: folder.url.appending(path: "folder"), withIntermediateDirectories: false)
            mkfifo(folder.path("pipe"), 0o600)
            let contents: [String: [UInt8]] = [
                "empty.txt": [], "mark.txt": [0xEF, 0xBB, 0xBF], "picture.png": [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
                "short.txt": Array("short".utf8),
                "weights.safetensors": [2, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\"}".utf8), "c.json": Array(#"{"data": {"kind": "adding"}}"#.utf8),
                "wide.txt": Array("a text".utf8).flatMap { [$0, 0] },
            ]
            for (name, bytes) in contents { try folder.write(bytes, name) }
            let before = folder.names(in: ".")
            for force in [[], ["--force"]] {
                let refused = try folder.run(.alone, ["init", name] + force)
                #expect(refused.exitCode == exitCode && refused.errorOutput.contains(words), "\(refused)")
            }
            #expect(folder.names(in: ".") == before)
        }

        @Test("a text is never overwritten, even with --force")
        func ownFile() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(Work.prose, "text.json")
            let refused = try folder.run(.alone, "init", "--force", "text.json")
            #expect(refused.exitCode == 64 && refused.errorOutput.contains("Choose another --output."), "\(refused)")
            #expect(try folder.text("text.json") == Work.prose)
            #expect(try folder.run(.alone, "init", "text.json", "--output", "c.json").exitCode == 0)
        }

        @Test("init leaves an existing file, and says how to replace it")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write("mine", "text.json")
            let refused = try folder.run(.alone, "init", "--task", "text")
            #expect(refused.exitCode == 64 && refused.errorOutput.contains("--force"), "\(refused)")
            #expect(try folder.text("text.json") == "mine")
            #expect(try folder.run(.alone, "init", "--task", "text", "--force").exitCode == 73)
            try folder.write("{\"data\": {\"kind\": \"adding\"}, \"of\": \"mine\"}", "text.json")
            #expect(try folder.run(.alone, "init", "--task", "text", "--force").exitCode == 0)
            #expect(try folder.run(.alone, "init", "absent.csv").exitCode == 66)
            #expect(try folder.run(.alone, "init", "--task", "adding", "text.txt").exitCode == 64)
        }

        @Test("a dry run prints the plan, on any number of ranks, and writes nothing", arguments: [1, 2])
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
            #expect(resumed.output.contains("resumes     from run/checkpoints/step-00000020") && resumed.output.contains("it trains 30 steps"), "\(resumed)")
            #expect(folder.checkpointSteps().last == 20)
            let refused = try folder.train(.text, "--dry-run", "model.hidden=10", on: Launch(rankCount))
            #expect(refused.exitCode == 78 && refused.errorOutput.contains("model.hidden: 10, not 9"), "\(refused)")
        }

        @Test("a model that exceeds any memory is rejected before anything is written")
        func memory() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            let result = try folder.train(.text, "model.hidden=65536", "model.layers=64", on: .ranks(2))
            #expect(result.exitCode == 71 && result.errorOutput.contains("for each of 2 ranks here"), "\(result)")
            #expect(!folder.names(in: ".").contains("run"))
        }
    }
}
