import Configuration
import Foundation
import Runs
import Testing

@Suite("Folders and patterns among the data's files")
struct ListedFilesTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "lstm-train-\(UUID().uuidString)")

    /// Makes empty files, and calls `body` with a function that lists what stands for `files`, without the folder.
    private func withFiles(_ names: [String], _ body: (_ listed: ([String]) throws -> [String]) throws -> Void) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in names {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: file)
        }
        try body { files in
            var data = Configuration.DataSettings(kind: .text)
            data.files = files
            data.resolveFiles { _ in folder.path }
            return try data.listingFiles().files.map { String($0.dropFirst(folder.path.count + 1)) }
        }
    }

    @Test("a folder stands for its files in the order of their bytes, without hidden ones and folders in it")
    func folders() throws {
        try withFiles(["a/b.txt", "a/B.txt", "a/é.txt", "a/.hidden", "a/inner/c.txt", "d.txt", "empty/inner/x"]) { (listed) throws in
            #expect(try listed(["d.txt", "a"]) == ["d.txt", "a/B.txt", "a/b.txt", "a/é.txt"])
            #expect(try listed(["a/"]) == ["a/B.txt", "a/b.txt", "a/é.txt"])
            #expect(throws: ListedFilesError.noFile(path: folder.path + "/empty", isFolder: true)) { try listed(["empty"]) }
        }
    }

    @Test("a pattern stands for the files it matches, also in folders; a file of such a name for itself; other names stay")
    func patterns() throws {
        try withFiles(["p2.csv", "p10.csv", "p1.csv", "q.csv", "p3.csv/x", "u/t.csv", "v/t.csv", "[1].csv", "1.csv"]) { (listed) throws in
            #expect(try listed(["p*.csv"]) == ["p1.csv", "p10.csv", "p2.csv"])
            #expect(try listed(["p?.csv", "q.csv"]) == ["p1.csv", "p2.csv", "q.csv"])
            #expect(try listed(["*/t.csv"]) == ["u/t.csv", "v/t.csv"])
            #expect(try listed(["[1].csv", "[2-9q].csv"]) == ["[1].csv", "q.csv"])
            #expect(try listed(["missing.csv"]) == ["missing.csv"])
            #expect { try listed(["r*.csv"]) } throws: { "\($0)".hasPrefix("no file matches ") && "\($0)".contains("r*.csv") }
        }
    }
}
