import CVector
package import Kernels
import Threads

/// A linear layer with an activation, at every time step: `torch.nn.Linear` and, for example, `torch.nn.ReLU`.
///
/// ```
/// y = a(W·x + b)      ∂L/∂(W·x + b) = ∂L/∂y ∘ a'      ∂L/∂x = Wᵀ · that
/// ```
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class DenseLayer: Layer, @unchecked Sendable {
    private let activation: DenseActivation
    private let map: LinearMap
    private let context: LayerContext
    /// W·x + b, then its derivatives.
    private let sums: RowMemory
    private let outputs: RowMemory
    private let gradients: GradientMemory

    package convenience init(_ description: DenseDescription, _ plan: LayerPlan, _ context: LayerContext) {
        self.init(description, weight: plan.parameters[0], bias: plan.parameters[1], context)
    }

    init(_ description: DenseDescription, weight: Parameter, bias: Parameter, _ context: LayerContext) {
        activation = description.activation
        map = LinearMap(weight: weight, bias: bias, context)
        self.context = context
        sums = RowMemory(width: map.units, rowStride: map.outputStride, precision: context.precision)
        outputs = RowMemory(width: map.units, precision: context.precision)
        gradients = GradientMemory(width: map.units)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) { map.load(parameters) }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(let rows, _, let rowStride) = input else { preconditionFailure("a dense layer reads a layer's outputs") }
        sums.prepare(rowCount: pass.rowCount)
        outputs.prepare(rowCount: pass.rowCount)
        context.profile.measure(.otherLayers, multiplyAdds: map.multiplyAdds(rowCount: pass.rowCount)) {
            context.team.run(taskCount: context.team.threadCount) { part in
                let range = context.team.tasks(ofShare: part, taskCount: pass.rowCount)
                map.multiply(rows: range, of: rows, rowStride: rowStride, into: sums.exact)
                for row in range { activate(row) }
            }
        }
        return outputs.signal
    }

    /// Writes a row of outputs. Units behind the last are 0: rows of weights and biases are 0 there, but a(0) may not be.
    private func activate(_ row: Int) {
        let (sums, sumStride, target, units) = (sums.exact, sums.rowStride, outputs.exact, map.units)
        for unit in stride(from: 0, to: units, by: laneCount) {
            let value = activation.value(sums.lane(at: row * sumStride + unit))
            target.setLane(unit + laneCount <= units ? value : laneKept(value, Int32(units - unit)), at: row * outputs.rowStride + unit)
        }
        outputs.round(row: row)
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: pass.rowCount) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard case .rows(let source, _, let rowStride) = input else { preconditionFailure("a dense layer reads a layer's outputs") }
        differentiate(pass)
        map.sumGradients(source, rowStride: rowStride, derivatives: sums.rounded, rows: rows, phase: pass.segment.phase, into: gradient)
        guard let inputGradients else { return }
        map.multiplyInputGradients(derivatives: sums.rounded, rowCount: pass.rowCount, into: inputGradients)
    }

    /// ∂L/∂(W·x + b) in the sums' place.
    private func differentiate(_ pass: Pass) {
        let (derivatives, above, values) = (sums.exact, gradients.rows, outputs.exact)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                for unit in stride(from: 0, to: outputs.rowStride, by: laneCount) {
                    let value = activation.derivative(
                        ofValue: values.lane(at: row * outputs.rowStride + unit), above.floats.lane(at: row * above.rowStride + unit))
                    derivatives.setLane(value, at: row * sums.rowStride + unit)
                }
                sums.round(row: row)
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
