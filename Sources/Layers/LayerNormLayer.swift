package import Kernels
import Threads

/// Layer normalisation of each time step's numbers, as `torch.nn.LayerNorm`: ``RowNormalization``.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class LayerNormLayer: Layer, @unchecked Sendable {
    private let normalization: RowNormalization
    private let context: LayerContext
    private let gradients: GradientMemory

    package init(_ description: LayerNormDescription, _ plan: LayerPlan, _ context: LayerContext) {
        normalization = RowNormalization(gain: plan.parameters[0], bias: plan.parameters[1], epsilon: Float(description.epsilon), context)
        self.context = context
        gradients = GradientMemory(width: plan.width)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) { normalization.load(parameters) }

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(_, let source, let inputStride) = input else { preconditionFailure("layer normalisation reads a layer's outputs") }
        normalization.prepare(rowCount: pass.rowCount)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in normalization.normalize(source.slice(from: row * inputStride, count: inputStride), row: row) }
        }
        return normalization.outputs.signal
    }

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: pass.rowCount) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in normalization.differentiate(row: row, gradients.rows, inputGradients) }
        }
        normalization.sumGradients(gradients.rows, rows, pass.segment.phase, into: gradient)
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
