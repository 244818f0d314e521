import Batches
import Datasets
import Inference
import LSTMTraining
import Runs
import Testing
import Training

@Suite("a trained series model, and a classifier")
struct ForecastTests {
    @Test("its forecasts, in the file's units, have the error that evaluate reports", arguments: [false, true])
    func forecasts(relative: Bool) throws {
        let example = try TrainedExample.series(relative: relative)
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let facts = try model.seriesFacts()
        #expect(facts.columns == (relative ? ["load", "heat", "price"] : ["load", "heat"]))
        #expect(facts.targets == ["heat", "price"] && facts.length == 7 && facts.horizon == 2)
        try expectEvaluatedError(example, model, columnCount: facts.columns.count)
    }

    @Test("the same of models whose first layer isn't recurrent, which tells how many numbers it reads by other weights", arguments: [
        #"{"layers": [{"type": "conv1d", "channels": 6, "width": 3, "stride": 2, "activation": "tanh"}, {"type": "gru", "hidden": 5}, {"type": "pool"}]}"#,
        #"{"layers": [{"type": "stack", "frames": 3}, {"type": "lstm", "hidden": 6}]}"#,
        #"{"layers": [{"type": "dense", "units": 5}, {"type": "tcn", "channels": 6, "width": 2, "dropout": 0.1}]}"#,
        #"{"layers": [{"type": "pool", "method": "attention"}]}"#,
    ])
    func forecastsOfOtherLayers(model: String) throws {
        let example = try TrainedExample.series(relative: false, model: model)
        defer { example.remove() }
        try expectEvaluatedError(example, TrainedModel(path: example.path), columnCount: 2)
    }

    private func expectEvaluatedError(_ example: TrainedExample, _ model: TrainedModel, columnCount: Int) throws {
        let statistics = try #require(try TrainedRun(example.path).statistics())
        let deviations = ["heat", "price"].compactMap { name in statistics.columns.first { $0.name == name }?.deviation }
        let rows = TrainedExample.table
        let first = try SplitFractions(validation: 0.2, test: 0).range(of: .validation, count: rows.count).lowerBound
        var errors: [Double] = []
        // Windows whose predicted rows are in the validation part.
        for start in first - 7...rows.count - 9 {
            let past = rows[start..<start + 7].map { Array($0.prefix(columnCount)) }
            let forecast = try model.forecast(past)
            for (step, row) in forecast.enumerated() {
                let truth = rows[start + 7 + step].suffix(2)
                for (target, value) in truth.enumerated() {
                    let difference = (row[target] - value) / deviations[target]
                    errors.append(difference * difference)
                }
            }
        }
        let evaluation = try example.evaluation(.validation)
        #expect(errors.count == evaluation.targetCount)
        #expect(abs(errors.reduce(0, +) / Double(errors.count) / evaluation.loss - 1) < 1e-4)
    }

    @Test("accepts rows by column name, uses the last ones, and rejects unknown columns")
    func names() throws {
        let example = try TrainedExample.series(relative: false)
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let rows = TrainedExample.table.prefix(9).map { Array($0.prefix(2)) }
        let named = rows.map { ["load": $0[0], "heat": $0[1]] }
        let forecast = try model.forecast(Array(rows.suffix(7)))
        #expect(try model.forecast(rows) == forecast)
        #expect(try model.forecast(named) == forecast.map { ["heat": $0[0], "price": $0[1]] })
        #expect(throws: ModelError.rowCount(found: 6, wanted: 7)) { try model.forecast(Array(rows.prefix(6))) }
        #expect(throws: ModelError.rowWidth(row: 9, found: 1, columns: ["load", "heat"])) { try model.forecast(rows.dropLast() + [[1]]) }
        #expect(throws: ModelError.columnMissing(row: 1, column: "heat")) { try model.forecast([["load": 1]]) }
        #expect(throws: ModelError.columnUnknown(row: 1, column: "laod", columns: ["load", "heat"])) { try model.forecast([["laod": 1, "heat": 2]]) }
        #expect(throws: ModelError.value(row: 9, column: "heat")) { try model.forecast(rows.dropLast() + [[1, .nan]]) }
        #expect(throws: ModelError.value(row: 9, column: "load")) { try model.forecast(rows.dropLast() + [[1e300, 0]]) }
        #expect(try model.warnings(on: rows) == [])
        let warnings = try model.warnings(on: rows.dropLast() + [[1e9, rows[8][1]]])
        #expect(warnings == ["column 'load': 1 value lies more than 1,000 deviations from the training part's mean, first 1,000,000,000 in row 9"])
        #expect(throws: ModelError.rowWidth(row: 1, found: 1, columns: ["load", "heat"])) { try model.warnings(on: [[1]]) }
        #expect(throws: ModelError.writesNoText(kind: "series")) { try model.continueText("a", length: 1) }
        #expect(throws: ModelError.writesNoText(kind: "series")) { try model.session() }
    }

    @Test("classifies each sequence as evaluate does")
    func classes() throws {
        let example = try TrainedExample(
            """
            {"data": {"kind": "temporalOrder", "length": 20, "trainingExamples": 400, "validationExamples": 20, "testExamples": 60},
             "model": {"hidden": 12}, "training": {"batch": 40, "steps": 40}, "optimizer": {"learningRate": 0.02}}
            """)
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        #expect(model.task == .classification)
        let dataset = try RunData(example.configuration).dataset
        let vocabulary = try #require(dataset.vocabulary)
        let batches = dataset.batches(of: .evaluation(.test))
        var rightCount = 0
        for index in 0..<batches.batchCount {
            let batch = batches.sequences(at: 0..<batches.sequenceCount(ofBatch: index), ofBatch: index)
            guard case .tokens(let tokens) = batch.input, case .classAtEnd(let classes) = batch.target else { continue }
            for sequence in 0..<batch.sequenceCount {
                let text = vocabulary.decode((0..<batch.lengths[sequence]).map { tokens[$0 * batch.sequenceCount + sequence] })
                let probabilities = try model.classify(text)
                #expect(probabilities.count == 4 && abs(probabilities.reduce(0, +) - 1) < 1e-12)
                if probabilities.firstIndex(of: probabilities.max() ?? 0) == Int(classes[sequence]) { rightCount += 1 }
            }
        }
        let accuracy = try #require(example.evaluation(.test).accuracy)
        #expect(rightCount == Int((accuracy * 60).rounded()))
    }
}
