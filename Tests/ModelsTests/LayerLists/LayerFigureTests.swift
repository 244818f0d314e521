import Batches
import Foundation
import Kernels
import Layers
import Models
import Testing

/// A figure of `Tests/Fixtures/make_layer_figures.py`.
private struct LayerFigure: Decodable {
    struct Layer: Decodable {
        let type: String
        var hidden: Int?
        var units: Int?
        var activation: String?
        var epsilon: Double?
        var connection: String?
        var bidirectional: Bool?
        var merge: String?
        var heads: Int?
        var feedForward: Int?
        var causal: Bool?
        var norm: String?
        var positions: String?
        // Of layers over time.
        var channels, width, stride, dilation, groups, factor, frames: Int?
        var padding, method: String?
        var layerNorm: String?
        var projection: Int?
        var forgetGate: String?
        var initialState: String?
        var gateActivation: String?
        var reset: String?
    }

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

    static func load(_ name: String) throws -> LayerFigure {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Fixtures/layers/\(name).json")
        return try JSONDecoder().decode(LayerFigure.self, from: Data(contentsOf: file))
    }

    func shape() throws -> ModelDescription {
        let descriptions = try layers.map { layer in
            if layer.type == "transformer" { return LayerDescription.transformer(try layer.transformer()) }
            if layer.type == "layerNorm" { return LayerDescription.layerNorm(LayerNormDescription(epsilon: layer.epsilon ?? 1e-5)) }
            if layer.type == "dense" {
                let activation = try #require(DenseActivation(rawValue: layer.activation ?? "linear"))
                return .dense(DenseDescription(units: try #require(layer.units), activation: activation))
            }
            if let overTime = layer.overTime { return overTime }
            var description = RecurrentDescription(cell: try #require(CellKind(rawValue: layer.type)), hidden: try #require(layer.hidden))
            description.isBidirectional = layer.bidirectional ?? false
            if let connection = layer.connection { description.connection = try #require(LayerConnection(rawValue: connection)) }
            description.projection = layer.projection ?? 0
            if let place = layer.layerNorm { description.layerNorm = try #require(LayerNormPlace(rawValue: place)) }
            if let function = layer.forgetGate { description.forgetFunction = try #require(ForgetFunction(rawValue: function)) }
            if let state = layer.initialState { description.initialState = try #require(InitialState(rawValue: state)) }
            if let function = layer.gateActivation { description.gateFunction = try #require(GateFunction(rawValue: function)) }
            if let reset = layer.reset { description.reset = try #require(ResetPlace(rawValue: reset)) }
            if let merge = layer.merge { description.merge = try #require(DirectionMerge(rawValue: merge)) }
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

extension LayerFigure.Layer {
    fileprivate func transformer() throws -> TransformerDescription {
        var layer = TransformerDescription(heads: try #require(heads), feedForward: try #require(feedForward))
        layer.isCausal = try #require(causal)
        layer.norm = try #require(NormPlace(rawValue: norm ?? ""))
        layer.positions = try #require(PositionKind(rawValue: positions ?? ""))
        layer.activation = try #require(FeedForwardActivation(rawValue: activation ?? ""))
        return layer
    }

    /// A convolution, pooling, or a layer that changes the number of steps.
    fileprivate var overTime: LayerDescription? {
        switch type {
        case "conv1d":
            .convolution(
                ConvolutionDescription(
                    channels: channels ?? 1, width: width ?? 1, stride: stride ?? 1, dilation: dilation ?? 1,
                    padding: padding.flatMap(ConvolutionPadding.init(rawValue:)) ?? .same, groups: groups ?? 1, activation: activation.flatMap(DenseActivation.init(rawValue:)) ?? .linear))
        case "tcn": .temporalBlock(TemporalBlockDescription(channels: channels ?? 1, width: width ?? 1, dilation: dilation ?? 1))
        case "pool": .pool(PoolDescription(method: method.flatMap(PoolMethod.init(rawValue:)) ?? .mean, units: units ?? 0))
        case "subsample": .subsample(SubsampleDescription(factor: factor ?? 2))
        case "stack": .stack(StackDescription(frames: frames ?? 2))
        default: nil
        }
    }
}

@Suite("Lists of layers against PyTorch")
struct LayerFigureTests {
    private static let overTime = ["convolutions", "temporal-blocks", "pooling", "subsampling"]

    /// Relative to the largest element of each tensor; float32 beside figures in Double.
    @Test(
        "loss, outputs and every gradient are the stored figure's",
        arguments: [
            "bidirectional-lstm", "bidirectional-gru", "dense-norm", "connections", "layer-norm-lstm", "projected-lstm", "slstm", "hard-gru", "learned-states",
            "transformer-pre", "transformer-post", "transformer-positions",
        ] + overTime,
        GateMode.allCases
    )
    func matches(name: String, gates: GateMode) throws {
        let figure = try LayerFigure.load(name)
        let setting = Setting(threads: 2, gates: gates, shardCount: 2)
        let network = setting.network(try figure.shape())
        #expect(Set(network.layout.parameters.map(\.name)) == Set(figure.parameters.keys))
        let memory = FloatMemory(count: network.layout.count)
        for parameter in network.layout.parameters { memory.view.copy(figure.parameters[parameter.name, default: []].map(Float.init), to: parameter.offset) }
        let pass = try network.pass(
            figure.batch, parameters: memory.view, divisor: figure.classes.count, shards: setting.shards(sequenceCount: figure.classes.count))
        #expect(abs(pass.loss / Double(figure.classes.count) - figure.loss) < 1e-6)
        #expect(relativeDifference(pass.outputs.flatMap { $0 }, figure.outputs.flatMap { $0 }) < 1e-5)
        for parameter in network.layout.parameters {
            let size = relativeDifference(Array(pass.gradient[parameter.range]), figure.gradients[parameter.name, default: []])
            #expect(size < 1e-5, "\(parameter.name)")
        }
    }
}
