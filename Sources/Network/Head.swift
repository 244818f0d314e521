import Batches
import Kernels
import Scheduling

/// The linear layer on top, on every time step or on each sequence's last, and the loss.
///
/// Outputs are taken in blocks of 192. A block's weights are packed when its turn comes, into memory that stays in the cache, so that a large
/// vocabulary's go by once a pass. Softmax is made while a block of scores is in the cache (``Softmax``): memory gets e^(score - block's maximum),
/// and whoever reads that multiplies it with a factor for its row and block. So scores are written once and read twice, for the hidden states' and
/// for the weights' gradient.
final class Head {
    /// Outputs of a block, as many as weight rows of a gradient's task.
    static let blockWidth = OuterProducts.blockWidth
    /// Rows that go through a block at once.
    static let chunkRows = 96

    let team: GateTeam
    let shape: NetworkShape
    let layout: GateLayout
    private(set) var weight: FloatView?
    private let bias: FloatMemory
    private var outputMemory = FloatMemory(count: 0)
    private var lastMemory = FloatMemory(count: 0)
    private var lastGradientMemory = FloatMemory(count: 0)
    private let scratchMemory: FloatMemory
    private let softmax: Softmax
    let carriedSums = CarriedSums()
    private let rowLosses = RowLosses()
    /// Rows of `outputs`: time · batch, or batch.
    private(set) var rowCount = 0

    init(shape: NetworkShape, team: GateTeam) {
        self.team = team
        self.shape = shape
        layout = GateLayout(hidden: shape.hidden)
        bias = FloatMemory(count: PanelView.panelCount(columns: shape.outputs) * PanelView.width)
        let widest = max(shape.hidden, PanelView.panelCount(columns: shape.hidden) * PanelView.width)
        scratchCount = Self.blockWidth * widest
        scratchMemory = FloatMemory(count: team.threadCount * scratchCount)
        softmax = Softmax(outputCount: shape.outputs)
    }

    private let scratchCount: Int
    /// Memory for a block's packed weights, a thread's own.
    func scratch(ofShare share: Int) -> FloatView { scratchMemory.view.slice(from: share * scratchCount, count: scratchCount) }

    var blockCount: Int { (shape.outputs + Self.blockWidth - 1) / Self.blockWidth }
    /// Outputs of a block.
    func columns(ofBlock block: Int) -> Range<Int> { block * Self.blockWidth..<min((block + 1) * Self.blockWidth, shape.outputs) }
    /// Floats from one row of `outputs` to the next: whole panels.
    var outputWidth: Int { PanelView.panelCount(columns: shape.outputs) * PanelView.width }
    /// Scores or predictions after `score`. After `loss` predictions have become derivatives, and scores their exponentials, to be multiplied with
    /// the softmax's factors. `[rowCount, outputWidth]`.
    var outputs: FloatView { outputMemory.view }

    /// Takes the parameters, which must live until the next `load`.
    func load(weight: FloatView, bias source: FloatView) {
        self.weight = weight
        bias.view.copy(source)
    }

    // MARK: Forward

    /// outputs = W·h + b, of every row of `hidden` `[time, batch, units]` or of each sequence's last.
    func score(_ hidden: FloatView, batch: Batch) {
        let source = begin(hidden, batch: batch)
        forEachBlock { block, rows, panels in multiply(source, rows: rows, block: block, by: panels) }
    }

