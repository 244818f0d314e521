package import Kernels
import Threads

/// Gradients of weight matrices, over all time steps at once: outside the recurrence. Memory is shared by all layers and the head.
///
/// First the right factors are packed, then each task sums a block of weight rows of one gate: one barrier between.
///
/// Sendable: each share packs into its own part, and tasks sum disjoint blocks; memory changes size only between passes.
package final class WeightGradients: @unchecked Sendable {
    private let team: ThreadTeam
    private var packedMemory = FloatMemory(count: 0)
    private var sumMemory = FloatMemory(count: 0)
    private let packedLeft: FloatMemory

    init(team: ThreadTeam) {
        self.team = team
        packedLeft = FloatMemory(count: team.threadCount * OuterProducts.packedCount)
    }

    /// One weight matrix `[left columns, columnCount]`.
    package struct Factor: Sendable {
        /// Activations that the weight multiplied: row r begins at `r * rowStride`.
        let right: OperandView
        let rowStride: Int
        let columnCount: Int
        let gradient: FloatView

        package init(right: OperandView, rowStride: Int, columnCount: Int, gradient: FloatView) {
            (self.right, self.rowStride, self.columnCount, self.gradient) = (right, rowStride, columnCount, gradient)
        }
    }

    /// The sums' derivatives: row r begins at `r * rowStride`.
    package struct Derivatives: Sendable {
        let numbers: OperandView
        let rowStride: Int
        let weightRows: WeightRows
        /// Output for the sums of the derivatives; nil if they aren't needed.
        let biasGradient: FloatView?
        /// If the numbers are exponentials of scores: what makes derivatives of them.
        var softmax: SoftmaxRows?

        package init(numbers: OperandView, rowStride: Int, weightRows: WeightRows, biasGradient: FloatView?, softmax: SoftmaxRows? = nil) {
            (self.numbers, self.rowStride, self.weightRows) = (numbers, rowStride, weightRows)
            (self.biasGradient, self.softmax) = (biasGradient, softmax)
        }
    }

    /// Sums the gradients of one or two factors, which share their derivatives, over `rows`.
    /// - Parameters:
    ///   - phase: which part of the shards' chains `rows` are.
    ///   - carried: where sums are kept between parts: the same for all of them.
    package func sum(_ first: Factor, _ second: Factor? = nil, derivatives: Derivatives, rows: ShardedRows, phase: AccumulationPhase, carried: CarriedSums) {
        let (firstPanels, secondPanels) = packedPanels(first, second, stepCount: rows.stepCount(first.right.precision))
        let division = Division(derivatives, firstPanels, secondPanels, threadCount: team.threadCount)
        let isCarried = phase.areCarried
        let sumCount = OuterProducts.sumCount(
            shardCount: rows.shards.count, panelCount: firstPanels.panelCount + (secondPanels?.panelCount ?? 0), isCarried: isCarried)
        if !isCarried && sumMemory.count < team.threadCount * sumCount { sumMemory = FloatMemory(count: team.threadCount * sumCount) }
        let allSums = isCarried ? carried.memory(count: division.taskCount * sumCount) : sumMemory.view
        team.run(phaseCount: 2) { pass, share in
            if pass == 0 {
                pack(first, into: firstPanels, rows: rows, share: share)
                if let second, let secondPanels { pack(second, into: secondPanels, rows: rows, share: share) }
                return
            }
            let products = OuterProducts(rows: rows, chains: phase)
            for task in team.tasks(ofShare: share, taskCount: division.taskCount) {
                let block = division.block(ofTask: task)
                let sums = allSums.slice(from: (isCarried ? task : share) * sumCount, count: sumCount)
                let packed = packedLeft.view.slice(from: share * OuterProducts.packedCount, count: OuterProducts.packedCount)
                let left = derivatives.left(columns: block.columns)
                let bias = block.isFirst ? derivatives.biasGradient : nil
                let firstPart = block.firstPanels.map { first.right(firstPanels, panels: $0) }
                var secondPart: OuterProducts.Right?
                if let second, let secondPanels, let panels = block.secondPanels { secondPart = second.right(secondPanels, panels: panels) }
                if let firstPart {
                    products.sum(left, firstPart, and: secondPart, biasGradient: bias, packed: packed, sums: sums)
                } else if let secondPart {
                    products.sum(left, secondPart, biasGradient: bias, packed: packed, sums: sums)
                }
            }
        }
    }

    /// Σ over the rows, shard by shard, in float32: as a bias's gradient.
    /// - Parameters:
    ///   - numbers: row r begins at `r * rowStride`; rows of whole panels.
    ///   - layout: of the numbers in a row.
    func sumRows(
        _ numbers: FloatView, rowStride: Int, _ layout: GateLayout, rows: ShardedRows, phase: AccumulationPhase, into gradient: FloatView, carried: CarriedSums
    ) {
        sum(
            Factor(right: OperandView(numbers), rowStride: rowStride, columnCount: 0, gradient: gradient),
            derivatives: Derivatives(
                numbers: OperandView(numbers), rowStride: rowStride, weightRows: WeightRows(groupCount: layout.groupCount, groupSize: layout.hidden),
                biasGradient: gradient),
            rows: rows, phase: phase, carried: carried)
    }

    /// The same of rows of `count` numbers.
    package func sumRows(
        _ numbers: FloatView, rowStride: Int, count: Int, rows: ShardedRows, phase: AccumulationPhase, into gradient: FloatView, carried: CarriedSums
    ) {
        sumRows(numbers, rowStride: rowStride, GateLayout(hidden: count, groupCount: 1), rows: rows, phase: phase, into: gradient, carried: carried)
    }

    private func pack(_ factor: Factor, into panels: PanelView, rows: ShardedRows, share: Int) {
        rows.pack(
            factor.right, rowStride: factor.rowStride, columnCount: factor.columnCount, into: panels,
            panels: team.tasks(ofShare: share, taskCount: panels.panelCount))
    }

    private func packedPanels(_ first: Factor, _ second: Factor?, stepCount: Int) -> (PanelView, PanelView?) {
        let firstCount = first.packedCount(stepCount: stepCount)
        let secondCount = second?.packedCount(stepCount: stepCount) ?? 0
        if packedMemory.count < firstCount + secondCount { packedMemory = FloatMemory(count: firstCount + secondCount) }
        let memory = packedMemory.view
        return (
            first.panels(in: memory.slice(from: 0, count: firstCount), stepCount: stepCount),
            second.map { $0.panels(in: memory.slice(from: firstCount, count: secondCount), stepCount: stepCount) }
        )
    }
}

