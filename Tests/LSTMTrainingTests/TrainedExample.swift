import Communication
import Configuration
import Datasets
import Foundation
import Inference
import Runs
import Threads
import Training

/// A small run that a test trains, in its own directory; call `remove` when done.
struct TrainedExample {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lstm-train-library-\(UUID().uuidString)", directoryHint: .isDirectory)
    let configuration: Configuration

    var path: String { folder.appending(path: "run").path }
    var team: ThreadTeam { ThreadTeam(threadCount: 1, spins: false) }

    /// - Parameters:
    ///   - json: with the data's file as `data.txt`, which is written as `data`.
    init(_ json: String, data: String = "") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(data.utf8).write(to: folder.appending(path: "data.txt"))
        var configuration = try Configuration.parse(Array(json.utf8), name: "config.json", overrides: [])
        if !configuration.data.files.isEmpty { configuration.data.files = [folder.appending(path: "data.txt").path] }
        self.configuration = configuration
        let trainer = try Trainer(
            configuration, data: RunData(configuration), runDirectory: path, resume: .never, group: SingleProcess(), team: team, request: { .goOn },
            reporter: nil)
        _ = try trainer.train()
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// The evaluation of a part of the run's data.
    func evaluation(_ part: DataPart) throws -> Evaluation {
        let run = try TrainedRun(path)
        return try run.evaluate(part, data: run.data(), group: SingleProcess(), team: team)
    }

    // MARK: Works

    static func text(kind: String = "text") throws -> TrainedExample {
        try TrainedExample(
            """
            {"data": {"kind": "\(kind)", "files": "data.txt", "length": 10, "lowercase": true}, "model": {"hidden": 19, "layers": 2},
             "training": {"batch": 8, "steps": 40}, "optimizer": {"learningRate": 0.01}}
            """,
            data: String(repeating: "The cat sat on the mat, and the dog ran.\n", count: 30))
    }

    static let rowCount = 160

    /// Three columns with means much larger than their deviations.
    static let table: [[Double]] = (0..<rowCount).map { row -> [Double] in
        let (saw, tooth, square) = (Double(row * 37 % 101), Double(row % 12), Double(row * row % 53))
        return [1000 + 10 * saw, 0.01 * tooth - 5, 1e6 + square]
    }

    static func series(relative: Bool, model: String = #"{"hidden": 11}"#) throws -> TrainedExample {
        let lines = ["load,heat,price"] + table.map { row in row.map { "\($0)" }.joined(separator: ",") }
        return try TrainedExample(
            """
            {"data": {"kind": "series", "files": "data.txt", "length": 7, "horizon": 2, "columns": ["load", "heat"], "targets": ["heat", "price"],
             "relative": \(relative), "validationFraction": 0.2}, "model": \(model), "training": {"batch": 20, "steps": 20}}
            """,
            data: lines.joined(separator: "\n") + "\n")
    }
}
