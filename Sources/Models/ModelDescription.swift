public import Batches
public import Layers

/// Architecture of a model, from which its parameters' names and shapes follow, and its loss.
public struct ModelDescription: Sendable, Hashable {
    public enum Input: Sendable, Hashable {
        /// A token picks a column of the first layer's weights.
        case oneHot(vocabularyCount: Int)
        /// A token picks a row of a trained table.
        case embedding(vocabularyCount: Int, width: Int)
        case vectors(width: Int)

        /// Numbers that the first layer reads at a time step.
        public var width: Int {
            switch self {
            case .oneHot(let vocabularyCount): vocabularyCount
            case .embedding(_, let width), .vectors(let width): width
            }
        }
    }

    public enum Head: Sendable, Hashable { case everyStep, lastStep }

    /// The scheme of initial values and biases.
    public enum Initialization: String, Sendable, Hashable, CaseIterable {
        /// Recurrent layers: U(±1/√hidden); head: U(±1/√hidden); embedding: N(0, 1). Both biases are trained.
        case pyTorch = "pytorch"
        /// Recurrent layers: Glorot uniform, orthogonal recurrent weights, an LSTM's forget bias 1; head: Glorot uniform; embedding: U(±0.05).
        /// Keras has one bias where two would be added: `bias_hh` then stays 0.
        case keras
        /// All weights and biases U(±``ModelDescription/initialRange``), as in Zaremba et al. 2014.
        case uniform
    }

    public var input: Input
    /// From the input to the head; at least one.
    public var layers: [LayerDescription]
    public var outputs: Int
    public var head: Head
    public var loss: Loss
    public var initialization: Initialization
    /// Of the uniform initialization.
    public var initialRange = 0.1
    /// Whether training changes the embedding.
    public var trainsEmbedding = true
    /// Whether the head's weights are the embedding's (Press & Wolf 2017).
    public var isTied = false
    /// Probability with which a word is 0 for a training step; needs an embedding.
    public var embeddingDropout = 0.0
    /// What is computed from the characters of each word, beside its embedding; nil for nothing.
    public var characterEncoder: CharacterEncoder?
    /// Which classes a CRF may name after each other; nil for any.
    public var labelRules: LabelRules?

    public init(input: Input, layers: [LayerDescription], outputs: Int, head: Head, loss: Loss, initialization: Initialization) {
        precondition(!layers.isEmpty, "a model has at least one layer")
        self.input = input
        self.layers = layers
        self.outputs = outputs
        self.head = head
        self.loss = loss
        self.initialization = initialization
    }

    /// Numbers that a layer reads at a time step.
    public func inputWidth(ofLayer layer: Int) -> Int {
        layers[..<layer].reduce(input.width + (characterEncoder?.width ?? 0)) { $1.width(reading: $0) }
    }

    /// Numbers that the layer reads which reads the most.
    var widestInput: Int { max(layers.indices.map(inputWidth).max() ?? 1, characterEncoder?.embeddingWidth ?? 1) }

    /// Numbers that the head reads.
    public var topWidth: Int { inputWidth(ofLayer: layers.count) }

    /// Multiply-adds of a forward pass over one sequence of `timeCount` steps: ``ModelPlan/multiplyAdds(timeCount:)``.
    public func multiplyAdds(timeCount: Int) -> Int { ModelPlan(self).multiplyAdds(timeCount: timeCount) }
}

extension ModelDescription {
    /// A model of `layerCount` recurrent layers of the same kind.
    public init(
        input: Input, cell: CellKind = .lstm, hidden: Int, layerCount: Int, outputs: Int, head: Head, loss: Loss, initialization: Initialization,
        forgetBias: Double = 0
    ) {
        let layer = LayerDescription.recurrent(RecurrentDescription(cell: cell, hidden: hidden, forgetBias: forgetBias))
        self.init(
            input: input, layers: Array(repeating: layer, count: layerCount), outputs: outputs, head: head, loss: loss, initialization: initialization)
    }

    /// The recurrent layers, from the input to the head.
    public var recurrentLayers: [RecurrentDescription] {
        layers.compactMap { layer in
            guard case .recurrent(let description) = layer else { return nil }
            return description
        }
    }

