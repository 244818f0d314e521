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
        body(unit, FourLanes(sums.a, zero, zero, zero))
        if hasUnits(1) { body(unit &+ laneCount, FourLanes(sums.b, zero, zero, zero)) }
        if hasUnits(2) { body(unit &+ 2 &* laneCount, FourLanes(sums.c, zero, zero, zero)) }
        if hasUnits(3) { body(unit &+ 3 &* laneCount, FourLanes(sums.d, zero, zero, zero)) }
    }
}
