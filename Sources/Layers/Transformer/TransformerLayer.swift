package import Kernels
import Threads

/// A block of a Transformer's encoder (Vaswani et al. 2017), as `torch.nn.TransformerEncoderLayer`.
///
/// ```
/// x' = x, or x + p with sinusoidal positions                 m₁, m₂: dropout's masks
/// pre:   h = x' + m₁ ∘ A(norm₁ x')      y = h + m₂ ∘ F(norm₂ h)       A: SelfAttention      F: FeedForward
/// post:  h = norm₁(x' + m₁ ∘ A(x'))     y = norm₂(h + m₂ ∘ F(h))
/// ```
///
/// Masks of its dropouts are functions of (seed, step, place · 64 + layer, sequence, time step, unit): place 1 is m₁, 2 m₂, 3 that of F, and 4 + h that of head
/// h, whose units are keys.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class TransformerLayer: Layer, @unchecked Sendable {
    private enum Mask: Int { case attention = 1, feedForward, units }
    static let firstHeadMask = 4

    private let description: TransformerDescription
    private let layer: Int
    private let width: Int
    private let context: LayerContext
    private let attention: SelfAttention
    private let feedForward: FeedForward
    private let firstNorm: RowNormalization
    private let secondNorm: RowNormalization
    /// x', with sinusoidal positions.
    private let positioned: RowMemory
    private var positions = FloatMemory(count: 0)
    /// With the norm before: h, then y.
    private let outputs: RowMemory
    private let gradients: GradientMemory
    /// What a network gives, and on the way back gradients by what it reads.
    private let lower: GradientMemory
    /// Masked or rounded derivatives.
    private let derivatives: RowMemory

    /// - Parameters:
    ///   - number: among the model's layers, from 0.
    ///   - stateIndex: number of its state among the model's, if it has a context.
    package init(_ description: TransformerDescription, _ plan: LayerPlan, number: Int, stateIndex: Int, _ context: LayerContext) {
        (self.description, layer, width) = (description, number, plan.width)
        self.context = context
        let parameters = plan.parameters
        attention = SelfAttention(description, parameters[0..<4], layer: number, stateIndex: stateIndex, context)
        feedForward = FeedForward(description.activation, parameters[4..<8], context)
        firstNorm = RowNormalization(gain: parameters[8], bias: parameters[9], epsilon: 1e-5, context)
        secondNorm = RowNormalization(gain: parameters[10], bias: parameters[11], epsilon: 1e-5, context)
        positioned = RowMemory(width: width, precision: context.precision)
        outputs = RowMemory(width: width, precision: context.precision)
        gradients = GradientMemory(width: width)
        lower = GradientMemory(width: width)
        derivatives = RowMemory(width: width, rowStride: gradients.rowStride, precision: context.precision)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        attention.load(parameters)
        feedForward.load(parameters)
        firstNorm.load(parameters)
        secondNorm.load(parameters)
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) { attention.keepState(state, after: stepCount) }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        firstNorm.prepare(rowCount: pass.rowCount)
        secondNorm.prepare(rowCount: pass.rowCount)
        lower.prepare(rowCount: pass.rowCount)
        let source = addPositions(SignalRows(input), pass)
        switch description.norm {
        case .pre: return forwardBefore(source, state, pass)
        case .post: return forwardAfter(source, state, pass)
        }
    }

    private func forwardBefore(_ source: SignalRows, _ state: RecurrentState?, _ pass: Pass) -> Signal {
        outputs.prepare(rowCount: pass.rowCount)
        let result = lower.rows
        forEachRow(pass) { row in firstNorm.normalize(source.row(row), row: row) }
        attention.forward(SignalRows(firstNorm.outputs), from: state, pass, into: result.floats)
        let (first, second) = (mask(.attention, pass), mask(.feedForward, pass))
        forEachRow(pass) { row in
            add(source.row(row), to: masked(result, first, row), into: outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride))
            secondNorm.normalize(outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride), row: row)
        }
        feedForward.forward(SignalRows(secondNorm.outputs), mask(.units, pass), pass, into: result.floats)
        forEachRow(pass) { row in
            let target = outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride)
            add(target, to: masked(result, second, row), into: target)
            outputs.round(row: row)
        }
        return outputs.signal
    }

    private func forwardAfter(_ source: SignalRows, _ state: RecurrentState?, _ pass: Pass) -> Signal {
        let result = lower.rows
        attention.forward(source, from: state, pass, into: result.floats)
        let (first, second) = (mask(.attention, pass), mask(.feedForward, pass))
        forEachRow(pass) { row in
            let sum = masked(result, first, row)
            add(source.row(row), to: sum, into: sum)
            firstNorm.normalize(sum, row: row)
        }
        let hidden = SignalRows(firstNorm.outputs)
        feedForward.forward(hidden, mask(.units, pass), pass, into: result.floats)
        forEachRow(pass) { row in
            let sum = masked(result, second, row)
            add(hidden.row(row), to: sum, into: sum)
            secondNorm.normalize(sum, row: row)
        }
        return secondNorm.outputs.signal
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: pass.rowCount) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        switch description.norm {
        case .pre: backwardBefore(pass, rows, gradient, inputGradients)
        case .post: backwardAfter(description.positions == .sinusoidal ? SignalRows(positioned) : SignalRows(input), pass, rows, gradient, inputGradients)
        }
    }

    private func backwardBefore(_ pass: Pass, _ rows: ShardedRows, _ gradient: FloatView, _ inputGradients: GradientRows?) {
        let (above, lower, phase) = (gradients.rows, lower.rows, pass.segment.phase)
        feedForward.backward(
            SignalRows(secondNorm.outputs), derivatives: derivatives(above, mask(.feedForward, pass), pass), mask(.units, pass), pass, rows, into: gradient,
            inputGradients: lower)
        forEachRow(pass) { row in secondNorm.differentiate(row: row, lower, above, isAdded: true) }
        secondNorm.sumGradients(lower, rows, phase, into: gradient)
        attention.backward(
            SignalRows(firstNorm.outputs), derivatives: derivatives(above, mask(.attention, pass), pass), pass, rows, into: gradient, lower: lower)
        forEachRow(pass) { row in
            if let inputGradients { self.row(inputGradients, row).copy(self.row(above, row)) }
            firstNorm.differentiate(row: row, lower, inputGradients, isAdded: true)
        }
        firstNorm.sumGradients(lower, rows, phase, into: gradient)
    }

    private func backwardAfter(_ source: SignalRows, _ pass: Pass, _ rows: ShardedRows, _ gradient: FloatView, _ inputGradients: GradientRows?) {
        let (above, lower, phase) = (gradients.rows, lower.rows, pass.segment.phase)
        forEachRow(pass) { row in secondNorm.differentiate(row: row, above, lower) }
        secondNorm.sumGradients(above, rows, phase, into: gradient)
        // From here on the gradients' memory is free.
        feedForward.backward(
            SignalRows(firstNorm.outputs), derivatives: derivatives(lower, mask(.feedForward, pass), pass), mask(.units, pass), pass, rows, into: gradient,
            inputGradients: above)
        forEachRow(pass) { row in
            add(self.row(above, row), to: self.row(lower, row), into: self.row(lower, row))
            firstNorm.differentiate(row: row, lower, above)
        }
        firstNorm.sumGradients(lower, rows, phase, into: gradient)
        attention.backward(source, derivatives: derivatives(above, mask(.attention, pass), pass), pass, rows, into: gradient, lower: lower)
        guard let inputGradients else { return }
        forEachRow(pass) { row in add(self.row(above, row), to: self.row(lower, row), into: self.row(inputGradients, row)) }
    }

    // MARK: Rows

    private func mask(_ place: Mask, _ pass: Pass) -> RowMask { RowMask(rate: description.dropout, layer: layer, place: place.rawValue, pass) }

    /// A row in whole blocks of 16: units behind the last are 0.
    private func row(_ rows: GradientRows, _ row: Int) -> FloatView { rows.floats.slice(from: row * rows.rowStride, count: outputs.rowStride) }

    private func masked(_ rows: GradientRows, _ mask: RowMask, _ row: Int) -> FloatView {
        let index = row * rows.rowStride
        mask.apply(to: rows.floats, at: index, into: rows.floats, at: index, count: width, row: row)
        return self.row(rows, row)
    }

    /// Gradients as the product before reads them: masked, and with bfloat16 rounded.
    private func derivatives(_ rows: GradientRows, _ mask: RowMask, _ pass: Pass) -> OperandView {
        if mask.isEmpty && context.precision == .float32 { return OperandView(rows.floats) }
        derivatives.prepare(rowCount: pass.rowCount)
        let derivatives = derivatives
        forEachRow(pass) { row in
            let index = row * rows.rowStride
            if mask.isEmpty {
                derivatives.exact.copy(rows.floats.slice(from: index, count: rows.rowStride), to: index)
            } else {
                mask.apply(to: rows.floats, at: index, into: derivatives.exact, at: index, count: width, row: row)
            }
            derivatives.round(row: row)
        }
        return derivatives.rounded
    }

    /// The block's input, to which sinusoidal positions are added. (An embedding isn't scaled by √width as in the paper: its initial values are of variance 1.)
    private func addPositions(_ source: SignalRows, _ pass: Pass) -> SignalRows {
        guard description.positions == .sinusoidal else { return source }
        positioned.prepare(rowCount: pass.rowCount)
        let stride = positioned.rowStride
        if positions.count < pass.timeCount * stride {
            positions = FloatMemory(count: pass.timeCount * stride)
            for time in 0..<pass.timeCount { SinusoidalPositions.fill(positions.view.slice(from: time * stride, count: width), position: time, width: width) }
        }
        let (table, target, count) = (positions.view, positioned, pass.sequenceCount)
        forEachRow(pass) { row in
            let numbers = table.slice(from: row / count * stride, count: stride)
            add(numbers, to: source.row(row), into: target.exact.slice(from: row * stride, count: stride))
            target.round(row: row)
        }
        return SignalRows(positioned)
    }

    private func forEachRow(_ pass: Pass, _ body: @Sendable (_ row: Int) -> Void) {
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in body(row) }
        }
    }
}

/// target = left + right, in whole blocks of 16.
private func add(_ left: FloatView, to right: FloatView, into target: FloatView) {
    for unit in stride(from: 0, to: target.count, by: 16) { target.setSixteen(right.sixteen(at: unit) + left.sixteen(at: unit), at: unit) }
}
