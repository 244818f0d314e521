import CVector
import Kernels
import Threads

/// Recurrent dropout (Gal & Ghahramani 2016; Keras's `recurrent_dropout`): while training the products with the hidden-to-hidden weights read m ∘ h_{t-1}, with
/// one mask for all time steps of a sequence. All else sees h_{t-1} itself: the outputs, the state that is kept, a GRU's z ∘ h_{t-1}.
///
/// ```
/// sums = W_ih·x + b + W_hh·(m ∘ h_{t-1})      m ∈ {0, 1/(1 - p)}, for each sequence and unit
/// ∂L/∂h_{t-1} = m ∘ (W_hhᵀ · ∂L/∂sums) + what comes from above
/// ```
///
/// All gates share the mask; Keras 3 draws one for each gate. m is a function of (seed, step, layer, sequence, unit).
/// The products read a masked copy of the hidden states, as with bfloat16 they read a rounded one.
///
/// Sendable: tasks write disjoint rows and units of its memory, which changes size only between passes.
final class OperandMask: @unchecked Sendable {
    private let rate: Double
    private let number: Int
    private let width: Int
    private let precision: Precision
    private var maskMemory = FloatMemory(count: 0)
    private var operandMemory = FloatMemory(count: 0)
    private var sequenceCount = 0

    /// Nil for a rate of 0.
    /// - Parameters:
    ///   - number: distinguishes the mask from others of the step.
    ///   - width: floats of a row of hidden states.
    init?(rate: Double, number: Int, width: Int, precision: Precision) {
        guard rate > 0 else { return nil }
        (self.rate, self.number, self.width, self.precision) = (rate, number, width, precision)
    }

    /// Makes room for a pass, and draws its masks.
    /// - Returns: whether there are masks: only in training.
    func prepare(_ pass: Pass, _ context: LayerContext) -> Bool {
        guard case .training(let seed, let step) = pass.purpose else { return false }
        sequenceCount = pass.sequenceCount
        if maskMemory.count < sequenceCount * width { maskMemory = FloatMemory(count: sequenceCount * width) }
        let count = precision.wordCount((1 + pass.timeCount) * sequenceCount * width)
        if operandMemory.count < count { operandMemory = FloatMemory(count: count) }
        let mask = RandomMask(probability: rate, seed: seed, step: step, layer: number)
        let (masks, width) = (maskMemory.view, width)
        context.forEachRow(sequenceCount) { row in
            let values = masks.slice(from: row * width, count: width)
            values.fill(1)
            mask.apply(to: values, sequence: pass.sequenceIndices[row], time: 0)
        }
        return true
    }

    /// m, `[batch, units]`.
    var masks: FloatView { maskMemory.view }

    /// m ∘ h as products read it, `[1 + time, batch, units]`: the initial state's first.
    var operands: OperandView { OperandView(words: operandMemory.view, precision: precision) }

    /// Writes m ∘ h of some rows and units of a time step.
    /// - Parameters:
    ///   - hiddens: `[batch, units]`.
    ///   - place: 0 for the initial state.
    ///   - units: begins and ends with a vector.
    func write(_ hiddens: FloatView, place: Int, rows: Range<Int>, units: Range<Int>) {
        let (masks, target) = (maskMemory.view, operands)
        for row in rows {
            for unit in stride(from: units.lowerBound, to: units.upperBound, by: laneCount) {
                let index = row &* width &+ unit
                target.setLane(hiddens.lane(at: index) * masks.lane(at: index), at: place &* sequenceCount &* width &+ index)
            }
        }
    }
}

extension BackwardStep {
    /// `target` = ``outputGradients`` + m ∘ (W_hhᵀ · the later derivatives), for some rows and panels of units. The products are masked before anything is
    /// added, so they end in memory of their own: ``hiddenGradients``, where the parts of long sums also meet.
    /// - Parameter target: ``outputGradients`` or ``hiddenGradients``.
    func addMaskedGradients(
        of laterDerivatives: OperandView, by masks: FloatView, into target: FloatView, rows: Range<Int>, panels: Range<Int>, weights: PanelView
    ) {
        let left = RowsOperand(laterDerivatives, rowStride: layouts.firstSums.width)
        for panel in panels {
            multiplyIntoHiddenGradients(left, rows: rows, panel: panel, weights: weights)
            let units = panel * PanelView.width..<(panel + 1) * PanelView.width
            for row in rows {
                for unit in stride(from: units.lowerBound, to: min(units.upperBound, layouts.stateWidth), by: laneCount) {
                    let index = row &* outputGradientWidth &+ unit
                    let mask = masks.lane(at: row &* layouts.stateWidth &+ unit)
                    target.setLane(laneFMA(hiddenGradients.lane(at: index), mask, outputGradients.lane(at: index)), at: index)
                }
            }
        }
    }

    /// ``hiddenGradients`` = a product, for some rows and one panel of units.
    func multiplyIntoHiddenGradients(_ left: RowsOperand, rows: Range<Int>, panel: Int, weights: PanelView) {
        for row in rows { hiddenGradients.slice(from: row * outputGradientWidth + panel * PanelView.width, count: PanelView.width).fill(0) }
        for start in stride(from: 0, to: weights.stepCount, by: Self.blockSteps) {
            multiply(
                rows: rows, of: left.from(step: start), by: weights, panels: panel..<panel + 1,
                steps: start..<min(start + Self.blockSteps, weights.stepCount),
                ends: AddedProduct(to: hiddenGradients, rowStride: outputGradientWidth))
        }
    }
}

extension Recurrence {
    /// Writes what the next time step's products read, once some rows and units of `time` are there.
    @inline(__always)
    func maskOperands(after time: Int, rows: Range<Int>, units: Range<Int>) {
        guard let mask = activations.operandMask else { return }
        mask.write(activations.state(.hidden, at: time + 1), place: time + 1, rows: rows, units: units.clamped(to: 0..<layouts.stateWidth))
    }

    /// Units of some panels of the fused recurrence.
    func units(ofPanels panels: Range<Int>) -> Range<Int> {
        let count = layouts.unitVectorsPerPanel * laneCount
        return panels.lowerBound * count..<panels.upperBound * count
    }
}
