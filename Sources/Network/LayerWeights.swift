public import Kernels
import Threads

/// Kind of a layer's input.
enum LayerInput: Sendable {
    /// Tokens, each of which picks a column of the weights.
    case oneHot
    /// Rows of an embedding, or the hidden states of the layer below.
    case activations
    /// Numbers out of the batch.
    case numbers
}

/// One layer's weights, packed for the tiles once a training step and used at every time step.
///
/// Sendable: tasks pack disjoint panels, and read them only in later passes.
final class LayerWeights: @unchecked Sendable {
    let layout: GateLayout
    let inputWidth: Int
    let gates: GateMode
    let precision: Precision
    /// Whether the recurrence takes the input as it is: with so few numbers.
    let isNarrow: Bool
    /// W_ih, `[input]` deep: a gate's panels behind the other's, four vectors of one gate's units each; or, for a narrow input, units with their four
    /// gates. None where a token picks a column.
    private let inputRows: FloatMemory
    /// W_ih as it is, gates deep, inputs wide: for the input's gradient. None where nothing below needs it.
    private let inputColumns: PanelMatrix
    /// W_hh, `[hidden]` deep: a panel is a vector of units with their four gates (fused), or the panels are as those of W_ih (split).
    private let recurrentRows: FloatMemory
    /// W_hh as it is, gates deep, units wide: for the hidden state's gradient.
    private let recurrentColumns: PanelMatrix
    private let biasMemory: FloatMemory

    init(hidden: Int, inputWidth: Int, gates: GateMode, precision: Precision, input: LayerInput, needsInputGradient: Bool) {
        layout = GateLayout(hidden: hidden)
        self.inputWidth = inputWidth
        self.gates = gates
        self.precision = precision
        isNarrow = input == .numbers && gates == .fused && inputWidth <= ForwardStep.NarrowInput.widthAtMost
        let gateColumns = 4 * layout.panelsPerGate * PanelView.width
        inputRows = FloatMemory(count: input != .oneHot ? precision.wordCount(inputWidth) * gateColumns : 0)
        inputColumns = PanelMatrix(depth: layout.gateWidth, columnCount: needsInputGradient ? inputWidth : 0, precision: precision)
        recurrentRows = FloatMemory(count: precision.wordCount(hidden) * (gates == .fused ? layout.fusedPanelCount * PanelView.width : gateColumns))
        recurrentColumns = PanelMatrix(depth: layout.gateWidth, columnCount: hidden, precision: precision)
        biasMemory = FloatMemory(count: layout.gateWidth)
    }

    /// b_ih + b_hh, in a row of gates.
    var bias: FloatView { biasMemory.view }
    /// W_ih of one gate.
    func inputPanels(ofGate gate: Int) -> PanelView { panels(inputRows, ofGate: gate, depth: inputWidth) }
    /// W_ih of a narrow input, units with their four gates.
    var narrowInputPanels: PanelView { unitPanels(inputRows, depth: inputWidth) }
    /// W_ih for the input's gradient.
    var inputGradientPanels: PanelView { inputColumns.view }
    /// W_hh, units with their four gates.
    var recurrentPanels: PanelView { unitPanels(recurrentRows, depth: layout.hidden) }
    /// W_hh of one gate.
    func recurrentPanels(ofGate gate: Int) -> PanelView { panels(recurrentRows, ofGate: gate, depth: layout.hidden) }
    /// W_hh for the hidden state's gradient.
    var recurrentGradientPanels: PanelView { recurrentColumns.view }

    private func unitPanels(_ memory: borrowing FloatMemory, depth: Int) -> PanelView {
        PanelView(floats: memory.view, depth: depth, columnCount: layout.fusedPanelCount * PanelView.width, precision: precision)
    }

    private func panels(_ memory: borrowing FloatMemory, ofGate gate: Int, depth: Int) -> PanelView {
        let size = precision.wordCount(depth) * layout.panelsPerGate * PanelView.width
        return PanelView(floats: memory.view.slice(from: gate * size, count: size), depth: depth, columnCount: layout.hidden, precision: precision)
    }

    // MARK: Packing

