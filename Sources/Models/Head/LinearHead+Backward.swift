import Batches
import Kernels
import Layers
import Threads

extension LinearHead {
    /// Writes ∂L/∂h to `target`.
    func inputGradients(into target: GradientRows, batch: Batch) {
        guard shape.head == .lastStep else { return multiplyDerivatives(into: target.floats, rowStride: target.rowStride) }
        multiplyLastDerivatives(rowStride: target.rowStride, batch: batch)
        scatterLast(into: target, batch: batch, times: 0..<batch.timeCount)
    }

    /// ∂L/∂h of each sequence's last time step, for ``scatterLast(into:batch:times:)``.
    func multiplyLastDerivatives(rowStride: Int, batch: Batch) {
        let count = batch.sequenceCount * rowStride
        if lastGradientMemory.count < count { lastGradientMemory = FloatMemory(count: count) }
        multiplyDerivatives(into: lastGradientMemory.view, rowStride: rowStride)
    }

    /// Writes ∂L/∂h of all rows of `times`: 0 but where a sequence ends.
    func scatterLast(into rows: GradientRows, batch: Batch, times: Range<Int>) {
        let (target, rowStride) = (rows.floats, rows.rowStride)
        target.slice(from: 0, count: times.count * batch.sequenceCount * rowStride).fill(0)
        for sequence in 0..<batch.sequenceCount where times.contains(batch.lengths[sequence] - 1) {
            let row = (batch.lengths[sequence] - 1 - times.lowerBound) * batch.sequenceCount + sequence
            target.copy(lastGradientMemory.view.slice(from: sequence * rowStride, count: rowStride), to: row * rowStride)
        }
    }

    /// ∂L/∂h of each row: a task is some panels of units, and some rows if panels are few.
    private func multiplyDerivatives(into target: FloatView, rowStride: Int) {
        sumWeights()
        let panelCount = PanelView.panelCount(columns: inputWidth)
        let panelParts = min(panelCount, team.threadCount)
        let rowParts = (team.threadCount + panelParts - 1) / panelParts
        team.run(phaseCount: 1) { _, share in
            for task in team.tasks(ofShare: share, taskCount: panelParts * rowParts) {
                let (panelPart, rowPart) = task.quotientAndRemainder(dividingBy: rowParts)
                let panels = panelPart * panelCount / panelParts..<(panelPart + 1) * panelCount / panelParts
                multiplyDerivatives(
                    rows: rowPart * rowCount / rowParts..<(rowPart + 1) * rowCount / rowParts,
                    units: panels.lowerBound * PanelView.width..<min(inputWidth, panels.upperBound * PanelView.width), into: target,
                    rowStride: rowStride, scratch: scratch(ofShare: share))
            }
        }
    }

    private func multiplyDerivatives(rows: Range<Int>, units: Range<Int>, into target: FloatView, rowStride: Int, scratch: FloatView) {
        guard let weight else { preconditionFailure("the head has no weights before load") }
        let part = target.slice(from: units.lowerBound, count: target.count - units.lowerBound)
        let targetWeights = softmax.targetWeights(of: weight, sums: weightSums.view, precision, hidden: inputWidth, units: units)
        for block in 0..<blockCount {
            let outputs = columns(ofBlock: block)
            let panels = PanelView(floats: scratch, depth: outputs.count, columnCount: units.count, precision: precision)
            panels.packColumns(of: weight, depth: outputs.count, columnCount: units.count, panels: 0..<panels.panelCount) {
                (outputs.lowerBound + $0) * inputWidth + units.lowerBound
            }
            let left = RowsOperand(derivatives.slice(from: outputs.lowerBound, count: derivatives.count - outputs.lowerBound), rowStride: outputWidth)
            for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.chunkRows) {
                let chunk = first..<min(first + Self.chunkRows, rows.upperBound)
                if usesSoftmax {
                    panels.multiply(
                        rows: chunk, of: left, into: part, rowStride: rowStride, from: block == 0 ? targetWeights : nil,
                        times: softmax.factors(ofBlock: block), factorStride: softmax.factorStride)
                } else {
                    let width = panels.panelCount * PanelView.width
                    if block == 0 { for row in chunk { part.slice(from: row * rowStride, count: width).fill(0) } }
                    panels.multiply(rows: chunk, of: left, addingTo: part, rowStride: rowStride)
                }
            }
        }
    }

    /// With label smoothing: Σ over outputs of the weights, rounded as products have them; a chain for each unit.
    private func sumWeights() {
        guard softmax.isSmoothed, !weightSumsAreKnown, let weight else { return }
        let vectorCount = (inputWidth + laneCount - 1) / laneCount
        team.run(taskCount: team.threadCount) { part in
            for vector in team.tasks(ofShare: part, taskCount: vectorCount) {
                weightSums.view.setRowSums(of: weight, rowCount: shape.outputs, width: inputWidth, column: vector * laneCount, precision)
            }
        }
        weightSumsAreKnown = true
    }

    /// Sums the gradients of weight `[outputs, units]` and bias.
    func sumGradients(input: Signal, gradient: FloatView, rows: ShardedRows, sequences: ShardedRows, phase: AccumulationPhase) {
        let everyStep = shape.head == .everyStep
        sums.sum(
            WeightGradients.Factor(
                right: everyStep ? self.rows(of: input) : lastHiddens, rowStride: rowStride, columnCount: inputWidth, gradient: weightSlot.view(in: gradient)),
            derivatives: WeightGradients.Derivatives(
                numbers: derivatives, rowStride: outputWidth, weightRows: WeightRows(groupCount: 1, groupSize: shape.outputs),
                biasGradient: biasSlot.view(in: gradient), softmax: usesSoftmax ? softmax.rows : nil),
            rows: rows, phase: phase, carried: carriedSums)
    }
}
