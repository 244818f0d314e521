import Kernels
import Threads

/// One LSTM layer: packed weights, and what it keeps of a batch.
///
/// Forward: the input's sums for all time steps (``InputSums``), then the recurrence (``Recurrence``).
/// Backward: the recurrence, then for all time steps the weights' gradients (``WeightGradients``) and the input's.
///
/// Sendable: it has no memory but its weights' and activations'.
final class LSTMLayer: @unchecked Sendable {
    private let team: ThreadTeam
    let weights: LayerWeights
    let activations: LayerActivations
    let carriedSums = CarriedSums()

    init(
        hidden: Int, inputWidth: Int, gates: GateMode, precision: Precision, input: LayerInput, needsInputGradient: Bool,
        derivatives: DerivativeMemory, team: ThreadTeam
    ) {
        self.team = team
        weights = LayerWeights(
            hidden: hidden, inputWidth: inputWidth, gates: gates, precision: precision, input: input, needsInputGradient: needsInputGradient)
        activations = LayerActivations(hidden: hidden, gates: gates, precision: precision, derivatives: derivatives)
    }

    var inputSums: InputSums { InputSums(team: team, weights: weights, activations: activations) }
    func recurrence(_ input: ChainStart = .inGates) -> Recurrence {
        Recurrence(team: team, weights: weights, activations: activations, input: input)
    }
    private var layout: GateLayout { weights.layout }

    /// Derivatives of the gates' sums, as the weights' gradients read them.
    /// - Parameter numbers: `[rows, gates]`; this batch's unless others are given.
    func derivatives(_ numbers: OperandView? = nil, biasGradient: FloatView?) -> WeightGradients.Derivatives {
        WeightGradients.Derivatives(
            numbers: numbers ?? activations.derivatives, rowStride: layout.gateWidth,
            weightRows: WeightRows(groupCount: 4, groupSize: layout.hidden), biasGradient: biasGradient)
    }

    /// The recurrent weights' part of the gradients.
    func recurrentFactor(gradient: FloatView) -> WeightGradients.Factor {
        WeightGradients.Factor(right: activations.hiddenOperands, rowStride: layout.stateWidth, columnCount: layout.hidden, gradient: gradient)
    }

    /// The input weights' gradient where a token picked a column: its sum of derivatives. A task is a block of units, with all gates.
    /// - Parameter derivatives: `[rows, gates]`, the rows that `tokens` groups.
    func sumTokenGradients(_ tokens: TokenRows, derivatives: OperandView, vocabularyCount: Int, gradient: FloatView) {
        team.fill(gradient, with: 0)
        team.run(taskCount: layout.blockCount * 4) { task in
            let (block, gate) = task.quotientAndRemainder(dividingBy: 4)
            let firstUnit = block * GateLayout.blockUnits
            let unitCount = min(GateLayout.blockUnits, layout.hidden - firstUnit)
            tokens.sum(
                derivatives, rowStride: layout.gateWidth, offset: layout.index(gate: gate, unit: firstUnit)
            ) { token, sum in
                for unit in 0..<unitCount {
                    gradient[(gate * layout.hidden + firstUnit + unit) * vocabularyCount + token] = sum[unit]
                }
            }
        }
    }

    /// Writes ∂L/∂x of `rowCount` rows of derivatives, whole panels wide, to `target`.
    func multiplyInputGradients(_ derivatives: OperandView, rowCount: Int, into target: FloatView, rowStride: Int, zeros: FloatView) {
        let panels = weights.inputGradientPanels
        team.run(taskCount: team.threadCount) { block in
            panels.multiply(
                rows: team.tasks(ofShare: block, taskCount: rowCount),
                of: RowsOperand(derivatives, rowStride: layout.gateWidth), into: target, rowStride: rowStride, bias: zeros)
        }
    }
}
