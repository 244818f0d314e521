import Communication
import Datasets
import Foundation
import Inference
import Layers
import Models
import Runs
import Testing
import Training

/// Tests of Inference, on which the pages are based; they are here because there are trained runs.
@Suite("Predictions and traces of a run")
struct PredictionTests {
    private func check(_ run: TestRun, _ part: DataPart, limit: Int = .max) throws -> (Evaluation, [Prediction]) {
        let trained = try TrainedRun(run.path)
        let data = try trained.data()
        var predictions: [Prediction] = []
        try trained.visitPredictions(of: part, data: data, limit: limit, team: TestRun.team) { predictions.append($0) }
        return (try trained.evaluate(part, data: data, group: SingleProcess(), team: TestRun.team), predictions)
    }

    private func loss(_ prediction: Prediction) -> Double {
        switch prediction.target {
        case .token(let token):
            let largest = prediction.outputs.max() ?? 0
            let sum = prediction.outputs.reduce(0.0) { $0 + exp(Double($1 - largest)) }
            return log(sum) + Double(largest - prediction.outputs[Int(token)])
        case .numbers(let numbers): return zip(prediction.outputs, numbers).reduce(0) { $0 + pow(Double($1.0 - $1.1), 2) }
        }
    }

    @Test("in a text with carried states each symbol is visited once, and losses and accuracy are the evaluation's")
    func text() throws {
        let run = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let (evaluation, predictions) = try check(run, .validation)
        #expect(predictions.count == evaluation.targetCount && !predictions.isEmpty)
        #expect(abs(predictions.reduce(0) { $0 + loss($1) } / Double(predictions.count) - evaluation.loss) < 1e-5)
        let rightCount = predictions.count { $0.target == .token(Int32($0.likeliest)) }
        #expect(Double(rightCount) / Double(predictions.count) == evaluation.accuracy)
    }

    @Test("in a series each window is visited once, in order, with the evaluation's errors; a limit stops after the batch that reaches it")
    func series() throws {
        let run = try TestRun(TestRun.series, files: ["series.csv": TestRun.table])
        defer { run.remove() }
        let (evaluation, predictions) = try check(run, .training)
        #expect(predictions.map(\.sequence) == Array(0..<predictions.count) && predictions.allSatisfy { $0.time == 4 && $0.outputs.count == 4 })
        #expect(predictions.count * 4 == evaluation.targetCount)
        #expect(abs(predictions.reduce(0) { $0 + loss($1) } / Double(evaluation.targetCount) - evaluation.loss) < 1e-5)
        #expect(try check(run, .training, limit: 21).1 == Array(predictions.prefix(40)))
        #expect(throws: TrainingError.emptyPart(part: "test")) { try check(run, .test) }
    }

    @Test("a layer above one that changes the number of time steps can't be traced, and a model without a recurrence has none to trace", arguments: [
        (
            #"{"type": "rnn", "hidden": 3}, {"type": "conv1d", "channels": 4, "width": 3, "stride": 2}, {"type": "gru", "hidden": 4}"#, 1,
            TrainingError.tracesOtherSteps(layer: 1, readableCount: 1)
        ),
        (#"{"type": "stack", "frames": 2}, {"type": "gru", "hidden": 4}"#, 0, .tracesOtherSteps(layer: 0, readableCount: 0)),
        (#"{"type": "conv1d", "channels": 4, "width": 3}, {"type": "pool"}"#, 0, .noLayer(layer: 0, layerCount: 0)),
    ])
    func untraceable(layers: String, layer: Int, error: TrainingError) throws {
        let run = try TestRun(
            TestRun.series.replacing(#"{"hidden": 7}"#, with: "{\"layers\": [\(layers)]}"), files: ["series.csv": TestRun.table])
        defer { run.remove() }
        let trained = try TrainedRun(run.path)
        #expect(throws: error) { try trained.trace(ofExample: 0, in: .validation, data: trained.data(), layer: layer, team: TestRun.team) }
    }

    @Test("a trace has the input symbols or named numbers, and invalid layers, rows and texts are rejected")
    func traces() throws {
        let text = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose])
        let series = try TestRun(TestRun.series, files: ["series.csv": TestRun.table])
        defer { for run in [text, series] { run.remove() } }
        let (reader, forecaster) = (try TrainedRun(text.path), try TrainedRun(series.path))
        let trace = try reader.trace(ofText: "the cat", layer: 1, team: TestRun.team)
        #expect(trace.symbols.joined() == "the cat" && trace.numbers.isEmpty && trace.numberNames.isEmpty)
        #expect(trace.layer.timeCount == 7 && trace.layer.unitCount == 9 && trace.layer.gates[1].allSatisfy { (0...1).contains($0) })
        let data = try forecaster.data()
        let window = try forecaster.trace(ofExample: 3, in: .validation, data: data, layer: 0, team: TestRun.team)
        #expect(window.symbols.isEmpty && window.numbers.count == 5 && window.numberNames == ["a", "b<i>"])
        let count = data.dataset.batches(of: .evaluation(.validation)).sequenceCount(ofBatch: 0)
        #expect(throws: TrainingError.noLayer(layer: 2, layerCount: 2)) { try reader.trace(ofText: "the", layer: 2, team: TestRun.team) }
        #expect(throws: TrainingError.emptyPrompt) { try reader.trace(ofText: "", layer: 0, team: TestRun.team) }
        #expect(throws: TrainingError.readsNoText(kind: "series")) { try forecaster.trace(ofText: "the", layer: 0, team: TestRun.team) }
        #expect(throws: TrainingError.hasStreams) { try reader.trace(ofExample: 0, in: .validation, data: reader.data(), layer: 0, team: TestRun.team) }
        #expect(throws: TrainingError.noExample(example: count, part: "validation", count: count)) {
            try forecaster.trace(ofExample: count, in: .validation, data: data, layer: 0, team: TestRun.team)
        }
    }
}
