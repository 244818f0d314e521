import Kernels
import Threads

/// ∂L/∂(a convolution's input): each step's sum over the taps and outputs that read it.
///
/// With segments, a segment's outputs also read steps of the segment before. Their part of those steps' sums is carried there, so that each sum is the chain
/// that it is over the whole sequence: outputs from the latest to the earliest.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class ConvolutionInputGradients: @unchecked Sendable {
    private let description: ConvolutionDescription
    private let inputWidth: Int
    private let context: LayerContext
    /// Wᵀ·∂L/∂z of each output, `[time, batch, rowStride]`, a row being `tap · input`: rows of whole panels.
    private var products = FloatMemory(count: 0)
    private let rowStride: Int
    private let zeros: FloatMemory
    /// From the segment behind: `[batch, carried steps, carriedStride]`.
    private var carried = FloatMemory(count: 0)
    private let carriedStride: Int

    init(_ description: ConvolutionDescription, inputWidth: Int, _ context: LayerContext) {
        (self.description, self.inputWidth, self.context) = (description, inputWidth, context)
        rowStride = PanelView.panelCount(columns: description.width * inputWidth) * PanelView.width
        zeros = FloatMemory(count: rowStride)
        carriedStride = (inputWidth + 15) / 16 * 16
    }

    func multiply(_ derivatives: RowsOperand, by weights: PanelView, rowCount: Int) {
        if products.count < rowCount * rowStride { products = FloatMemory(count: rowCount * rowStride) }
        let (target, zeros, team) = (products.view, zeros.view, context.team)
        team.run(taskCount: team.threadCount) { part in
            weights.multiply(
                rows: team.tasks(ofShare: part, taskCount: rowCount), of: derivatives, into: target, rowStride: rowStride, bias: zeros)
        }
    }

    /// Writes the sums to `target`; 0 past a sequence's end.
    func sum(into target: GradientRows, _ pass: Pass) {
        let count = pass.sequenceCount
        context.forEachRow(pass.rowCount) { row in
            let (time, sequence) = row.quotientAndRemainder(dividingBy: count)
            let own = target.floats.slice(from: row * target.rowStride, count: carriedStride)
            if time < pass.lengths[sequence] { sum(time, of: sequence, pass, into: own) } else { own.fill(0) }
        }
        let stepCount = description.carriedStepCount
        guard stepCount > 0, !pass.segment.isFirst else { return }
        if carried.count < count * stepCount * carriedStride { carried = FloatMemory(count: count * stepCount * carriedStride) }
        // From the last step to the first, since a step's sum begins with one that is carried at an earlier place.
        context.forEachRow(count) { sequence in
            for step in (0..<stepCount).reversed() { sum(step - stepCount, of: sequence, pass, into: carriedRow(step, of: sequence)) }
        }
    }

    private func carriedRow(_ step: Int, of sequence: Int) -> FloatView {
        carried.view.slice(from: (sequence * description.carriedStepCount + step) * carriedStride, count: carriedStride)
    }

    /// Writes the sum of a step; a negative one is of the segment before.
    private func sum(_ time: Int, of sequence: Int, _ pass: Pass, into target: FloatView) {
        let stepCount = description.carriedStepCount
        let place = time - pass.timeCount + stepCount
        if place >= 0, stepCount > 0, !pass.segment.isLast { target.copy(carriedRow(place, of: sequence)) } else { target.fill(0) }
        let length = pass.lengths[sequence]
        let (outputCount, padding) = (description.stepChange.stepCount(length), description.paddingBefore(length: length))
        for tap in 0..<description.width {
            let (step, rest) = (time + padding - tap * description.dilation).quotientAndRemainder(dividingBy: description.stride)
            guard rest == 0, 0..<outputCount ~= step else { continue }
            add(output: step * pass.sequenceCount + sequence, tap: tap, to: target)
        }
    }

    /// Adds one output's part; units behind the last stay 0.
    private func add(output row: Int, tap: Int, to target: FloatView) {
        let begin = row * rowStride + tap * inputWidth
        for unit in stride(from: 0, to: inputWidth, by: 16) {
            var value = products.view.sixteen(at: begin + unit)
            for behind in max(0, min(16, inputWidth - unit))..<16 { value[behind] = 0 }
            target.setSixteen(target.sixteen(at: unit) + value, at: unit)
        }
    }
}
