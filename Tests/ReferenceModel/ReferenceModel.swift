/// A plain recurrent network in Double: the oracle that the fast Float kernels are judged by.
///
/// It computes loss, outputs, final states and the gradient of every parameter by full back-propagation through time, one sequence after the other,
/// without padding, tiles or threads. Parameters have PyTorch's names, shapes and gate order (see ``parameterShapes``).
public struct ReferenceModel: Sendable {
    /// The recurrent layers, from the input to the head: the cell and the units of each.
    public let stack: [(cell: Cell, hidden: Int)]
    /// What stands between the input and the first recurrent layer.
    public let inputLayer: InputLayer
    /// Recurrent layers, at least 1.
    public var layers: Int { stack.count }
    /// Units of the top layer.
    public var hidden: Int { stack.last?.hidden ?? 0 }
    /// Cell of the top layer.
    public var cell: Cell { stack.last?.cell ?? .lstm }
    /// Numbers that the head gives: classes, or values of a regression.
    public let outputs: Int
    /// Every parameter by name, row after row, of the shapes in ``parameterShapes``. May be changed; the next evaluation checks it.
    public var parameters: [String: [Double]]

    /// Of the factors of matrix products.
    public var rounding = Rounding.none
    /// Part of a token's or class's target that is divided among all outputs.
    public var labelSmoothing = 0.0
    /// Of values.
    public var numberLoss = NumberLoss.squared

    public enum NumberLoss: Sendable, Hashable {
        case squared, absolute
        case huber(delta: Double)
        /// Of three outputs in turn: the ends of an interval and the median.
        case quantiles(interval: Double)
        /// -ln of the density, or of a count's probability; of the outputs for a number the parameters follow. Wanted are the number, what it is scaled by, and so on.
        case gaussian, studentT, negativeBinomial
    }

    public enum Cell: String, Sendable, CaseIterable {
        case lstm
        /// With the reset gate after the product, as PyTorch has it.
        case gru
        /// The simple one of Elman, with tanh.
        case rnn
        /// A GRU with the reset gate before the product.
        case gruBefore = "gru-before"
        /// The simple one with relu.
        case rnnRelu = "rnn-relu"
        case lstmPeephole = "lstm-peephole"
        /// With input gate 1 - f.
        case lstmCoupled = "lstm-coupled"
        case lstmCoupledPeephole = "lstm-coupled-peephole"
        /// With Keras's hard sigmoid.
        case lstmHard = "lstm-hard"
        case lstmHardPeephole = "lstm-hard-peephole"
        case lstmHardCoupled = "lstm-hard-coupled"
        case lstmHardCoupledPeephole = "lstm-hard-coupled-peephole"

        /// Rows of the weights for each unit.
        var gateCount: Int {
            switch self {
            case .rnn, .rnnRelu: 1
            case .gru, .gruBefore: 3
            default: isCoupled ? 3 : 4
            }
        }
        public var hasCellState: Bool { rawValue.hasPrefix("lstm") }
    }

    public enum InputLayer: Sendable, Equatable {
        /// A token is a vector of zeros with a one at its place.
        case oneHot(vocabulary: Int)
        /// A token is a row of `embedding.weight`.
        case embedding(vocabulary: Int, width: Int)
        /// The input is vectors of real numbers already.
        case vectors(width: Int)
    }

    /// What the network reads, sequence by sequence; lengths may differ, each is at least 1.
    public enum Input: Sendable, Equatable {
        /// `[sequence][time]`.
        case tokens([[Int]])
        /// `[sequence][time][features]`.
        case vectors([[[Double]]])
    }

    /// What it should say, and with it the loss.
    public enum Target: Sendable, Equatable {
        /// A token at each time step, `[sequence][time]`; -1 where nothing is asked. Softmax cross-entropy, mean over all targets asked.
        case tokenEveryStep([[Int]])
        /// A class at each sequence's last step, `[sequence]`. Softmax cross-entropy, mean over sequences.
        case classAtEnd([Int])
        /// Numbers at each sequence's last step, `[sequence][outputs]`. Squared error, mean over sequences × outputs.
        case vectorAtEnd([[Double]])
    }

