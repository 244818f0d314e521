/// Gradient descent in plain Double, as `torch.optim.SGD` does it with dampening 0, with its state.
///
///     g ← gradient + weightDecay·θ
///     b ← g in the first step, then momentum·b + g
///     θ ← θ − rate · (g + momentum·b with Nesterov's momentum; b with the plain one; g without)
public struct ReferenceSGD: Sendable {
    public var learningRate: Double
    public let momentum: Double, isNesterov: Bool, weightDecay: Double
    /// b by parameter; empty before the first update, and without momentum.
    public private(set) var buffers: [String: [Double]] = [:]

    public init(learningRate: Double, momentum: Double = 0, isNesterov: Bool = false, weightDecay: Double = 0) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.isNesterov = isNesterov
        self.weightDecay = weightDecay
    }

    /// Moves every parameter by one step against its gradient.
    /// - Throws: ``ReferenceError`` if a parameter has no gradient of its size; nothing has moved then.
    public mutating func update(_ parameters: inout [String: [Double]], with gradients: [String: [Double]]) throws(ReferenceError) {
        for (name, values) in parameters where gradients[name]?.count != values.count {
            throw .gradientMissing(name: name, count: values.count)
        }
        for (name, values) in parameters {
            let slopes = zip(gradients[name, default: []], values).map { $0 + weightDecay * $1 }
            var directions = slopes
            if momentum != 0 {
                let buffer = buffers[name].map { zip($0, slopes).map { momentum * $0 + $1 } } ?? slopes
                buffers[name] = buffer
                directions = isNesterov ? zip(slopes, buffer).map { $0 + momentum * $1 } : buffer
            }
            parameters[name] = zip(values, directions).map { $0 - learningRate * $1 }
        }
    }
}
