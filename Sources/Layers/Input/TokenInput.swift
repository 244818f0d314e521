import Kernels
import Threads

/// Input projection of tokens, without any product with one-hot vectors, forward or backward.
///
/// Forward, a table of every token's sums is made once a step, and the recurrence's chains begin with its rows. Backward, the rows' derivatives are
/// added up by token.
/// With an embedding and more tokens in the vocabulary than rows in the batch, rows are embedded and multiplied instead: the same chains, so the same bits.
///
/// Backward through an embedding the products' rows are the batch's, or the tokens with their sums, shard by shard (``EmbeddingGradient``).
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class TokenInput: @unchecked Sendable {
    let context: LayerContext
    let order: EmbeddingGradient
    let vocabularyCount: Int
    /// Floats of an embedded token; nil if tokens are one-hot.
    let embeddingWidth: Int?
    private var table: FloatMemory
    /// Floats of a row of the table of sums, and of one of derivatives.
    private let tableWidth: Int
    let sumWidth: Int
    let inputPlaces: LayerParameterSlots
    let embeddingPlace: Parameter?
    private let dropout: EmbeddingDropout?
    var embedding: FloatView?
    private var tableIsLoaded = false
    var tokens: [Int32] = []
    private var tokenMemory = TokenMemory()
    private var embeddedMemory = FloatMemory(count: 0)
    var inputGradientMemory = FloatMemory(count: 0)
    /// The derivatives summed by token and shard, and each row's token.
    var gradientTable = FloatMemory(count: 0)
    var roundedTable = FloatMemory(count: 0)
    let sums: TokenGradients
    let carriedSums = CarriedSums()
    /// Of the table, whose rows are always all there.
    let tableSums = CarriedSums()

    /// - Parameters:
    ///   - embedding: nil if a token picks a column of the layer's input weights.
    ///   - slots: the layer's parameters.
    ///   - dropout: of the embedding's rows.
    init(
        vocabularyCount: Int, embedding: Parameter?, slots: LayerParameterSlots, layouts: RowLayouts, order: EmbeddingGradient, dropout: Double,
        _ context: LayerContext
    ) {
        self.context = context
        self.vocabularyCount = vocabularyCount
        self.order = order
        embeddingPlace = embedding
        self.dropout = EmbeddingDropout(rate: dropout, table: embedding)
        embeddingWidth = embedding?.shape[1]
        inputPlaces = slots
        sums = TokenGradients(vocabularyCount: vocabularyCount, team: context.team)
        tableWidth = layouts.kept.width
        sumWidth = layouts.sums.width
        // A large vocabulary's table of projected embeddings may never be needed.
        table = FloatMemory(count: embedding == nil ? vocabularyCount * tableWidth : 0)
    }

    /// Takes the parameters; `parameters` must live until the next `load`.
    func load(_ parameters: FloatView, layer: RecurrentLayer, for purpose: Purpose) {
        guard let embeddingPlace else {
            let weight = inputPlaces.parameters(in: parameters).inputWeight
            layer.inputSums.transpose(weight, vocabularyCount: vocabularyCount, into: table.view)
            return
        }
        let table = embeddingPlace.view(in: parameters)
        embedding = dropout?.dropped(table, for: purpose, team: team) ?? table
        tableIsLoaded = false
    }

    func finishGradient(_ gradient: FloatView, for purpose: Purpose) {
        if let embeddingPlace { dropout?.maskGradient(embeddingPlace.view(in: gradient), for: purpose, team: team) }
    }

    var team: ThreadTeam { context.team }
    var profile: StepProfile { context.profile }
    var precision: Precision { context.precision }

    /// Computes the input's part of the sums: in place, or, with fused gates, as a table that the recurrence reads by token.
    func start(_ tokens: [Int32], _ layer: RecurrentLayer) -> ChainStart {
        self.tokens = tokens
        tokenMemory.copy(tokens)
        return readsTable(tokens, layer) ? .tokens(tokenMemory.view, table: table.view) : .inPlace
    }

    /// - Returns: whether the recurrence is to read the table, or else has the sums in place.
    private func readsTable(_ tokens: [Int32], _ layer: RecurrentLayer) -> Bool {
        let isFused = layer.weights.readsTokenTable
        guard let embedding, let embeddingWidth else {
            if !isFused { profile.measure(.inputProjection) { layer.inputSums.gather(tokens, from: table.view) } }
            return isFused
        }
        let activeCount = layer.activations.activeRows.count
        let isProjected = tableIsLoaded || vocabularyCount <= activeCount
        let rowCount = isProjected ? (tableIsLoaded ? 0 : vocabularyCount) : activeCount
        return profile.measure(.inputProjection, multiplyAdds: rowCount * layer.layouts.gateCount * layer.layouts.hidden * embeddingWidth) {
            guard isProjected else {
                embed(embedding, tokens: tokens, width: embeddingWidth)
                layer.inputSums.multiply(embedded, rowStride: precision.rowStride(embeddingWidth))
                return false
            }
            if !tableIsLoaded {
                if table.count == 0 { table = FloatMemory(count: vocabularyCount * tableWidth) }
                project(embedding, width: embeddingWidth, layer)
                tableIsLoaded = true
            }
            if !isFused { layer.inputSums.gather(tokens, from: table.view) }
            return isFused
        }
    }

    /// Tokens' embeddings, or all of them, `[rows, width]`.
    var embedded: OperandView { OperandView(words: embeddedMemory.view, precision: precision) }

    func embed(_ embedding: FloatView, tokens: [Int32], width: Int) {
        makeEmbedded(rowCount: tokens.count, width: width)
        let rows = embedded
        team.run(taskCount: team.threadCount) { part in
            rows.gather(rows: team.tasks(ofShare: part, taskCount: tokens.count), width: width, of: embedding, tokens: tokens)
        }
    }

    private func makeEmbedded(rowCount: Int, width: Int) {
        let count = precision.wordCount(rowCount * precision.rowStride(width))
        if embeddedMemory.count < count { embeddedMemory = FloatMemory(count: count) }
    }

    private func project(_ embedding: FloatView, width: Int, _ layer: RecurrentLayer) {
        var rows = OperandView(embedding)
        if precision == .bfloat16 {
            makeEmbedded(rowCount: vocabularyCount, width: width)
            rows = embedded
            let (rounded, rowStride) = (embedded, precision.rowStride(width))
            team.run(taskCount: team.threadCount) { part in
                for token in team.tasks(ofShare: part, taskCount: vocabularyCount) {
                    rounded.setRow(embedding.slice(from: token * width, count: width), at: token * rowStride)
                }
            }
        }
        layer.inputSums.project(rows, rowStride: precision.rowStride(width), vocabularyCount: vocabularyCount, into: table.view)
    }
}
