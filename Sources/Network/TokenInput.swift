import Kernels
import Scheduling

/// The first layer's input where it is tokens: no product with a one-hot vector anywhere, forward or backward.
///
/// Forward, a table of every token's sums is made once a step, and its rows gathered. Backward, the rows' derivatives are added up by token.
/// With an embedding and more tokens in the vocabulary than rows in the batch, rows are embedded and multiplied instead: the same chains, so the same bits.
final class TokenInput {
    private let team: GateTeam
    private let vocabularyCount: Int
    /// Floats of an embedded token; nil if tokens are one-hot.
    private let embeddingWidth: Int?
    private var table: FloatMemory
    private let tableWidth: Int
    private var embedding: FloatView?
    private var tableIsLoaded = false
    private var tokens: [Int32] = []
    private var tokenRows: TokenRows
    private var embeddedMemory = FloatMemory(count: 0)
    private var inputGradientMemory = FloatMemory(count: 0)

    /// Nil if the network reads vectors.
    init?(shape: NetworkShape, team: GateTeam) {
        switch shape.input {
        case .vectors: return nil
        case .oneHot(let count): (vocabularyCount, embeddingWidth) = (count, nil)
        case .embedding(let count, let width): (vocabularyCount, embeddingWidth) = (count, width)
        }
        self.team = team
        tokenRows = TokenRows(tokenCount: vocabularyCount)
        tableWidth = GateLayout(hidden: shape.hidden).gateWidth
        // A large vocabulary's table of projected embeddings may never be needed.
        table = FloatMemory(count: embeddingWidth == nil ? vocabularyCount * tableWidth : 0)
    }

    /// Takes the parameters; `parameters` must live until the next `load`.
    func load(_ parameters: FloatView, layout: ParameterLayout, layer: LSTMLayer) {
        guard embeddingWidth != nil else {
            let weight = LayerParameters(layer: 0, layout: layout, in: parameters).inputWeight
            layer.inputSums.transpose(weight, vocabularyCount: vocabularyCount, into: table.view)
            return
        }
        let parameter = layout["embedding.weight"]
        embedding = parameters.slice(from: parameter.offset, count: parameter.count)
        tableIsLoaded = false
    }

    func sum(_ tokens: [Int32], into layer: LSTMLayer) {
        self.tokens = tokens
        guard let embedding, let embeddingWidth else {
            layer.inputSums.gather(tokens, from: table.view)
            return
        }
        if !tableIsLoaded && vocabularyCount <= tokens.count {
            if table.count == 0 { table = FloatMemory(count: vocabularyCount * tableWidth) }
            layer.inputSums.project(embedding, vocabularyCount: vocabularyCount, into: table.view)
            tableIsLoaded = true
        }
        if tableIsLoaded {
            layer.inputSums.gather(tokens, from: table.view)
        } else {
            embed(embedding, width: embeddingWidth)
            layer.inputSums.multiply(embeddedMemory.view, rowStride: embeddingWidth)
        }
    }

    private func embed(_ embedding: FloatView, width: Int) {
        if embeddedMemory.count < tokens.count * width { embeddedMemory = FloatMemory(count: tokens.count * width) }
        embeddedMemory.view.gather(rows: 0..<tokens.count, rowStride: width, of: embedding, rowCount: width, tokens: tokens)
    }

    /// The input weights' part of the gradients, if tokens are embedded.
    func embeddedFactor(gradient: FloatView) -> WeightGradients.Factor? {
        guard let embedding, let embeddingWidth else { return nil }
        embed(embedding, width: embeddingWidth)
        return WeightGradients.Factor(
            right: embeddedMemory.view, rowStride: embeddingWidth, columnCount: embeddingWidth, gradient: gradient)
    }

    /// Sums by token: the gradient of the one-hot columns, or of the embedding.
    func sumGradients(layer: LSTMLayer, rows: ShardedRows, zeros: FloatView, gradient: FloatView, layout: ParameterLayout) {
        tokenRows.group(tokens, by: rows)
        guard let embeddingWidth else {
            layer.sumTokenGradients(
                tokenRows, vocabularyCount: vocabularyCount, gradient: LayerParameters(layer: 0, layout: layout, in: gradient).inputWeight)
            return
        }
        let rowStride = PanelView.panelCount(columns: embeddingWidth) * PanelView.width
        if inputGradientMemory.count < rows.count * rowStride { inputGradientMemory = FloatMemory(count: rows.count * rowStride) }
        let inputGradients = inputGradientMemory.view
        layer.multiplyInputGradients(into: inputGradients, rowStride: rowStride, zeros: zeros)
        let parameter = layout["embedding.weight"]
        let target = gradient.slice(from: parameter.offset, count: parameter.count)
        let tokenRows = tokenRows
        team.run(taskCount: (embeddingWidth + 15) / 16) { block in
            let valid = min(16, embeddingWidth - block * 16)
            tokenRows.sum(inputGradients, rowStride: rowStride, offset: block * 16, tokens: 0..<vocabularyCount) { token, sum in
                for column in 0..<valid { target[token * embeddingWidth + block * 16 + column] = sum[column] }
            }
        }
    }
}
