import CVector
import Kernels
import Threads

/// The feed-forward network of a Transformer's block.
///
/// ```
/// s = W₁·x + b₁      y = W₂·(m ∘ a(s)) + b₂      ∂L/∂s = a'(s) ∘ m ∘ W₂ᵀ·∂L/∂y      m: dropout's mask
/// relu: a = max(s, 0), a' = 0 at 0      gelu: a = s·Φ(s), a' = Φ(s) + s·φ(s)
/// ```
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class FeedForward: @unchecked Sendable {
    private let activation: FeedForwardActivation
    private let first: LinearMap
    private let second: LinearMap
    private let context: LayerContext
    /// s, then ∂L/∂s.
    private let sums: RowMemory
    /// m ∘ a(s), then its gradient, in rows of whole panels.
    private let values: RowMemory

    /// - Parameter parameters: W₁, b₁, W₂, b₂.
    init(_ activation: FeedForwardActivation, _ parameters: ArraySlice<Parameter>, _ context: LayerContext) {
        self.activation = activation
        self.context = context
        let first = parameters.startIndex
        self.first = LinearMap(weight: parameters[first], bias: parameters[first + 1], context)
        second = LinearMap(weight: parameters[first + 2], bias: parameters[first + 3], context)
        sums = RowMemory(width: self.first.units, rowStride: self.first.outputStride, precision: context.precision)
        values = RowMemory(width: self.first.units, rowStride: self.first.outputStride, precision: context.precision)
    }

    func load(_ parameters: FloatView) {
        first.load(parameters)
        second.load(parameters)
    }

    /// Writes y, with rows of whole panels.
    func forward(_ input: SignalRows, _ mask: RowMask, _ pass: Pass, into outputs: FloatView) {
        sums.prepare(rowCount: pass.rowCount)
        values.prepare(rowCount: pass.rowCount)
        context.profile.measure(.otherLayers, multiplyAdds: first.multiplyAdds(rowCount: pass.rowCount) + second.multiplyAdds(rowCount: pass.rowCount)) {
            context.team.run(taskCount: context.team.threadCount) { part in
                let rows = context.team.tasks(ofShare: part, taskCount: pass.rowCount)
                // So few that their sums and values stay in the second-level cache.
                for begin in stride(from: rows.lowerBound, to: rows.upperBound, by: 48) {
                    let block = begin..<min(begin + 48, rows.upperBound)
                    first.multiply(rows: block, of: input.operand, rowStride: input.rowStride, into: sums.exact)
                    for row in block { activate(row, mask) }
                    second.multiply(rows: block, of: values.rounded, rowStride: values.rowStride, into: outputs)
                }
            }
        }
    }

    /// Units behind the last stay 0.
    private func activate(_ row: Int, _ mask: RowMask) {
        let (sums, values, begin) = (sums.exact, values.exact, row * sums.rowStride)
        for index in stride(from: begin, to: begin + self.sums.rowStride, by: laneCount) {
            values.setLane(activation.value(sums.lane(at: index)), at: index)
        }
        mask.apply(to: values, at: begin, into: values, at: begin, count: self.values.width, row: row)
        self.values.round(row: row)
    }

    /// Writes the parameters' gradients and ∂L/∂x.
    /// - Parameters:
    ///   - derivatives: ∂L/∂y, as products read it, in rows of whole panels.
    ///   - inputGradients: other memory than `derivatives`.
    func backward(
        _ input: SignalRows, derivatives: OperandView, _ mask: RowMask, _ pass: Pass, _ rows: ShardedRows, into gradient: FloatView,
        inputGradients: GradientRows
    ) {
        let phase = pass.segment.phase
        second.sumGradients(values.rounded, rowStride: values.rowStride, derivatives: derivatives, rows: rows, phase: phase, into: gradient)
        let above = GradientRows(floats: values.exact, rowStride: values.rowStride)
        second.multiplyInputGradients(derivatives: derivatives, rowCount: pass.rowCount, into: above)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in differentiate(row, mask, above) }
        }
        first.sumGradients(input.operand, rowStride: input.rowStride, derivatives: sums.rounded, rows: rows, phase: phase, into: gradient)
        first.multiplyInputGradients(derivatives: sums.rounded, rowCount: pass.rowCount, into: inputGradients)
    }

    /// ∂L/∂s in the sums' place.
    private func differentiate(_ row: Int, _ mask: RowMask, _ above: GradientRows) {
        let (sums, begin) = (sums.exact, row * sums.rowStride)
        mask.apply(to: above.floats, at: begin, into: above.floats, at: begin, count: values.width, row: row)
        for index in stride(from: begin, to: begin + self.sums.rowStride, by: laneCount) {
            sums.setLane(activation.derivative(ofSum: sums.lane(at: index), above.floats.lane(at: index)), at: index)
        }
        self.sums.round(row: row)
    }
}

extension FeedForwardActivation {
    @inline(__always)
    fileprivate func value(_ sum: Lane) -> Lane {
        switch self {
        // NaN stays.
        case .relu: laneMaximum(sum, Lane(repeating: 0))
        case .gelu: sum * normalDistribution(sum).distribution
        }
    }

    /// ∂L/∂(sum), from ∂L/∂(value).
    @inline(__always)
    fileprivate func derivative(ofSum sum: Lane, _ gradient: Lane) -> Lane {
        switch self {
        case .relu: return laneZeroedWhereBelow(gradient, sum, .leastNormalMagnitude)
        case .gelu:
            let (distribution, density) = normalDistribution(sum)
            return gradient * laneFMA(sum, density, distribution)
        }
    }
}
