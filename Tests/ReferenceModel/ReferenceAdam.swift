/// Adam in plain Double (Kingma & Ba 2015, algorithm 1, bias-corrected), with its state.
///
///     g ← gradient + weightDecay·θ
///     m ← β₁·m + (1−β₁)·g    v ← β₂·v + (1−β₂)·g²
///     θ ← θ − rate · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)
public struct ReferenceAdam: Sendable {
    public var learningRate: Double
    public let beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
    /// Updates done.
    public private(set) var stepCount = 0
    /// Mean of gradients, and of their squares, by parameter; empty before the first update.
    public private(set) var m: [String: [Double]] = [:], v: [String: [Double]] = [:]

    public init(learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// Moves every parameter by one step against its gradient.
    /// - Throws: ``ReferenceError`` if a parameter has no gradient of its size; nothing has moved then.
    public mutating func update(_ parameters: inout [String: [Double]], with gradients: [String: [Double]]) throws(ReferenceError) {
        for (name, values) in parameters where gradients[name]?.count != values.count {
            throw .gradientMissing(name: name, count: values.count)
        }
        stepCount += 1
        let correction1 = 1 - power(beta1, stepCount), correction2 = 1 - power(beta2, stepCount)
        for name in parameters.keys {
            let gradient = zip(gradients[name, default: []], parameters[name, default: []]).map { $0 + weightDecay * $1 }
            let zeros = [Double](repeating: 0, count: gradient.count)
            let mean = zip(m[name] ?? zeros, gradient).map { beta1 * $0 + (1 - beta1) * $1 }
            let square = zip(v[name] ?? zeros, gradient).map { beta2 * $0 + (1 - beta2) * $1 * $1 }
            for k in gradient.indices {
                let step = mean[k] / correction1 / ((square[k] / correction2).squareRoot() + epsilon)
                parameters[name, default: zeros][k] -= learningRate * step
            }
            m[name] = mean
            v[name] = square
        }
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}

/// Clipping by the norm of all gradients together (Pascanu, Mikolov & Bengio 2013).
public enum ReferenceClipping {
    /// The Euclidean norm over all elements of all gradients, summed in the order of their names.
    public static func norm(of gradients: [String: [Double]]) -> Double {
        gradients.sorted { $0.key < $1.key }.reduce(0) { sum, named in
            named.value.reduce(sum) { $0 + $1 * $1 }
        }.squareRoot()
    }

    /// Scales all gradients by `min(1, maximumNorm / (norm + epsilon))` and returns the norm they had.
    /// With `epsilon` 1e-6 it is PyTorch's `clip_grad_norm_`.
    @discardableResult
    public static func clip(_ gradients: inout [String: [Double]], toNorm maximumNorm: Double, epsilon: Double = 1e-6) -> Double {
        let norm = norm(of: gradients)
        let factor = min(1, maximumNorm / (norm + epsilon))
        gradients = gradients.mapValues { $0.map { $0 * factor } }
        return norm
    }
}
