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
    private let inputWidth: Int
    private let units: Int
    private let weight: Parameter
    private let bias: Parameter
    private let context: LayerContext
    /// W: units as columns, for the product with x; and as it is, for ∂L/∂x.
    private let weightRows: PanelMatrix
    private let weightColumns: PanelMatrix
    private let biasMemory: FloatMemory
    /// W·x + b, then its derivatives, `[time, batch, sumStride]`: rows of whole panels.
    private var sumMemory = FloatMemory(count: 0)
    /// The derivatives as products read them, with bfloat16.
    private var pairMemory = FloatMemory(count: 0)
    private let sumStride: Int
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private let carriedSums = CarriedSums()

    package init(_ description: DenseDescription, _ plan: LayerPlan, _ context: LayerContext) {
        (activation, units, inputWidth) = (description.activation, description.units, plan.inputWidth)
        (weight, bias) = (plan.parameters[0], plan.parameters[1])
        self.context = context
        weightRows = PanelMatrix(depth: inputWidth, columnCount: units, precision: context.precision)
        weightColumns = PanelMatrix(depth: units, columnCount: inputWidth, precision: context.precision)
        sumStride = PanelView.panelCount(columns: units) * PanelView.width
        biasMemory = FloatMemory(count: sumStride)
        outputs = RowMemory(width: units, precision: context.precision)
        gradients = GradientMemory(width: units)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        let (source, units, depth) = (weight.view(in: parameters), units, inputWidth)
        biasMemory.view.copy(bias.view(in: parameters))
        let (rows, columns) = (weightRows.view, weightColumns.view)
        context.team.run(taskCount: rows.panelCount) { task in
            rows.packRows(of: source, depth: depth, panels: task..<task + 1) { panel, vector in
                let first = panel * PanelView.width + vector * laneCount
                return (min(first, units), max(0, min(laneCount, units - first)))
            }
        }
        context.team.run(taskCount: columns.panelCount) { task in
            columns.packColumns(of: source, depth: units, columnCount: depth, panels: task..<task + 1) { $0 * depth }
        }
    }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(let rows, _, let rowStride) = input else { preconditionFailure("a dense layer reads a layer's outputs") }
        if sumMemory.count < pass.rowCount * sumStride { sumMemory = FloatMemory(count: pass.rowCount * sumStride) }
        outputs.prepare(rowCount: pass.rowCount)
        let (sums, panels, bias) = (sumMemory.view, weightRows.view, biasMemory.view)
        context.profile.measure(.otherLayers, multiplyAdds: pass.rowCount * inputWidth * units) {
            context.team.run(taskCount: context.team.threadCount) { part in
                let range = context.team.tasks(ofShare: part, taskCount: pass.rowCount)
                panels.multiply(rows: range, of: RowsOperand(rows, rowStride: rowStride), into: sums, rowStride: sumStride, bias: bias)
                for row in range { activate(row) }
            }
        }
        return outputs.signal
    }

    /// Writes a row of outputs. Units behind the last are 0: rows of weights and biases are 0 there, but a(0) may not be.
    private func activate(_ row: Int) {
        let (sums, target) = (sumMemory.view, outputs.exact)
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
        let operations = pass.rowCount * inputWidth * units
        context.profile.measure(.weightGradients, multiplyAdds: operations) {
            context.gradientSums.sum(
                WeightGradients.Factor(right: source, rowStride: rowStride, columnCount: inputWidth, gradient: weight.view(in: gradient)),
                derivatives: WeightGradients.Derivatives(
                    numbers: derivatives, rowStride: sumStride, weightRows: WeightRows(groupCount: 1, groupSize: units),
                    biasGradient: bias.view(in: gradient)),
                rows: rows, phase: pass.segment.phase, carried: carriedSums)
        }
        guard let inputGradients else { return }
        let (panels, zeros, left) = (weightColumns.view, context.zeros.view, RowsOperand(derivatives, rowStride: sumStride))
        context.profile.measure(.inputGradients, multiplyAdds: operations) {
            context.team.run(taskCount: context.team.threadCount) { part in
                panels.multiply(
                    rows: context.team.tasks(ofShare: part, taskCount: pass.rowCount), of: left, into: inputGradients.floats,
                    rowStride: inputGradients.rowStride, bias: zeros)
            }
        }
    }

    private var derivatives: OperandView {
        context.precision == .float32 ? OperandView(sumMemory.view) : OperandView(words: pairMemory.view, precision: .bfloat16)
    }

    /// ∂L/∂(W·x + b) in the sums' place.
    private func differentiate(_ pass: Pass) {
        if context.precision == .bfloat16, pairMemory.count < pass.rowCount * sumStride / 2 {
            pairMemory = FloatMemory(count: pass.rowCount * sumStride / 2)
        }
        let (sums, above, values) = (sumMemory.view, gradients.rows, outputs.exact)
        let (rounded, precision) = (derivatives, context.precision)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                for unit in stride(from: 0, to: outputs.rowStride, by: laneCount) {
                    let value = activation.derivative(
                        ofValue: values.lane(at: row * outputs.rowStride + unit), above.floats.lane(at: row * above.rowStride + unit))
                    sums.setLane(value, at: row * sumStride + unit)
                }
                if precision == .bfloat16 { rounded.setRow(sums.slice(from: row * sumStride, count: sumStride), at: row * sumStride) }
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
