import Foundation
import Inference

/// How often each label is on, is named, and both; its loss, and the time steps with the highest losses.
///
/// Undefined shares, 0/0, are nil for a single label, and count as 0 in averages, as in scikit-learn.
struct LabelCounts {
    /// A time step with the labels that are on, and those that the model names: likelier on than off.
    struct Step {
        /// Index in its part.
        let sequence: Int
        /// Within its sequence, of the step after which the labels are predicted.
        let time: Int
        let target: [Int]
        let named: [Int]
    }

    private(set) var stepCount = 0
    /// Time steps at which each label is on, is named, and is both: `[labels]`.
    private(set) var onCounts: [Int]
    private(set) var namedCounts: [Int]
    private(set) var rightCounts: [Int]
    /// Σ of each label's binary cross-entropy over time steps, in nats: `[labels]`.
    private var losses: [Double]
    private(set) var worst = HighestLosses<Step>(limit: 10)

    init(labelCount: Int) {
        let zeros = Array(repeating: 0, count: labelCount)
        (onCounts, namedCounts, rightCounts) = (zeros, zeros, zeros)
        losses = Array(repeating: 0, count: labelCount)
    }

    /// Skips predictions of classes.
    mutating func add(_ prediction: Prediction) {
        guard case .numbers(let target) = prediction.target else { return }
        var stepLoss = 0.0
        for (label, score) in prediction.outputs.enumerated() {
            let (score, isOn) = (Double(score), target[label] > 0.5)
            // ln(1 + exp(±score)), without an exponential that overflows.
            let loss = log1p(exp(-abs(score))) + max(0, isOn ? -score : score)
            losses[label] += loss
            stepLoss += loss
            if isOn { onCounts[label] += 1 }
            if score > 0 { namedCounts[label] += 1 }
            if isOn, score > 0 { rightCounts[label] += 1 }
        }
        stepCount += 1
        worst.add(stepLoss) {
            Step(
                sequence: prediction.sequence, time: prediction.time, target: target.indices.filter { target[$0] > 0.5 },
                named: prediction.outputs.indices.filter { prediction.outputs[$0] > 0 })
        }
    }

    func precision(of label: Int) -> Double? { share(rightCounts[label], namedCounts[label]) }
    func recall(of label: Int) -> Double? { share(rightCounts[label], onCounts[label]) }
    /// 2·right / (on + named); nil for a label without either.
    func f1(of label: Int) -> Double? { share(2 * rightCounts[label], onCounts[label] + namedCounts[label]) }
    /// Mean over time steps.
    func loss(of label: Int) -> Double? { stepCount == 0 ? nil : losses[label] / Double(stepCount) }

    private func share(_ count: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(count) / Double(whole) }

    /// Of all labels together: scikit-learn's "micro avg".
    var together: (precision: Double?, recall: Double?, f1: Double?) {
        let (on, named, right) = (onCounts.reduce(0, +), namedCounts.reduce(0, +), rightCounts.reduce(0, +))
        return (share(right, named), share(right, on), share(2 * right, on + named))
    }

    /// Mean of a label's figure over the labels that are on or named at all; nil without any.
    func macroAverage(_ figure: (Int) -> Double?) -> Double? {
        let labels = onCounts.indices.filter { onCounts[$0] + namedCounts[$0] > 0 }
        return labels.isEmpty ? nil : labels.reduce(0) { $0 + (figure($1) ?? 0) } / Double(labels.count)
    }

    /// The labels with the lowest F1 among those that are on at all, the lowest first; of equal ones those that are on more often.
    func worstLabels(limit: Int) -> [Int] {
        let labels = onCounts.indices.filter { onCounts[$0] > 0 }
        return Array(labels.sorted { (f1(of: $0) ?? 0, -onCounts[$0], $0) < (f1(of: $1) ?? 0, -onCounts[$1], $1) }.prefix(limit))
    }
}
