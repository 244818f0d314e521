import Batches
import Foundation
import Kernels
import Layers
import Models
import Testing

/// A stored figure: a list of layers over ragged sequences of numbers, with a class at the end of each, and what PyTorch makes of it.
protocol StoredFigure: Decodable {
    /// Folder of `Tests/Fixtures` with the files.
    static var folder: String { get }
    var inputWidth: Int { get }
    /// `[sequence][time][feature]`.
    var inputs: [[[Double]]] { get }
    var classes: [Int32] { get }
    var loss: Double { get }
    /// `[sequence][outputs]`.
    var outputs: [[Double]] { get }
    var parameters: [String: [Double]] { get }
    var gradients: [String: [Double]] { get }
    var purpose: Purpose { get }
    func layerDescriptions() throws -> [LayerDescription]
}

extension StoredFigure {
    static func load(_ name: String) throws -> Self {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/\(folder)/\(name).json")
        return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }

    private func shape() throws -> ModelDescription {
        ModelDescription(
            input: .vectors(width: inputWidth), layers: try layerDescriptions(), outputs: outputs[0].count, head: .lastStep, loss: .crossEntropy,
            initialization: .pyTorch)
    }

    private var batch: Batch {
        let timeCount = inputs.map(\.count).max() ?? 0
        let zeros = [Double](repeating: 0, count: inputWidth)
        let rows = (0..<timeCount).flatMap { time in inputs.flatMap { time < $0.count ? $0[time] : zeros } }
        return Batch(
            timeCount: timeCount, lengths: inputs.map(\.count), input: .vectors(rows.map(Float.init), featureCount: inputWidth),
            target: .classAtEnd(classes), globalIndices: Array(inputs.indices))
    }

    /// Checks loss, outputs and every gradient, relative to the largest element of each tensor: float32 beside figures in Double.
    func expectSame(gates: GateMode) throws {
        let setting = Setting(threads: 2, gates: gates, shardCount: 2)
        let network = setting.network(try shape())
        #expect(Set(network.layout.parameters.map(\.name)) == Set(parameters.keys))
        let memory = FloatMemory(count: network.layout.count)
        for parameter in network.layout.parameters { memory.view.copy(parameters[parameter.name, default: []].map(Float.init), to: parameter.offset) }
        let batch = batch
        let pass = try network.pass(
            batch, parameters: memory.view, divisor: classes.count, shards: setting.shards(sequenceCount: classes.count),
            totals: BatchTotals(lengths: batch.lengths), for: purpose)
        #expect(abs(pass.loss / Double(classes.count) - loss) < 1e-6)
        #expect(relativeDifference(pass.outputs.flatMap { $0 }, outputs.flatMap { $0 }) < 1e-5)
        for parameter in network.layout.parameters {
            let size = relativeDifference(Array(pass.gradient[parameter.range]), gradients[parameter.name, default: []])
            #expect(size < 1e-5, "\(parameter.name)")
        }
    }
}
