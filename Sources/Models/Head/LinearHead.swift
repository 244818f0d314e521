import Batches
import Kernels
import Layers
import Threads

/// A linear layer on every time step or on each sequence's last, with softmax and cross-entropy, or with a loss of each output (``NumberLoss``,
/// ``BinaryCrossEntropy``) or of those that are a distribution's parameters (``DistributionFamily``,
/// ``MixtureDensity``).
///
/// Outputs are taken in blocks of 192. A block's weights are packed when its turn comes, into memory that stays in the cache, so that a large
/// vocabulary's go by once a pass. Softmax is made while a block of scores is in the cache (``Softmax``): memory gets e^(score - block's maximum),
/// and readers multiply it by a factor for its row and block. So scores are written once and read twice, for the hidden states' and
/// for the weights' gradient.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class LinearHead: Head, @unchecked Sendable {
    /// Outputs of a block, as many as weight rows of a gradient's task.
    static let blockWidth = OuterProducts.blockWidth
    /// Rows that go through a block at once.
    static let chunkRows = 96

    let team: ThreadTeam
    let shape: ModelDescription
    let precision: Precision
    /// Numbers that it reads of a row, and floats from one row to the next.
    let inputWidth: Int
    let rowStride: Int
    let weightSlot: Parameter
    let biasSlot: Parameter
    let sums: WeightGradients
    private(set) var weight: FloatView?
    /// With label smoothing: Σ over outputs of the weights, `[units]`; known since the last `load`, or not yet.
    let weightSums: FloatMemory
    var weightSumsAreKnown = false
    private let bias: FloatMemory
    private var outputMemory = FloatMemory(count: 0)
    /// With bfloat16: exponentials, `[rowCount, outputWidth]`.
    private var pairMemory = FloatMemory(count: 0)
    private var lastMemory = FloatMemory(count: 0)
    var lastGradientMemory = FloatMemory(count: 0)
    private let scratchMemory: FloatMemory
    private let packedFloatCount: Int
    private let scratchCount: Int
    let softmax: Softmax
    /// Nil where the loss isn't a function of each output's error.
    let numberLoss: (any NumberLoss)?
    let carriedSums = CarriedSums()
    private let rowLosses = RowLosses()
    /// Rows of `outputs`: time · batch, or batch.
    private(set) var rowCount = 0

    /// - Parameter precision: float32 where the loss isn't cross-entropy.
    init(shape: ModelDescription, _ plan: LayerPlan, precision: Precision, _ context: LayerContext) {
        numberLoss = shape.loss.ofNumbers
        precondition(precision == .float32 || shape.loss == .crossEntropy)
        team = context.team
        sums = context.gradientSums
        self.shape = shape
        self.precision = precision
        (weightSlot, biasSlot) = (plan.parameters[0], plan.parameters[1])
        let inputWidth = plan.inputWidth
        self.inputWidth = inputWidth
        rowStride = Signal.rowStride(units: inputWidth)
        bias = FloatMemory(count: PanelView.panelCount(columns: shape.outputs) * PanelView.width)
        let widest = max(inputWidth, PanelView.panelCount(columns: inputWidth) * PanelView.width)
        packedFloatCount = Self.blockWidth * widest
        scratchCount = packedFloatCount + (precision == .float32 ? 0 : Self.chunkRows * Self.blockWidth)
        scratchMemory = FloatMemory(count: team.threadCount * scratchCount)
        softmax = Softmax(outputCount: shape.outputs)
        weightSums = FloatMemory(count: widest + PanelView.width)
    }

    /// Memory for a block's packed weights, a thread's own.
    func scratch(ofShare share: Int) -> FloatView { scratchMemory.view.slice(from: share * scratchCount, count: packedFloatCount) }
    /// With bfloat16: memory for a block of scores, a thread's own.
    private func scoreScratch(ofShare share: Int) -> FloatView {
        scratchMemory.view.slice(from: share * scratchCount + packedFloatCount, count: scratchCount - packedFloatCount)
    }

    /// Whether outputs are made exponentials in place, and not derivatives.
    var usesSoftmax: Bool { shape.loss == .crossEntropy }
    var blockCount: Int { (shape.outputs + Self.blockWidth - 1) / Self.blockWidth }
    /// Outputs of a block.
    func columns(ofBlock block: Int) -> Range<Int> { block * Self.blockWidth..<min((block + 1) * Self.blockWidth, shape.outputs) }
    /// Floats from one row of `outputs` to the next: whole panels.
    var outputWidth: Int { PanelView.panelCount(columns: shape.outputs) * PanelView.width }
    /// Scores or predictions after `score`, `[rowCount, outputWidth]`.
    var outputs: FloatView { outputMemory.view }
    /// After `loss` what products read, `[rowCount, outputWidth]`: derivatives of predictions, or scores' exponentials, to be multiplied with the
    /// softmax's factors. In float32 they have taken the outputs' place.
    var derivatives: OperandView {
        OperandView(words: precision == .float32 ? outputMemory.view : pairMemory.view, precision: precision)
    }

    /// Takes the parameters, which must live until the next `load`.
    func load(_ parameters: FloatView) {
        weight = weightSlot.view(in: parameters)
        weightSumsAreKnown = false
        bias.view.copy(biasSlot.view(in: parameters))
    }

    /// The rows of a layer's outputs that this head's products read.
    func rows(of signal: Signal) -> OperandView {
        guard case .rows(let rounded, let exact, _) = signal else { preconditionFailure("the head reads a layer's outputs") }
        return precision == .float32 ? OperandView(exact) : rounded
    }

    // MARK: Forward

    /// outputs = W·h + b, of every row of `input` `[time, batch, units]` or of each sequence's last.
    func score(_ input: Signal, batch: Batch) {
        let source = begin(input, batch: batch)
        makeOutputs()
        forEachBlock { block, rows, panels, _ in multiply(source, rows: rows, block: block, by: panels) }
    }

    /// The loss of `input`, whose derivatives are those of Σ over targets / the divisor.
    /// - Parameters:
    ///   - input: nil if the last rows have been gathered (``gatherLast(of:batch:times:)``).
    ///   - continues: whether the rows follow those of the last call in time: their losses are added to those.
    func loss(_ input: Signal?, batch: Batch, _ settings: LossSettings, continues: Bool) -> SequenceLosses {
        let source = begin(input, batch: batch)
        let scale = settings.scale
        rowLosses.begin(count: rowCount)
        guard let target = batch.target else { preconditionFailure("a loss needs targets") }
        switch target {
        case .tokenEveryStep(let targets) where usesSoftmax, .classAtEnd(let targets) where usesSoftmax:
            softmax.begin(
                targets: targets, rowCount: rowCount, scale: scale, labelSmoothing: settings.labelSmoothing, classWeights: settings.classWeights,
                keepsScores: settings.keepsScores)
            if precision == .float32 { makeOutputs() } else { makePairs() }
            forEachBlock { block, rows, panels, share in
                for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.chunkRows) {
                    exponentiate(source, rows: first..<min(first + Self.chunkRows, rows.upperBound), block: block, by: panels, share: share)
                }
            }
            team.run(taskCount: team.threadCount) { part in
                for row in team.tasks(ofShare: part, taskCount: rowCount) { softmax.normalize(row: row, losses: rowLosses) }
            }
        case .vectorAtEnd(let targets, let outputCount) where !usesSoftmax, .vectorEveryStep(let targets, let outputCount) where !usesSoftmax:
            makeOutputs()
            forEachBlock { block, rows, panels, _ in multiply(source, rows: rows, block: block, by: panels) }
            let isEveryStep = shape.head == .everyStep
            team.run(taskCount: team.threadCount) { part in
                for row in team.tasks(ofShare: part, taskCount: rowCount) {
                    guard !isEveryStep || row / batch.sequenceCount < batch.lengths[row % batch.sequenceCount] else {
                        outputs.slice(from: row * outputWidth, count: outputWidth).fill(0)
                        continue
                    }
                    let predictions = outputs.slice(from: row * outputWidth, count: shape.outputs)
                    if let numberLoss {
                        rowLosses.set(row, numberLoss, of: predictions, targets: targets, from: row * outputCount, scale: scale)
                    } else if let distribution = shape.loss.distribution {
                        rowLosses.set(row, distribution, of: predictions, targets: targets, from: row * outputCount, scale: scale)
                    } else if let mixture = shape.loss.mixture {
                        rowLosses.set(row, mixture, of: predictions, targets: targets, from: row * outputCount, scale: scale)
                    } else {
                        rowLosses.setLabels(row, of: predictions, targets: targets, from: row * outputCount, scale: scale)
                    }
                }
            }
        default: preconditionFailure("the targets don't fit the loss")
        }
        let kept = settings.keepsScores && usesSoftmax ? softmax : nil
        return rowLosses.bySequence(sequenceCount: batch.sequenceCount, continues: continues, keptScores: kept)
    }

    private func makeOutputs() {
        if outputMemory.count < rowCount * outputWidth { outputMemory = FloatMemory(count: rowCount * outputWidth) }
    }

    private func makePairs() {
        let count = precision.wordCount(rowCount * outputWidth)
        if pairMemory.count < count { pairMemory = FloatMemory(count: count) }
    }

    /// Scores of one block for some rows, and at once their exponentials.
    private func exponentiate(_ source: OperandView, rows: Range<Int>, block: Int, by panels: PanelView, share: Int) {
        let first = block * Self.blockWidth
        guard precision == .bfloat16 else {
            multiply(source, rows: rows, block: block, by: panels)
            for row in rows { softmax.exponentiate(outputs, at: row * outputWidth + first, row: row, block: block) }
            return
        }
        let scores = scoreScratch(ofShare: share)
        let width = panels.panelCount * PanelView.width
        let left = source.slice(from: rows.lowerBound * self.rowStride, count: rows.count * self.rowStride)
        panels.multiply(
            rows: 0..<rows.count, of: RowsOperand(left, rowStride: self.rowStride), into: scores, rowStride: width,
            bias: bias.view.slice(from: first, count: bias.count - first))
        for row in rows {
            let start = (row - rows.lowerBound) * width
            softmax.exponentiate(scores, at: start, row: row, block: block)
            derivatives.setRow(scores.slice(from: start, count: columns(ofBlock: block).count), at: row * outputWidth + first)
        }
    }

    var lastHiddens: OperandView { OperandView(words: lastMemory.view, precision: precision) }

    private func begin(_ input: Signal?, batch: Batch) -> OperandView {
        let isEveryStep = shape.head == .everyStep
        rowCount = isEveryStep ? batch.timeCount * batch.sequenceCount : batch.sequenceCount
        guard let input else { return lastHiddens }
        if isEveryStep { return rows(of: input) }
        gatherLast(of: input, batch: batch, times: 0..<batch.timeCount)
        return lastHiddens
    }

    /// Packs each block's weights and calls `body` with them, for some rows or all.
    private func forEachBlock(_ body: @Sendable (_ block: Int, _ rows: Range<Int>, _ panels: PanelView, _ share: Int) -> Void) {
        guard let weight else { preconditionFailure("the head has no weights before load") }
        let rowParts = (team.threadCount + blockCount - 1) / blockCount
        team.run(phaseCount: 1) { _, share in
            for task in team.tasks(ofShare: share, taskCount: blockCount * rowParts) {
                let (block, part) = task.quotientAndRemainder(dividingBy: rowParts)
                let columns = columns(ofBlock: block)
                let panels = PanelView(floats: scratch(ofShare: share), depth: inputWidth, columnCount: columns.count, precision: precision)
                panels.packRows(of: weight, depth: inputWidth, panels: 0..<panels.panelCount) { panel, vector in
                    let first = columns.lowerBound + panel * PanelView.width + vector * laneCount
                    return (min(first, columns.upperBound), max(0, min(laneCount, columns.upperBound - first)))
                }
                body(block, part * rowCount / rowParts..<(part + 1) * rowCount / rowParts, panels, share)
            }
        }
    }

    private func multiply(_ source: OperandView, rows: Range<Int>, block: Int, by panels: PanelView) {
        let first = block * Self.blockWidth
        panels.multiply(
            rows: rows, of: RowsOperand(source, rowStride: self.rowStride), into: outputs.slice(from: first, count: outputs.count - first),
            rowStride: outputWidth, bias: bias.view.slice(from: first, count: bias.count - first))
    }

    /// Keeps the last rows of the sequences that end within `times`, whose rows `input` has.
    func gatherLast(of input: Signal, batch: Batch, times: Range<Int>) {
        let (hidden, width) = (rows(of: input), rowStride)
        let wordCount = precision.wordCount(batch.sequenceCount * width)
        if lastMemory.count < wordCount { lastMemory = FloatMemory(count: wordCount) }
        for sequence in 0..<batch.sequenceCount where times.contains(batch.lengths[sequence] - 1) {
            let row = (batch.lengths[sequence] - 1 - times.lowerBound) * batch.sequenceCount + sequence
            lastHiddens.copy(hidden.slice(from: row * width, count: width), to: sequence * width)
        }
    }
}
