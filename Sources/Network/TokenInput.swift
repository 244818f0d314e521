import Kernels
import Scheduling

/// The first layer's input where it is tokens: no product with a one-hot vector anywhere, forward or backward.
///
/// Forward, a table of every token's sums is made once a step, and the recurrence's chains begin with its rows. Backward, the rows' derivatives are added up by token.
/// With an embedding and more tokens in the vocabulary than rows in the batch, rows are embedded and multiplied instead: the same chains, so the same bits.
///
/// Backward through an embedding the products' rows are the batch's, or the tokens with their sums, shard by shard (``EmbeddingGradient``).
final class TokenInput {
    private let team: GateTeam
    private let profile: StepProfile
    private let order: EmbeddingGradient
    private let vocabularyCount: Int
    private let precision: Precision
    /// Floats of an embedded token; nil if tokens are one-hot.
    private let embeddingWidth: Int?
    private var table: FloatMemory
    private let tableWidth: Int
    private let inputPlaces: LayerPlaces
    private let embeddingPlace: Parameter?
    private var embedding: FloatView?
    private var tableIsLoaded = false
    private var tokens: [Int32] = []
    private var tokenRows: TokenRows
    private var embeddedMemory = FloatMemory(count: 0)
    private var inputGradientMemory = FloatMemory(count: 0)
    /// The derivatives summed by token and shard, and each row's token.
    private var gradientTable = FloatMemory(count: 0)
    private var roundedTable = FloatMemory(count: 0)
    private var tableRows = ShardedRows(timeCount: 0, shards: [])
    private var tableTokens: [Int32] = []
    /// With several parts of the shards' chains: the embedding's gradient by token and shard.
    private var carriedEmbedding = FloatMemory(count: 0)
    let carriedSums = CarriedSums()
    /// Of the table, whose rows are always all there.
    private let tableSums = CarriedSums()

    /// Nil if the network reads vectors.
    init?(shape: NetworkShape, precision: Precision, layout: ParameterLayout, order: EmbeddingGradient, team: GateTeam, profile: StepProfile) {
        switch shape.input {
        case .vectors: return nil
        case .oneHot(let count): (vocabularyCount, embeddingWidth) = (count, nil)
        case .embedding(let count, let width): (vocabularyCount, embeddingWidth) = (count, width)
        }
        self.team = team
        self.profile = profile
        self.order = order
        self.precision = precision
        inputPlaces = LayerPlaces(layer: 0, layout: layout)
        embeddingPlace = embeddingWidth == nil ? nil : layout["embedding.weight"]
        tokenRows = TokenRows(tokenCount: vocabularyCount)
        tableWidth = GateLayout(hidden: shape.hidden).gateWidth
        // A large vocabulary's table of projected embeddings may never be needed.
        table = FloatMemory(count: embeddingWidth == nil ? vocabularyCount * tableWidth : 0)
    }

    /// Takes the parameters; `parameters` must live until the next `load`.
    func load(_ parameters: FloatView, layer: LSTMLayer) {
        guard let embeddingPlace else {
            let weight = inputPlaces.parameters(in: parameters).inputWeight
            layer.inputSums.transpose(weight, vocabularyCount: vocabularyCount, into: table.view)
            return
        }
        embedding = embeddingPlace.view(in: parameters)
        tableIsLoaded = false
    }

