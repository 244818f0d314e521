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
        /// Where in a row the first weight row of each group stands: group g at `g * groupStart`; and from 16 weight rows to the next 16.
        let groupStart: Int
        let blockStride: Int
        /// Where the sums of the derivatives go, if anywhere.
        let biasGradient: FloatView?
        /// If the floats are exponentials of scores: what makes derivatives of them.
        var softmax: SoftmaxRows?
    }

    /// Sums the gradients of one or two factors, which share their derivatives, over `rows`.
    /// - Parameter carried: where sums are kept if `rows` are a part of the shards' chains: the same for all parts.
    func sum(_ first: Factor, _ second: Factor? = nil, derivatives: Derivatives, rows: ShardedRows, carried: CarriedSums) {
        let (firstPanels, secondPanels) = packedPanels(first, second, depth: rows.count)
        let division = Division(derivatives, firstPanels, secondPanels, threadCount: team.threadCount)
        let isCarried = carried.part.areCarried
        let scratchCount = OuterProducts.scratchCount(
            shardCount: rows.shards.count, panelCount: firstPanels.panelCount + (secondPanels?.panelCount ?? 0), isCarried: isCarried)
        if !isCarried && scratchMemory.count < team.threadCount * scratchCount {
            scratchMemory = FloatMemory(count: team.threadCount * scratchCount)
        }
        let scratch = isCarried ? carried.memory(count: division.taskCount * scratchCount) : scratchMemory.view
        team.run(phaseCount: 2) { phase, share in
            if phase == 0 {
                pack(first, into: firstPanels, rows: rows, share: share)
                if let second, let secondPanels { pack(second, into: secondPanels, rows: rows, share: share) }
                return
            }
            let products = OuterProducts(rows: rows, chains: carried.part)
            for task in team.tasks(ofShare: share, taskCount: division.taskCount) {
                let block = division.block(ofTask: task)
                let scratch = scratch.slice(from: (isCarried ? task : share) * scratchCount, count: scratchCount)
                let left = derivatives.left(group: block.group, firstRow: block.firstRow)
                let weightRows = block.group * derivatives.groupSize + block.firstRow..<block.group * derivatives.groupSize + block.firstRow + left.columnCount
                let bias = block.isFirst ? derivatives.biasGradient?.slice(from: weightRows.lowerBound, count: weightRows.count) : nil
                let firstPart = block.firstPanels.map { first.right(firstPanels, panels: $0, weightRows: weightRows) }
                var secondPart: OuterProducts.Right?
                if let second, let secondPanels, let panels = block.secondPanels {
                    secondPart = second.right(secondPanels, panels: panels, weightRows: weightRows)
                }
                if let firstPart {
                    products.sum(left, firstPart, and: secondPart, biasGradient: bias, scratch: scratch)
                } else if let secondPart {
                    products.sum(left, secondPart, biasGradient: bias, scratch: scratch)
                }
            }
        }
    }

    private func pack(_ factor: Factor, into panels: PanelView, rows: ShardedRows, share: Int) {
        rows.pack(
            factor.right, rowStride: factor.rowStride, columnCount: factor.columnCount, into: panels,
            panels: team.tasks(ofShare: share, taskCount: panels.panelCount))
    }

    private func packedPanels(_ first: Factor, _ second: Factor?, depth: Int) -> (PanelView, PanelView?) {
        let firstCount = first.packedCount(depth: depth)
        let secondCount = second?.packedCount(depth: depth) ?? 0
        if packedMemory.count < firstCount + secondCount { packedMemory = FloatMemory(count: firstCount + secondCount) }
        let memory = packedMemory.view
        return (
            PanelView(floats: memory.slice(from: 0, count: firstCount), depth: depth, columnCount: first.columnCount),
            second.map { PanelView(floats: memory.slice(from: firstCount, count: secondCount), depth: depth, columnCount: $0.columnCount) }
        )
    }
}

/// A gradient's sums where rows come in several parts, and which part is at hand. Its memory is none as long as there is only one.
final class CarriedSums {
    var part = ChainPart.whole
    private var floats = FloatMemory(count: 0)

