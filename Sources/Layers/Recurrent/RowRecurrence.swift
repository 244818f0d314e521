import Kernels
import Threads

/// A cell whose formulas go through a whole row of units, or need more states than a tile's epilogue has: at each time step first the products of all gates
/// are summed, then each sequence's row is updated; backward likewise. It owns what it keeps beside a layer's usual activations.
///
/// Sendable: tasks write disjoint rows of its memory, which changes size only between passes.
protocol RowCell: AnyObject, Sendable {
    /// Takes the parameters that only this cell has.
    func load(_ slots: LayerParameterSlots, _ parameters: FloatView)
    /// Makes room for a batch, whose activations have been prepared.
    func prepareForward()
    /// Makes room for the backward pass over a segment. After the last segment's, gradients from later time steps stay for the one before.
    func prepareBackward(_ segment: SegmentPosition)
    /// Where the sums of the products with the hidden state begin at a time step, and where they go: rows of kept values.
    func recurrentSums(_ step: ForwardStep, time: Int) -> RecurrentSums
    /// Kept values and states of some rows, from the sums.
    func update(_ step: ForwardStep, time: Int, rows: Range<Int>)
    /// Derivatives of the sums of some rows, from ∂L/∂h, which stands in the output gradients' place, and the state's gradients for the step before.
    func differentiate(_ step: BackwardStep, time: Int, rows: Range<Int>)
    /// ``BackwardStep/stateGradients`` of the last step that went backward: ∂L/∂(cell state), rows of units.
    var cellGradients: (floats: FloatView, rowStride: Int) { get }
    /// Sums the gradients of the parameters that only this cell has, and overwrites those of the biases if they are added to normalised sums.
    func sumGradients(_ slots: LayerParameterSlots, rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView)
}

struct RecurrentSums {
    let source: FloatView
    /// 0 where all rows begin with the same.
    let sourceStride: Int
    let target: FloatView
}

extension Recurrence {
    func forward(_ cell: any RowCell) {
        let panelCount = layouts.panelsPerGate
        if sharesRows {
            team.run(phaseCount: 1) { _, share in
                for time in 0..<activations.timeCount {
                    let (step, rows) = (step(at: time), ownRows(ofShare: share, at: time))
                    for gate in 0..<layouts.gateCount {
                        step.addRecurrentSums(cell.recurrentSums(step, time: time), gate: gate, rows: rows, panels: 0..<panelCount, weights: weights)
                    }
                    cell.update(step, time: time, rows: rows)
                }
            }
            return
        }
        team.run(phaseCount: 2 * activations.timeCount) { phase, share in
            let (step, time) = (step(at: phase / 2), phase / 2)
            guard phase % 2 == 0 else { return cell.update(step, time: time, rows: rows(ofShare: share, at: time)) }
            let tasks = team.tasks(ofShare: share, taskCount: layouts.gateCount * panelCount)
            for gate in 0..<layouts.gateCount {
                let (first, last) = (max(0, tasks.lowerBound - gate * panelCount), min(panelCount, tasks.upperBound - gate * panelCount))
                guard first < last else { continue }
                step.addRecurrentSums(
                    cell.recurrentSums(step, time: time), gate: gate, rows: rows(at: time), panels: first..<last, weights: weights)
            }
        }
    }

    func backward(_ cell: any RowCell, _ segment: SegmentPosition) {
        let last = activations.timeCount - 1
        if sharesRows {
            team.run(phaseCount: 1) { _, share in
                for time in stride(from: last, through: 0, by: -1) {
                    let (step, rows) = (activations.backwardStep(at: time, weights, segment), ownRows(ofShare: share, at: time))
                    step.addHiddenGradients(rows: rows, panels: 0..<layouts.outputPanelCount, weights: weights)
                    cell.differentiate(step, time: time, rows: rows)
                }
            }
            return
        }
        team.run(phaseCount: 2 * activations.timeCount) { phase, share in
            let time = last - phase / 2
            let step = activations.backwardStep(at: time, weights, segment)
            if phase % 2 == 0 {
                step.addHiddenGradients(
                    rows: rows(at: time), panels: team.tasks(ofShare: share, taskCount: layouts.outputPanelCount), weights: weights)
            } else {
                cell.differentiate(step, time: time, rows: rows(ofShare: share, at: time))
            }
        }
    }
}

extension ForwardStep {
    /// A gate's product with h, added to what its sums begin with.
    fileprivate func addRecurrentSums(_ sums: RecurrentSums, gate: Int, rows: Range<Int>, panels: Range<Int>, weights: LayerWeights) {
        multiply(
            rows: rows, of: RowsOperand(previousOperands, rowStride: layouts.outputWidth), by: weights.recurrentPanels(ofGate: gate), panels: panels,
            ends: GateSums(layout: layouts.kept, group: gate, source: sums.source, sourceStride: sums.sourceStride, target: sums.target))
    }
}

extension BackwardStep {
    /// Adds the products of the later derivatives to ∂L/∂h from above, in its place.
    fileprivate func addHiddenGradients(rows: Range<Int>, panels: Range<Int>, weights: LayerWeights) {
        addLaterGradients(
            rows: rows, panels: panels, weights: weights.recurrentGradientPanels, ends: AddedProduct(to: outputGradients, rowStride: outputGradientWidth))
    }
}

extension RecurrentDescription {
    /// What goes through the rows of a layer of this kind; nil if a tile's epilogue does.
    func rowCell(_ activations: LayerActivations, _ context: LayerContext) -> (any RowCell)? {
        if layerNorm != .none { return LayerNormLSTM(self, activations, context) }
        return form == .sLSTM ? SLSTM(self, activations) : nil
    }
}