    /// Whether sequences can be kept segment by segment.
    public var takesSegments: Bool { loss != .crf && loss != .ctc && characterEncoder == nil && !layers.contains(where: \.needsWholeSequence) }

    /// The recurrent layer that all recurrent layers are but for what acts in training only, for formats that can only say "so many layers of this kind"; nil
    /// if they differ.
    public var repeatedLayer: RecurrentDescription? {
        let layers = recurrentLayers.map { $0.regularization.changesInference ? $0 : $0.plain }
        guard let first = layers.first else { return nil }
        return layers.allSatisfy { $0 == first } ? first : nil
    }
}

extension LayerDescription {
    /// Whether the layer, if it is the first, reads `input` itself. The others read numbers of the batch, or embedded symbols, as another layer's outputs.
    func readsInput(_ input: ModelDescription.Input) -> Bool {
        switch (self, input) {
        // A connection takes rows, and both directions would add to one embedding's gradient.
        case (.recurrent(let layer), .embedding): layer.connection == .none && !layer.isBidirectional
        case (.recurrent(let layer), _): layer.connection == .none
        case (.dropout, _), (.dense, _), (.layerNorm, _), (.noise, _), (.specAugment, _), (.transformer, _): false
        case (.convolution, _), (.temporalBlock, _), (.pool, _), (.subsample, _), (.stack, _): false
        }
    }

    /// Whether the layer can be the first one above one-hot symbols.
    package var readsSymbols: Bool { readsInput(.oneHot(vocabularyCount: 1)) }

    /// Whether the layer's output must be as wide as its input.
    package var keepsWidth: Bool {
        guard case .recurrent(let layer) = self else { return false }
        return layer.connection == .residual
    }

    /// Width of a recurrent layer's own output; nil for the other layers.
    package var ownWidth: Int? {
        guard case .recurrent(let layer) = self else { return nil }
        return layer.width
    }

    /// Whether the layer needs all time steps of a sequence at once, so that they can't be kept segment by segment.
    package var needsWholeSequence: Bool {
        switch self {
        case .recurrent(let layer): layer.isBidirectional
        // Gradients go from a time step to those before it, which an earlier segment has.
        case .transformer: true
        case .dropout, .dense, .layerNorm, .noise: false
        // Its masks lie anywhere in a sequence.
        case .specAugment: true
        case .convolution(let layer): layer.needsWholeSequence
        case .temporalBlock: false
        case .pool, .subsample, .stack: true
        }
    }

    /// Whether an output depends on later time steps, so that a sequence can't be read as it comes.
    package var readsAhead: Bool {
        if case .transformer(let layer) = self { return !layer.isCausal }
        return needsWholeSequence && !isForTrainingOnly
    }

    /// Whether the layer can read a sequence in parts of whole steps of its output, with its state from one to the next.
    package var streams: Bool {
        switch self {
        case .stack, .subsample: true
        case .transformer(let layer): layer.isCausal && layer.context > 0
        default: !readsAhead
        }
    }

    /// Whether an output depends on earlier time steps that ``stateParts(reading:)`` doesn't carry from one chunk of a text to the next.
    package var forgetsBetweenChunks: Bool {
        guard case .transformer(let layer) = self else { return false }
        return layer.context == 0
    }

    /// Heads of a transformer, which divide its width; nil for the other layers.
    package var heads: Int? {
        guard case .transformer(let layer) = self else { return nil }
        return layer.heads
    }

    /// Whether the layer's output at a time step depends on other steps.
    package var readsOtherSteps: Bool {
        switch self {
        case .recurrent, .temporalBlock, .pool, .transformer: true
        case .convolution(let layer): layer.width > 1
        case .dropout, .dense, .layerNorm, .noise, .specAugment, .subsample, .stack: false
        }
    }

    /// Whether it is a convolution, pooling, or a layer that changes the number of time steps.
    package var isOverTime: Bool {
        switch self {
        case .convolution, .temporalBlock, .pool, .subsample, .stack: true
        case .recurrent, .dropout, .dense, .layerNorm, .noise, .specAugment, .transformer: false
        }
    }

    /// Groups into which the layer divides its input's numbers and its own.
    package var groupCount: Int {
        guard case .convolution(let layer) = self else { return 1 }
        return layer.groups
    }
}
