import CVector
import Kernels

/// A panel is four vectors of one gate's units: the sums go on from `source` (a bias, for stride 0) and end in rows of a layout.
struct GateSums: TileEpilogue {
    let layout: GateLayout
    let group: Int
    let source: FloatView
    let sourceStride: Int
    let target: FloatView

    /// Index of the panel's first vector in a row. The others follow at fixed distances, for a panel begins at a block's first unit or,
    /// with narrow vectors, fills part of one.
    @inline(__always)
    private func start(_ panel: Int) -> Int { layout.index(group: group, unit: panel &* PanelView.width) }

    @inline(__always)
    private func offset(_ vector: Int) -> Int { layout.index(group: 0, unit: vector &* laneCount) }

    /// A last panel's vectors may lie behind the row; of those nothing is kept.
    @inline(__always)
    func begin(row: Int, panel: Int) -> FourLanes {
        let index = row &* sourceStride &+ start(panel)
        let unit = panel &* PanelView.width
        let zero = Lane(repeating: 0)
        return FourLanes(
            source.lane(at: index), unit + laneCount < layout.hidden ? source.lane(at: index + offset(1)) : zero,
            unit + 2 * laneCount < layout.hidden ? source.lane(at: index + offset(2)) : zero,
            unit + 3 * laneCount < layout.hidden ? source.lane(at: index + offset(3)) : zero)
    }

    @inline(__always)
    func finish(row: Int, panel: Int, _ sums: Span<FourLanes>) {
        let unit = panel &* PanelView.width
        for place in sums.indices {
            let index = (row &+ place) &* layout.width &+ start(panel)
            let sum = sums[place]
            target.setLane(sum.a, at: index)
            if unit + laneCount < layout.hidden { target.setLane(sum.b, at: index + offset(1)) }
            if unit + 2 * laneCount < layout.hidden { target.setLane(sum.c, at: index + offset(2)) }
            if unit + 3 * laneCount < layout.hidden { target.setLane(sum.d, at: index + offset(3)) }
        }
    }
}
