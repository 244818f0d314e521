import Foundation
import Runs
import Testing
import Training

@Suite("A command's output")
struct OutputFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "output-\(UUID().uuidString)").path
    private let manager = FileManager.default

    private func inFolder(_ body: () throws -> Void) throws {
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? manager.removeItem(atPath: folder) }
        try body()
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    private func put(_ text: String, _ name: String) throws {
        try manager.createDirectory(atPath: URL(filePath: path(name)).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    private func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    private func write(_ name: String) throws {
        try OutputFile(path(name), of: "a verb", isOwn: { $0.starts(with: Array("own".utf8)) }).write("own, new")
    }

    @Test("it is written to a new path, and replaces the command's own output or an empty file")
    func written() throws {
        try inFolder {
            try put("own, old", "old")
            try put("", "empty")
            for name in ["new", "old", "empty"] {
                try write(name)
                #expect(try text(name) == "own, new")
            }
            #expect(try manager.contentsOfDirectory(atPath: folder).count == 3)
        }
    }

    @Test("it replaces no other file, link, directory or pipe, and the error describes what is there")
    func refused() throws {
        try inFolder {
            try put("another's", "file")
            try manager.createDirectory(atPath: path("directory"), withIntermediateDirectories: true)
            try put("own, elsewhere", "target")
            for (name, target) in [("link", "target"), ("dangling", "nowhere")] {
                try manager.createSymbolicLink(atPath: path(name), withDestinationPath: target)
            }
            #expect(mkfifo(path("pipe"), 0o600) == 0)
            let wanted: [(String, OutputError)] = [
                ("file", .foreign(path: path("file"), verb: "a verb")), ("directory", .notAFile(path: path("directory"), kind: "a directory")),
                ("link", .link(path: path("link"))), ("dangling", .link(path: path("dangling"))), ("pipe", .notAFile(path: path("pipe"), kind: "a pipe")),
            ]
            for (name, error) in wanted {
                #expect(throws: error) { try write(name) }
                #expect(error.exitCode == 73 && error.description.contains(path(name)))
            }
            #expect(throws: OutputError.empty) { try OutputFile("", of: "a verb", isOwn: { _ in true }) }
            #expect(throws: OutputError.notAFile(path: "/dev/null", kind: "a device")) { try OutputFile("/dev/null", of: "a verb", isOwn: { _ in true }) }
            #expect(try text("file") == "another's" && text("target") == "own, elsewhere" && !manager.fileExists(atPath: path("nowhere")))
        }
    }

    @Test("in a run directory it uses none of the run's names, and nothing is written to the checkpoints, through any path name")
    func runs() throws {
        try inFolder {
            try put("{}", "run/config.json")
            try put("own", "run/checkpoints/step-00000001/manifest.json")
            try manager.createSymbolicLink(atPath: path("link"), withDestinationPath: "run/checkpoints/step-00000001")
            let names = ["config.json", "vocabulary.json", "statistics.json", "metrics.jsonl", "metrics.prom", "lock", "STOP", "events.out.tfevents.5", "checkpoints"]
            let places = names.map { "run/" + $0 } + [
                "run/../run//STOP", "run/checkpoints/a", "run/checkpoints/step-00000001/manifest.json", "run/checkpoints/step-00000001/a", "link/a",
                "run/checkpoints/step-00000001/deeper/a",
            ]
            for place in places { #expect(throws: OutputError.partOfRun(path: path(place))) { try write(place) } }
            for place in ["run/report.html", "config.json", "run/a.html"] { try write(place) }
            #expect(try text("run/config.json") == "{}" && text("run/checkpoints/step-00000001/manifest.json") == "own")
        }
    }
}
