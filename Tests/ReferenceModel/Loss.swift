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
        case .values(let wanted):
            switch numberLoss {
            case .gaussian, .studentT, .negativeBinomial: self.init(likelihood: numberLoss, of: outputs, wanted: wanted)
            case .squared, .absolute, .huber, .quantiles: self.init(numberLoss, of: zip(outputs, wanted).map { $0 - $1 })
            }
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
        case .gaussian, .studentT, .negativeBinomial: preconditionFailure("a likelihood isn't a function of errors")
        case .quantiles(let interval):
            let levels = errors.indices.map { [(1 - interval) / 2, 0.5, (1 + interval) / 2][$0 % 3] }
            value = zip(errors, levels).reduce(0) { $0 + ($1.0 < 0 ? -$1.1 * $1.0 : (1 - $1.1) * $1.0) }
            derivative = zip(errors, levels).map { $0 < 0 ? -$1 : $0 > 0 ? 1 - $1 : 0 }
        }
    }

    /// Derivatives by differences of fourth order.
    private init(likelihood loss: ReferenceModel.NumberLoss, of outputs: [Double], wanted: [Double]) {
        let count = loss == .studentT ? 3 : 2
        value = 0
        var derivative: [Double] = []
        for first in stride(from: 0, to: outputs.count, by: count) {
            let own = Array(outputs[first..<first + count])
            value += loss.value(own, wanted[first], scale: wanted[first + 1])
            for place in 0..<count {
                func moved(_ step: Double) -> Double {
                    var outputs = own
                    outputs[place] += step
                    return loss.value(outputs, wanted[first], scale: wanted[first + 1])
                }
                let step = 1e-3
                derivative.append((8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step))
            }
        }
        self.derivative = derivative
    }
}

extension ReferenceModel.NumberLoss {
    /// -ln of the density or probability that a distribution with these outputs gives `number`.
    fileprivate func value(_ outputs: [Double], _ number: Double, scale: Double) -> Double {
        func softplus(_ x: Double) -> Double { log1p(exp(x)) }
        let spread = softplus(outputs[1])
        switch self {
        case .gaussian:
            let (deviation, error) = (spread + 1e-4, number - outputs[0])
            return log(deviation * sqrt(2 * .pi)) + error * error / (2 * deviation * deviation)
        case .studentT:
            let (scale, freedom) = (spread + 1e-4, 2 + softplus(outputs[2]))
            let z = (number - outputs[0]) / scale
            return lgamma(freedom / 2) - lgamma((freedom + 1) / 2) + log(scale * sqrt(freedom * .pi)) + (freedom + 1) / 2 * log1p(z * z / freedom)
        case .negativeBinomial:
            let (mean, size) = (scale * (softplus(outputs[0]) + 1e-6), 1 / (spread / sqrt(scale) + 1e-5))
            let failure = size / (size + mean)
            return lgamma(size) + lgamma(number + 1) - lgamma(number + size) - size * log(failure) - number * log(1 - failure)
        case .squared, .absolute, .huber, .quantiles: preconditionFailure("\(self) isn't a likelihood")
        }
    }
}
