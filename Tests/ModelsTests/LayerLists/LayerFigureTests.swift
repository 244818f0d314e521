import Layers
import Models
import Testing

/// A figure of `Tests/Fixtures/make_layer_figures.py`.
private struct LayerFigure: StoredFigure {
    static let folder = "layers"

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
        var weightNorm: Bool?
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

    var purpose: Purpose { .training(seed: 1, step: 0) }

    func layerDescriptions() throws -> [LayerDescription] {
        try layers.map { layer in
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
    }
}

extension LayerFigure.Layer {
    fileprivate func transformer() throws -> TransformerDescription {
        var layer = TransformerDescription(heads: try #require(heads), feedForward: try #require(feedForward))
        layer.isCausal = try #require(causal as Bool?)
        layer.norm = try #require(NormPlace(rawValue: norm ?? ""))
        layer.positions = try #require(PositionKind(rawValue: positions ?? ""))
        layer.activation = try #require(FeedForwardActivation(rawValue: activation ?? ""))
        return layer
    }

    private var temporalBlock: TemporalBlockDescription {
        var layer = TemporalBlockDescription(channels: channels ?? 1, width: width ?? 1, dilation: dilation ?? 1)
        layer.hasWeightNorm = weightNorm ?? false
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
        case "tcn": .temporalBlock(temporalBlock)
        case "pool": .pool(PoolDescription(method: method.flatMap(PoolMethod.init(rawValue:)) ?? .mean, units: units ?? 0))
        case "subsample": .subsample(SubsampleDescription(factor: factor ?? 2))
        case "stack": .stack(StackDescription(frames: frames ?? 2))
        default: nil
        }
    }
}

@Suite("Lists of layers against PyTorch")
struct LayerFigureTests {
    private static let overTime = ["convolutions", "temporal-blocks", "weight-norm", "pooling", "subsampling"]

    @Test(
        "loss, outputs and every gradient are the stored figure's",
        arguments: [
            "bidirectional-lstm", "bidirectional-gru", "dense-norm", "connections", "layer-norm-lstm", "projected-lstm", "slstm", "hard-gru", "learned-states",
            "transformer-pre", "transformer-post", "transformer-positions",
        ] + overTime,
        GateMode.allCases
    )
    func matches(name: String, gates: GateMode) throws {
        try LayerFigure.load(name).expectSame(gates: gates)
    }
}
