import Kernels

/// Losses of rows of outputs, filled by several threads, a row by one.
final class RowLosses: @unchecked Sendable {
    private let sums: UnsafeMutableBufferPointer<Double>
    private let absoluteErrors: UnsafeMutableBufferPointer<Double>
    private let rights: UnsafeMutableBufferPointer<Bool>

    init(count: Int) {
        sums = .allocate(capacity: count)
        sums.initialize(repeating: 0)
        absoluteErrors = .allocate(capacity: count)
        absoluteErrors.initialize(repeating: 0)
        rights = .allocate(capacity: count)
        rights.initialize(repeating: false)
    }

    deinit {
        sums.deallocate()
        absoluteErrors.deallocate()
        rights.deallocate()
    }

    /// Cross-entropy of a row of scores, which become its derivatives; both 0 where no target is asked.
    func setCrossEntropy(_ row: Int, of scores: FloatView, count: Int, target: Int, scale: Float) {
        guard target >= 0 else {
            scores.fill(0)
            return
        }
        let result = Softmax.loss(scores: scores, count: count, target: target, scale: scale)
        sums[row] = result.loss
        rights[row] = result.isRight
    }

    /// Σ (prediction - target)² of a row; the predictions become its derivatives, 2 · (prediction - target) · scale.
    func setSquaredError(_ row: Int, of predictions: FloatView, targets: ArraySlice<Float>, scale: Float) {
        for (output, target) in targets.enumerated() {
            let error = predictions[output] - target
            sums[row] += Double(error) * Double(error)
            absoluteErrors[row] += Double(abs(error))
            predictions[output] = 2 * error * scale
        }
    }

    /// A sequence's rows added up in the order of time. Row r belongs to sequence r mod `sequenceCount`.
    func bySequence(sequenceCount: Int) -> Losses {
        var losses = Losses(sequenceCount: sequenceCount)
        for row in sums.indices {
            let sequence = row % sequenceCount
            losses.sums[sequence] += sums[row]
            losses.absoluteErrors[sequence] += absoluteErrors[row]
            losses.rightCounts[sequence] += rights[row] ? 1 : 0
        }
        return losses
    }
}