/// A gradient's sums between parts of its rows. Empty as long as rows come in one part.
///
/// Sendable: tasks write disjoint blocks, and memory changes size only between passes.
package final class CarriedSums: @unchecked Sendable {
    private var floats = FloatMemory(count: 0)

    package init() {}

    func memory(count: Int) -> FloatView {
        if floats.count < count { floats = FloatMemory(count: count) }
        return floats.view
    }
}

extension WeightGradients.Factor {
    fileprivate func packedCount(stepCount: Int) -> Int { PanelView.wordCount(stepCount: stepCount, columnCount: columnCount) }

    fileprivate func panels(in floats: FloatView, stepCount: Int) -> PanelView {
        PanelView(floats: floats, stepCount: stepCount, columnCount: columnCount, precision: right.precision)
    }

    fileprivate func right(_ packed: PanelView, panels: Range<Int>) -> OuterProducts.Right {
        OuterProducts.Right(packed, panels: panels, columnCount: columnCount, gradient: gradient)
    }
}

extension WeightGradients.Derivatives {
    fileprivate func left(columns: Range<Int>) -> OuterProducts.Left {
        OuterProducts.Left(numbers, rowStride: rowStride, weightRows: weightRows, columns: columns, softmax: softmax)
    }
}

/// Division of gradients into tasks: blocks of the derivatives' columns, as even as whole blocks of 16 can be, × blocks of panels. Two narrow factors
/// are one block.
private struct Division {
    /// One task.
    struct Block {
        let columns: Range<Int>
        let firstPanels: Range<Int>?
        let secondPanels: Range<Int>?
        /// Whether it is the one among those of its columns that also sums the bias.
        let isFirst: Bool
    }

    private let columnCount: Int
    private let columnBlocks: Int
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
        columnCount = derivatives.weightRows.columnCount
        columnBlocks = blocks(columnCount, by: OuterProducts.blockWidth)
        firstPanelCount = first.panelCount
        secondPanelCount = second?.panelCount ?? 0
        // As large as the caches allow, but for all threads to have some.
        isTogether = firstPanelCount + secondPanelCount <= OuterProducts.blockPanelCount && columnBlocks >= 2 * threadCount
        var size = OuterProducts.blockPanelCount
        while size > 1 && columnBlocks * (blocks(firstPanelCount, by: size) + blocks(secondPanelCount, by: size)) < 2 * threadCount { size = (size + 1) / 2 }
        panelsPerTask = size
        firstBlocks = isTogether ? 1 : blocks(firstPanelCount, by: size)
        // Without a panel the biases are left.
        panelBlocks = isTogether ? 1 : max(1, firstBlocks + blocks(secondPanelCount, by: size))
        taskCount = columnBlocks * panelBlocks
    }

    func block(ofTask task: Int) -> Block {
        let (columnBlock, panelBlock) = task.quotientAndRemainder(dividingBy: panelBlocks)
        let sixteens = columnCount / 16
        let columns = columnBlock * sixteens / columnBlocks * 16..<(columnBlock + 1) * sixteens / columnBlocks * 16
        if isTogether {
            let second = secondPanelCount == 0 ? nil : 0..<secondPanelCount
            return Block(columns: columns, firstPanels: 0..<firstPanelCount, secondPanels: second, isFirst: true)
        }
        func panels(_ block: Int, of count: Int) -> Range<Int> { min(count, block * panelsPerTask)..<min(count, (block + 1) * panelsPerTask) }
        let isOfFirst = panelBlock < firstBlocks || firstPanelCount == 0
        return Block(
            columns: columns, firstPanels: isOfFirst ? panels(panelBlock, of: firstPanelCount) : nil,
            secondPanels: isOfFirst ? nil : panels(panelBlock - firstBlocks, of: secondPanelCount), isFirst: panelBlock == 0)
    }
}
