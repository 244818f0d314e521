import Kernels
import Scheduling

/// One LSTM layer: packed weights, and what it keeps of a batch.
///
/// Forward: the input's sums for all time steps (``InputSums``), then the recurrence (``Recurrence``).
/// Backward: the recurrence, then for all time steps the weights' gradients (``WeightGradients``) and the input's.
final class LSTMLayer {
    private let team: GateTeam
    let weights: LayerWeights
    let activations: LayerActivations

    init(hidden: Int, inputWidth: Int, gates: GateMode, multipliesInput: Bool, needsInputGradient: Bool, team: GateTeam) {
        self.team = team
        weights = LayerWeights(
            hidden: hidden, inputWidth: inputWidth, gates: gates, multipliesInput: multipliesInput,
            needsInputGradient: needsInputGradient)
        activations = LayerActivations(hidden: hidden, gates: gates)
    }

    var inputSums: InputSums { InputSums(team: team, weights: weights, activations: activations) }
    var recurrence: Recurrence { Recurrence(team: team, weights: weights, activations: activations) }
    private var layout: GateLayout { weights.layout }

    /// Derivatives of the gates' sums, as the weights' gradients read them.
    func derivatives(biasGradient: FloatView) -> WeightGradients.Derivatives {
        let layout = layout
        return WeightGradients.Derivatives(
            floats: activations.derivatives, rowStride: layout.gateWidth, groupCount: 4, groupSize: layout.hidden,
            index: { layout.index(gate: $0, unit: $1) }, biasGradient: biasGradient)
    }

    /// The recurrent weights' part of the gradients.
    func recurrentFactor(gradient: FloatView) -> WeightGradients.Factor {
        WeightGradients.Factor(right: activations.hiddens, rowStride: layout.stateWidth, columnCount: layout.hidden, gradient: gradient)
    }

    /// The input weights' gradient where a token picked a column: its sum of derivatives. A task is a block of units, with all gates.
    func sumTokenGradients(_ tokens: TokenRows, vocabularyCount: Int, gradient: FloatView) {
        team.run(taskCount: layout.blockCount * 4) { task in
            let (block, gate) = task.quotientAndRemainder(dividingBy: 4)
            let firstUnit = block * GateLayout.blockUnits
            let unitCount = min(GateLayout.blockUnits, layout.hidden - firstUnit)
            tokens.sum(
                activations.derivatives, rowStride: layout.gateWidth, offset: layout.index(gate: gate, unit: firstUnit),
                tokens: 0..<vocabularyCount
            ) { token, sum in
                for unit in 0..<unitCount {
                    gradient[(gate * layout.hidden + firstUnit + unit) * vocabularyCount + token] = sum[unit]
                }
            }
        }
    }

    /// Writes ∂L/∂x, `[time, batch, width]`, whole panels wide, to `target`.
    func multiplyInputGradients(into target: FloatView, rowStride: Int, zeros: FloatView) {
        let panels = weights.inputGradientPanels
        let rowCount = activations.timeCount * activations.sequenceCount
        team.run(taskCount: team.threadCount) { block in
            panels.multiply(
                rows: team.tasks(ofShare: block, taskCount: rowCount),
                of: LeftOperand(rowsOf: activations.derivatives, rowStride: layout.gateWidth), panels: 0..<panels.panelCount,
                ends: BiasedProduct(into: target, rowStride: rowStride, bias: zeros))
        }
    }
}
