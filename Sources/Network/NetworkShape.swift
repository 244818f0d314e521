/// Architecture of a network, from which its parameters' names and shapes follow, and its loss.
public struct NetworkShape: Sendable, Equatable {
    public enum Input: Sendable, Equatable {
        /// A token picks a column of the first layer's weights.
        case oneHot(vocabularyCount: Int)
        /// A token picks a row of a trained table.
        case embedding(vocabularyCount: Int, width: Int)
        case vectors(width: Int)
    }

    public enum Head: Sendable, Equatable { case everyStep, lastStep }

    public enum Loss: Sendable, Equatable {
        /// Softmax and categorical cross-entropy, in nats.
        case crossEntropy
        /// (output - target)², of a linear head.
        case squaredError
    }

    /// The scheme of initial values and biases.
    public enum Initialization: String, Sendable, Equatable, CaseIterable {
        /// LSTM: U(±1/√hidden); head: U(±1/√hidden); embedding: N(0, 1). Both biases are trained.
        case pyTorch = "pytorch"
        /// LSTM: Glorot uniform, orthogonal recurrent weights, forget bias 1; head: Glorot uniform; embedding: U(±0.05).
        /// Keras has one bias: `bias_hh` stays 0.
        case keras
    }

    public var input: Input
    public var hidden: Int
    public var layers: Int
    public var outputs: Int
    public var head: Head
    public var loss: Loss
    public var initialization: Initialization
    /// Added to the forget gate's initial bias (Gers, Schmidhuber & Cummins 2000): the larger, the longer a fresh network remembers.
    public var forgetBias: Double

    public init(
        input: Input, hidden: Int, layers: Int, outputs: Int, head: Head, loss: Loss, initialization: Initialization, forgetBias: Double = 0
    ) {
        self.input = input
        self.hidden = hidden
        self.layers = layers
        self.outputs = outputs
        self.head = head
        self.loss = loss
        self.initialization = initialization
        self.forgetBias = forgetBias
    }

    public func inputWidth(ofLayer layer: Int) -> Int {
        guard layer == 0 else { return hidden }
        switch input {
        case .oneHot(let vocabularyCount): return vocabularyCount
        case .embedding(_, let width): return width
        case .vectors(let width): return width
        }
    }

    /// Multiply-adds of a forward pass over one sequence of `timeCount` steps: ``ModelPlan/multiplyAdds(timeCount:)``.
    public func multiplyAdds(timeCount: Int) -> Int { ModelPlan(self).multiplyAdds(timeCount: timeCount) }
}
