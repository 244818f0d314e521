/// A step of an optimizer in plain Double, parameter by parameter, over a flat list. Written apart from the room Optimization, from the papers' formulas.
public struct ReferenceRule: Sendable {
    public enum Formula: Sendable {
        /// Decoupled weight decay; with `amsgrad` the largest mean of squares counts.
        case adamW(beta1: Double, beta2: Double, epsilon: Double, amsgrad: Bool)
        /// The same with weight decay in the gradient.
        case adam(beta1: Double, beta2: Double, epsilon: Double, amsgrad: Bool)
        /// `keras`: epsilon under the root, and the rate inside the velocity.
        case rmsprop(alpha: Double, epsilon: Double, momentum: Double, centered: Bool, keras: Bool)
        case adagrad(epsilon: Double)
        case nadam(beta1: Double, beta2: Double, epsilon: Double)
        case lamb(beta1: Double, beta2: Double, epsilon: Double)
    }

    /// A tensor's elements, and whether weight decay changes them.
    public typealias Tensor = (elements: Range<Int>, isDecayed: Bool)

    private let formula: Formula
    private let rate: Double, weightDecay: Double
    private let tensors: [Tensor]
    private var step = 0
    /// Mean or velocity, mean of squares or their sum, the third of three.
    private var first: [Double], second: [Double], third: [Double]

    public init(_ formula: Formula, rate: Double, weightDecay: Double = 0, tensors: [Tensor]) {
        (self.formula, self.rate, self.weightDecay, self.tensors) = (formula, rate, weightDecay, tensors)
        first = Array(repeating: 0, count: tensors.last?.elements.upperBound ?? 0)
        (second, third) = (first, first)
    }

    public mutating func update(_ parameters: inout [Double], with gradient: [Double]) {
        step += 1
        for tensor in tensors {
            let decay = tensor.isDecayed ? weightDecay : 0
            if case .lamb(let beta1, let beta2, let epsilon) = formula {
                let directions = tensor.elements.map { adamDirection($0, gradient[$0], beta1, beta2, epsilon) + decay * parameters[$0] }
                let lengths = [tensor.elements.map { parameters[$0] }, directions].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
                let ratio = tensor.isDecayed && lengths[0] > 0 && lengths[1] > 0 ? lengths[0] / lengths[1] : 1
                for (index, direction) in zip(tensor.elements, directions) { parameters[index] -= rate * ratio * direction }
            } else {
                for index in tensor.elements { parameters[index] += change(index, parameters[index], gradient[index], decay) }
            }
        }
    }

    private mutating func change(_ index: Int, _ parameter: Double, _ gradient: Double, _ decay: Double) -> Double {
        let slope = gradient + decay * parameter
        switch formula {
        case .adamW(let beta1, let beta2, let epsilon, let amsgrad):
            return -rate * (decay * parameter + adamDirection(index, gradient, beta1, beta2, epsilon, amsgrad: amsgrad))
        case .adam(let beta1, let beta2, let epsilon, let amsgrad):
            return -rate * adamDirection(index, slope, beta1, beta2, epsilon, amsgrad: amsgrad)
        case .rmsprop(let alpha, let epsilon, let momentum, let centered, let keras):
            second[index] = alpha * second[index] + (1 - alpha) * slope * slope
            third[index] = centered ? alpha * third[index] + (1 - alpha) * slope : 0
            let variance = max(0, second[index] - third[index] * third[index])
            let direction = slope / (keras ? (variance + epsilon).squareRoot() : variance.squareRoot() + epsilon)
            first[index] = momentum * first[index] + (keras ? rate * direction : direction)
            return keras ? -first[index] : -rate * first[index]
        case .adagrad(let epsilon):
            second[index] += slope * slope
            return -rate * slope / (second[index].squareRoot() + epsilon)
        case .nadam(let beta1, let beta2, let epsilon):
            first[index] = beta1 * first[index] + (1 - beta1) * slope
            second[index] = beta2 * second[index] + (1 - beta2) * slope * slope
            let product = (1...step).reduce(1) { $0 * coefficient($1, beta1) }
            let next = coefficient(step + 1, beta1)
            let ahead = next * first[index] / (1 - product * next) + (1 - coefficient(step, beta1)) * slope / (1 - product)
            return -rate * ahead / ((second[index] / (1 - power(beta2, step))).squareRoot() + epsilon)
        case .lamb: return 0
        }
    }

    private mutating func adamDirection(_ index: Int, _ slope: Double, _ beta1: Double, _ beta2: Double, _ epsilon: Double, amsgrad: Bool = false) -> Double {
        first[index] = beta1 * first[index] + (1 - beta1) * slope
        second[index] = beta2 * second[index] + (1 - beta2) * slope * slope
        third[index] = max(third[index], second[index])
        let square = amsgrad ? third[index] : second[index]
        return first[index] / (1 - power(beta1, step)) / ((square / (1 - power(beta2, step))).squareRoot() + epsilon)
    }

    /// NAdam's μ of a step. The root is the number 0.96^0.004.
    private func coefficient(_ step: Int, _ beta1: Double) -> Double { beta1 * (1 - 0.5 * power(0.99983672535267528, step)) }

    private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * base } }
}
