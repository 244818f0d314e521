import Kernels
import Threads

/// A linear map with a bias, of rows, as `torch.nn.Linear`: what a layer is made of.
///
/// ```
/// y = W·x + b      ∂L/∂W = Σ ∂L/∂y · xᵀ      ∂L/∂b = Σ ∂L/∂y      ∂L/∂x = Wᵀ · ∂L/∂y
/// ```
///
/// Sendable: the team's tasks only read it, and `load` writes disjoint panels.
final class LinearMap: @unchecked Sendable {
    let inputWidth: Int
    let units: Int
    /// Floats from one row of y to the next: whole panels.
    let outputStride: Int
    private let weight: Parameter
    private let bias: Parameter
    private let context: LayerContext
    /// W: units as columns, for the product with x; and as it is, for ∂L/∂x.
    private let weightRows: PanelMatrix
    private let weightColumns: PanelMatrix
    private let biasMemory: FloatMemory
    private let zeros: FloatMemory
    private let carriedSums = CarriedSums()

    /// - Parameter weight: `[units, inputWidth]`.
    init(weight: Parameter, bias: Parameter, _ context: LayerContext) {
        (units, inputWidth) = (weight.shape[0], weight.shape[1])
        (self.weight, self.bias) = (weight, bias)
        self.context = context
        weightRows = PanelMatrix(depth: inputWidth, columnCount: units, precision: context.precision)
        weightColumns = PanelMatrix(depth: units, columnCount: inputWidth, precision: context.precision)
        outputStride = PanelView.panelCount(columns: units) * PanelView.width
        biasMemory = FloatMemory(count: outputStride)
        zeros = FloatMemory(count: PanelView.panelCount(columns: inputWidth) * PanelView.width)
    }

    func load(_ parameters: FloatView) {
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

    /// Multiply-adds of a product with so many rows.
    func multiplyAdds(rowCount: Int) -> Int { rowCount * inputWidth * units }

    /// Writes y of `rows`, ``outputStride`` apart, units behind the last 0. Called by the team's tasks, each for its own rows.
    /// - Parameter input: x: row r begins at `r * rowStride`.
    func multiply(rows: Range<Int>, of input: OperandView, rowStride: Int, into outputs: FloatView) {
        weightRows.view.multiply(rows: rows, of: RowsOperand(input, rowStride: rowStride), into: outputs, rowStride: outputStride, bias: biasMemory.view)
    }

    /// Writes the gradients of weight and bias to the flat buffer `gradient`.
    /// - Parameters:
    ///   - input: x of the forward pass: row r begins at `r * rowStride`.
    ///   - derivatives: ∂L/∂y, as products read it, rows ``outputStride`` apart.
    func sumGradients(_ input: OperandView, rowStride: Int, derivatives: OperandView, rows: ShardedRows, phase: AccumulationPhase, into gradient: FloatView) {
        context.profile.measure(.weightGradients, multiplyAdds: multiplyAdds(rowCount: rows.count)) {
            context.gradientSums.sum(
                WeightGradients.Factor(right: input, rowStride: rowStride, columnCount: inputWidth, gradient: weight.view(in: gradient)),
                derivatives: WeightGradients.Derivatives(
                    numbers: derivatives, rowStride: outputStride, weightRows: WeightRows(groupCount: 1, groupSize: units),
                    biasGradient: bias.view(in: gradient)),
                rows: rows, phase: phase, carried: carriedSums)
        }
    }

    /// Writes ∂L/∂x of `rowCount` rows.
    /// - Parameter derivatives: ∂L/∂y, as products read it, rows ``outputStride`` apart.
    func multiplyInputGradients(derivatives: OperandView, rowCount: Int, into inputGradients: GradientRows) {
        let (panels, zeros, left) = (weightColumns.view, zeros.view, RowsOperand(derivatives, rowStride: outputStride))
        context.profile.measure(.inputGradients, multiplyAdds: multiplyAdds(rowCount: rowCount)) {
            context.team.run(taskCount: context.team.threadCount) { part in
                panels.multiply(
                    rows: context.team.tasks(ofShare: part, taskCount: rowCount), of: left, into: inputGradients.floats,
                    rowStride: inputGradients.rowStride, bias: zeros)
            }
        }
    }
}