    /// Packs everything anew.
    func pack(_ parameters: LayerParameters, team: ThreadTeam) {
        packBias(parameters)
        if isNarrow {
            packUnits(parameters.inputWeight, depth: inputWidth, into: narrowInputPanels, team: team)
        } else if inputRows.count > 0 {
            for gate in 0..<4 { pack(parameters.inputWeight, depth: inputWidth, gate: gate, into: inputPanels(ofGate: gate), team: team) }
        }
        switch gates {
        case .fused: packUnits(parameters.recurrentWeight, depth: layout.hidden, into: recurrentPanels, team: team)
        case .split:
            for gate in 0..<4 {
                pack(parameters.recurrentWeight, depth: layout.hidden, gate: gate, into: recurrentPanels(ofGate: gate), team: team)
            }
        }
        pack(columnsOf: parameters.recurrentWeight, columnCount: layout.hidden, into: recurrentColumns.view, team: team)
        if inputColumns.columnCount > 0 { pack(columnsOf: parameters.inputWeight, columnCount: inputWidth, into: inputGradientPanels, team: team) }
    }

    private func packBias(_ parameters: LayerParameters) {
        for gate in 0..<4 {
            for unit in 0..<layout.hidden {
                let source = gate * layout.hidden + unit
                bias[layout.index(gate: gate, unit: unit)] = parameters.inputBias[source] + parameters.recurrentBias[source]
            }
        }
    }

    /// One gate's rows of `weight`, four vectors of units a panel.
    private func pack(_ weight: FloatView, depth: Int, gate: Int, into panels: PanelView, team: ThreadTeam) {
        let hidden = layout.hidden
        team.run(taskCount: panels.panelCount) { task in
            panels.packRows(of: weight, depth: depth, panels: task..<task + 1) { panel, vector in
                let unit = panel * PanelView.width + vector * laneCount
                return (gate * hidden + min(unit, hidden), max(0, min(laneCount, hidden - unit)))
            }
        }
    }

    /// A vector of units a panel, with their four gates.
    private func packUnits(_ weight: FloatView, depth: Int, into panels: PanelView, team: ThreadTeam) {
        let hidden = layout.hidden
        team.run(taskCount: panels.panelCount) { task in
            panels.packRows(of: weight, depth: depth, panels: task..<task + 1) { panel, gate in
                (gate * hidden + panel * laneCount, min(laneCount, hidden - panel * laneCount))
            }
        }
    }

    private func pack(columnsOf weight: FloatView, columnCount: Int, into panels: PanelView, team: ThreadTeam) {
        team.run(taskCount: panels.panelCount) { task in
            panels.packColumns(of: weight, depth: layout.gateWidth, columnCount: columnCount, panels: task..<task + 1) { index in
                layout.place(at: index).map { ($0.gate * layout.hidden + $0.unit) * columnCount }
            }
        }
    }
}

/// One layer's parameters, or their gradients, within a flat buffer.
struct LayerParameters {
    /// `[4·hidden, input]`.
    let inputWeight: FloatView
    /// `[4·hidden, hidden]`.
    let recurrentWeight: FloatView
    /// `[4·hidden]`.
    let inputBias: FloatView
    /// `[4·hidden]`.
    let recurrentBias: FloatView
}

/// Slots of one layer's parameters in the flat buffer, looked up by name once.
struct LayerParameterSlots {
    private let inputWeight, recurrentWeight, inputBias, recurrentBias: Parameter

    init(layer: Int, layout: ParameterLayout) {
        inputWeight = layout["rnn.weight_ih_l\(layer)"]
        recurrentWeight = layout["rnn.weight_hh_l\(layer)"]
        inputBias = layout["rnn.bias_ih_l\(layer)"]
        recurrentBias = layout["rnn.bias_hh_l\(layer)"]
    }

    var trainsRecurrentBias: Bool { recurrentBias.isTrained }

    func parameters(in buffer: FloatView) -> LayerParameters {
        LayerParameters(
            inputWeight: inputWeight.view(in: buffer), recurrentWeight: recurrentWeight.view(in: buffer), inputBias: inputBias.view(in: buffer),
            recurrentBias: recurrentBias.view(in: buffer))
    }
}

extension Parameter {
    public func view(in buffer: FloatView) -> FloatView { buffer.slice(from: offset, count: count) }
}
