package import Kernels
import Threads

/// The final state of each direction of a bidirectional layer, side by side: the forward direction's output at a sequence's last step and the backward
/// direction's at its first. `torch.cat(list(h_n), -1)`, and Keras's `Bidirectional(…, return_sequences=False)`.
///
/// One step comes out. Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class FinalStatesLayer: Layer, @unchecked Sendable {
    /// Numbers of one direction.
    private let hidden: Int
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private var outputLengths: [Int] = []

    /// - Parameter width: numbers of both directions.
    package init(width: Int, _ context: LayerContext) {
        (hidden, self.context) = (width / 2, context)
        outputs = RowMemory(width: width, precision: context.precision)
        gradients = GradientMemory(width: width)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {}

    package func outputPass(_ pass: Pass) -> Pass { pass.changed(by: .toOne, &outputLengths) }

    /// The row of a sequence's last step.
    @inline(__always)
    private func lastRow(_ sequence: Int, _ pass: Pass) -> Int { (pass.lengths[sequence] - 1) * pass.sequenceCount + sequence }

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(_, let source, let rowStride) = input else { preconditionFailure("final states are those of a layer below") }
        outputs.prepare(rowCount: pass.sequenceCount)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.sequenceCount) { sequence in
                let target = outputs.exact.slice(from: sequence * outputs.rowStride, count: outputs.rowStride)
                target.copy(source.slice(from: lastRow(sequence, pass) * rowStride, count: hidden))
                target.copy(source.slice(from: sequence * rowStride + hidden, count: hidden), to: hidden)
                outputs.round(row: sequence)
            }
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: pass.sequenceCount) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard let inputGradients else { return }
        let (above, rowStride) = (gradients.rows, inputGradients.rowStride)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in inputGradients.floats.slice(from: row * rowStride, count: rowStride).fill(0) }
            context.forEachRow(pass.sequenceCount) { sequence in
                let source = above.floats.slice(from: sequence * above.rowStride, count: above.rowStride)
                inputGradients.floats.slice(from: lastRow(sequence, pass) * rowStride, count: hidden).copy(source.slice(from: 0, count: hidden))
                inputGradients.floats.slice(from: sequence * rowStride + hidden, count: hidden).copy(source.slice(from: hidden, count: hidden))
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
