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
    var derivative: [Double]

    init(_ outputs: [Double], _ goal: Goal) {
        switch goal {
        case .category(let category): self.init(crossEntropyOf: outputs, category)
        case .values(let wanted): self.init(squaredErrorOf: outputs, wanted)
        }
    }

    /// −log softmax(outputs)[category]; derivative softmax(outputs) − one-hot(category).
    private init(crossEntropyOf outputs: [Double], _ category: Int) {
        // Less the largest, no exponential overflows and the sum is at least 1.
        let largest = outputs.reduce(-Double.infinity, max)
        let shifted = outputs.map { $0 - largest }
        let logarithm = log(shifted.reduce(0) { $0 + exp($1) })
        value = logarithm - shifted[category]
        derivative = shifted.map { exp($0 - logarithm) }
        derivative[category] -= 1
    }

    /// Σ (output − wanted)²; derivative 2·(output − wanted).
    private init(squaredErrorOf outputs: [Double], _ wanted: [Double]) {
        let errors = zip(outputs, wanted).map { $0 - $1 }
        value = errors.reduce(0) { $0 + $1 * $1 }
        derivative = errors.map { 2 * $0 }
    }
}
