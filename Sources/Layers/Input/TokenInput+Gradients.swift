import Kernels
import Threads

extension TokenInput {
    /// Sums the gradients of the embedding and of the first layer's input weights.
    func sumGradients(layer: RecurrentLayer, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        let inputWeight = inputPlaces.parameters(in: gradient).inputWeight
        guard let embeddingWidth, let embeddingPlace else {
            // Both ways are the same chains, so what costs less is taken.
            if phase.areCarried || vocabularyCount * rows.shards.count <= rows.count {
                sumByToken(layer, rows: rows, phase)
                guard phase.end else { return }
                group(tableTokens, by: tableRows)
                layer.sumTokenGradients(tokenRows, derivatives: OperandView(gradientTable.view), vocabularyCount: vocabularyCount, gradient: inputWeight)
            } else {
                group(tokens, by: rows)
                layer.sumTokenGradients(
                    tokenRows, derivatives: layer.activations.inputDerivatives, vocabularyCount: vocabularyCount, gradient: inputWeight)
            }
            return
        }
        let embedding = embeddingPlace.view(in: gradient)
        switch order {
        case .byToken:
            sumByToken(layer, rows: rows, phase)
            guard phase.end else { return }
            sumGradients(
                layer, tableTokens, derivatives: tableDerivatives(), rows: tableRows, width: embeddingWidth, inputWeight, embedding,
                phase: .whole, carried: tableSums)
        case .byRow:
            sumGradients(
                layer, tokens, derivatives: layer.activations.inputDerivatives, rows: rows, width: embeddingWidth, inputWeight, embedding,
                phase: phase, carried: carriedSums)
        }
    }

    /// Rows of derivatives, each with its token: the batch's, or the table's.
    private func sumGradients(
        _ layer: RecurrentLayer, _ tokens: [Int32], derivatives: OperandView, rows: ShardedRows, width: Int,
        _ inputWeight: FloatView, _ embeddingGradient: FloatView, phase: AccumulationPhase, carried: CarriedSums
    ) {
        guard let embedding else { preconditionFailure("backward before load") }
        embed(embedding, tokens: tokens, width: width)
        profile.measure(.weightGradients, multiplyAdds: rows.count * layer.layouts.gateCount * layer.layouts.hidden * width) {
            context.gradientSums.sum(
                WeightGradients.Factor(right: embedded, rowStride: precision.rowStride(width), columnCount: width, gradient: inputWeight),
                derivatives: layer.derivatives(derivatives, biasGradient: nil), rows: rows, phase: phase, carried: carried)
        }
        let rowStride = PanelView.panelCount(columns: width) * PanelView.width
        if inputGradientMemory.count < rows.count * rowStride { inputGradientMemory = FloatMemory(count: rows.count * rowStride) }
        let inputGradients = inputGradientMemory.view
        profile.measure(.inputGradients, multiplyAdds: rows.count * layer.layouts.gateCount * layer.layouts.hidden * width) {
            layer.multiplyInputGradients(derivatives, rowCount: rows.count, into: GradientRows(floats: inputGradients, rowStride: rowStride))
            var (summed, isTable) = (OperandView(inputGradients), false)
            if phase.areCarried {
                prepareTable(shardCount: rows.shards.count)
                let count = vocabularyCount * rows.shards.count * rowStride
                if carriedEmbedding.count < count { carriedEmbedding = FloatMemory(count: count) }
                sumByToken(OperandView(inputGradients), rowStride: rowStride, columnCount: (width + 15) / 16 * 16, rows: rows, phase, into: carriedEmbedding.view)
                guard phase.end else { return }
                (summed, isTable) = (OperandView(carriedEmbedding.view), true)
            }
            group(isTable ? tableTokens : tokens, by: isTable ? tableRows : rows)
            team.fill(embeddingGradient, with: 0)
            let rowGradients = summed
            team.run(taskCount: (width + 15) / 16) { block in
                let valid = min(16, width - block * 16)
                tokenRows.sum(rowGradients, rowStride: rowStride, offset: block * 16) { token, sum in
                    for column in 0..<valid { embeddingGradient[token * width + block * 16 + column] = sum[column] }
                }
            }
        }
    }

    private func group(_ tokens: [Int32], by rows: ShardedRows) {
        tokenRows.group(tokens, by: rows)
    }

    /// Fills the table of derivatives: `[token, shard, sums]`, each the sum over the batch's rows that have them.
    private func sumByToken(_ layer: RecurrentLayer, rows: ShardedRows, _ phase: AccumulationPhase) {
        prepareTable(shardCount: rows.shards.count)
        let count = vocabularyCount * rows.shards.count * sumWidth
        if gradientTable.count < count { gradientTable = FloatMemory(count: count) }
        profile.measure(.inputGradients) {
            sumByToken(layer.activations.inputDerivatives, rowStride: sumWidth, columnCount: sumWidth, rows: rows, phase, into: gradientTable.view)
        }
    }

    /// The table of derivatives as products read it.
    private func tableDerivatives() -> OperandView {
        guard precision == .bfloat16 else { return OperandView(gradientTable.view) }
        let count = precision.wordCount(tableRows.count * sumWidth)
        if roundedTable.count < count { roundedTable = FloatMemory(count: count) }
        let rounded = OperandView(words: roundedTable.view, precision: precision)
        let (table, width) = (gradientTable.view, sumWidth)
        team.run(taskCount: tableRows.count) { rounded.setRow(table.slice(from: $0 * width, count: width), at: $0 * width) }
        return rounded
    }

    private func prepareTable(shardCount: Int) {
        guard tableRows.shards.count != shardCount else { return }
        tableRows = ShardedRows(timeCount: vocabularyCount, shards: (0..<shardCount).map { $0..<$0 + 1 })
        tableTokens = (0..<vocabularyCount).flatMap { Array(repeating: Int32($0), count: shardCount) }
    }

    /// `table` `[token, shard, rowStride]`: a row's first `columnCount` floats, a multiple of 16, added up by token.
    private func sumByToken(_ source: OperandView, rowStride: Int, columnCount: Int, rows: ShardedRows, _ phase: AccumulationPhase, into table: FloatView) {
        let shardCount = rows.shards.count
        let blocks = columnCount / 16
        // Few shards are cut into parts of a row, so that every thread has some.
        let parts = min(blocks, max(1, (team.threadCount + shardCount - 1) / shardCount))
        let continues = !phase.begin
        team.run(taskCount: shardCount * parts) { task in
            let (shard, part) = task.quotientAndRemainder(dividingBy: parts)
            rows.sumByToken(
                source, rowStride: rowStride, columns: part * blocks / parts * 16..<(part + 1) * blocks / parts * 16, tokens: tokens,
                tokenCount: vocabularyCount, shard: shard, into: table, continues: continues)
        }
    }
}
