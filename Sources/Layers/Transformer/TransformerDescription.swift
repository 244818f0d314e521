import Kernels

/// A block of a Transformer's encoder (Vaswani et al. 2017), as `torch.nn.TransformerEncoderLayer`.
public struct TransformerDescription: Sendable, Hashable {
    /// Heads of the attention: a divisor of the block's width.
    public var heads: Int
    /// Units of the feed-forward network.
    public var feedForward: Int
    /// Whether a time step attends to itself and the ones before it only.
    public var isCausal = true
    public var norm = NormPlace.pre
    public var positions = PositionKind.rotary
    public var activation = FeedForwardActivation.relu
    /// Probability of a 0 in training: of attention's probabilities, of both networks' outputs, and within the feed-forward network.
    public var dropout = 0.0
    /// Time steps before its own that a causal time step attends to, also across the chunks of a text; 0 for all within its chunk.
    public var context = 0

    public init(heads: Int, feedForward: Int) { (self.heads, self.feedForward) = (heads, feedForward) }
}

/// Where a Transformer's layer normalisation stands.
public enum NormPlace: String, Sendable, Hashable, CaseIterable {
    /// Before attention and feed-forward network: x + f(norm x) (Xiong et al. 2020).
    case pre
    /// After the sum: norm(x + f(x)).
    case post
}

/// How a Transformer learns the order of time steps.
public enum PositionKind: String, Sendable, Hashable, CaseIterable {
    /// ``RotaryAngles`` of queries and keys.
    case rotary
    /// ``SinusoidalPositions`` added to the block's input.
    case sinusoidal
    case none
}

/// The activation of a Transformer's feed-forward network.
public enum FeedForwardActivation: String, Sendable, Hashable, CaseIterable {
    case relu
    /// x · Φ(x) (Hendrycks & Gimpel 2016), with the normal distribution itself.
    case gelu
}

extension TransformerDescription {
    /// Floats of a sequence's state, the last rows that keys and values were made of and their count; nil without a context.
    package func stateWidth(reading width: Int) -> Int? { context > 0 ? context * width + 1 : nil }

    /// "transformer, 4 heads, pre-norm, rotary positions".
    package var name: String {
        var parts = ["transformer", heads == 1 ? "1 head" : "\(heads) heads", "\(norm.rawValue)-norm"]
        if positions != .none { parts.append("\(positions.rawValue) positions") }
        if !isCausal { parts.append("not causal") }
        if context > 0 { parts.append("context \(context)") }
        return parts.joined(separator: ", ")
    }

    /// Both normalisations' x̂ and outputs, queries, keys and values, attention's outputs with each row's maximum and sum, the feed-forward network's sums and
    /// values, and two rows of gradients; with bfloat16 also what products read.
    func keptFloats(_ precision: Precision, width: Int) -> Double {
        let (rows, units, pairs) = (Double(width), Double(feedForward), precision == .float32 ? 0 : 0.5)
        let copies = (positions == .sinusoidal ? 1.0 : 0) + (context > 0 ? 1 : 0) + (norm == .pre ? 1 : 0)
        let derivatives = dropout > 0 || precision == .bfloat16 ? 1.0 : 0
        return (10 + copies + derivatives + pairs * (6 + copies + derivatives)) * rows + (2 + 2 * pairs) * units + 2 * Double(heads)
    }

    /// Floats that a training step keeps of a sequence for the time steps before its own, where the model carries its state: the state, and of each row a copy
    /// beside the input's with queries, keys and values; with bfloat16 also as products read them.
    func contextFloats(_ precision: Precision, width: Int) -> Double {
        guard let stateWidth = stateWidth(reading: width) else { return 0 }
        return Double(stateWidth) + (precision == .float32 ? 4 : 6) * Double(context * width)
    }
}
