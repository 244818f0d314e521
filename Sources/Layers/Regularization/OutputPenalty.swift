package import Kernels

/// Activation and temporal activation regularisation (Merity, McCann & Socher 2017; Merity, Keskar & Socher 2018): to the training loss are added
///
/// ```
/// α · mean(y²)                  y: a layer's outputs, after a dropout layer right above it
/// β · mean((h_t - h_{t-1})²)    h: the outputs before that
/// ```
///
/// The means are over all units and all valid time steps of the global batch, for β all pairs of neighbouring steps; so no division of the batch changes
/// them. What was before a sequence's first step, or the batch, is no neighbour. Only the gradient is computed, 2α/N · y and 2β/M · (2h_t - h_{t-1} - h_{t+1}):
/// the loss that is printed doesn't contain the penalty, nor does it in the authors' own code.
///
/// Sendable: tasks write disjoint rows, and memory changes size only between passes.
package final class OutputPenalty: @unchecked Sendable {
    package let activation: Double
    package let temporal: Double
    private let width: Int
    private let context: LayerContext
    /// Of the segment after this one: its first rows, and which sequences have one.
    private var laterMemory = FloatMemory(count: 0)
    private var laterLengths: [Int] = []

    /// - Parameter width: of the outputs.
    package init(activation: Double, temporal: Double, width: Int, _ context: LayerContext) {
        (self.activation, self.temporal, self.width, self.context) = (activation, temporal, width, context)
    }

    /// Adds 2α/N · y to the gradient by the outputs.
    package func addActivationGradient(_ outputs: Signal, _ totals: BatchTotals, _ pass: Pass, to gradients: GradientRows) {
        guard activation > 0, totals.stepCount > 0 else { return }
        guard case .rows(_, let rows, let rowStride) = outputs else { preconditionFailure("a layer gives rows") }
        let factor = Float(2 * activation / (Double(totals.stepCount) * Double(width)))
        forEachValidRow(pass) { row, _, _ in
            for unit in stride(from: 0, to: width, by: 16) {
                let index = row * gradients.rowStride + unit
                gradients.floats.setSixteen(gradients.floats.sixteen(at: index) + rows.sixteen(at: row * rowStride + unit) * factor, at: index)
            }
        }
    }

    /// Adds 2β/M · (2h_t - h_{t-1} - h_{t+1}) to the gradient by the outputs, with 0 for the difference to a neighbour that there isn't.
    /// - Parameter previous: outputs of the time step before the pass, `[batch, rowStride]`: of a segment's.
    package func addTemporalGradient(
        _ outputs: Signal, previous: FloatView?, _ totals: BatchTotals, _ pass: Pass, to gradients: GradientRows
    ) {
        guard temporal > 0, totals.neighborCount > 0 else { return }
        guard case .rows(_, let rows, let rowStride) = outputs else { preconditionFailure("a layer gives rows") }
        let factor = Float(2 * temporal / (Double(totals.neighborCount) * Double(width)))
        let (later, laterLengths) = (laterMemory.view, pass.segment.isLast ? [] : laterLengths)
        let count = pass.sequenceCount
        forEachValidRow(pass) { row, time, sequence in
            let hasEarlier = time > 0 || !pass.segment.isFirst
            let isWithin = time + 1 < pass.lengths[sequence]
            let hasLater = isWithin || (time + 1 == pass.timeCount && !laterLengths.isEmpty && laterLengths[sequence] > 0)
            for unit in stride(from: 0, to: width, by: 16) {
                let own = rows.sixteen(at: row * rowStride + unit)
                var sum = SIMD16<Float>(repeating: 0)
                if hasEarlier {
                    let earlier = time > 0 ? rows.sixteen(at: (row - count) * rowStride + unit) : previous?.sixteen(at: sequence * rowStride + unit)
                    if let earlier { sum += own - earlier }
                }
                if hasLater {
                    sum += own - (isWithin ? rows.sixteen(at: (row + count) * rowStride + unit) : later.sixteen(at: sequence * rowStride + unit))
                }
                let index = row * gradients.rowStride + unit
                gradients.floats.setSixteen(gradients.floats.sixteen(at: index) + sum * factor, at: index)
            }
        }
        if !pass.segment.isFirst { keepFirstRows(rows, rowStride: rowStride, pass) }
    }

    /// For the segment before this one.
    private func keepFirstRows(_ rows: FloatView, rowStride: Int, _ pass: Pass) {
        let count = pass.sequenceCount * rowStride
        if laterMemory.count < count { laterMemory = FloatMemory(count: count) }
        laterMemory.view.copy(rows.slice(from: 0, count: count))
        laterLengths = pass.lengths
    }

    private func forEachValidRow(_ pass: Pass, _ body: @Sendable (_ row: Int, _ time: Int, _ sequence: Int) -> Void) {
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                let (time, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
                if time < pass.lengths[sequence] { body(row, time, sequence) }
            }
        }
    }
}

/// Sizes of the whole global batch, over all ranks: what means over its time steps divide by.
public struct BatchTotals: Sendable, Equatable {
    /// Valid time steps of all sequences.
    public let stepCount: Int
    /// Pairs of neighbouring ones.
    public let neighborCount: Int

    /// - Parameter lengths: of all its sequences.
    public init(lengths: [Int]) {
        stepCount = lengths.reduce(0, +)
        neighborCount = lengths.reduce(0) { $0 + max(0, $1 - 1) }
    }
}

extension Layer {
    /// Outputs of the time step before the last forward pass, where that is known: a plain recurrence's.
    package var previousOutputs: FloatView? { (self as? RecurrentLayer)?.initialHiddens }
}

extension RecurrentLayer {
    fileprivate var initialHiddens: FloatView { activations.state(.hidden, at: 0) }
}
