import Kernels
import Threads

/// The steps that each output of a convolution is computed from, side by side, `[time, batch, rowStride]`: what its products read. And its state: of a causal
/// convolution of stride 1 the last steps that it has read of each sequence, oldest first.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class ConvolutionRows: @unchecked Sendable {
    /// Numbers of a row: `tap · input`.
    let width: Int
    let rowStride: Int
    private let description: ConvolutionDescription
    private let inputWidth: Int
    private let stateIndex: Int
    private let context: LayerContext
    private var floats = FloatMemory(count: 0)
    /// With bfloat16: rounded rows, for which `floats` has one row a thread.
    private var pairs = FloatMemory(count: 0)
    /// Initial states, `[batch, carried steps · input]`.
    private var carried = FloatMemory(count: 0)
    /// What was read, as long as the layer below keeps it.
    private var source: (floats: FloatView, rowStride: Int)
    private var sequenceCount = 0

    init(_ description: ConvolutionDescription, inputWidth: Int, stateIndex: Int, _ context: LayerContext) {
        (self.description, self.inputWidth, self.stateIndex, self.context) = (description, inputWidth, stateIndex, context)
        width = description.width * inputWidth
        rowStride = (width + 15) / 16 * 16
        source = (floats.view, 0)
    }

    private var precision: Precision { context.precision }
    private var stepCount: Int { description.carriedStepCount }
    private var stateWidth: Int { stepCount * inputWidth }

    var operand: OperandView { precision == .float32 ? OperandView(floats.view) : OperandView(words: pairs.view, precision: precision) }

    /// Makes room for `rowCount` rows of `input`, and takes the initial states.
    func prepare(_ input: Signal, from state: RecurrentState?, rowCount: Int, _ pass: Pass) {
        guard case .rows(_, let exact, let inputStride) = input else { preconditionFailure("a convolution reads a layer's outputs") }
        source = (exact, inputStride)
        sequenceCount = pass.sequenceCount
        let rows = precision == .float32 ? rowCount : context.team.threadCount
        if floats.count < rows * rowStride { floats = FloatMemory(count: rows * rowStride) }
        if precision == .bfloat16, pairs.count < rowCount * rowStride / 2 { pairs = FloatMemory(count: rowCount * rowStride / 2) }
        guard stepCount > 0 else { return }
        if carried.count < sequenceCount * stateWidth { carried = FloatMemory(count: sequenceCount * stateWidth) }
        for sequence in 0..<sequenceCount {
            if let own = state?.part(.hidden, layer: stateIndex, sequence: sequence) {
                carried.view.copy(own, to: sequence * stateWidth)
            } else {
                carried.view.slice(from: sequence * stateWidth, count: stateWidth).fill(0)
            }
        }
    }

    /// Writes a row; all 0 past its sequence's end.
    /// - Parameter part: the thread's.
    func gather(_ row: Int, _ pass: Pass, part: Int) {
        let (step, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
        let length = pass.lengths[sequence]
        let target = floats.view.slice(from: (precision == .float32 ? row : part) * rowStride, count: rowStride)
        if step < description.stepChange.stepCount(length) {
            let first = description.firstStep(ofOutput: step, length: length)
            for tap in 0..<description.width { copy(first + tap * description.dilation, of: sequence, length: length, to: target, at: tap * inputWidth) }
        } else {
            target.fill(0)
        }
        if precision == .bfloat16 { operand.setRow(target, at: row * rowStride) }
    }

    /// Copies what was read at a step; one before the first is the state's, if there is one.
    private func copy(_ time: Int, of sequence: Int, length: Int, to target: FloatView, at place: Int) {
        if 0..<length ~= time {
            target.copy(source.floats.slice(from: (time * sequenceCount + sequence) * source.rowStride, count: inputWidth), to: place)
        } else if time < 0, stepCount > 0 {
            target.copy(carried.view.slice(from: sequence * stateWidth + (stepCount + time) * inputWidth, count: inputWidth), to: place)
        } else {
            target.slice(from: place, count: inputWidth).fill(0)
        }
    }

    /// Copies the last steps of each sequence, after so many steps of the last pass, to `state`.
    func keepState(_ state: RecurrentState, after lengths: (_ sequence: Int) -> Int?) {
        guard stepCount > 0 else { return }
        for sequence in 0..<sequenceCount {
            guard let length = lengths(sequence), let target = state.part(.hidden, layer: stateIndex, sequence: sequence) else { continue }
            for step in 0..<stepCount { copy(length - stepCount + step, of: sequence, length: length, to: target, at: step * inputWidth) }
        }
    }
}