    /// Hidden and cell states, `[layer][sequence][hidden]`; a cell without cell states has empty lists there.
    public struct States: Sendable, Equatable {
        public var h: [[[Double]]]
        public var c: [[[Double]]]

        public init(h: [[[Double]]], c: [[[Double]]]) {
            self.h = h
            self.c = c
        }
    }

    /// What one forward and backward pass over a batch gives.
    public struct Evaluation: Sendable {
        /// Mean over the targets asked, in nats or in squared units of the target.
        public var loss: Double
        /// The sum of the losses of each sequence's targets, `[sequence]`; their total divided by `targetCount` is `loss`.
        public var lossPerSequence: [Double]
        /// Targets asked: tokens, sequences, or sequences × outputs.
        public var targetCount: Int
        /// What the head gives before any softmax, `[sequence][row][outputs]`: a row a time step for `tokenEveryStep`, else one row, the last step's.
        public var outputs: [[[Double]]]
        /// What the last layer gives the head, `[sequence][time][hidden]`.
        public var lastLayerHidden: [[[Double]]]
        /// The derivative of `loss` by each parameter, under the parameter's name and of its shape.
        public var gradients: [String: [Double]]
        /// Each layer's states after each sequence's own last step.
        public var finalStates: States
    }

    /// A model with the given parameters.
    /// - Throws: ``ReferenceError`` if a size is below 1, or a parameter is missing, superfluous or of the wrong size.
    public init(
        cell: Cell = .lstm, inputLayer: InputLayer, hidden: Int, layers: Int, outputs: Int, parameters: [String: [Double]]
    ) throws(ReferenceError) {
        self.inputLayer = inputLayer
        stack = Array(repeating: (cell, hidden), count: layers)
        self.outputs = outputs
        self.parameters = parameters
        try checkSizes()
        try checkParameters()
    }

    /// A model whose parameters are uniform in ±`scale` (1/√hidden if nil), a function of `seed`, each a number that Float can hold.
    /// - Throws: ``ReferenceError`` if a size is below 1.
    public init(
        cell: Cell = .lstm, inputLayer: InputLayer, hidden: Int, layers: Int, outputs: Int, seed: UInt64, scale: Double? = nil
    ) throws(ReferenceError) {
        self.inputLayer = inputLayer
        stack = Array(repeating: (cell, hidden), count: layers)
        self.outputs = outputs
        self.parameters = [:]
        try checkSizes()
        fill(seed: seed, scale: scale)
    }

    /// The same of layers that differ.
    /// - Throws: ``ReferenceError`` if a size is below 1.
    public init(stack: [(cell: Cell, hidden: Int)], inputLayer: InputLayer, outputs: Int, seed: UInt64) throws(ReferenceError) {
        self.stack = stack
        self.inputLayer = inputLayer
        self.outputs = outputs
        self.parameters = [:]
        try checkSizes()
        fill(seed: seed, scale: nil)
    }

    private mutating func fill(seed: UInt64, scale: Double?) {
        let bound = scale ?? 1 / Double(hidden).squareRoot()
        var numbers = SeededNumbers(seed: seed)
        for (name, shape) in parameterShapes {
            parameters[name] = numbers.uniform(count: shape.reduce(1, *), within: bound)
        }
    }

    /// Numbers that the first recurrent layer reads at a time step.
    public var inputWidth: Int {
        switch inputLayer {
        case .oneHot(let vocabulary): vocabulary
        case .embedding(_, let width), .vectors(let width): width
        }
    }

    /// Tokens that can be read; nil if the input is real vectors.
    public var vocabulary: Int? {
        switch inputLayer {
        case .oneHot(let vocabulary), .embedding(let vocabulary, _): vocabulary
        case .vectors: nil
        }
    }
}
