import CVector
import Kernels
import Threads

/// The projection of an LSTM's outputs (Sak, Senior & Beaufays 2014), as PyTorch's `proj_size`: hidden state and output are W_hr·(o ∘ tanh(C)).
///
/// ```
/// h_t = W_hr · m_t      ∂L/∂m_t = W_hrᵀ · ∂L/∂h_t      ∂L/∂W_hr = Σ ∂L/∂h_t · m_tᵀ
/// ```
///
/// A time step has two phases, the second with the projection; the first is that of any LSTM, with m_t in the hidden state's place.
///
/// Sendable: tasks write disjoint rows and panels of its memory, which changes size only between passes.
final class Projection: @unchecked Sendable {
    private let layouts: RowLayouts
    private let precision: Precision
    private let activations: LayerActivations
    private let context: LayerContext
    /// W_hr: its rows as columns, for the product with m; and as it is, for ∂L/∂m.
    private let weightRows: PanelMatrix
    private let weightColumns: PanelMatrix
    /// m, `[time, batch, units]`, and the same as products read it, with bfloat16.
    private var outputMemory = FloatMemory(count: 0)
    private var outputPairs = FloatMemory(count: 0)
    /// ∂L/∂h as products read it, with bfloat16, `[time, batch, outputGradientWidth]`.
    private var gradientPairs = FloatMemory(count: 0)
    /// ∂L/∂C_{t-1}, `[batch, cellGradientWidth]`.
    private var cellGradientMemory = FloatMemory(count: 0)
    private let carriedSums = CarriedSums()

    init(_ activations: LayerActivations, _ context: LayerContext) {
        (self.activations, self.context) = (activations, context)
        (layouts, precision) = (activations.layouts, context.precision)
        weightRows = PanelMatrix(depth: layouts.hidden, columnCount: layouts.outputUnits, precision: precision)
        weightColumns = PanelMatrix(depth: layouts.outputUnits, columnCount: layouts.hidden, precision: precision)
    }

    /// Takes W_hr, `[projection, hidden]`.
    func load(_ weight: FloatView) {
        let (rows, columns, units, depth) = (weightRows.view, weightColumns.view, layouts.outputUnits, layouts.hidden)
        context.team.run(taskCount: rows.panelCount) { task in
            rows.packRows(of: weight, depth: depth, panels: task..<task + 1) { panel, vector in
                let first = panel * PanelView.width + vector * laneCount
                return (min(first, units), max(0, min(laneCount, units - first)))
            }
        }
        context.team.run(taskCount: columns.panelCount) { task in
            columns.packColumns(of: weight, depth: units, columnCount: depth, panels: task..<task + 1) { $0 * depth }
        }
    }

    // MARK: Forward

    func prepareForward() {
        let count = activations.timeCount * activations.sequenceCount * layouts.stateWidth
        guard outputMemory.count < count else { return }
        outputMemory = FloatMemory(count: count)
        if precision == .bfloat16 { outputPairs = FloatMemory(count: precision.wordCount(count)) }
    }

    /// m of all time steps, `[time, batch, units]`.
    var outputs: FloatView { outputMemory.view }
    private var outputOperands: OperandView { OperandView(words: precision == .float32 ? outputMemory.view : outputPairs.view, precision: precision) }

    /// A step that leaves m_t instead of h_t.
    func unprojected(_ step: ForwardStep, time: Int) -> ForwardStep {
        var step = step
        step.hiddens = activations.rows(of: outputs, width: layouts.stateWidth, time: time)
        if step.roundedHiddens != nil { step.roundedHiddens = activations.rows(of: outputOperands, width: layouts.stateWidth, time: time) }
        // An LSTM's formulas don't read it.
        step.previousHiddens = step.hiddens
        return step
    }

