import Kernels
import Threads

/// Learned initial states of a layer: parameters h0, and with a cell state c0, with which each sequence begins whose state is 0 in all its parts. So a
/// sequence of its own begins with them, and a text's stream at the begin of each epoch and of each evaluation, but not where it goes on from the chunk before.
///
/// ```
/// ∂L/∂h0 = Σ over the sequences that began with it of W_hhᵀ · ∂L/∂(sums of the first step), and for a GRU what passes its update gate
/// ∂L/∂c0 = Σ over them of ∂L/∂C before the first step
/// ```
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class InitialStates: @unchecked Sendable {
    private let layouts: RowLayouts
    private let context: LayerContext
    /// Whether a sequence of the last forward pass began with them.
    private var isNew: [Bool] = []
    private var sequenceCount = 0
    private var hiddenGradientMemory = FloatMemory(count: 0)
    private var cellGradientMemory = FloatMemory(count: 0)
    private let carriedHidden = CarriedSums()
    private let carriedCell = CarriedSums()
    private let values: FloatMemory

    init(_ layouts: RowLayouts, _ context: LayerContext) {
        (self.layouts, self.context) = (layouts, context)
        values = FloatMemory(count: layouts.outputUnits + layouts.hidden)
    }

    private var hasCell: Bool { layouts.layer.statePartCount > 1 }
    private var initialHidden: FloatView { values.view.slice(from: 0, count: layouts.outputUnits) }
    private var initialCell: FloatView { values.view.slice(from: layouts.outputUnits, count: layouts.hidden) }

    func load(_ slots: LayerParameterSlots, _ parameters: FloatView) {
        initialHidden.copy(slots.additional("h0", in: parameters))
        if hasCell { initialCell.copy(slots.additional("c0", in: parameters)) }
    }

    // MARK: Forward

    /// Sets the states before the first step of sequences whose state is 0.
    func begin(_ activations: LayerActivations) {
        sequenceCount = activations.sequenceCount
        if isNew.count < sequenceCount { isNew = Array(repeating: false, count: sequenceCount) }
        let (hiddens, cells) = (activations.state(.hidden, at: 0), activations.state(.cell, at: 0))
        for sequence in 0..<sequenceCount {
            let hidden = hiddens.slice(from: sequence * layouts.outputWidth, count: layouts.outputUnits)
            let cell = hasCell ? cells.slice(from: sequence * layouts.stateWidth, count: layouts.hidden) : hidden
            isNew[sequence] = hidden.isZero && cell.isZero
            guard isNew[sequence] else { continue }
            hidden.copy(initialHidden)
            if hasCell { cell.copy(initialCell) }
        }
    }

    // MARK: Backward

    /// Sums the gradients, once the first segment's derivatives stand.
    /// - Parameter stateGradients: what passed element by element to the states before the first step: ∂L/∂C, or a GRU's part of ∂L/∂h; rows of units.
    func sumGradients(
        _ activations: LayerActivations, _ weights: LayerWeights, stateGradients: (floats: FloatView, rowStride: Int), _ slots: LayerParameterSlots,
        rows: ShardedRows, gradient: FloatView
    ) {
        let width = activations.outputGradientWidth
        if hiddenGradientMemory.count < sequenceCount * width {
            hiddenGradientMemory = FloatMemory(count: sequenceCount * width)
            cellGradientMemory = FloatMemory(count: sequenceCount * layouts.stateWidth)
        }
        let (hiddenGradients, cellGradients, panels) = (hiddenGradientMemory.view, cellGradientMemory.view, weights.recurrentGradientPanels)
        let first = activations.rows(of: activations.derivatives, width: layouts.firstSums.width, time: 0)
        // Only cells with gates pass anything on element by element.
        let passesHidden = !hasCell && layouts.gateCount > 1
        let (team, sequenceCount) = (context.team, sequenceCount)
        team.run(taskCount: team.threadCount) { part in
            let range = team.tasks(ofShare: part, taskCount: sequenceCount)
            for sequence in range {
                let target = hiddenGradients.slice(from: sequence * width, count: width)
                target.fill(0)
                if passesHidden { target.copy(stateGradients.floats.slice(from: sequence * stateGradients.rowStride, count: layouts.hidden)) }
            }
            panels.multiply(rows: range, of: RowsOperand(first, rowStride: layouts.firstSums.width), addingTo: hiddenGradients, rowStride: width)
            for sequence in range {
                if !isNew[sequence] { hiddenGradients.slice(from: sequence * width, count: width).fill(0) }
                guard hasCell else { continue }
                let target = cellGradients.slice(from: sequence * layouts.stateWidth, count: layouts.stateWidth)
                target.fill(0)
                if isNew[sequence] { target.copy(stateGradients.floats.slice(from: sequence * stateGradients.rowStride, count: layouts.hidden)) }
            }
        }
        let states = rows.allRows(timeCount: 1)
        context.gradientSums.sumRows(
            hiddenGradients, rowStride: width, GateLayout(hidden: layouts.outputUnits, groupCount: 1), rows: states, phase: .whole,
            into: slots.additional("h0", in: gradient), carried: carriedHidden)
        guard hasCell else { return }
        context.gradientSums.sumRows(
            cellGradients, rowStride: layouts.stateWidth, GateLayout(hidden: layouts.hidden, groupCount: 1), rows: states, phase: .whole,
            into: slots.additional("c0", in: gradient), carried: carriedCell)
    }
}

extension FloatView {
    fileprivate var isZero: Bool {
        for index in 0..<count where self[index] != 0 { return false }
        return true
    }
}
