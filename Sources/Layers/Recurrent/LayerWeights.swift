public import Kernels
import Threads

/// One layer's weights, packed for the tiles once a training step and used at every time step.
///
/// Sendable: tasks pack disjoint panels, and read them only in later passes.
final class LayerWeights: @unchecked Sendable {
    let layouts: RowLayouts
    let inputWidth: Int
    let gates: GateMode
    let precision: Precision
    /// Whether the recurrence takes the input as it is: with so few numbers.
    let isNarrow: Bool
    /// W_ih, `[input]` deep: a gate's panels behind the other's, four vectors of one gate's units each; or, for a narrow input, units with their
    /// gates. None where a token picks a column.
    private let inputRows: FloatMemory
    /// W_ih as it is, gates deep, inputs wide: for the input's gradient. None where nothing below needs it.
    private let inputColumns: PanelMatrix
    /// W_hh, `[hidden]` deep: a panel is units with their gates (fused; ``PanelShape``), or the panels are as those of W_ih (split).
    private let recurrentRows: FloatMemory
    /// W_hh as it is, gates deep, units wide: for the hidden state's gradient.
    private let recurrentColumns: PanelMatrix
    /// With two phases a step: of the last gate, which the other then doesn't have.
    private let candidateColumns: PanelMatrix
    /// Whether W_hh's panels are each of one gate.
    private let hasGatePanels: Bool
    private let biasMemory: FloatMemory
    private let peepholeMemory: FloatMemory

    init(layouts: RowLayouts, gates: GateMode, precision: Precision, source: InputProjection.Source) {
        self.layouts = layouts
        let hidden = layouts.hidden
        inputWidth = source.width
        self.gates = gates
        self.precision = precision
        hasGatePanels = gates == .split || layouts.hasTwoPhases || layouts.isRowwise
        isNarrow = source.isNumbers && !hasGatePanels && inputWidth <= ForwardStep.NarrowInput.widthAtMost
        let gateColumns = layouts.gateCount * layouts.panelsPerGate * PanelView.width
        let unitColumns = layouts.fusedPanelCount * PanelView.width
        inputRows = FloatMemory(count: source.isOneHot ? 0 : precision.wordCount(inputWidth) * (isNarrow ? unitColumns : gateColumns))
        inputColumns = PanelMatrix(depth: layouts.sums.width, columnCount: source.hasGradient ? inputWidth : 0, precision: precision)
        recurrentRows = FloatMemory(count: precision.wordCount(layouts.outputUnits) * (hasGatePanels ? gateColumns : unitColumns))
        recurrentColumns = PanelMatrix(depth: layouts.firstSums.width, columnCount: layouts.outputUnits, precision: precision)
        candidateColumns = PanelMatrix(depth: layouts.hasTwoPhases ? layouts.stateWidth : 0, columnCount: hidden, precision: precision)
        biasMemory = FloatMemory(count: layouts.kept.width)
        peepholeMemory = FloatMemory(count: layouts.layer.hasPeepholes ? Peephole.placeCount * layouts.stateWidth : 0)
    }

    /// Whether the recurrence can begin its chains with rows of a table.
    var readsTokenTable: Bool { gates == .fused && !layouts.isRowwise }
    /// The biases in a row of kept values: b_ih + b_hh where both are added to the same sum; 0 where they are added later.
    var bias: FloatView { biasMemory.view }
    /// The peepholes, `[places, units]`; empty where there are none.
    var peepholes: FloatView { peepholeMemory.view }
    /// W_ih of one gate.
    func inputPanels(ofGate gate: Int) -> PanelView { panels(inputRows, ofGate: gate, depth: inputWidth) }
    /// W_ih of a narrow input, units with their gates.
    var narrowInputPanels: PanelView { unitPanels(inputRows, depth: inputWidth) }
    /// W_ih for the input's gradient.
    var inputGradientPanels: PanelView { inputColumns.view }
    /// W_hh, units with their gates.
    var recurrentPanels: PanelView { unitPanels(recurrentRows, depth: layouts.outputUnits) }
    /// W_hh of one gate.
    func recurrentPanels(ofGate gate: Int) -> PanelView { panels(recurrentRows, ofGate: gate, depth: layouts.outputUnits) }
    /// W_hh for the hidden state's gradient.
    var recurrentGradientPanels: PanelView { recurrentColumns.view }
    /// With two phases a step: U_n for the gradient of r ∘ h.
    var candidateGradientPanels: PanelView { candidateColumns.view }

    private func unitPanels(_ memory: borrowing FloatMemory, depth: Int) -> PanelView {
        // Four vectors of units are as panels of one gate always are.
        guard layouts.unitVectorsPerPanel == 1 else { return panels(memory, ofGate: 0, depth: depth) }
        return PanelView(
            floats: memory.view, depth: depth, panelCount: layouts.fusedPanelCount, vectorsPerPanel: layouts.gateCount, precision: precision)
    }

    private func panels(_ memory: borrowing FloatMemory, ofGate gate: Int, depth: Int) -> PanelView {
        let size = precision.wordCount(depth) * layouts.panelsPerGate * PanelView.width
        return PanelView(floats: memory.view.slice(from: gate * size, count: size), depth: depth, columnCount: layouts.hidden, precision: precision)
    }

    // MARK: Packing

