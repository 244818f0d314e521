import CVector
import Kernels

/// Memory layout of a row of values of units, several a unit: units in blocks of 16, and in a block the groups (gates, sums, derivatives) side by side.
///
/// ```
/// an LSTM's gates, units 0…15: i₀…i₁₅ f₀…f₁₅ g₀…g₁₅ o₀…o₁₅   units 16…31: i₁₆… …
/// ```
///
/// It doesn't depend on the vector width, so a sum that walks through a row in order is the same chain on every build.
/// Units behind the last are 0.
struct GateLayout: Sendable, Equatable {
    static let blockUnits = 16

    let hidden: Int
    /// Values of a unit.
    let groupCount: Int

    var blockCount: Int { (hidden + Self.blockUnits - 1) / Self.blockUnits }
    /// Floats of a row.
    var width: Int { groupCount * blockCount * Self.blockUnits }

    /// Index of unit `unit` of `group` in a row. Vectors that begin at a multiple of their width don't cross a block.
    @inline(__always)
    func index(group: Int, unit: Int) -> Int { Self.index(group: group, unit: unit, groupCount: groupCount) }

    @inline(__always)
    static func index(group: Int, unit: Int, groupCount: Int) -> Int { (unit & ~15) &* groupCount &+ group &* 16 &+ (unit & 15) }

    /// The group and unit that stand at `index`; nil where that unit is none.
    func place(at index: Int) -> (group: Int, unit: Int)? {
        let (block, place) = index.quotientAndRemainder(dividingBy: 16 * groupCount)
        let unit = block * 16 + place % 16
        return unit < hidden ? (place / 16, unit) : nil
    }
}

/// The layouts of a recurrent layer's rows.
struct RowLayouts: Sendable, Equatable {
    let layer: RecurrentDescription
    let hidden: Int
    /// Values that the forward pass keeps (``RecurrentCell/keptCount``): before the recurrence the input's part of the sums stands there. Also rows of a
    /// table of tokens, and the biases.
    let kept: GateLayout
    /// Derivatives of the gates' sums, and with them the rows of the weights as products read them.
    let sums: GateLayout
    /// The gates whose products with the hidden state come first: all, but with two phases a step (``CellShape/hasTwoPhases``) the last.
    let firstSums: GateLayout
    /// Floats of a row of numbers of units: of cell states, and of hidden states without a projection.
    let stateWidth: Int
    /// Numbers of the hidden state: the units', or those of their projection.
    let outputUnits: Int
    /// Floats of a row of hidden states.
    let outputWidth: Int
    private let splitsLastGate: Bool
    /// Vectors of units in a panel of the fused recurrence.
    let unitVectorsPerPanel: Int
    /// Whether a time step has two phases, the second with the last gate's product.
    let hasTwoPhases: Bool
    /// What computes the cell, and the same without regularisation.
    let form: CellForm
    let plainForm: CellForm
    /// Whether what follows the products goes through a sequence's whole row of units (``RowCell``).
    let isRowwise: Bool

    init(_ layer: RecurrentDescription) {
        let cell = layer.shape
        self.layer = layer
        plainForm = layer.form
        form = layer.regularization.changesCell ? .regularized : plainForm
        hidden = layer.hidden
        kept = GateLayout(hidden: hidden, groupCount: cell.keptCount)
        sums = GateLayout(hidden: hidden, groupCount: cell.gateCount)
        hasTwoPhases = cell.hasTwoPhases
        firstSums = hasTwoPhases ? GateLayout(hidden: hidden, groupCount: cell.gateCount - 1) : sums
        stateWidth = GateLayout(hidden: hidden, groupCount: 1).width
        outputUnits = layer.outputUnits
        outputWidth = GateLayout(hidden: outputUnits, groupCount: 1).width
        isRowwise = layer.layerNorm != .none || layer.form == .sLSTM
        splitsLastGate = cell.splitsLastGate
        unitVectorsPerPanel = cell.unitVectorsPerPanel
    }

    var gateCount: Int { sums.groupCount }
    /// Whether the derivatives by the input's part of the sums have memory of their own: they differ from those by the hidden state's, or these stand in
    /// the order of the phases.
    var hasInputDerivatives: Bool { splitsLastGate || hasTwoPhases || layer.layerNorm == .products }
    /// Whether the biases are added to normalised sums, not where the chains begin.
    var addsBiasesLater: Bool { layer.layerNorm != .none }

    /// A vector of units' peepholes, out of `[places, units]`.
    @inline(__always)
    func peepholeLanes<Cell: RecurrentCell>(_: Cell.Type, of floats: FloatView, unit: Int) -> PeepholeLanes {
        let zero = Lane(repeating: 0)
        guard Cell.hasPeepholes else { return PeepholeLanes(input: zero, forget: zero, output: zero) }
        return PeepholeLanes(
            input: floats.lane(at: unit), forget: floats.lane(at: stateWidth &+ unit), output: floats.lane(at: 2 &* stateWidth &+ unit))
    }

    /// The group of ``kept`` where the input's part of a gate's sum stands.
    func inputGroup(ofGate gate: Int) -> Int { isSplit(gate) ? gate + 1 : gate }
    /// Whether the gate's chain of products with the hidden state begins with its recurrent bias, not with the input's part.
    func isSplit(_ gate: Int) -> Bool { splitsLastGate && gate == gateCount - 1 }

    /// Panels in which a gate's units are neighbours: four vectors of units.
    var panelsPerGate: Int { PanelView.panelCount(columns: hidden) }
    /// Panels of hidden states.
    var outputPanelCount: Int { PanelView.panelCount(columns: outputUnits) }
    /// Panels of the fused recurrence (``PanelShape``).
    var fusedPanelCount: Int { (hidden + unitVectorsPerPanel * laneCount - 1) / (unitVectorsPerPanel * laneCount) }
}
