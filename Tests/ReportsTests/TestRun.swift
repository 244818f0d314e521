import Communication
import Configuration
import Foundation
import Inference
import Runs
import Threads
import Training

/// A small trained run, in its own directory in the system's temporary one; call `remove` when done.
struct TestRun {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lstm-train-reports-\(UUID().uuidString)", directoryHint: .isDirectory)
    let path: String

    /// - Parameters:
    ///   - configuration: JSON; FOLDER stands for the directory.
    ///   - files: names and texts of files to write before training.
    init(_ configuration: String, files: [String: String] = [:], name: String = "run") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: name).path
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let text = configuration.replacing("FOLDER", with: folder.path)
        let parsed = try Configuration.parse(Array(text.utf8), name: "test")
        let data = try RunData(parsed)
        let trainer = try Trainer(
            parsed, data: data, runDirectory: path, resume: .auto, group: SingleProcess(), team: Self.team, request: { .goOn }, reporter: nil,
            sampleWriter: SampleWriter(parsed, dataset: data.dataset))
        _ = try trainer.train()
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    static var team: ThreadTeam { ThreadTeam(threadCount: 1, spins: false) }

    /// Replaces the metrics with other lines.
    func writeMetrics(_ lines: [String]) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path + "/metrics.jsonl"))
    }

    static let prose = String(repeating: "the cat sat on the mat; a dog ran under a tree, and then\n", count: 20)

    static let text = """
        {"data": {"kind": "text", "files": "FOLDER/text.txt", "length": 10}, "model": {"hidden": 9, "layers": 2},
         "training": {"batch": 10, "steps": 20}, "log": {"everySteps": 2}}
        """

    static let series = """
        {"data": {"kind": "series", "files": "FOLDER/series.csv", "length": 5, "horizon": 2, "targets": ["b<i>", "a"]},
         "model": {"hidden": 7}, "training": {"batch": 20, "steps": 10}}
        """

    static let table = "a,b<i>\n" + (0..<150).map { "\($0 * 37 % 101),\(Double($0 * $0 % 53) / 8)\n" }.joined()
}
