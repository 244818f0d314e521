import Kernels
import Threads

extension TokenInput {
    /// Sums the gradients of the embedding and of the first layer's input weights; that of an embedding that isn't trained is 0, without the work for it.
    func sumGradients(layer: RecurrentLayer, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        let inputWeight = inputPlaces.parameters(in: gradient).inputWeight
        guard let embeddingWidth, let embeddingPlace else {
            // Both ways are the same chains, so what costs less is taken.
            if phase.areCarried || vocabularyCount * rows.shards.count <= rows.count {
                sumByToken(layer, rows: rows, phase)
                guard phase.end else { return }
                sums.group(sums.tableTokens, by: sums.tableRows)
                layer.sumTokenGradients(sums.tokenRows, derivatives: OperandView(gradientTable.view), vocabularyCount: vocabularyCount, gradient: inputWeight)
            } else {
                sums.group(tokens, by: rows)
                layer.sumTokenGradients(
                    sums.tokenRows, derivatives: layer.activations.inputDerivatives, vocabularyCount: vocabularyCount, gradient: inputWeight)
            }
            return
        }
        let embedding = embeddingPlace.view(in: gradient)
        if !embeddingPlace.isTrained, phase.end { team.fill(embedding, with: 0) }
        switch order {
        case .byToken:
            sumByToken(layer, rows: rows, phase)
            guard phase.end else { return }
            sumGradients(
                layer, sums.tableTokens, derivatives: tableDerivatives(), of: ActiveRows(rowCount: sums.tableRows.count), rows: sums.tableRows, width: embeddingWidth, inputWeight, embedding,
                phase: .whole, carried: tableSums)
        case .byRow:
            sumGradients(
                layer, tokens, derivatives: layer.activations.inputDerivatives, of: layer.activations.activeRows, rows: rows, width: embeddingWidth,
                inputWeight, embedding, phase: phase, carried: carriedSums)
        }
    }

    /// Rows of derivatives, each with its token: the batch's, or the table's.
    private func sumGradients(
        _ layer: RecurrentLayer, _ tokens: [Int32], derivatives: OperandView, of activeRows: ActiveRows, rows: ShardedRows, width: Int,
        _ inputWeight: FloatView, _ embeddingGradient: FloatView, phase: AccumulationPhase, carried: CarriedSums
    ) {
        guard let embedding else { preconditionFailure("backward before load") }
        embed(embedding, tokens: tokens, width: width)
        profile.measure(.weightGradients, multiplyAdds: rows.placeCount * layer.layouts.gateCount * layer.layouts.hidden * width) {
            context.gradientSums.sum(
                WeightGradients.Factor(right: embedded, rowStride: precision.rowStride(width), columnCount: width, gradient: inputWeight),
                derivatives: layer.derivatives(derivatives, biasGradient: nil), rows: rows, phase: phase, carried: carried)
        }
        guard embeddingPlace?.isTrained == true else { return }
        let rowStride = PanelView.panelCount(columns: width) * PanelView.width
        if inputGradientMemory.count < rows.count * rowStride { inputGradientMemory = FloatMemory(count: rows.count * rowStride) }
        let inputGradients = inputGradientMemory.view
        profile.measure(.inputGradients, multiplyAdds: activeRows.count * layer.layouts.gateCount * layer.layouts.hidden * width) {
            layer.multiplyInputGradients(derivatives, of: activeRows, into: GradientRows(floats: inputGradients, rowStride: rowStride))
            sums.sumEmbedding(
                GradientRows(floats: inputGradients, rowStride: rowStride), width: width, tokens: tokens, rows: rows, phase: phase, into: embeddingGradient)
        }
    }

    /// Fills the table of derivatives: `[token, shard, sums]`, each the sum over the batch's rows that have them.
    private func sumByToken(_ layer: RecurrentLayer, rows: ShardedRows, _ phase: AccumulationPhase) {
        sums.prepareTable(shardCount: rows.shards.count)
        let count = vocabularyCount * rows.shards.count * sumWidth
        if gradientTable.count < count { gradientTable = FloatMemory(count: count) }
        profile.measure(.inputGradients) {
            sums.sumByToken(
                layer.activations.inputDerivatives, rowStride: sumWidth, columnCount: sumWidth, tokens: tokens, rows: rows, phase, into: gradientTable.view)
        }
    }

    /// The table of derivatives as products read it.
    private func tableDerivatives() -> OperandView {
        guard precision == .bfloat16 else { return OperandView(gradientTable.view) }
        let count = precision.wordCount(sums.tableRows.count * sumWidth)
        if roundedTable.count < count { roundedTable = FloatMemory(count: count) }
        let rounded = OperandView(words: roundedTable.view, precision: precision)
        let (table, width) = (gradientTable.view, sumWidth)
        team.run(taskCount: sums.tableRows.count) { rounded.setRow(table.slice(from: $0 * width, count: width), at: $0 * width) }
        return rounded
    }
}
