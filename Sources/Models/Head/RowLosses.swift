import Batches
import Distributions
import Kernels
import Layers

/// Losses of rows of outputs, filled by several threads, each row by one of them. Memory grows to the most rows seen.
final class RowLosses: @unchecked Sendable {
    private var sums: UnsafeMutableBufferPointer<Double> = .allocate(capacity: 0)
    private var absoluteErrors: UnsafeMutableBufferPointer<Double> = .allocate(capacity: 0)
    private var rightCounts: UnsafeMutableBufferPointer<Int32> = .allocate(capacity: 0)
    private var count = 0
    private var losses = SequenceLosses(sequenceCount: 0)

    deinit { free() }

    private func free() {
        sums.deallocate()
        absoluteErrors.deallocate()
        rightCounts.deallocate()
    }

    /// Makes room for `count` rows, all of them without a loss.
    func begin(count: Int) {
        if sums.count < count {
            free()
            sums = .allocate(capacity: count)
            absoluteErrors = .allocate(capacity: count)
            rightCounts = .allocate(capacity: count)
        }
        self.count = count
        sums.update(repeating: 0)
        absoluteErrors.update(repeating: 0)
        rightCounts.update(repeating: 0)
    }

    func set(_ row: Int, loss: Double, isRight: Bool) {
        sums[row] = loss
        rightCounts[row] = isRight ? 1 : 0
    }

    /// Σ over a row of the loss of each prediction; the predictions become its derivatives times `scale`. A target that is NaN is missing: it has neither.
    /// - Parameter start: the row's first among `targets`.
    func set(_ row: Int, _ loss: some NumberLoss, of predictions: FloatView, targets: [Float], from start: Int, scale: Float) {
        for output in 0..<predictions.count {
            guard !targets[start + output].isNaN else {
                predictions[output] = 0
                continue
            }
            let error = predictions[output] - targets[start + output]
            sums[row] += loss.value(ofError: error, output: output)
            absoluteErrors[row] += Double(abs(error))
            predictions[output] = loss.derivative(ofError: error, output: output) * scale
        }
    }

    /// Σ over a row's numbers of the loss of each under a distribution whose parameters are its outputs, which become the loss's derivatives times `scale`.
    /// A number that is NaN is missing: it has neither.
    /// - Parameter start: the row's first among `targets`, of which each number has as many as parameters: itself, and what it is scaled by.
    func set(_ row: Int, _ family: DistributionFamily, of predictions: FloatView, targets: [Float], from start: Int, scale: Float) {
        let count = family.parameterCount
        for first in stride(from: 0, to: predictions.count, by: count) {
            guard !targets[start + first].isNaN else {
                for place in 0..<count { predictions[first + place] = 0 }
                continue
            }
            var outputs = SIMD4<Float>.zero
            for place in 0..<count { outputs[place] = predictions[first + place] }
            let loss = family.loss(of: Double(targets[start + first]), outputs: outputs, scale: Double(targets[start + first + 1]))
            sums[row] += loss.value
            for place in 0..<count { predictions[first + place] = Float(loss.derivatives[place]) * scale }
        }
    }

    /// The loss of a row's numbers under a mixture whose parameters are the row's outputs, which become its derivatives times `scale`. Counts as right a pen's state
    /// that is the likeliest.
    /// - Parameter start: the row's first among `targets`.
    func set(_ row: Int, _ mixture: MixtureDensity, of outputs: FloatView, targets: [Float], from start: Int, scale: Float) {
        let loss = mixture.differentiate(outputs, targets: targets, from: start, scale: scale)
        sums[row] = loss.value
        rightCounts[row] = loss.isPenRight ? 1 : 0
    }

    /// Σ over a row's labels of the binary cross-entropy; the outputs become its derivatives times `scale`. Counts as right the labels that are on and named,
    /// and as errors those that are one of both.
    /// - Parameter start: the row's first among `targets`.
    func setLabels(_ row: Int, of outputs: FloatView, targets: [Float], from start: Int, scale: Float) {
        for label in 0..<outputs.count {
            let (output, target) = (outputs[label], targets[start + label])
            let (isOn, isNamed) = (target > 0.5, BinaryCrossEntropy.isNamed(output))
            sums[row] += BinaryCrossEntropy.value(output, target: target)
            absoluteErrors[row] += isOn == isNamed ? 0 : 1
            rightCounts[row] += isOn && isNamed ? 1 : 0
            outputs[label] = BinaryCrossEntropy.derivative(output, target: target) * scale
        }
    }

    /// A sequence's rows added up in the order of time. Row r belongs to sequence r mod `sequenceCount`.
    /// - Parameters:
    ///   - continues: whether they are added to those of the last call.
    ///   - keptScores: has the rows' targets and scores, where they are kept.
    func bySequence(sequenceCount: Int, continues: Bool, keptScores: Softmax? = nil) -> SequenceLosses {
        if losses.sums.count != sequenceCount {
            losses = SequenceLosses(sequenceCount: sequenceCount)
        } else if !continues {
            losses.reset()
        }
        if keptScores != nil, losses.scores.isEmpty { losses.scores = Array(repeating: TargetScores(), count: sequenceCount) }
        for row in 0..<count {
            let sequence = row % sequenceCount
            if let kept = keptScores?.keptScores(row: row) {
                losses.scores[sequence].targets.append(kept.target)
                losses.scores[sequence].scores += kept.scores.array()
            }
            losses.sums[sequence] += sums[row]
            losses.absoluteErrors[sequence] += absoluteErrors[row]
            losses.rightCounts[sequence] += Int(rightCounts[row])
        }
        return losses
    }
}
