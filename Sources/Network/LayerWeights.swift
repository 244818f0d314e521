import Kernels
import Scheduling

/// One layer's weights, packed for the tiles once a training step and used at every time step.
final class LayerWeights {
    let layout: GateLayout
    let inputWidth: Int
    /// W_ih by gate, `[input]` deep: gate g has panels g·n..<(g+1)·n. No panels where a token picks a column.
    private let inputRows: PanelMatrix
    /// W_ih as it is, gates deep, inputs wide: for the input's gradient. No panels where nothing below needs it.
    private let inputColumns: PanelMatrix
    /// W_hh, `[hidden]` deep: a panel is a vector of units with their four gates (fused), or four vectors of one gate's units (split).
    private let recurrentRows: PanelMatrix
    /// W_hh as it is, gates deep, units wide: for the hidden state's gradient.
    private let recurrentColumns: PanelMatrix
    private let biasMemory: FloatMemory
    let gates: GateMode

    init(hidden: Int, inputWidth: Int, gates: GateMode, multipliesInput: Bool, needsInputGradient: Bool) {
        layout = GateLayout(hidden: hidden)
        self.inputWidth = inputWidth
        self.gates = gates
        inputRows = PanelMatrix(depth: inputWidth, panelCount: multipliesInput ? 4 * layout.panelsPerGate : 0)
        inputColumns = PanelMatrix(
            depth: layout.gateWidth, panelCount: needsInputGradient ? PanelView.panelCount(columns: inputWidth) : 0)
        recurrentRows = PanelMatrix(
            depth: hidden, panelCount: gates == .fused ? layout.fusedPanelCount : 4 * layout.panelsPerGate)
        recurrentColumns = PanelMatrix(depth: layout.gateWidth, panelCount: PanelView.panelCount(columns: hidden))
        biasMemory = FloatMemory(count: layout.gateWidth)
    }

    var recurrentPanels: PanelView { recurrentRows.view }
    var recurrentGradientPanels: PanelView { recurrentColumns.view }
    /// b_ih + b_hh, in a row of gates.
    var bias: FloatView { biasMemory.view }

    var inputPanels: PanelView { inputRows.view }
    var inputGradientPanels: PanelView { inputColumns.view }

    /// Packs everything anew.
    func pack(_ parameters: LayerParameters, team: GateTeam) {
        packBias(parameters)
        pack(rowsOf: parameters.inputWeight, byGate: true, into: inputPanels, team: team)
        pack(rowsOf: parameters.recurrentWeight, byGate: gates == .split, into: recurrentRows.view, team: team)
        pack(columnsOf: parameters.recurrentWeight, columnCount: layout.hidden, into: recurrentColumns.view, team: team)
        pack(columnsOf: parameters.inputWeight, columnCount: inputWidth, into: inputGradientPanels, team: team)
    }

    private func packBias(_ parameters: LayerParameters) {
        for gate in 0..<4 {
            for unit in 0..<layout.hidden {
                let source = gate * layout.hidden + unit
                bias[layout.index(gate: gate, unit: unit)] = parameters.inputBias[source] + parameters.recurrentBias[source]
            }
        }
    }

    private func pack(rowsOf weight: FloatView, byGate: Bool, into panels: PanelView, team: GateTeam) {
        let hidden = layout.hidden
        let panelsPerGate = layout.panelsPerGate
        team.run(taskCount: panels.panelCount) { task in
            panels.packRows(of: weight, panels: task..<task + 1) { panel, vector in
                let gate = byGate ? panel / panelsPerGate : vector
                let unit = byGate ? panel % panelsPerGate * PanelView.width + vector * laneCount : panel * laneCount
                return (gate * hidden + min(unit, hidden), max(0, min(laneCount, hidden - unit)))
            }
        }
    }

    private func pack(columnsOf weight: FloatView, columnCount: Int, into panels: PanelView, team: GateTeam) {
        team.run(taskCount: panels.panelCount) { task in
            panels.packColumns(of: weight, columnCount: columnCount, panels: task..<task + 1) { index in
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

    init(layer: Int, layout: ParameterLayout, in buffer: FloatView) {
        func view(_ name: String) -> FloatView {
            let parameter = layout["rnn.\(name)_l\(layer)"]
            return buffer.slice(from: parameter.offset, count: parameter.count)
        }
        inputWeight = view("weight_ih")
        recurrentWeight = view("weight_hh")
        inputBias = view("bias_ih")
        recurrentBias = view("bias_hh")
    }
}