    /// h_t of some rows and panels.
    func project(_ step: ForwardStep, time: Int, rows: Range<Int>, panels: Range<Int>) {
        let left = activations.rows(of: outputOperands, width: layouts.stateWidth, time: time)
        multiply(rows: rows, of: RowsOperand(left, rowStride: layouts.stateWidth), by: weightRows.view, panels: panels, ends: ProjectedStates(step: step))
    }

    // MARK: Backward

    private var cellGradientWidth: Int { layouts.panelsPerGate * PanelView.width }

    func prepareBackward(_ segment: SegmentPosition) {
        if precision == .bfloat16 {
            let count = precision.wordCount(activations.timeCount * activations.sequenceCount * activations.outputGradientWidth)
            if gradientPairs.count < count { gradientPairs = FloatMemory(count: count) }
        }
        let count = activations.sequenceCount * cellGradientWidth
        if cellGradientMemory.count < count { cellGradientMemory = FloatMemory(count: count) }
        if segment.isLast { cellGradientMemory.view.fill(0) }
    }

    var cellGradients: (floats: FloatView, rowStride: Int) { (cellGradientMemory.view, cellGradientWidth) }

    /// ∂L/∂h as products read it: in the output gradients' place, or rounded.
    private var gradients: OperandView {
        OperandView(words: precision == .float32 ? activations.outputGradients : gradientPairs.view, precision: precision)
    }

    private func gradients(at time: Int) -> OperandView { activations.rows(of: gradients, width: activations.outputGradientWidth, time: time) }

    /// ∂L/∂h_t of some rows and panels of hidden states: what comes from above, and the products of the later derivatives.
    func addHiddenGradients(_ step: BackwardStep, time: Int, rows: Range<Int>, panels: Range<Int>, weights: LayerWeights) {
        step.addLaterGradients(
            rows: rows, panels: panels, weights: weights.recurrentGradientPanels, ends: ProjectedGradients(step: step, target: gradients(at: time)))
    }

    /// ∂L/∂m_t of some rows and panels of units, and all that follows.
    func differentiate(_ step: BackwardStep, time: Int, rows: Range<Int>, panels: Range<Int>) {
        var own = step
        own.hiddens = activations.rows(of: outputs, width: layouts.stateWidth, time: time)
        own.previousHiddens = own.hiddens
        own.outputGradientWidth = cellGradientWidth
        own.laterStateGradients = cellGradientMemory.view
        own.stateGradients = cellGradientMemory.view
        multiply(
            rows: rows, of: RowsOperand(gradients(at: time), rowStride: step.outputGradientWidth), by: weightColumns.view, panels: panels,
            ends: UnprojectedGradients(step: own))
    }

    /// The gradient of W_hr.
    func sumGradients(rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        context.gradientSums.sum(
            WeightGradients.Factor(right: outputOperands, rowStride: layouts.stateWidth, columnCount: layouts.hidden, gradient: gradient),
            derivatives: WeightGradients.Derivatives(
                numbers: gradients, rowStride: activations.outputGradientWidth, weightRows: WeightRows(groupCount: 1, groupSize: layouts.outputUnits),
                biasGradient: nil),
            rows: rows, phase: phase, carried: carriedSums)
    }
}

