import Batches
import Kernels
import Threads

/// The input's part of a first layer's sums, W_ih·x + b, and its gradients: for tokens (``TokenInput``) and for numbers.
final class InputProjection {
    private let tokens: TokenInput?
    private let width: Int
    private let precision: Precision
    private let profile: StepProfile
    private var numberMemory = FloatMemory(count: 0)

    init(shape: NetworkShape, precision: Precision, layout: ParameterLayout, order: EmbeddingGradient, team: ThreadTeam, profile: StepProfile) {
        tokens = TokenInput(shape: shape, precision: precision, layout: layout, order: order, team: team, profile: profile)
        width = shape.inputWidth(ofLayer: 0)
        self.precision = precision
        self.profile = profile
    }

    /// Takes the parameters; `parameters` must live until the next `load`.
    func load(_ parameters: FloatView, layer: LSTMLayer) { tokens?.load(parameters, layer: layer) }

    /// Computes the input's part of the sums, unless they are left to the recurrence.
    func start(_ batch: Batch, _ layer: LSTMLayer) -> ChainStart {
        switch batch.input {
        case .tokens(let values):
            guard let tokens else { preconditionFailure("the network reads vectors, not tokens") }
            return tokens.start(values, layer)
        case .vectors(let values, let featureCount):
            precondition(featureCount == width)
            return start(values, rowCount: batch.timeCount * batch.sequenceCount, layer)
        }
    }

    private func start(_ values: [Float], rowCount: Int, _ layer: LSTMLayer) -> ChainStart {
        let wordCount = precision.wordCount(rowCount * rowStride)
        if numberMemory.count < wordCount { numberMemory = FloatMemory(count: wordCount) }
        // Few numbers are multiplied in the recurrence itself.
        let isNarrow = layer.weights.isNarrow
        profile.measure(.inputProjection, multiplyAdds: isNarrow ? 0 : rowCount * 4 * layer.weights.layout.hidden * width) {
            numbers.setRows(values, width: width)
            if !isNarrow { layer.inputSums.multiply(numbers, rowStride: rowStride) }
        }
        return isNarrow ? .narrow(numbers) : .inGates
    }

    /// The numbers of the last batch, `[time, batch, rowStride]`.
    private var numbers: OperandView { OperandView(words: numberMemory.view, precision: precision) }
    private var rowStride: Int { precision.rowStride(width) }

    // MARK: Backward

    /// The numbers as a factor of the input weights' gradient; nil for tokens, whose gradients are ``sumTokenGradients``'.
    func factor(gradient: FloatView) -> WeightGradients.Factor? {
        guard tokens == nil else { return nil }
        return WeightGradients.Factor(right: numbers, rowStride: rowStride, columnCount: width, gradient: gradient)
    }

    /// Sums the gradients of the input weights and of an embedding, if the input is tokens.
    func sumTokenGradients(
        _ layer: LSTMLayer, rows: ShardedRows, phase: AccumulationPhase, sums: WeightGradients, zeros: FloatView, gradient: FloatView
    ) {
        tokens?.sumGradients(layer: layer, rows: rows, phase: phase, sums: sums, zeros: zeros, gradient: gradient)
    }
}
