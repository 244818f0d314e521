import Batches
import Kernels
import Layers

/// Losses of rows of outputs, filled by several threads, each row by one of them. Memory grows to the most rows seen.
final class RowLosses: @unchecked Sendable {
    private var sums: UnsafeMutableBufferPointer<Double> = .allocate(capacity: 0)
    private var absoluteErrors: UnsafeMutableBufferPointer<Double> = .allocate(capacity: 0)
    private var rights: UnsafeMutableBufferPointer<Bool> = .allocate(capacity: 0)
    private var count = 0
    private var losses = SequenceLosses(sequenceCount: 0)

    deinit { free() }

    private func free() {
        sums.deallocate()
        absoluteErrors.deallocate()
        rights.deallocate()
    }

    /// Makes room for `count` rows, all of them without a loss.
    func begin(count: Int) {
        if sums.count < count {
            free()
            sums = .allocate(capacity: count)
            absoluteErrors = .allocate(capacity: count)
            rights = .allocate(capacity: count)
        }
        self.count = count
        sums.update(repeating: 0)
        absoluteErrors.update(repeating: 0)
        rights.update(repeating: false)
    }

    func set(_ row: Int, loss: Double, isRight: Bool) {
        sums[row] = loss
        rights[row] = isRight
    }

    /// Σ over a row of the loss of each prediction; the predictions become its derivatives times `scale`.
    /// - Parameter start: the row's first among `targets`.
    func set(_ row: Int, _ loss: some NumberLoss, of predictions: FloatView, targets: [Float], from start: Int, scale: Float) {
        for output in 0..<predictions.count {
            let error = predictions[output] - targets[start + output]
            sums[row] += loss.value(ofError: error, output: output)
            absoluteErrors[row] += Double(abs(error))
            predictions[output] = loss.derivative(ofError: error, output: output) * scale
        }
    }

    /// A sequence's rows added up in the order of time. Row r belongs to sequence r mod `sequenceCount`.
    /// - Parameter continues: whether they are added to those of the last call.
    func bySequence(sequenceCount: Int, continues: Bool) -> SequenceLosses {
        if losses.sums.count != sequenceCount {
            losses = SequenceLosses(sequenceCount: sequenceCount)
        } else if !continues {
            losses.reset()
        }
        for row in 0..<count {
            let sequence = row % sequenceCount
            losses.sums[sequence] += sums[row]
            losses.absoluteErrors[sequence] += absoluteErrors[row]
            losses.rightCounts[sequence] += rights[row] ? 1 : 0
        }
        return losses
    }
}
