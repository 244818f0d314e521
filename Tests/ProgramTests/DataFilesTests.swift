import Foundation
import Testing

extension ProgramTests {
    @Suite("folders and patterns in place of data files")
    struct DataFilesTests {
        private static let model = #""model": {"hidden": 5}, "training": {"batch": 4, "steps": 3}"#

        private func folder() throws -> Folder {
            let folder = try Folder()
            for (name, text) in [("texts/b.txt", "the cat sat "), ("texts/a.txt", "on the mat "), ("texts/Z.txt", "a dog "),
                ("texts/.hidden.txt", "%"), ("texts/deep/c.txt", "&")] {
                try folder.write(String(repeating: text, count: 20), name)
            }
            return folder
        }

        private func configuration(_ files: String, _ further: String = "") -> String {
            #"{"data": {"kind": "text", "files": \#(files), "length": 5\#(further)}, \#(Self.model)}"#
        }

        @Test("a folder's files are read in the order of their bytes, hidden ones and folders left out; a run resumes with them, and keeps their names")
        func folders() throws {
            let folder = try folder()
            defer { folder.remove() }
            // Reading it would wait for a writer.
            #expect(mkfifo(folder.path("texts/pipe.txt"), 0o600) == 0)
            try folder.write(configuration(#""texts""#), "folder.json")
            try folder.write(configuration(#"["texts/Z.txt", "texts/a.txt", "texts/b.txt"]"#), "list.json")
            try folder.write(configuration(#""texts/*.txt""#), "pattern.json")
            var weights: Set<String> = []
            for name in ["folder", "list", "pattern"] {
                let result = try folder.run(.ranks(name == "folder" ? 2 : 1), "\(name).json")
                #expect(result.exitCode == 0 && result.output.contains("Z.txt, a.txt, b.txt: 580 characters"), "\(result)")
                weights.formUnion(result.output.split(separator: "\n").filter { $0.hasPrefix("weights") }.map(String.init))
            }
            #expect(weights.count == 1)
            let resumed = try folder.run(.alone, "folder.json", "training.steps=5")
            #expect(resumed.exitCode == 0, "\(resumed)")
            #expect(try folder.text("runs/folder/config.json").contains("texts/Z.txt"))
            let evaluated = try folder.run(.ranks(2), "evaluate", "runs/folder", "--data", "texts")
            #expect(evaluated.exitCode == 0 && evaluated.output.contains("580 characters"), "\(evaluated)")
            // A new file makes it another run's data.
            try folder.write("the end ", "texts/new.txt")
            #expect(try folder.run(.alone, "folder.json", "training.steps=7").exitCode == 78)
        }

        @Test("a file whose name is a pattern's is that file")
        func namedLikeAPattern() throws {
            let folder = try folder()
            defer { folder.remove() }
            try folder.write(String(repeating: "xyz ", count: 50), "texts/*.txt")
            try folder.write(configuration(#""texts/*.txt""#), "c.json")
            let result = try folder.run(.alone, "c.json", "--dry-run")
            #expect(result.exitCode == 0 && result.output.contains("*.txt: 200 characters, 4 different"), "\(result)")
        }

        @Test("folders and patterns that stand for nothing, for several kinds, or for a file of another part are refused by name")
        func refusals() throws {
            let folder = try folder()
            defer { folder.remove() }
            try folder.write("x", "empty/.hidden")
            try folder.write("a,b\n1,2\n", "mixed/a.csv")
            for name in ["mixed/b.txt", "mixed/c.txt.gz", "mixed/README"] { try folder.write("text", name) }
            for (code, words, files, further) in [
                (66, "/empty is a folder without a file.", #""empty""#, ""), (66, "no file matches ", #""texts/*.csv""#, ""),
                (78, "/mixed stands for files of several kinds: without an ending, .csv, .txt. Name those that are meant by a pattern, such as", #""mixed""#, ""),
                (78, "/texts/a.txt is read for data.files and for data.validationFiles", #""texts""#, #", "validationFiles": "texts/a.txt""#),
                (66, "absent.txt", #""absent.txt""#, ""),
                (78, "/texts/a.txt is read for data.files and for data.testFiles", #""texts/a.txt""#, #", "testFiles": "texts/../texts/a.txt""#),
                (78, "/texts/b.txt is read for data.validationFiles and for data.testFiles", #""texts/a.txt""#, #", "validationFiles": "texts/b.txt", "testFiles": "texts/b.txt""#),
            ] as [(Int32, String, String, String)] {
                try folder.write(configuration(files, further), "c.json")
                try RefusalTests.expect(code, words, in: folder, .alone, "c.json")
                try RefusalTests.expect(code, words, in: folder, .ranks(2), "c.json")
            }
        }
    }
}
