import Datasets
import Batches
import Charts
import Checkpoints
import Layers
import Models
import Foundation
import Reports
import Testing

@Suite("A run's history")
struct RunHistoryTests {
    private func history(_ lines: String) throws -> RunHistory {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lstm-train-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(lines.utf8).write(to: folder.appending(path: "metrics.jsonl"))
        return try RunHistory(RunDirectory(folder.path))
    }

    @Test("metrics are stored by step; values that aren't finite are omitted and counted, and a truncated line is skipped")
    func figures() throws {
        let history = try history(
            """
            {"step":1,"epoch":1,"loss":3,"learningRate":0.1}
            {"step":2,"epoch":1,"loss":null,"gradientNorm":null,"learningRate":0.1}
            {"step":3,"epoch":2,"epochLoss":2.5,"validationLoss":2.25,"learningRate":0.05}
            {"step":4,"epoch":2,"loss":2,"validationLoss":2.25}
            {"step":5,"epo
            """)
        #expect(history[.loss] == [Point(1, 3), Point(4, 2)])
        #expect(history[.epochLoss] == [Point(3, 2.5)])
        #expect(history[.learningRate] == [Point(1, 0.1), Point(2, 0.1), Point(3, 0.05)])
        #expect(history[.gradientNorm].isEmpty)
        #expect(history.bestValidation == Point(3, 2.25))
        #expect((history.notFiniteCount, history.unreadableCount, history.lineCount, history.lastStep, history.lastEpoch) == (1, 1, 4, 4, 2))
    }

    @Test("a resume is found by its step, in older logs by the clock; times of all starts add up")
    func resumes() throws {
        let lines = [
            "{\"step\":10,\"elapsedSeconds\":5,\"loss\":1}", "{\"step\":20,\"elapsedSeconds\":9,\"loss\":2}",
            "{\"step\":30,\"elapsedSeconds\":4,\"loss\":3}", "{\"step\":40,\"elapsedSeconds\":6,\"resumedFromStep\":35,\"loss\":4}",
        ]
        let history = try history(lines.joined(separator: "\n") + "\n")
        #expect(history.resumes == [20, 35])
        #expect(history.trainedSeconds == 9 + 4 + 6)
        #expect(history.overTime(.loss) == [Point(5, 1), Point(9, 2), Point(13, 3), Point(19, 4)])
        #expect(try self.history("").lineCount == 0)
    }

    @Test("an impossible speed, from a log of an earlier version, is omitted")
    func impossibleSpeed() throws {
        let history = try history("{\"step\":1,\"timeStepsPerSecond\":1.3e13}\n{\"step\":2,\"timeStepsPerSecond\":125000.5}\n{\"step\":3}\n")
        #expect(history[.timeStepsPerSecond] == [Point(2, 125000.5)] && history.notFiniteCount == 0)
    }

    @Test("phases' seconds add up by rank, also over starts with different numbers of ranks")
    func phases() throws {
        let history = try history(
            """
            {"step":1,"phaseSeconds":{"data":[1,2],"sum":[0.5,0.5]}}
            {"step":2,"phaseSeconds":{"data":[1,2],"save":[0.25]}}
            {"step":3,"phaseSeconds":{"data":[1,1,1,1]}}

            """)
        #expect(history.phases.map(\.name) == ["data", "sum", "save"])
        #expect(history.phases.map(\.seconds) == [[3, 5, 1, 1], [0.5, 0.5], [0.25]])
    }

    @Test("of many samples some are kept, evenly spaced over the run, including the first")
    func samples() throws {
        let history = try history((1...1000).map { "{\"step\":\($0),\"sample\":\"s\($0)\"}\n" }.joined())
        #expect(history.samples.count <= 64 && history.samples.count >= 32)
        #expect(history.samples.first?.text == "s1" && (history.samples.last?.step ?? 0) > 960)
        let steps = history.samples.map(\.step)
        #expect(Set(zip(steps, steps.dropFirst()).map { $1 - $0 }).count == 1)
    }

    @Test("quantiles are NumPy's")
    func quantiles() {
        // numpy.quantile([1, 2, 4, 8], [0, .1, .5, .9, 1])
        let found = [0, 0.1, 0.5, 0.9, 1].map { quantile($0, of: [1, 2, 4, 8]) }
        #expect(zip(found, [1, 1.3, 3, 6.8, 8]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(found)")
        #expect(quantile(0.3, of: [5]) == 5)
    }

    @Test("a model's table has one row per layer, with all its parameters")
    func modelTable() {
        var shape = ModelDescription(
            input: .embedding(vocabularyCount: 50, width: 6), hidden: 8, layerCount: 2, outputs: 50, head: .everyStep, loss: .crossEntropy, initialization: .pyTorch)
        #expect(
            ModelTable(shape).layers == [
                .init(name: "embedding", kind: "embedding of 50 symbols", outputShape: "batch, time, 6", parameterCount: 300),
                .init(name: "rnn, layer 1", kind: "LSTM, reads 6", outputShape: "batch, time, 8", parameterCount: 32 * 16),
                .init(name: "rnn, layer 2", kind: "LSTM, reads 8", outputShape: "batch, time, 8", parameterCount: 32 * 18),
                .init(name: "head", kind: "linear, softmax, on every step", outputShape: "batch, time, 50", parameterCount: 450),
            ])
        shape.head = .lastStep
        #expect(ModelTable(shape).layers.last?.outputShape == "batch, 50")
        (shape.head, shape.loss) = (.everyStep, .crf)
        #expect(ModelTable(shape).layers.last?.kind == "linear, CRF, on every step")
    }
}
