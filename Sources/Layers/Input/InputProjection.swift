import Kernels
import Threads

/// The input's part of a layer's sums, W_ih·x + b, and its gradients: for tokens (``TokenInput``), for numbers of the batch, and for another layer's
/// outputs. It decides what costs least: a table of all tokens' sums, a product over all time steps, or few numbers left to the recurrence.
package final class InputProjection {
    /// What a layer reads.
    package enum Source {
        /// Tokens: each picks a column of the weights, or, with an embedding, a row of that.
        case tokens(vocabularyCount: Int, embedding: Parameter?)
        /// Numbers of the batch.
        case numbers(width: Int)
        /// Outputs of the layer below.
        case layer(width: Int)

        /// Numbers, or symbols, that the weights have columns for.
        var width: Int {
            switch self {
            case .tokens(let vocabularyCount, let embedding): embedding?.shape[1] ?? vocabularyCount
            case .numbers(let width), .layer(let width): width
            }
        }
        var isNumbers: Bool { if case .numbers = self { true } else { false } }
        var isOneHot: Bool { if case .tokens(_, nil) = self { true } else { false } }
        /// Whether something below has parameters to train.
        var hasGradient: Bool {
            switch self {
            case .tokens(_, let embedding): embedding != nil
            case .numbers: false
            case .layer: true
            }
        }
    }

    private let tokens: TokenInput?
    private let width: Int
    private let context: LayerContext
    private var numberMemory = FloatMemory(count: 0)

    /// - Parameters:
    ///   - slots: the layer's parameters.
    ///   - order: in which an embedding's gradient is summed.
    ///   - embeddingDropout: of an embedding's rows.
    init(
        _ source: Source, slots: LayerParameterSlots, layouts: RowLayouts, order: EmbeddingGradient, embeddingDropout: Double, _ context: LayerContext
    ) {
        width = source.width
        self.context = context
        if case .tokens(let vocabularyCount, let embedding) = source {
            tokens = TokenInput(
                vocabularyCount: vocabularyCount, embedding: embedding, slots: slots, layouts: layouts, order: order, dropout: embeddingDropout, context)
        } else {
            tokens = nil
        }
    }

    /// Takes the parameters; `parameters` must live until the next `load`.
    func load(_ parameters: FloatView, layer: RecurrentLayer, for purpose: Purpose) { tokens?.load(parameters, layer: layer, for: purpose) }

    func finishGradient(_ gradient: FloatView, for purpose: Purpose) { tokens?.finishGradient(gradient, for: purpose) }

    /// Computes the input's part of the sums, unless it is left to the recurrence.
    func start(_ signal: Signal, _ layer: RecurrentLayer, _ pass: Pass) -> ChainStart {
        switch signal {
        case .tokens(let values):
            guard let tokens else { preconditionFailure("the model reads vectors, not tokens") }
            return tokens.start(values, layer)
        case .numbers(let values, let featureCount):
            precondition(featureCount == width)
            return start(values, layer, pass)
        case .words: preconditionFailure("words with characters are read by a layer of their own")
        case .rows(let rows, _, let rowStride):
            context.profile.measure(.inputProjection, multiplyAdds: pass.activeRows.count * layer.rowCount * width) {
                layer.inputSums.multiply(rows, rowStride: rowStride)
            }
            return .inPlace
        }
    }

    private func start(_ values: [Float], _ layer: RecurrentLayer, _ pass: Pass) -> ChainStart {
        let wordCount = context.precision.wordCount(pass.rowCount * rowStride)
        if numberMemory.count < wordCount { numberMemory = FloatMemory(count: wordCount) }
        // Few numbers are multiplied in the recurrence itself.
        let isNarrow = layer.weights.isNarrow
        context.profile.measure(.inputProjection, multiplyAdds: isNarrow ? 0 : pass.activeRows.count * layer.rowCount * width) {
            numbers.setRows(values, width: width)
            if !isNarrow { layer.inputSums.multiply(numbers, rowStride: rowStride) }
        }
        return isNarrow ? .narrow(numbers) : .inPlace
    }

    /// The numbers of the last batch, `[time, batch, rowStride]`.
    private var numbers: OperandView { OperandView(words: numberMemory.view, precision: context.precision) }
    private var rowStride: Int { context.precision.rowStride(width) }

    // MARK: Backward

    /// The input as a factor of the input weights' gradient; nil for tokens, whose gradients are ``sumTokenGradients``'.
    func factor(_ signal: Signal, gradient: FloatView) -> WeightGradients.Factor? {
        switch signal {
        case .tokens, .words: nil
        case .numbers: WeightGradients.Factor(right: numbers, rowStride: rowStride, columnCount: width, gradient: gradient)
        case .rows(let rows, _, let rowStride): WeightGradients.Factor(right: rows, rowStride: rowStride, columnCount: width, gradient: gradient)
        }
    }

    /// Sums the gradients of the input weights and of an embedding, if the input is tokens.
    func sumTokenGradients(_ layer: RecurrentLayer, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        tokens?.sumGradients(layer: layer, rows: rows, phase: phase, gradient: gradient)
    }
}
