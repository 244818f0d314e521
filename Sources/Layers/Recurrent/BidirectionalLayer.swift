package import Kernels
import Threads

/// Two recurrences over the same input (Schuster & Paliwal 1997), as PyTorch's `bidirectional=True`: one reads each sequence from its first step to its
/// last, the other from its own last step to its first, whatever the padding behind. Their outputs at a time step are put side by side, or added.
///
/// The second is an ordinary recurrence over rows in another order (``reversedRow(time:sequence:_:)``). ∂L/∂(the input) is the forward direction's part
/// plus the backward one's.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class BidirectionalLayer: Layer, @unchecked Sendable {
    package let ahead: RecurrentLayer
    private let behind: RecurrentLayer
    private let merge: DirectionMerge
    /// Numbers of one direction's output.
    private let hidden: Int
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private let reversedInput: ReversedInput
    /// ∂L/∂(the reversed input).
    private let reversedGradients: GradientMemory

    /// - Parameters:
    ///   - plan: the parameters of the forward direction, then those of the backward one.
    ///   - index: of the forward direction's state; the backward one's is the next.
    ///   - number: its number among the model's layers, for random masks.
    package init(
        _ description: RecurrentDescription, _ plan: LayerPlan, index: Int, number: Int, source: InputProjection.Source, order: EmbeddingGradient,
        _ context: LayerContext
    ) {
        let (first, second) = plan.directions
        ahead = RecurrentLayer(description, first, index: index, number: number, source: source, order: order, context)
        behind = RecurrentLayer(description, second, index: index + 1, number: number, isReverse: true, source: source, order: order, context)
        (merge, hidden) = (description.merge, description.outputUnits)
        self.context = context
        outputs = RowMemory(width: description.width, precision: context.precision)
        gradients = GradientMemory(width: description.width)
        reversedInput = ReversedInput(context)
        reversedGradients = GradientMemory(width: source.width)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        ahead.load(parameters, for: purpose)
        behind.load(parameters, for: purpose)
    }

    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) {
        ahead.finishGradient(gradient, for: purpose)
        behind.finishGradient(gradient, for: purpose)
    }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        let first = ahead.forward(input, from: state, pass)
        let reversed = context.profile.measure(.inputProjection) { reversedInput.reverse(input, pass) }
        let second = behind.forward(reversed, from: state, pass)
        guard case .rows(_, let firstRows, let rowStride) = first, case .rows(_, let secondRows, _) = second else {
            preconditionFailure("a recurrence gives rows")
        }
        outputs.prepare(rowCount: pass.rowCount)
        context.profile.measure(.recurrenceForward) {
            forEachRow(pass) { row, reversedRow in
                mergeOutputs(
                    firstRows.slice(from: row * rowStride, count: rowStride), secondRows.slice(from: reversedRow * rowStride, count: rowStride),
                    into: outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride))
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    /// One row of outputs.
    private func mergeOutputs(_ first: FloatView, _ second: FloatView, into target: FloatView) {
        switch merge {
        case .concatenate:
            target.copy(first.slice(from: 0, count: hidden))
            target.copy(second.slice(from: 0, count: hidden), to: hidden)
        case .sum, .average:
            let scale: Float = merge == .sum ? 1 : 0.5
            for unit in stride(from: 0, to: hidden, by: 16) {
                target.setSixteen((first.sixteen(at: unit) + second.sixteen(at: unit)) * scale, at: unit)
            }
        }
    }

    /// The row where the backward direction has a row's time step: of a sequence's steps in the opposite order, of padding the same.
    @inline(__always)
    static func reversedRow(time: Int, sequence: Int, _ pass: Pass) -> Int {
        let length = pass.lengths[sequence]
        return (time < length ? length - 1 - time : time) * pass.sequenceCount + sequence
    }

    @inline(__always)
    private func forEachRow(_ pass: Pass, _ body: @Sendable (_ row: Int, _ reversedRow: Int) -> Void) {
        context.forEachRow(pass.rowCount) { row in
            let (time, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
            body(row, Self.reversedRow(time: time, sequence: sequence, pass))
        }
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) {
        gradients.prepare(rowCount: pass.rowCount)
        ahead.prepareBackward(pass)
        behind.prepareBackward(pass)
    }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        divideGradients(pass)
        ahead.backward(input, pass, rows: rows, into: gradient, inputGradients: inputGradients)
        guard let inputGradients else { return behind.backward(reversedInput.signal, pass, rows: rows, into: gradient, inputGradients: nil) }
        reversedGradients.prepare(rowCount: pass.rowCount)
        let reversed = reversedGradients.rows
        behind.backward(reversedInput.signal, pass, rows: rows, into: gradient, inputGradients: reversed)
        let rowStride = inputGradients.rowStride
        precondition(rowStride == reversed.rowStride)
        context.profile.measure(.inputGradients) {
            forEachRow(pass) { row, reversedRow in
                for column in stride(from: 0, to: rowStride, by: 16) {
                    let (target, source) = (row * rowStride + column, reversedRow * rowStride + column)
                    inputGradients.floats.setSixteen(inputGradients.floats.sixteen(at: target) + reversed.floats.sixteen(at: source), at: target)
                }
            }
        }
    }

    /// Hands each direction its part of ∂L/∂(outputs).
    private func divideGradients(_ pass: Pass) {
        let (first, second, whole) = (ahead.outputGradients, behind.outputGradients, gradients.rows)
        context.profile.measure(.recurrenceBackward) {
            forEachRow(pass) { row, reversedRow in
                let source = whole.floats.slice(from: row * whole.rowStride, count: whole.rowStride)
                let firstRow = first.floats.slice(from: row * first.rowStride, count: first.rowStride)
                let secondRow = second.floats.slice(from: reversedRow * second.rowStride, count: second.rowStride)
                switch merge {
                case .concatenate:
                    firstRow.copy(source.slice(from: 0, count: hidden))
                    secondRow.copy(source.slice(from: hidden, count: hidden))
                case .sum, .average:
                    let scale: Float = merge == .sum ? 1 : 0.5
                    for unit in stride(from: 0, to: hidden, by: 16) {
                        let value = source.sixteen(at: unit) * scale
                        firstRow.setSixteen(value, at: unit)
                        secondRow.setSixteen(value, at: unit)
                    }
                }
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {
        ahead.keepState(state, after: stepCount)
        behind.keepState(state, after: stepCount)
    }
}

/// A layer's input with the time steps of each sequence in the opposite order.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
private final class ReversedInput: @unchecked Sendable {
    private let context: LayerContext
    private var rowMemory = FloatMemory(count: 0)
    /// Two, because what read the last one may still hold it: writing to it would copy it.
    private var tokens: [[Int32]] = [[], []]
    private var numbers: [[Float]] = [[], []]
    private var turn = 0
    /// Of the last ``reverse(_:_:)``.
    private(set) var signal = Signal.tokens([])

    init(_ context: LayerContext) { self.context = context }

    func reverse(_ input: Signal, _ pass: Pass) -> Signal {
        // Lets go of the arrays.
        signal = .tokens([])
        turn = 1 - turn
        switch input {
        case .tokens(let values):
            reverse(values, width: 1, into: &tokens[turn], pass)
            signal = .tokens(tokens[turn])
        case .numbers(let values, let featureCount):
            reverse(values, width: featureCount, into: &numbers[turn], pass)
            signal = .numbers(numbers[turn], featureCount: featureCount)
        case .rows(let rows, _, let rowStride): signal = reverse(rows, rowStride: rowStride, pass)
        case .words: preconditionFailure("words with characters are read by a layer of their own")
        }
        return signal
    }

    private func reverse<Value>(_ values: [Value], width: Int, into target: inout [Value], _ pass: Pass) {
        if target.count != values.count { target = values }
        for time in 0..<pass.timeCount {
            for sequence in 0..<pass.sequenceCount {
                let source = BidirectionalLayer.reversedRow(time: time, sequence: sequence, pass) * width
                let row = (time * pass.sequenceCount + sequence) * width
                for column in 0..<width { target[row + column] = values[source + column] }
            }
        }
    }

    private func reverse(_ rows: OperandView, rowStride: Int, _ pass: Pass) -> Signal {
        let count = rows.precision.wordCount(pass.rowCount * rowStride)
        if rowMemory.count < count { rowMemory = FloatMemory(count: count) }
        let target = OperandView(words: rowMemory.view, precision: rows.precision)
        context.forEachRow(pass.rowCount) { row in
            let (time, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
            let source = BidirectionalLayer.reversedRow(time: time, sequence: sequence, pass)
            target.copy(rows.slice(from: source * rowStride, count: rowStride), to: row * rowStride)
        }
        // A recurrence doesn't read the float32 rows.
        return .rows(target, exact: rowMemory.view, rowStride: rowStride)
    }
}

extension LayerPlan {
    /// A bidirectional layer's two halves, each a recurrent layer with its parameters.
    fileprivate var directions: (LayerPlan, LayerPlan) {
        let half = parameters.count / 2
        func direction(_ parameters: ArraySlice<Parameter>) -> LayerPlan {
            LayerPlan(
                name: name, inputWidth: inputWidth, width: width, isEveryStep: isEveryStep, isRecurrent: isRecurrent, parameters: Array(parameters),
                multiplyAddsPerStep: multiplyAddsPerStep / 2)
        }
        return (direction(parameters[..<half]), direction(parameters[half...]))
    }
}