extension Recurrence {
    func forward(_ projection: Projection) {
        let (panelCount, outputPanelCount) = (layouts.fusedPanelCount, layouts.outputPanelCount)
        switch weights.gates {
        case .fused where sharesRows:
            team.run(phaseCount: 1) { _, share in
                for time in 0..<activations.timeCount {
                    let rows = ownRows(ofShare: share, at: time)
                    step(at: time, before: projection).run(rows: rows, panels: 0..<panelCount, weights: weights.recurrentPanels)
                    projection.project(step(at: time), time: time, rows: rows, panels: 0..<outputPanelCount)
                }
            }
        case .fused:
            team.run(phaseCount: 2 * activations.timeCount) { phase, share in
                let time = phase / 2
                if phase % 2 == 0 {
                    step(at: time, before: projection).run(
                        rows: rows(at: time), panels: team.tasks(ofShare: share, taskCount: panelCount), weights: weights.recurrentPanels)
                } else {
                    projection.project(step(at: time), time: time, rows: rows(at: time), panels: team.tasks(ofShare: share, taskCount: outputPanelCount))
                }
            }
        case .split:
            team.run(phaseCount: 3 * activations.timeCount) { phase, share in
                let time = phase / 3
                switch phase % 3 {
                case 0: 
                    let step = step(at: time, before: projection)
                    forEachGate(share, at: time) { step.addRecurrentSums(gate: $0, rows: $1, weights: weights.recurrentPanels(ofGate: $0)) }
                case 1: step(at: time, before: projection).updateStates(rows: rows(ofShare: share, at: time))
                default: projection.project(step(at: time), time: time, rows: rows(at: time), panels: team.tasks(ofShare: share, taskCount: outputPanelCount))
                }
            }
        }
    }

    private func step(at time: Int, before projection: Projection) -> ForwardStep { projection.unprojected(step(at: time), time: time) }

    /// With fused gates and split: a time step's derivatives follow one product.
    func backward(_ projection: Projection, _ segment: SegmentPosition) {
        let last = activations.timeCount - 1
        if sharesRows {
            team.run(phaseCount: 1) { _, share in
                for time in stride(from: last, through: 0, by: -1) {
                    let (step, rows) = (activations.backwardStep(at: time, weights, segment), ownRows(ofShare: share, at: time))
                    projection.addHiddenGradients(step, time: time, rows: rows, panels: 0..<layouts.outputPanelCount, weights: weights)
                    projection.differentiate(step, time: time, rows: rows, panels: 0..<layouts.panelsPerGate)
                }
            }
            return
        }
        team.run(phaseCount: 2 * activations.timeCount) { phase, share in
            let time = last - phase / 2
            let step = activations.backwardStep(at: time, weights, segment)
            if phase % 2 == 0 {
                projection.addHiddenGradients(
                    step, time: time, rows: rows(at: time), panels: team.tasks(ofShare: share, taskCount: layouts.outputPanelCount), weights: weights)
            } else {
                projection.differentiate(step, time: time, rows: rows(at: time), panels: team.tasks(ofShare: share, taskCount: layouts.panelsPerGate))
            }
        }
    }
}

/// A panel is four vectors of the projection: the new hidden states.
private struct ProjectedStates: TileEpilogue {
    let step: ForwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let zero = Lane(repeating: 0)
        return FourLanes(zero, zero, zero, zero)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            let start = (row &+ place) &* step.layouts.outputWidth
            sums[place].forEachVector(from: panel &* PanelView.width, to: step.layouts.outputUnits) { unit, value in
                step.hiddens.setLane(value, at: start &+ unit)
                if let rounded = step.roundedHiddens { rounded.setLane(value, at: start &+ unit) }
            }
        }
    }
}

/// A panel is four vectors of the projection: ∂L/∂h, as products read it.
private struct ProjectedGradients: TileEpilogue {
    let step: BackwardStep
    let target: OperandView

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes { step.gradientsFromAbove(row, panel) }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        for place in sums.indices {
            let index = (row &+ place) &* step.outputGradientWidth &+ panel &* PanelView.width
            target.setLane(sums[place].a, at: index)
            target.setLane(sums[place].b, at: index &+ laneCount)
            target.setLane(sums[place].c, at: index &+ 2 &* laneCount)
            target.setLane(sums[place].d, at: index &+ 3 &* laneCount)
        }
    }
}

/// A panel is four vectors of units: ∂L/∂m goes on into the gates' derivatives.
private struct UnprojectedGradients: TileEpilogue {
    let step: BackwardStep

    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let zero = Lane(repeating: 0)
        return FourLanes(zero, zero, zero, zero)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) { step.finish(row: row, panel: panel, sums) }
}
