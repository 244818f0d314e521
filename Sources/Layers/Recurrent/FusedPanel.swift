import CVector
import Kernels

/// The vectors of a panel of the fused recurrence: a vector of units with all their gates, or, for a cell with one gate, four vectors of units. So a
/// tile has sums enough to hide the latency of an FMA, whatever the cell.
struct FusedPanel<Cell: RecurrentCell> {
    let hidden: Int
    /// Its first unit.
    let unit: Int

    @inline(__always)
    init(_ panel: Int, hidden: Int) {
        self.hidden = hidden
        unit = panel &* laneCount &* Cell.unitVectorsPerPanel
    }

    /// Whether its vector number `vector` has units; only asked where vectors are units.
    @inline(__always)
    private func hasUnits(_ vector: Int) -> Bool { unit &+ vector &* laneCount < hidden }

    /// The panel's numbers in a row of kept values that begins at `row`; 0 in vectors without units.
    @inline(__always)
    func lanes(of floats: FloatView, row: Int) -> FourLanes {
        let index = row &+ GateLayout.index(group: 0, unit: unit, groupCount: Cell.keptCount)
        guard Cell.unitVectorsPerPanel > 1 else { return floats.fourLanes(at: index, distance: 16) }
        func lane(_ vector: Int) -> Lane {
            guard hasUnits(vector) else { return Lane(repeating: 0) }
            return floats.lane(at: index &+ GateLayout.index(group: 0, unit: vector &* laneCount, groupCount: Cell.keptCount))
        }
        return FourLanes(lane(0), lane(1), lane(2), lane(3))
    }

    /// Calls `body` for each vector of units with its gates' sums.
    @inline(__always)
    func forEachVector(_ sums: FourLanes, _ body: (_ unit: Int, _ sums: FourLanes) -> Void) {
        guard Cell.unitVectorsPerPanel > 1 else { return body(unit, sums) }
        let zero = Lane(repeating: 0)
        sums.forEachVector(from: unit, to: hidden) { body($0, FourLanes($1, zero, zero, zero)) }
    }
}

extension FourLanes {
    /// Calls `body` for each of four vectors of units, as far as there are units: `end` of them, the first vector beginning at `unit`.
    @inline(__always)
    func forEachVector(from unit: Int, to end: Int, _ body: (_ unit: Int, _ value: Lane) -> Void) {
        body(unit, a)
        if unit &+ laneCount < end { body(unit &+ laneCount, b) }
        if unit &+ 2 &* laneCount < end { body(unit &+ 2 &* laneCount, c) }
        if unit &+ 3 &* laneCount < end { body(unit &+ 3 &* laneCount, d) }
    }
}