    /// Makes the input's part of the sums: in the gates, or, with fused gates, as a table to whose rows the recurrence goes itself.
    /// - Returns: whether that is the case.
    func sum(_ tokens: [Int32], into layer: LSTMLayer) -> Bool {
        self.tokens = tokens
        let isFused = layer.weights.gates == .fused
        guard let embedding, let embeddingWidth else {
            if !isFused { profile.measure(.inputProjection) { layer.inputSums.gather(tokens, from: table.view) } }
            return isFused
        }
        let isProjected = tableIsLoaded || vocabularyCount <= tokens.count
        let rowCount = isProjected ? (tableIsLoaded ? 0 : vocabularyCount) : tokens.count
        return profile.measure(.inputProjection, multiplyAdds: rowCount * 4 * layer.activations.layout.hidden * embeddingWidth) {
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

    /// Runs `body` with the recurrence's input, as `sum` left it.
    func withRecurrenceInput(_ body: (RecurrenceInput) -> Void) {
        tokens.withTokenView { body(.tokens($0, table: table.view)) }
    }

    /// Tokens' embeddings, or all of them, `[rows, width]`.
    private var embedded: OperandView { OperandView(words: embeddedMemory.view, precision: precision) }

    private func embed(_ embedding: FloatView, tokens: [Int32], width: Int) {
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

    private func project(_ embedding: FloatView, width: Int, _ layer: LSTMLayer) {
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

    // MARK: Gradients

    /// Sums the gradients of the embedding and of the first layer's input weights.
    /// - Parameter sums: for an embedding's products.
    func sumGradients(
        layer: LSTMLayer, rows: ShardedRows, sums: WeightGradients, zeros: FloatView, gradient: FloatView
    ) {
        let inputWeight = inputPlaces.parameters(in: gradient).inputWeight
        guard let embeddingWidth, let embeddingPlace else {
            // Both ways are the same chains, so what costs less is taken.
            if carriedSums.part.areCarried || vocabularyCount * rows.shards.count <= rows.count {
                sumByToken(layer, rows: rows)
                guard carriedSums.part.end else { return }
                group(tableTokens, by: tableRows)
                layer.sumTokenGradients(tokenRows, derivatives: OperandView(gradientTable.view), vocabularyCount: vocabularyCount, gradient: inputWeight)
            } else {
                group(tokens, by: rows)
                layer.sumTokenGradients(
                    tokenRows, derivatives: layer.activations.derivatives, vocabularyCount: vocabularyCount, gradient: inputWeight)
            }
            return
        }
        let embedding = embeddingPlace.view(in: gradient)
        switch order {
        case .byToken:
            sumByToken(layer, rows: rows)
            guard carriedSums.part.end else { return }
            sumGradients(
                layer, tableTokens, derivatives: tableDerivatives(), rows: tableRows, width: embeddingWidth, sums, zeros, inputWeight, embedding,
                carried: tableSums)
        case .byRow:
            sumGradients(
                layer, tokens, derivatives: layer.activations.derivatives, rows: rows, width: embeddingWidth, sums, zeros, inputWeight, embedding,
                carried: carriedSums)
        }
    }

    /// Rows of derivatives, each with its token: the batch's, or the table's.
    private func sumGradients(
        _ layer: LSTMLayer, _ tokens: [Int32], derivatives: OperandView, rows: ShardedRows, width: Int, _ sums: WeightGradients, _ zeros: FloatView,
        _ inputWeight: FloatView, _ embeddingGradient: FloatView, carried: CarriedSums
    ) {
        guard let embedding else { preconditionFailure("backward before load") }
        embed(embedding, tokens: tokens, width: width)
        profile.measure(.weightGradients, multiplyAdds: rows.count * 4 * layer.activations.layout.hidden * width) {
            sums.sum(
                WeightGradients.Factor(right: embedded, rowStride: precision.rowStride(width), columnCount: width, gradient: inputWeight),
                derivatives: layer.derivatives(derivatives, biasGradient: nil), rows: rows, carried: carried)
        }
        let rowStride = PanelView.panelCount(columns: width) * PanelView.width
        if inputGradientMemory.count < rows.count * rowStride { inputGradientMemory = FloatMemory(count: rows.count * rowStride) }
        let inputGradients = inputGradientMemory.view
        profile.measure(.inputGradients, multiplyAdds: rows.count * 4 * layer.activations.layout.hidden * width) {
            layer.multiplyInputGradients(derivatives, rowCount: rows.count, into: inputGradients, rowStride: rowStride, zeros: zeros)
            var (summed, isTable) = (OperandView(inputGradients), false)
            if carried.part.areCarried {
                prepareTable(shardCount: rows.shards.count)
                let count = vocabularyCount * rows.shards.count * rowStride
                if carriedEmbedding.count < count { carriedEmbedding = FloatMemory(count: count) }
                sumByToken(OperandView(inputGradients), rowStride: rowStride, columnCount: (width + 15) / 16 * 16, rows: rows, into: carriedEmbedding.view)
                guard carried.part.end else { return }
                (summed, isTable) = (OperandView(carriedEmbedding.view), true)
            }
            group(isTable ? tableTokens : tokens, by: isTable ? tableRows : rows)
            team.fill(embeddingGradient, with: 0)
            team.run(taskCount: (width + 15) / 16) { block in
                let valid = min(16, width - block * 16)
                tokenRows.sum(summed, rowStride: rowStride, offset: block * 16) { token, sum in
                    for column in 0..<valid { embeddingGradient[token * width + block * 16 + column] = sum[column] }
                }
            }
        }
    }

    private func group(_ tokens: [Int32], by rows: ShardedRows) {
        tokenRows.group(tokens, by: rows)
    }

    /// Fills the table of derivatives: `[token, shard, gates]`, each the sum over the batch's rows that have them.
    private func sumByToken(_ layer: LSTMLayer, rows: ShardedRows) {
        prepareTable(shardCount: rows.shards.count)
        let count = vocabularyCount * rows.shards.count * tableWidth
        if gradientTable.count < count { gradientTable = FloatMemory(count: count) }
        profile.measure(.inputGradients) {
            sumByToken(layer.activations.derivatives, rowStride: tableWidth, columnCount: tableWidth, rows: rows, into: gradientTable.view)
        }
    }

    /// The table of derivatives as products read it.
    private func tableDerivatives() -> OperandView {
        guard precision == .bfloat16 else { return OperandView(gradientTable.view) }
        let count = precision.wordCount(tableRows.count * tableWidth)
        if roundedTable.count < count { roundedTable = FloatMemory(count: count) }
        let rounded = OperandView(words: roundedTable.view, precision: precision)
        let (table, width) = (gradientTable.view, tableWidth)
        team.run(taskCount: tableRows.count) { rounded.setRow(table.slice(from: $0 * width, count: width), at: $0 * width) }
        return rounded
    }

    private func prepareTable(shardCount: Int) {
        guard tableRows.shards.count != shardCount else { return }
        tableRows = ShardedRows(timeCount: vocabularyCount, shards: (0..<shardCount).map { $0..<$0 + 1 })
        tableTokens = (0..<vocabularyCount).flatMap { Array(repeating: Int32($0), count: shardCount) }
    }

    /// `table` `[token, shard, rowStride]`: a row's first `columnCount` floats, a multiple of 16, added up by token.
    private func sumByToken(_ source: OperandView, rowStride: Int, columnCount: Int, rows: ShardedRows, into table: FloatView) {
        let shardCount = rows.shards.count
        let blocks = columnCount / 16
        // Few shards are cut into parts of a row, so that every thread has some.
        let parts = min(blocks, max(1, (team.threadCount + shardCount - 1) / shardCount))
        let continues = !carriedSums.part.begin
        team.run(taskCount: shardCount * parts) { task in
            let (shard, part) = task.quotientAndRemainder(dividingBy: parts)
            rows.sumByToken(
                source, rowStride: rowStride, columns: part * blocks / parts * 16..<(part + 1) * blocks / parts * 16, tokens: tokens,
                tokenCount: vocabularyCount, shard: shard, into: table, continues: continues)
        }
    }
}
