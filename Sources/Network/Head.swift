import Batches
import Kernels
import Scheduling

/// The linear layer on top, on every time step or on each sequence's last, and the loss.
final class Head {
    private let team: GateTeam
    private let shape: NetworkShape
    private let layout: GateLayout
    private let rows: PanelMatrix
    private let columns: PanelMatrix
    private let bias: FloatMemory
    private var outputMemory = FloatMemory(count: 0)
    private var lastMemory = FloatMemory(count: 0)
    private var lastGradientMemory = FloatMemory(count: 0)
    /// Rows of `outputs`: time · batch, or batch.
    private(set) var rowCount = 0

    init(shape: NetworkShape, team: GateTeam) {
        self.team = team
        self.shape = shape
        layout = GateLayout(hidden: shape.hidden)
        rows = PanelMatrix(depth: shape.hidden, panelCount: PanelView.panelCount(columns: shape.outputs))
        columns = PanelMatrix(depth: shape.outputs, panelCount: PanelView.panelCount(columns: shape.hidden))
        bias = FloatMemory(count: rows.panelCount * PanelView.width)
    }

    /// Floats from one row of `outputs` to the next: whole panels.
    var outputWidth: Int { rows.panelCount * PanelView.width }
    /// Scores or predictions after `forward`; their derivatives after `lossAndDerivatives`. `[rowCount, outputWidth]`.
    var outputs: FloatView { outputMemory.view }

    func pack(weight: FloatView, bias source: FloatView) {
        bias.view.copy(source)
        let (hidden, outputs, rows, columns) = (shape.hidden, shape.outputs, rows.view, columns.view)
        team.run(taskCount: rows.panelCount) { task in
            rows.packRows(of: weight, panels: task..<task + 1) { panel, vector in
                let first = panel * PanelView.width + vector * laneCount
                return (min(first, outputs), max(0, min(laneCount, outputs - first)))
            }
        }
        team.run(taskCount: columns.panelCount) { task in
            columns.packColumns(of: weight, columnCount: hidden, panels: task..<task + 1) { $0 * hidden }
        }
    }

    /// outputs = W·h + b, of every row of `hidden` `[time, batch, units]` or of each sequence's last.
    func forward(_ hidden: FloatView, batch: Batch) {
        rowCount = shape.head == .everyStep ? batch.timeCount * batch.sequenceCount : batch.sequenceCount
        if outputMemory.count < rowCount * outputWidth { outputMemory = FloatMemory(count: rowCount * outputWidth) }
        let source = shape.head == .everyStep ? hidden : lastRows(of: hidden, batch: batch)
        let ends = BiasedProduct(into: outputs, rowStride: outputWidth, bias: bias.view)
        let panels = rows.view
        team.run(taskCount: team.threadCount) { block in
            panels.multiply(
                rows: team.tasks(ofShare: block, taskCount: rowCount),
                of: LeftOperand(rowsOf: source, rowStride: layout.stateWidth), panels: 0..<panels.panelCount, ends: ends)
        }
    }

    private func lastRows(of hidden: FloatView, batch: Batch) -> FloatView {
        let width = layout.stateWidth
        if lastMemory.count < batch.sequenceCount * width { lastMemory = FloatMemory(count: batch.sequenceCount * width) }
        for sequence in 0..<batch.sequenceCount {
            let row = (batch.lengths[sequence] - 1) * batch.sequenceCount + sequence
            lastMemory.view.copy(hidden.slice(from: row * width, count: width), to: sequence * width)
        }
        return lastMemory.view
    }

    /// Replaces the outputs by the loss's derivatives, where the loss is Σ over targets / `divisor`.
    func lossAndDerivatives(batch: Batch, divisor: Int) -> Losses {
        let rowLosses = RowLosses(count: rowCount)
        let scale = 1 / Float(max(1, divisor))
        team.run(taskCount: team.threadCount) { block in
            for row in team.tasks(ofShare: block, taskCount: rowCount) {
                let output = outputs.slice(from: row * outputWidth, count: outputWidth)
                switch batch.target {
                case .tokenEveryStep(let targets), .classAtEnd(let targets):
                    rowLosses.setCrossEntropy(row, of: output, count: shape.outputs, target: Int(targets[row]), scale: scale)
                case .vectorAtEnd(let targets, let outputCount):
                    rowLosses.setSquaredError(row, of: output, targets: targets[row * outputCount..<(row + 1) * outputCount], scale: scale)
                }
            }
        }
        return rowLosses.bySequence(sequenceCount: batch.sequenceCount)
    }

    /// Writes ∂L/∂h to `target` `[time, batch, rowStride]`.
    func hiddenGradients(into target: FloatView, rowStride: Int, batch: Batch, zeros: FloatView) {
        guard shape.head == .lastStep else {
            multiplyDerivatives(into: target, rowStride: rowStride, zeros: zeros)
            return
        }
        let count = batch.sequenceCount * rowStride
        if lastGradientMemory.count < count { lastGradientMemory = FloatMemory(count: count) }
        multiplyDerivatives(into: lastGradientMemory.view, rowStride: rowStride, zeros: zeros)
        target.slice(from: 0, count: batch.timeCount * count).fill(0)
        for sequence in 0..<batch.sequenceCount {
            let row = (batch.lengths[sequence] - 1) * batch.sequenceCount + sequence
            target.copy(lastGradientMemory.view.slice(from: sequence * rowStride, count: rowStride), to: row * rowStride)
        }
    }

    private func multiplyDerivatives(into target: FloatView, rowStride: Int, zeros: FloatView) {
        let panels = columns.view
        team.run(taskCount: team.threadCount) { block in
            panels.multiply(
                rows: team.tasks(ofShare: block, taskCount: rowCount),
                of: LeftOperand(rowsOf: outputs, rowStride: outputWidth), panels: 0..<panels.panelCount,
                ends: BiasedProduct(into: target, rowStride: rowStride, bias: zeros))
        }
    }

    /// Sums the gradients of weight `[outputs, hidden]` and bias.
    func sumGradients(_ sums: WeightGradients, hidden: FloatView, weight: FloatView, bias: FloatView, batch: Batch, shards: [Range<Int>]) {
        let everyStep = shape.head == .everyStep
        sums.sum(
            [
                WeightGradients.Factor(
                    right: everyStep ? hidden : lastMemory.view, rowStride: layout.stateWidth, columnCount: shape.hidden, gradient: weight)
            ],
            derivatives: WeightGradients.Derivatives(
                floats: outputs, rowStride: outputWidth, groupCount: 1, groupSize: shape.outputs, index: { $1 }, biasGradient: bias),
            rows: ShardedRows(timeCount: everyStep ? batch.timeCount : 1, shards: shards))
    }
}
