import Kernels
import Threads

/// The input's part of the gates' sums, W_ih·x + b, in rows of kept values, for all time steps at once: outside the recurrence, without a barrier.
struct InputSums {
    let team: ThreadTeam
    let weights: LayerWeights
    let activations: LayerActivations

    private var layouts: RowLayouts { weights.layouts }

    /// Multiplies real inputs, `[time, batch, inputWidth]`; a task is a gate's share of some rows.
    /// - Parameter rowStride: numbers from one row of `input` to the next.
    func multiply(_ input: OperandView, rowStride: Int) {
        multiply(input, rowStride: rowStride, of: activations.activeRows, into: activations.kept)
    }

    private func multiply(_ input: OperandView, rowStride: Int, of rows: ActiveRows, into target: FloatView) {
        let left = RowsOperand(input, rowStride: rowStride)
        team.run(taskCount: layouts.gateCount * team.threadCount) { task in
            let (gate, block) = task.quotientAndRemainder(dividingBy: team.threadCount)
            let panels = weights.inputPanels(ofGate: gate)
            rows.forEachRange(ofShare: block, of: team.threadCount) { rows in
                // While a block of rows goes through all panels, its inputs stay in the second-level cache.
                for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 96) {
                    Kernels.multiply(
                        rows: first..<min(first + 96, rows.upperBound), of: left, by: panels, panels: 0..<panels.panelCount,
                        ends: GateSums(
                            layout: layouts.kept, group: layouts.inputGroup(ofGate: gate), source: weights.bias, sourceStride: 0, target: target))
                }
            }
        }
    }

    /// Fills `table` `[vocabulary, kept]` with each token's sums from its embedding: then a token's row is a gather.
    func project(_ embedding: OperandView, rowStride: Int, vocabularyCount: Int, into table: FloatView) {
        multiply(embedding, rowStride: rowStride, of: ActiveRows(rowCount: vocabularyCount), into: table)
    }

    /// Fills `table` `[vocabulary, kept]` with each token's sums where the input is one-hot: a column of `inputWeight`, and the bias.
    func transpose(_ inputWeight: FloatView, vocabularyCount: Int, into table: FloatView) {
        team.run(taskCount: vocabularyCount) { token in
            let row = table.slice(from: token * layouts.kept.width, count: layouts.kept.width)
            for gate in 0..<layouts.gateCount {
                let group = layouts.inputGroup(ofGate: gate)
                for unit in 0..<layouts.hidden {
                    row[layouts.kept.index(group: group, unit: unit)] = inputWeight[(gate * layouts.hidden + unit) * vocabularyCount + token]
                }
            }
            for index in stride(from: 0, to: layouts.kept.width, by: 16) {
                row.setSixteen(weights.bias.sixteen(at: index) + weights.precision.rounded(row.sixteen(at: index)), at: index)
            }
        }
    }

    /// Copies each token's row of `table`.
    func gather(_ tokens: [Int32], from table: FloatView) {
        team.run(taskCount: team.threadCount) { block in
            OperandView(activations.kept).gather(
                rows: team.tasks(ofShare: block, taskCount: tokens.count), width: layouts.kept.width, of: table, tokens: tokens)
        }
    }
}
