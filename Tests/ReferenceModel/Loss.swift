import Foundation

/// What is asked of one row of the head's outputs.
enum Goal {
    /// The class that the softmax should give all its weight.
    case category(Int)
    /// The numbers that the outputs should be.
    case values([Double])
}

/// The loss of one row and its derivative by each output, neither divided by any count.
struct RowLoss {
    var value: Double
    /// `[outputs]`.
    private let derivative: [Double]

    init(_ outputs: [Double], _ goal: Goal, _ rounding: Rounding, labelSmoothing: Double, numberLoss: ReferenceModel.NumberLoss) {
        switch goal {
        case .category(let category): self.init(crossEntropyOf: outputs, category, rounding, labelSmoothing)
        case .values(let wanted): self.init(numberLoss, of: zip(outputs, wanted).map { $0 - $1 })
        }
    }

    /// The derivative of the loss divided by `count`.
    func derivative(dividedBy count: Int) -> [Double] { derivative.map { $0 / Double(count) } }

    /// Exponentials are rounded, being factors of the head's products, but not for their sum.
    ///
    /// Σ −target·log softmax(outputs); derivative softmax(outputs) − target. The target is one-hot(category), or with label smoothing ε that times 1 − ε,
    /// and ε divided among all outputs.
    private init(crossEntropyOf outputs: [Double], _ category: Int, _ rounding: Rounding, _ smoothing: Double) {
        // Less the largest, no exponential overflows and the sum is at least 1.
        let largest = outputs.reduce(-Double.infinity, max)
        let shifted = outputs.map { $0 - largest }
        let logarithm = log(shifted.reduce(0) { $0 + exp($1) })
        var target = outputs.map { _ in smoothing / Double(outputs.count) }
        target[category] += 1 - smoothing
        value = zip(target, shifted).reduce(0) { $0 + $1.0 * (logarithm - $1.1) }
        derivative = zip(target, shifted).map { rounding(exp($1)) / exp(logarithm) - $0 }
    }

    /// Of errors e = output − wanted: Σ e², Σ |e|, Σ of e²/2 up to δ and δ·(|e| − δ/2) beyond it, or Σ max(−q·e, (1 − q)·e).
    private init(_ loss: ReferenceModel.NumberLoss, of errors: [Double]) {
        switch loss {
        case .squared:
            value = errors.reduce(0) { $0 + $1 * $1 }
            derivative = errors.map { 2 * $0 }
        case .absolute:
            value = errors.reduce(0) { $0 + abs($1) }
            derivative = errors.map { $0 == 0 ? 0 : $0 / abs($0) }
        case .huber(let delta):
            value = errors.reduce(0) { $0 + (abs($1) <= delta ? $1 * $1 / 2 : delta * (abs($1) - delta / 2)) }
            derivative = errors.map { max(-delta, min(delta, $0)) }
        case .quantiles(let interval):
            let levels = errors.indices.map { [(1 - interval) / 2, 0.5, (1 + interval) / 2][$0 % 3] }
            value = zip(errors, levels).reduce(0) { $0 + ($1.0 < 0 ? -$1.1 * $1.0 : (1 - $1.1) * $1.0) }
            derivative = zip(errors, levels).map { $0 < 0 ? -$1 : $0 > 0 ? 1 - $1 : 0 }
        }
    }
}
