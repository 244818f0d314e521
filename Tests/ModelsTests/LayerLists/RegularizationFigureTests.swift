import Batches
import Foundation
import Kernels
import Layers
import Models
import Testing

/// A figure of `Tests/Fixtures/make_regularization_figures.py`.
private struct RegularizationFigure: Decodable {
    struct Layer: Decodable {
        let type: String
        let hidden: Int
        var reset: String?
        var weightDrop, recurrentDropout, candidateDropout, zoneout, zoneoutCell, activationL2, temporalL2: Double?
    }

    let seed: UInt64
    /// Nil for evaluation.
    let step: Int?
    let layers: [Layer]
    let inputWidth: Int
    /// `[sequence][time][feature]`.
    let inputs: [[[Double]]]
    let classes: [Int32]
    let loss: Double
    /// `[sequence][outputs]`.
    let outputs: [[Double]]
    let parameters: [String: [Double]]
    let gradients: [String: [Double]]

    static func load(_ name: String) throws -> RegularizationFigure {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/regularization/\(name).json")
        return try JSONDecoder().decode(RegularizationFigure.self, from: Data(contentsOf: file))
    }

    var purpose: Purpose { step.map { .training(seed: seed, step: $0) } ?? .inference }

    func shape() throws -> ModelDescription {
        let descriptions = try layers.map { layer in
            var description = RecurrentDescription(cell: try #require(CellKind(rawValue: layer.type)), hidden: layer.hidden)
            if let reset = layer.reset { description.reset = try #require(ResetPlace(rawValue: reset)) }
            description.regularization.weightDrop = layer.weightDrop ?? 0
            description.regularization.recurrentDropout = layer.recurrentDropout ?? 0
            description.regularization.candidateDropout = layer.candidateDropout ?? 0
            description.regularization.zoneout = layer.zoneout ?? 0
            description.regularization.zoneoutCell = layer.zoneoutCell ?? 0
            description.regularization.activationL2 = layer.activationL2 ?? 0
            description.regularization.temporalL2 = layer.temporalL2 ?? 0
            return LayerDescription.recurrent(description)
        }
        return ModelDescription(
            input: .vectors(width: inputWidth), layers: descriptions, outputs: outputs[0].count, head: .lastStep, loss: .crossEntropy, initialization: .pyTorch)
    }

    var batch: Batch {
        let timeCount = inputs.map(\.count).max() ?? 0
        let zeros = [Double](repeating: 0, count: inputWidth)
        let rows = (0..<timeCount).flatMap { time in inputs.flatMap { time < $0.count ? $0[time] : zeros } }
        return Batch(
            timeCount: timeCount, lengths: inputs.map(\.count), input: .vectors(rows.map(Float.init), featureCount: inputWidth),
            target: .classAtEnd(classes), globalIndices: Array(inputs.indices))
    }
}

@Suite("Regularised recurrent layers against PyTorch")
struct RegularizationFigureTests {
    /// Relative to the largest element of each tensor; float32 beside figures in Double.
    @Test("loss, outputs and every gradient are the stored figure's, with the figure's own masks", arguments: ["lstm", "gru", "evaluation"], GateMode.allCases)
    func matches(name: String, gates: GateMode) throws {
        let figure = try RegularizationFigure.load(name)
        let setting = Setting(threads: 2, gates: gates, shardCount: 2)
        let network = setting.network(try figure.shape())
        #expect(Set(network.layout.parameters.map(\.name)) == Set(figure.parameters.keys))
        let memory = FloatMemory(count: network.layout.count)
        for parameter in network.layout.parameters { memory.view.copy(figure.parameters[parameter.name, default: []].map(Float.init), to: parameter.offset) }
        let pass = try network.pass(
            figure.batch, parameters: memory.view, divisor: figure.classes.count, shards: setting.shards(sequenceCount: figure.classes.count),
            totals: BatchTotals(lengths: figure.batch.lengths), for: figure.purpose)
        #expect(abs(pass.loss / Double(figure.classes.count) - figure.loss) < 1e-6)
        #expect(relativeDifference(pass.outputs.flatMap { $0 }, figure.outputs.flatMap { $0 }) < 1e-5)
        for parameter in network.layout.parameters {
            let size = relativeDifference(Array(pass.gradient[parameter.range]), figure.gradients[parameter.name, default: []])
            #expect(size < 1e-5, "\(parameter.name)")
        }
    }
}