    /// Packs everything anew.
    /// - Parameter parameters: with W_hh as the products are to read it, masked by ``WeightDrop`` or not.
    func pack(_ parameters: LayerParameters, team: ThreadTeam) {
        if !layouts.addsBiasesLater { packBias(parameters) }
        if isNarrow {
            packUnits(parameters.inputWeight, depth: inputWidth, into: narrowInputPanels, team: team)
        } else if inputRows.count > 0 {
            for gate in 0..<layouts.gateCount { pack(parameters.inputWeight, depth: inputWidth, gate: gate, into: inputPanels(ofGate: gate), team: team) }
        }
        if hasGatePanels {
            for gate in 0..<layouts.gateCount {
                pack(parameters.recurrentWeight, depth: layouts.outputUnits, gate: gate, into: recurrentPanels(ofGate: gate), team: team)
            }
        } else {
            packUnits(parameters.recurrentWeight, depth: layouts.outputUnits, into: recurrentPanels, team: team)
        }
        pack(columnsOf: parameters.recurrentWeight, columnCount: layouts.outputUnits, rows: layouts.firstSums, into: recurrentColumns.view, team: team)
        if layouts.hasTwoPhases {
            let square = layouts.hidden * layouts.hidden
            pack(
                columnsOf: parameters.recurrentWeight.slice(from: layouts.firstSums.groupCount * square, count: square), columnCount: layouts.hidden,
                rows: GateLayout(hidden: layouts.hidden, groupCount: 1), into: candidateColumns.view, team: team)
        }
        if inputColumns.columnCount > 0 {
            pack(columnsOf: parameters.inputWeight, columnCount: inputWidth, rows: layouts.sums, into: inputGradientPanels, team: team)
        }
    }

    /// Takes the weights of a peephole, `[hidden]`.
    func set(_ peephole: Peephole, _ values: FloatView) { peepholes.copy(values, to: peephole.place * layouts.stateWidth) }

    private func packBias(_ parameters: LayerParameters) {
        for gate in 0..<layouts.gateCount {
            for unit in 0..<layouts.hidden {
                let source = gate * layouts.hidden + unit
                let (input, recurrent) = (parameters.inputBias[source], parameters.recurrentBias[source])
                if layouts.isSplit(gate) { bias[layouts.kept.index(group: gate, unit: unit)] = recurrent }
                bias[layouts.kept.index(group: layouts.inputGroup(ofGate: gate), unit: unit)] = layouts.isSplit(gate) ? input : input + recurrent
            }
        }
    }

    /// One gate's rows of `weight`, four vectors of units a panel.
    private func pack(_ weight: FloatView, depth: Int, gate: Int, into panels: PanelView, team: ThreadTeam) {
        let hidden = layouts.hidden
        team.run(taskCount: panels.panelCount) { task in
            panels.packRows(of: weight, depth: depth, panels: task..<task + 1) { panel, vector in
                let unit = panel * PanelView.width + vector * laneCount
                return (gate * hidden + min(unit, hidden), max(0, min(laneCount, hidden - unit)))
            }
        }
    }

    /// Units with their gates.
    private func packUnits(_ weight: FloatView, depth: Int, into panels: PanelView, team: ThreadTeam) {
        guard layouts.unitVectorsPerPanel == 1 else { return pack(weight, depth: depth, gate: 0, into: panels, team: team) }
        let (hidden, gateCount) = (layouts.hidden, layouts.gateCount)
        team.run(taskCount: panels.panelCount) { task in
            panels.packRows(of: weight, depth: depth, panels: task..<task + 1) { panel, gate in
                gate < gateCount ? (gate * hidden + panel * laneCount, min(laneCount, hidden - panel * laneCount)) : (0, 0)
            }
        }
    }

    /// - Parameter rows: the gates' rows of `weight`, in the order of the inner dimension.
    private func pack(columnsOf weight: FloatView, columnCount: Int, rows: GateLayout, into panels: PanelView, team: ThreadTeam) {
        team.run(taskCount: panels.panelCount) { task in
            panels.packColumns(of: weight, depth: rows.width, columnCount: columnCount, panels: task..<task + 1) { index in
                rows.place(at: index).map { ($0.group * layouts.hidden + $0.unit) * columnCount }
            }
        }
    }
}

/// One layer's parameters, or their gradients, within a flat buffer.
struct LayerParameters {
    /// `[gates·hidden, input]`.
    let inputWeight: FloatView
    /// `[gates·hidden, hidden]`, or with a projection `[gates·hidden, projection]`.
    var recurrentWeight: FloatView
    /// `[gates·hidden]`.
    let inputBias: FloatView
    /// `[gates·hidden]`.
    let recurrentBias: FloatView
}

/// Slots of one layer's parameters in the flat buffer.
struct LayerParameterSlots {
    private let inputWeight, recurrentWeight, inputBias, recurrentBias: Parameter
    private let peepholes: [Parameter]
    /// By their names in ``RecurrentDescription/additionalParameters``.
    private let additional: [String: Parameter]

    init(_ plan: LayerPlan, _ layer: RecurrentDescription) {
        (inputWeight, recurrentWeight, inputBias, recurrentBias) = (plan.parameters[0], plan.parameters[1], plan.parameters[2], plan.parameters[3])
        let names = layer.additionalParameters.map(\.name)
        peepholes = Array(plan.parameters.dropFirst(4).dropLast(names.count))
        additional = Dictionary(uniqueKeysWithValues: zip(names, plan.parameters.suffix(names.count)))
    }

    /// `[hidden]`.
    func peephole(_ place: Int, in buffer: FloatView) -> FloatView { peepholes[place].view(in: buffer) }

    /// A parameter that only some layers have (``RecurrentDescription/additionalParameters``), by its name there.
    func additional(_ name: String, in buffer: FloatView) -> FloatView {
        guard let parameter = additional[name] else { preconditionFailure("no parameter \(name)") }
        return parameter.view(in: buffer)
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
