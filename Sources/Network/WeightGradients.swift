import Kernels
import Scheduling

/// Gradients of weight matrices, over all time steps at once: outside the recurrence. Memory is shared by all layers and the head.
///
/// First the right factors are packed, then each task sums a block of weight rows of one gate: one barrier between.
final class WeightGradients {
    private let team: GateTeam
    private var packedMemory = FloatMemory(count: 0)
    private var scratchMemory = FloatMemory(count: 0)

    init(team: GateTeam) {
        self.team = team
    }

    /// One weight matrix `[left columns, columnCount]`.
    struct Factor {
        /// Activations that the weight multiplied: row r begins at `r * rowStride`.
        let right: FloatView
        let rowStride: Int
        let columnCount: Int
        let gradient: FloatView
    }

    /// The sums' derivatives: row r begins at `r * rowStride`.
    struct Derivatives {
        let floats: FloatView
        let rowStride: Int
        /// 4 gates, or 1 where rows are plain.
        let groupCount: Int
        /// Weight rows of a group.
        let groupSize: Int
        /// Where in a row weight row `row` of `group` stands.
        let index: @Sendable (_ group: Int, _ row: Int) -> Int
        let biasGradient: FloatView
    }

    /// Sums all `factors`' gradients, which share their derivatives, over `rows`.
    func sum(_ factors: [Factor], derivatives: Derivatives, rows: ShardedRows) {
        let panelCounts = factors.map { PanelView.panelCount(columns: $0.columnCount) }
        let views = packedViews(panelCounts: panelCounts, depth: rows.count)
        let scratchCount = OuterProducts.scratchCount(shardCount: rows.shards.count, panelCount: panelCounts.max() ?? 0)
        if scratchMemory.count < team.threadCount * scratchCount {
            scratchMemory = FloatMemory(count: team.threadCount * scratchCount)
        }
        let scratch = scratchMemory.view
        let blocks = (derivatives.groupSize + OuterProducts.blockWidth - 1) / OuterProducts.blockWidth
        team.run(phaseCount: 2) { phase, share in
            for (place, factor) in factors.enumerated() {
                if phase == 0 {
                    rows.pack(
                        factor.right, rowStride: factor.rowStride, columnCount: factor.columnCount, into: views[place],
                        panels: team.tasks(ofShare: share, taskCount: panelCounts[place]))
                } else {
                    for task in team.tasks(ofShare: share, taskCount: derivatives.groupCount * blocks) {
                        let (group, block) = task.quotientAndRemainder(dividingBy: blocks)
                        sum(
                            factor, views[place], derivatives, group: group, firstRow: block * OuterProducts.blockWidth, rows: rows,
                            writesBias: place == 0, scratch: scratch.slice(from: share * scratchCount, count: scratchCount))
                    }
                }
            }
        }
    }

    private func sum(
        _ factor: Factor, _ right: PanelView, _ derivatives: Derivatives, group: Int, firstRow: Int, rows: ShardedRows,
        writesBias: Bool, scratch: FloatView
    ) {
        let count = min(OuterProducts.blockWidth, derivatives.groupSize - firstRow)
        let weightRow = group * derivatives.groupSize + firstRow
        OuterProducts(rows: rows, right: right, columnCount: factor.columnCount).sum(
            left: derivatives.floats, rowStride: derivatives.rowStride, columns: count,
            offset: { derivatives.index(group, firstRow + $0) },
            gradient: factor.gradient.slice(from: weightRow * factor.columnCount, count: count * factor.columnCount),
            biasGradient: writesBias ? derivatives.biasGradient.slice(from: weightRow, count: count) : nil, scratch: scratch)
    }

    private func packedViews(panelCounts: [Int], depth: Int) -> [PanelView] {
        let sizes = panelCounts.map { $0 * depth * PanelView.width }
        let total = sizes.reduce(0, +)
        if packedMemory.count < total { packedMemory = FloatMemory(count: total) }
        var offset = 0
        return zip(panelCounts, sizes).map { panelCount, size in
            defer { offset += size }
            return PanelView(floats: packedMemory.view.slice(from: offset, count: size), depth: depth, panelCount: panelCount)
        }
    }
}
