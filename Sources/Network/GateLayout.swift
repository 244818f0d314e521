import Kernels

/// Memory layout of a row of activations: units in blocks of 16, and in a block the four gates i, f, g, o side by side.
///
/// ```
/// units 0…15: i₀…i₁₅ f₀…f₁₅ g₀…g₁₅ o₀…o₁₅   units 16…31: i₁₆… …
/// ```
///
/// It doesn't depend on the vector width, so a sum that walks through a row in order is the same chain on every build.
/// Units behind the last are 0.
struct GateLayout: Sendable, Equatable {
    static let blockUnits = 16

    let hidden: Int

    var blockCount: Int { (hidden + Self.blockUnits - 1) / Self.blockUnits }
    /// Floats of a row of hidden or cell state.
    var stateWidth: Int { blockCount * Self.blockUnits }
    /// Floats of a row of gates.
    var gateWidth: Int { 4 * stateWidth }

    /// Index of unit `unit` of `gate` in a row of gates. Vectors that begin at a multiple of their width don't cross a block.
    @inline(__always)
    func index(gate: Int, unit: Int) -> Int {
        (unit & ~15) * 4 + gate * 16 + (unit & 15)
    }

    /// The gate and unit that stand at `index`; nil where that unit is none.
    func place(at index: Int) -> (gate: Int, unit: Int)? {
        let unit = index / 64 * 16 + index % 16
        return unit < hidden ? (index % 64 / 16, unit) : nil
    }

    /// Panels in which a gate's units are neighbours: four vectors of units.
    var panelsPerGate: Int { PanelView.panelCount(columns: hidden) }
    /// Panels of one vector of units with all four gates.
    var fusedPanelCount: Int { (hidden + laneCount - 1) / laneCount }
}