    /// The loss of `hidden`, whose derivatives are those of Σ over targets / `divisor`.
    /// - Parameters:
    ///   - hidden: nil if the last rows have been gathered (``gatherLast(of:batch:times:)``).
    ///   - continues: whether the rows follow those of the last call in time: their losses are added to those.
    func loss(_ hidden: FloatView?, batch: Batch, divisor: Int, continues: Bool = false) -> Losses {
        let source = begin(hidden, batch: batch)
        let scale = 1 / Float(max(1, divisor))
        rowLosses.begin(count: rowCount)
        switch batch.target {
        case .tokenEveryStep(let targets), .classAtEnd(let targets):
            softmax.begin(targets: targets, rowCount: rowCount, scale: scale)
            forEachBlock { block, rows, panels in
                for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.chunkRows) {
                    let chunk = first..<min(first + Self.chunkRows, rows.upperBound)
                    multiply(source, rows: chunk, block: block, by: panels)
                    for row in chunk { softmax.exponentiate(outputs, at: row * outputWidth + block * Self.blockWidth, row: row, block: block) }
                }
            }
            team.run(taskCount: team.threadCount) { part in
                for row in team.tasks(ofShare: part, taskCount: rowCount) { softmax.normalize(row: row, losses: rowLosses) }
            }
        case .vectorAtEnd(let targets, let outputCount):
            forEachBlock { block, rows, panels in multiply(source, rows: rows, block: block, by: panels) }
            for row in 0..<rowCount {
                rowLosses.setSquaredError(
                    row, of: outputs.slice(from: row * outputWidth, count: outputCount), targets: targets, from: row * outputCount, scale: scale)
            }
        }
        return rowLosses.bySequence(sequenceCount: batch.sequenceCount, continues: continues)
    }

    private func begin(_ hidden: FloatView?, batch: Batch) -> FloatView {
        let isEveryStep = shape.head == .everyStep
        rowCount = isEveryStep ? batch.timeCount * batch.sequenceCount : batch.sequenceCount
        if outputMemory.count < rowCount * outputWidth { outputMemory = FloatMemory(count: rowCount * outputWidth) }
        guard let hidden else { return lastMemory.view }
        if isEveryStep { return hidden }
        gatherLast(of: hidden, batch: batch, times: 0..<batch.timeCount)
        return lastMemory.view
    }

    /// Packs each block's weights and calls `body` with them, for some rows or all.
    private func forEachBlock(_ body: (_ block: Int, _ rows: Range<Int>, _ panels: PanelView) -> Void) {
        guard let weight else { preconditionFailure("the head has no weights before load") }
        let rowParts = (team.threadCount + blockCount - 1) / blockCount
        team.run(phaseCount: 1) { _, share in
            for task in team.tasks(ofShare: share, taskCount: blockCount * rowParts) {
                let (block, part) = task.quotientAndRemainder(dividingBy: rowParts)
                let columns = columns(ofBlock: block)
                let panels = PanelView(floats: scratch(ofShare: share), depth: shape.hidden, columnCount: columns.count)
                panels.packRows(of: weight, panels: 0..<panels.panelCount) { panel, vector in
                    let first = columns.lowerBound + panel * PanelView.width + vector * laneCount
                    return (min(first, columns.upperBound), max(0, min(laneCount, columns.upperBound - first)))
                }
                body(block, part * rowCount / rowParts..<(part + 1) * rowCount / rowParts, panels)
            }
        }
    }

    private func multiply(_ source: FloatView, rows: Range<Int>, block: Int, by panels: PanelView) {
        let first = block * Self.blockWidth
        panels.multiply(
            rows: rows, of: RowsOperand(source, rowStride: layout.stateWidth), into: outputs.slice(from: first, count: outputs.count - first),
            rowStride: outputWidth, bias: bias.view.slice(from: first, count: bias.count - first))
    }

    /// Keeps the hidden states of the sequences that end within `times`, whose rows `hidden` has.
    func gatherLast(of hidden: FloatView, batch: Batch, times: Range<Int>) {
        let width = layout.stateWidth
        if lastMemory.count < batch.sequenceCount * width { lastMemory = FloatMemory(count: batch.sequenceCount * width) }
        for sequence in 0..<batch.sequenceCount where times.contains(batch.lengths[sequence] - 1) {
            let row = (batch.lengths[sequence] - 1 - times.lowerBound) * batch.sequenceCount + sequence
            lastMemory.view.copy(hidden.slice(from: row * width, count: width), to: sequence * width)
        }
    }

    // MARK: Backward

    /// Writes ∂L/∂h to `target` `[time, batch, rowStride]`, whole panels wide.
    func hiddenGradients(into target: FloatView, rowStride: Int, batch: Batch) {
        guard shape.head == .lastStep else {
            multiplyDerivatives(into: target, rowStride: rowStride)
            return
        }
        multiplyLastDerivatives(rowStride: rowStride, batch: batch)
        scatterLast(into: target, rowStride: rowStride, batch: batch, times: 0..<batch.timeCount)
    }

    /// ∂L/∂h of each sequence's last time step, for ``scatterLast(into:rowStride:batch:times:)``.
    func multiplyLastDerivatives(rowStride: Int, batch: Batch) {
        let count = batch.sequenceCount * rowStride
        if lastGradientMemory.count < count { lastGradientMemory = FloatMemory(count: count) }
        multiplyDerivatives(into: lastGradientMemory.view, rowStride: rowStride)
    }

    /// Writes ∂L/∂h of all rows of `times`: 0 but where a sequence ends.
    func scatterLast(into target: FloatView, rowStride: Int, batch: Batch, times: Range<Int>) {
        target.slice(from: 0, count: times.count * batch.sequenceCount * rowStride).fill(0)
        for sequence in 0..<batch.sequenceCount where times.contains(batch.lengths[sequence] - 1) {
            let row = (batch.lengths[sequence] - 1 - times.lowerBound) * batch.sequenceCount + sequence
            target.copy(lastGradientMemory.view.slice(from: sequence * rowStride, count: rowStride), to: row * rowStride)
        }
    }

    /// ∂L/∂h of each row: a task is some panels of units, and some rows if panels are few.
    private func multiplyDerivatives(into target: FloatView, rowStride: Int) {
        let panelCount = PanelView.panelCount(columns: shape.hidden)
        let panelParts = min(panelCount, team.threadCount)
        let rowParts = (team.threadCount + panelParts - 1) / panelParts
        team.run(phaseCount: 1) { _, share in
            for task in team.tasks(ofShare: share, taskCount: panelParts * rowParts) {
                let (panelPart, rowPart) = task.quotientAndRemainder(dividingBy: rowParts)
                let panels = panelPart * panelCount / panelParts..<(panelPart + 1) * panelCount / panelParts
                multiplyDerivatives(
                    rows: rowPart * rowCount / rowParts..<(rowPart + 1) * rowCount / rowParts,
                    units: panels.lowerBound * PanelView.width..<min(shape.hidden, panels.upperBound * PanelView.width), into: target,
                    rowStride: rowStride, scratch: scratch(ofShare: share))
            }
        }
    }

    private func multiplyDerivatives(rows: Range<Int>, units: Range<Int>, into target: FloatView, rowStride: Int, scratch: FloatView) {
        guard let weight else { preconditionFailure("the head has no weights before load") }
        let part = target.slice(from: units.lowerBound, count: target.count - units.lowerBound)
        for block in 0..<blockCount {
            let outputs = columns(ofBlock: block)
            let panels = PanelView(floats: scratch, depth: outputs.count, columnCount: units.count)
            panels.packColumns(of: weight, columnCount: units.count, panels: 0..<panels.panelCount) {
                (outputs.lowerBound + $0) * shape.hidden + units.lowerBound
            }
            let left = RowsOperand(self.outputs.slice(from: outputs.lowerBound, count: self.outputs.count - outputs.lowerBound), rowStride: outputWidth)
            for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.chunkRows) {
                let chunk = first..<min(first + Self.chunkRows, rows.upperBound)
                if block == 0 { beginDerivatives(rows: chunk, units: units, in: target, rowStride: rowStride) }
                switch shape.loss {
                case .crossEntropy:
                    panels.multiply(
                        rows: chunk, of: left, addingTo: part, rowStride: rowStride, times: softmax.factors(ofBlock: block),
                        factorStride: softmax.factorStride)
                case .squaredError: panels.multiply(rows: chunk, of: left, addingTo: part, rowStride: rowStride)
                }
            }
        }
    }

    /// Sets ∂L/∂h to the targets' part of it: -scale · the target's weights.
    private func beginDerivatives(rows: Range<Int>, units: Range<Int>, in target: FloatView, rowStride: Int) {
        for row in rows {
            let start = target.slice(from: row * rowStride + units.lowerBound, count: PanelView.panelCount(columns: units.count) * PanelView.width)
            start.fill(0)
            guard shape.loss == .crossEntropy, let weight, let output = softmax.target(ofRow: row) else { continue }
            start.slice(from: 0, count: units.count).subtract(
                weight.slice(from: output * shape.hidden + units.lowerBound, count: units.count), times: softmax.scale)
        }
    }

    /// Sums the gradients of weight `[outputs, hidden]` and bias.
    func sumGradients(_ sums: WeightGradients, hidden: FloatView, weight: FloatView, bias: FloatView, batch: Batch, shards: [Range<Int>]) {
        let everyStep = shape.head == .everyStep
        sums.sum(
            WeightGradients.Factor(
                right: everyStep ? hidden : lastMemory.view, rowStride: layout.stateWidth, columnCount: shape.hidden, gradient: weight),
            derivatives: WeightGradients.Derivatives(
                floats: outputs, rowStride: outputWidth, groupCount: 1, groupSize: shape.outputs, groupStart: 0, blockStride: 16,
                biasGradient: bias, softmax: shape.loss == .crossEntropy ? softmax.rows : nil),
            rows: ShardedRows(timeCount: everyStep ? batch.timeCount : 1, shards: shards), carried: carriedSums)
    }
}
