import CVector
import Kernels

/// The vectors of a panel of the fused recurrence: a vector of units with all their gates, or, for a cell with one gate, four vectors of units. So a
/// tile has sums enough to hide the latency of an FMA. Tiles are compiled for each shape, not for each cell.
protocol PanelShape {
    /// As in ``CellShape``.
    static var gateCount: Int { get }
    static var keptCount: Int { get }
    static var splitsLastGate: Bool { get }
    static var unitVectorsPerPanel: Int { get }
}

extension PanelShape {
    static var splitsLastGate: Bool {
        @inline(__always) get { false }
    }
    static var unitVectorsPerPanel: Int {
        @inline(__always) get { 1 }
    }
}

/// An LSTM's.
enum FourGatePanel: PanelShape {
    static var gateCount: Int {
        @inline(__always) get { 4 }
    }
    static var keptCount: Int {
        @inline(__always) get { 4 }
    }
}

/// Of an LSTM with coupled gates.
enum ThreeGatePanel: PanelShape {
    static var gateCount: Int {
        @inline(__always) get { 3 }
    }
    static var keptCount: Int {
        @inline(__always) get { 3 }
    }
}

/// A GRU's, whose last gate's parts stay apart.
enum SplitGatePanel: PanelShape {
    static var gateCount: Int {
        @inline(__always) get { 3 }
    }
    static var keptCount: Int {
        @inline(__always) get { 4 }
    }
    static var splitsLastGate: Bool {
        @inline(__always) get { true }
    }
}

/// An RNN's: four vectors of units.
enum OneGatePanel: PanelShape {
    static var gateCount: Int {
        @inline(__always) get { 1 }
    }
    static var keptCount: Int {
        @inline(__always) get { 1 }
    }
    static var unitVectorsPerPanel: Int {
        @inline(__always) get { 4 }
    }
}

extension PanelShape {
    /// Vectors that all panels have; nil where the last may have fewer.
    static var vectorCount: Int? {
        @inline(__always) get { unitVectorsPerPanel > 1 ? nil : gateCount }
    }

    /// The panel's numbers in a row of kept values that begins at `row`; 0 in vectors without units.
    @inline(__always)
    static func lanes(ofPanel panel: Int, in floats: FloatView, row: Int, hidden: Int) -> FourLanes {
        let unit = panel &* laneCount &* unitVectorsPerPanel
        let index = row &+ GateLayout.index(group: 0, unit: unit, groupCount: keptCount)
        let zero = Lane(repeating: 0)
        guard unitVectorsPerPanel > 1 else {
            return FourLanes(
                floats.lane(at: index), floats.lane(at: index &+ 16), floats.lane(at: index &+ 32), keptCount > 3 ? floats.lane(at: index &+ 48) : zero)
        }
        func lane(_ vector: Int) -> Lane {
            guard unit &+ vector &* laneCount < hidden else { return zero }
            return floats.lane(at: index &+ GateLayout.index(group: 0, unit: vector &* laneCount, groupCount: keptCount))
        }
        return FourLanes(lane(0), lane(1), lane(2), lane(3))
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
