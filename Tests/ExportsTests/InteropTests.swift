import Batches
import Datasets
import Exports
import Foundation
import Inference
import Kernels
import Layers
import Models
import PythonEnvironment
import Runs
import Threads
import StrictJSON
import Testing
import Training

@Suite("Exports with their libraries", .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)))
struct InteropTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    private func python(_ script: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        try Python.run(try #require(Python.withLibraries), [Self.fixtures.appending(path: script).path] + arguments)
    }

    @Test(
        "outputs and final states of ragged sequences are this program's: 1 to 3 layers and lists of layers, all inputs, every step and the last",
        arguments: ExportFormat.allCases)
    func sameOutputs(format: ExportFormat) throws {
        let folder = try TemporaryFolder()
        for (name, shape) in Subjects.known(to: format) {
            _ = try Subjects.model(name, shape).write(format, to: folder.path(name), data: nil, force: false, team: Subjects.team)
        }
        let result = try python("check_exports.py", Subjects.known(to: format).map { folder.path($0.name) })
        #expect(result.code == 0, "\(result.output)")
        #expect(result.output.split(separator: "\n").count { $0.contains("largest difference") } == Subjects.known(to: format).count, "\(result.output)")
    }

    @Test("a convolution whose windows are longer than every sequence gives one step of each", arguments: [ExportFormat.pytorch, .onnx, .npz])
    func shortSequences(format: ExportFormat) throws {
        let folder = try TemporaryFolder()
        _ = try Subjects.model("short", Subjects.windowBeyondAll).write(format, to: folder.path("out"), data: nil, force: false, team: Subjects.team)
        let result = try python("check_exports.py", [folder.path("out")])
        #expect(result.code == 0 && result.output.contains("largest difference"), "\(result.output)")
    }

    @Test("verify.py exits with 1 if a weight differs, in every format", arguments: ExportFormat.allCases)
    func difference(format: ExportFormat) throws {
        let folder = try TemporaryFolder()
        let (name, shape) = Subjects.all[0]
        let model = Subjects.model(name, shape)
        _ = try model.write(format, to: folder.path("a"), data: nil, force: false, team: Subjects.team)
        // A valid file with another model's weights.
        let other = ExportedModel(name: name, shape: shape, parameters: model.withOtherHeadBias)
        _ = try other.write(format, to: folder.path("b"), data: nil, force: false, team: Subjects.team)
        try Data(folder.bytes("b/" + format.weightsFile)).write(to: URL(filePath: folder.path("a/" + format.weightsFile)))
        let result = try Python.run(try #require(Python.withLibraries), [folder.path("a/verify.py")])
        #expect(result.code == 1 && result.output.contains("largest difference"), "\(result.output)")
    }

    @Test(
        "text: the card's lines run as printed, and the most likely continuation is this program's",
        arguments: ExportFormat.allCases, [TrainedSubject.text, TrainedSubject.bytes, TrainedSubject.bytePairs, TrainedSubject.textList])
    func text(format: ExportFormat, json: String) throws { try checkText(format, json) }

    @Test("text: layers that carry the steps before them do so from symbol to symbol", arguments: [ExportFormat.pytorch, .onnx, .npz])
    func textOverTime(format: ExportFormat) throws { try checkText(format, TrainedSubject.textOverTime) }

    private func checkText(_ format: ExportFormat, _ json: String) throws {
        let folder = try TemporaryFolder()
        try TrainedSubject.writeData(in: folder)
        let subject = try TrainedSubject(json, in: folder)
        try subject.export(format, to: "export", in: folder)
        let generator = try Generator(run: subject.run, sampling: SamplingOptions(temperature: 0), seed: 1, team: Subjects.team)
        let prompt = "The cat sat"
        let wanted = generator.vocabulary.decode(generator.generate(from: [try generator.tokens(of: prompt)], length: 30)[0])
        let result = try python("use_export.py", [folder.path("export"), "text", prompt, "30"])
        let found = try JSONValue.parse(Array(try #require(result.output.split(separator: "\n").last, "\(result.output)").utf8))
        #expect(result.code == 0 && found.stringValue == wanted, "\(result.output)")
    }

    @Test("series: the card's lines run as printed, and the forecast is this program's in the table's own units", arguments: ExportFormat.allCases)
    func series(format: ExportFormat) throws {
        let folder = try TemporaryFolder()
        try TrainedSubject.writeData(in: folder)
        let subject = try TrainedSubject(TrainedSubject.series, in: folder)
        try subject.export(format, to: "export", in: folder)
        let wanted = try subject.firstForecast()
        let result = try python("use_export.py", [folder.path("export"), "series", folder.path("table.csv"), "7"])
        let found = try JSONValue.parse(Array(try #require(result.output.split(separator: "\n").last, "\(result.output)").utf8))
        let rows = try #require(found.arrayValue).map { $0.arrayValue?.compactMap(\.realValue) ?? [] }
        #expect(rows.map(\.count) == [2, 2, 2], "\(result.output)")
        #expect(zip(rows.flatMap { $0 }, wanted).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) }, "\(rows) \(wanted)")
    }

    @Test(
        "classes: the card's lines run as printed, and a sequence in the data's own units, or a text, has this program's probabilities by the classes' names",
        arguments: ExportFormat.allCases, [TrainedSubject.sequences, TrainedSubject.labelledTexts, TrainedSubject.labelledPairs, TrainedSubject.sequenceList, TrainedSubject.sequenceOverTime])
    func classes(format: ExportFormat, json: String) throws {
        let folder = try TemporaryFolder()
        try TrainedSubject.writeData(in: folder)
        let subject = try TrainedSubject(json, in: folder)
        try subject.export(format, to: "export", in: folder)
        let (classes, wanted) = try subject.probabilities()
        let isText = [TrainedSubject.labelledTexts, TrainedSubject.labelledPairs].contains(json)
        let sequence = isText
            ? JSONValue.text(TrainedSubject.classified.text) : .list(TrainedSubject.classified.numbers.map { .list($0.map(JSONValue.real)) })
        let result = try python("use_export.py", [folder.path("export"), "classes", sequence.serialized(), "0"])
        let found = try JSONValue.parse(Array(try #require(result.output.split(separator: "\n").last, "\(result.output)").utf8))
        #expect(result.code == 0 && found.objectValue?.map(\.key) == classes, "\(result.output)")
        let probabilities = (found.objectValue ?? []).compactMap(\.value.realValue)
        #expect(classes.count == 3 && probabilities.count == 3 && zip(probabilities, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(result.output) \(wanted)")
    }
}

extension ExportedModel {
    /// The parameters with another value for the first element of the head's bias.
    fileprivate var withOtherHeadBias: [Float] {
        let bias = headBias
        var parameters = allParameters
        parameters[parameters.count - bias.count] += 0.5
        return parameters
    }
}

extension TrainedSubject {
    /// The classes, and their probabilities for ``classified``, as this program computes them.
    func probabilities() throws -> (classes: [String], [Double]) {
        let meaning = try #require(try run.meaning() as? SequenceMeaning)
        let network = Model(shape: try run.modelDescription(), gates: .fused, team: Subjects.team)
        let parameters = try run.readParameters(ParameterLayout(network.shape))
        network.load(parameters.view)
        let input: Batch.Input
        let timeCount: Int
        if let vocabulary = meaning.inputVocabulary {
            let tokens = try vocabulary.encode(Self.classified.text)
            (input, timeCount) = (.tokens(tokens), tokens.count)
        } else {
            let numbers = Self.classified.numbers.flatMap { row in zip(row, meaning.inputScale).map { Float($1.standardised($0)) } }
            (input, timeCount) = (.vectors(numbers, featureCount: 2), Self.classified.numbers.count)
        }
        let batch = Batch(timeCount: timeCount, lengths: [timeCount], input: input, globalIndices: [0])
        network.forward(batch)
        network.score(batch)
        let scores = network.outputs(row: 0).array().map(Double.init)
        let weights = scores.map { exp($0 - (scores.max() ?? 0)) }
        return (meaning.classes, weights.map { $0 / weights.reduce(0, +) })
    }

    /// The forecast after the first window of the training part, in the table's units.
    func firstForecast() throws -> [Double] {
        let series = try #require(data.dataset as? SeriesWindows)
        let shape = try run.modelDescription()
        let network = Model(shape: shape, gates: .fused, team: Subjects.team)
        let parameters = try run.readParameters(ParameterLayout(shape))
        network.load(parameters.view)
        let batch = series.batch(ofExamples: [0], in: .training)
        network.forward(batch)
        network.score(batch)
        return series.restored(network.outputs(row: 0).array(), ofExample: 0, in: .training)
    }
}
