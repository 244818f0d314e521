import Batches
import Files
import Foundation
import Kernels
import Layers
import Models
import PythonEnvironment
import ReferenceModel
import Testing

@Suite("Weights exchanged with Python")
struct InteropTests {
    /// Relative to the largest output; both compute in float32. The largest seen is 3e-7.
    static let bound: Float = 1e-5

    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    @Test("A file that Python's safetensors wrote is read whole, and the network in it says what torch.nn.LSTM said")
    func fromPython() throws {
        let file = try SafetensorsFile.open(Self.fixtures.appending(path: "python.safetensors").path)
        #expect(file.metadata == ["format": "pt", "note": "größe \" \n"])
        #expect(file.entries.first?.type == .int64 && file.entries.last?.type == .bfloat16)
        #expect(try file.entry(named: "none").shape.dimensions == [0, 3])
        let shape = ModelDescription(
            input: .vectors(width: 3), hidden: 5, layerCount: 2, outputs: 4, head: .everyStep, loss: .crossEntropy, initialization: .pyTorch)
        let layout = ParameterLayout(shape)
        let parameters = FloatMemory(count: layout.count)
        for parameter in layout.parameters {
            #expect(try file.entry(named: parameter.name).shape.dimensions == parameter.shape)
            parameters.view.copy(try file.values(parameter.name), to: parameter.offset)
        }
        let input = try file.values("input").map(Double.init)
        let vectors = (0..<2).map { b in (0..<6).map { t in Array(input[(b * 6 + t) * 3..<(b * 6 + t + 1) * 3]) } }
        let sequences = Sequences(input: .vectors(vectors), target: .tokenEveryStep([[Int]](repeating: [Int](repeating: 0, count: 6), count: 2)))
        let outputs = try Self.outputs(of: shape, parameters.view, sequences, Setting())
        let wanted = try file.values("outputs")
        let difference = zip(outputs, wanted).map { abs($0 - $1) }.max() ?? .infinity
        #expect(outputs.count == wanted.count && difference / (wanted.map(abs).max() ?? 0) < Self.bound, "\(difference)")
    }

    @Test(
        "A network written here loads into torch.nn.LSTM, says the same there, and comes back from Python's safetensors to the bit",
        .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)),
        arguments: [ReferenceModel.InputLayer.vectors(width: 3), .oneHot(vocabulary: 6), .embedding(vocabulary: 5, width: 4)])
    func toPython(inputLayer: ReferenceModel.InputLayer) throws {
        let example = Example(inputLayer: inputLayer, hidden: 19, layers: 2, lengths: [7, 7, 7], seed: 5)
        let folder = FileManager.default.temporaryDirectory.appending(path: "interop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["written", "copy"].map { folder.appending(path: $0 + ".safetensors").path }
        try write(example, to: paths[0])
        let result = try Python.run(try #require(Python.withLibraries), [Self.fixtures.appending(path: "load_safetensors.py").path] + paths)
        let difference = try #require(Float(result.output.split(separator: "\n").last ?? ""), "\(result.output)")
        #expect(result.code == 0 && difference < Self.bound, "\(result.output)")
        print("\(inputLayer): torch's outputs differ by \(difference)")
        let (written, copy) = (try SafetensorsFile.open(paths[0]), try SafetensorsFile.open(paths[1]))
        #expect(copy.metadata == ["format": "pt"] && copy.entries.count == written.entries.count)
        for entry in written.entries {
            #expect(try copy.entry(named: entry.name).shape == entry.shape)
            #expect(try copy.values(entry.name).map(\.bitPattern) == written.values(entry.name).map(\.bitPattern), "\(entry.name)")
        }
    }

    /// Parameters as a checkpoint has them, with what the network reads and says.
    private func write(_ example: Example, to path: String) throws {
        let (sequences, layout) = (example.sequences(), ParameterLayout(example.shape))
        let parameters = try example.model().flatParameters(layout)
        let (name, width, input) = Self.rows(of: sequences.input, inputLayer: example.inputLayer)
        let (batch, time) = (example.lengths.count, example.lengths[0])
        let shapes =
            layout.parameters.map { TensorShape(name: $0.name, dimensions: $0.shape) }
            + [
                TensorShape(name: name, dimensions: [batch, time] + (width.map { [$0] } ?? [])),
                TensorShape(name: "outputs", dimensions: [batch, time, example.shape.outputs]),
            ]
        var writer = try SafetensorsWriter(path: path, tensors: shapes, metadata: ["format": "pt"])
        let outputs = try Self.outputs(of: example.shape, parameters.view, sequences, Setting(threads: 2, gates: .split))
        let weights = layout.parameters.map { parameters.view.slice(from: $0.offset, count: $0.count).array() }
        for values in weights + [input, outputs] { try writer.write(values.span) }
        _ = try writer.finish()
    }

    /// What torch reads, [batch, time, width], or [batch, time] where it looks tokens up.
    private static func rows(
        of input: ReferenceModel.Input, inputLayer: ReferenceModel.InputLayer
    ) -> (name: String, width: Int?, values: [Float]) {
        switch (input, inputLayer) {
        case (.vectors(let vectors), _): ("input", vectors[0][0].count, vectors.flatMap { $0.flatMap { $0.map(Float.init) } })
        case (.tokens(let tokens), .oneHot(let count)):
            ("input", count, tokens.flatMap { $0.flatMap { token in (0..<count).map { $0 == token ? 1 : 0 } } })
        case (.tokens(let tokens), _): ("tokens", nil, tokens.flatMap { $0.map(Float.init) })
        }
    }

    /// `[batch, time, outputs]`, of sequences of one length.
    private static func outputs(
        of shape: ModelDescription, _ parameters: FloatView, _ sequences: Sequences, _ setting: Setting
    ) throws -> [Float] {
        let (batch, time) = (sequences.lengths.count, sequences.lengths[0])
        let pass = try setting.network(shape).pass(
            sequences.batch(), parameters: parameters, divisor: sequences.targetCount, shards: setting.shards(sequenceCount: batch))
        return (0..<batch).flatMap { b in (0..<time).flatMap { t in pass.outputs[t * batch + b] } }
    }
}

extension SafetensorsFile {
    /// The elements of the tensor `name`.
    fileprivate func values(_ name: String) throws -> [Float] {
        let entry = try entry(named: name)
        var values = [Float](repeating: .nan, count: entry.shape.elementCount)
        var span = values.mutableSpan
        try read(entry, into: &span)
        return values
    }
}