    func memory(count: Int) -> FloatView {
        if floats.count < count { floats = FloatMemory(count: count) }
        return floats.view
    }
}

extension WeightGradients.Factor {
    fileprivate func packedCount(depth: Int) -> Int { depth * PanelView.panelCount(columns: columnCount) * PanelView.width }

    fileprivate func right(_ packed: PanelView, panels: Range<Int>, weightRows: Range<Int>) -> OuterProducts.Right {
        OuterProducts.Right(
            packed, panels: panels, columnCount: columnCount,
            gradient: gradient.slice(from: weightRows.lowerBound * columnCount, count: weightRows.count * columnCount))
    }
}

extension WeightGradients.Derivatives {
    /// The weight rows of a group from `firstRow` on, as many as a task takes.
    fileprivate func left(group: Int, firstRow: Int) -> OuterProducts.Left {
        OuterProducts.Left(
            floats: floats, rowStride: rowStride, start: group * groupStart + firstRow / 16 * blockStride, groupStride: blockStride,
            columnCount: min(OuterProducts.blockWidth, groupSize - firstRow), softmax: softmax)
    }
}

/// How gradients are cut into tasks: blocks of a gate's weight rows × blocks of panels. Two narrow factors are one block.
private struct Division {
    /// One task.
    struct Block {
        let group: Int
        let firstRow: Int
        let firstPanels: Range<Int>?
        let secondPanels: Range<Int>?
        /// Whether it is the one among those of its weight rows that also sums the bias.
        let isFirst: Bool
    }

    private let rowBlocks: Int
    private let firstPanelCount: Int
    private let secondPanelCount: Int
    /// Whether a task has all panels of both factors.
    private let isTogether: Bool
    private let panelsPerTask: Int
    private let firstBlocks: Int
    private let panelBlocks: Int
    let taskCount: Int

    init(_ derivatives: WeightGradients.Derivatives, _ first: PanelView, _ second: PanelView?, threadCount: Int) {
        func blocks(_ count: Int, by size: Int) -> Int { (count + size - 1) / size }
        rowBlocks = blocks(derivatives.groupSize, by: OuterProducts.blockWidth)
        firstPanelCount = first.panelCount
        secondPanelCount = second?.panelCount ?? 0
        let rowTasks = derivatives.groupCount * rowBlocks
        // As large as the caches allow, but for all threads to have some.
        isTogether = firstPanelCount + secondPanelCount <= OuterProducts.blockPanelCount && rowTasks >= 2 * threadCount
        var size = OuterProducts.blockPanelCount
        while size > 1 && rowTasks * (blocks(firstPanelCount, by: size) + blocks(secondPanelCount, by: size)) < 2 * threadCount { size = (size + 1) / 2 }
        panelsPerTask = size
        firstBlocks = isTogether ? 1 : blocks(firstPanelCount, by: size)
        panelBlocks = isTogether ? 1 : firstBlocks + blocks(secondPanelCount, by: size)
        taskCount = rowTasks * panelBlocks
    }

    func block(ofTask task: Int) -> Block {
        let (rowBlock, panelBlock) = task.quotientAndRemainder(dividingBy: panelBlocks)
        let (group, blockOfGroup) = rowBlock.quotientAndRemainder(dividingBy: rowBlocks)
        let firstRow = blockOfGroup * OuterProducts.blockWidth
        if isTogether {
            let second = secondPanelCount == 0 ? nil : 0..<secondPanelCount
            return Block(group: group, firstRow: firstRow, firstPanels: 0..<firstPanelCount, secondPanels: second, isFirst: true)
        }
        func panels(_ block: Int, of count: Int) -> Range<Int> { block * panelsPerTask..<min(count, (block + 1) * panelsPerTask) }
        let isOfFirst = panelBlock < firstBlocks
        return Block(
            group: group, firstRow: firstRow, firstPanels: isOfFirst ? panels(panelBlock, of: firstPanelCount) : nil,
            secondPanels: isOfFirst ? nil : panels(panelBlock - firstBlocks, of: secondPanelCount), isFirst: panelBlock == 0)
    }
}
