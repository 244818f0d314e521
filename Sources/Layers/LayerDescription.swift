package import Kernels

/// One layer between the input and the head.
public enum LayerDescription: Sendable, Hashable {
    case recurrent(RecurrentDescription)
    case dropout(DropoutDescription)
    case dense(DenseDescription)
    case layerNorm(LayerNormDescription)
    case noise(NoiseDescription)
    case specAugment(SpecAugmentDescription)
    case transformer(TransformerDescription)
    case convolution(ConvolutionDescription)
    case temporalBlock(TemporalBlockDescription)
    case pool(PoolDescription)
    case subsample(SubsampleDescription)
    case stack(StackDescription)

    /// Numbers of its output at a time step, if it reads `inputWidth`.
    public func width(reading inputWidth: Int) -> Int {
        switch self {
        case .recurrent(let layer): layer.width + (layer.connection == .concatenate ? inputWidth : 0)
        case .dense(let layer): layer.units
        case .dropout, .layerNorm, .noise, .specAugment, .transformer: inputWidth
        case .convolution(let layer): layer.channels
        case .temporalBlock(let layer): layer.channels
        case .pool, .subsample: inputWidth
        case .stack(let layer): layer.frames * inputWidth
        }
    }

    /// Whether the layer does nothing but in training.
    package var isForTrainingOnly: Bool {
        switch self {
        case .dropout, .noise, .specAugment: true
        default: false
        }
    }

    /// How many time steps it gives.
    public var stepChange: StepChange {
        switch self {
        case .convolution(let layer): layer.stepChange
        case .pool: .toOne
        case .subsample(let layer): .every(layer.factor)
        case .stack(let layer): .every(layer.frames)
        default: .none
        }
    }

    /// What it carries from one part of a sequence to the next, if it reads `inputWidth` numbers.
    package func stateParts(reading inputWidth: Int) -> [StateLayout.Part] {
        func steps(_ layer: ConvolutionDescription, reading width: Int) -> [StateLayout.Part] {
            layer.carriedStepCount > 0 ? [StateLayout.Part(widths: [layer.carriedStepCount * width])] : []
        }
        switch self {
        case .recurrent(let layer):
            return Array(repeating: StateLayout.Part(widths: layer.stateWidths), count: layer.isBidirectional ? 2 : 1)
        case .convolution(let layer): return steps(layer, reading: inputWidth)
        case .temporalBlock(let layer): return steps(layer.convolution, reading: inputWidth) + steps(layer.convolution, reading: layer.channels)
        case .transformer(let layer): return layer.stateWidth(reading: inputWidth).map { [StateLayout.Part(widths: [$0])] } ?? []
        default: return []
        }
    }
}

extension LayerDescription {
    /// `count` recurrent layers that are alike, with dropout between each two of them.
    public static func alike(_ layer: RecurrentDescription, count: Int, dropout: Double = 0) -> [LayerDescription] {
        let layers = Array(repeating: LayerDescription.recurrent(layer), count: count)
        guard dropout > 0 else { return layers }
        return Array(layers.map { [$0] }.joined(separator: [.dropout(DropoutDescription(rate: dropout))]))
    }
}

/// A recurrent layer.
public struct RecurrentDescription: Sendable, Hashable {
    public var cell: CellKind
    /// Units; of each direction, if there are two.
    public var hidden: Int
    /// Added to the initial bias of an LSTM's forget gate (Gers, Schmidhuber & Cummins 2000) or a GRU's update gate: the larger, the longer a fresh
    /// network remembers. 0 for a cell without such a gate.
    public var forgetBias: Double
    /// Of a GRU.
    public var reset: ResetPlace
    /// Of an RNN.
    public var activation: ActivationKind
    /// Of an LSTM: weights from the cell state to the gates (Gers & Schmidhuber 2000).
    public var hasPeepholes: Bool
    /// Of an LSTM: the input gate is 1 - f (Greff et al. 2015).
    public var isCoupled: Bool
    /// Of an LSTM or a GRU.
    public var gateFunction: GateFunction
    /// Of an sLSTM.
    public var forgetFunction = ForgetFunction.sigmoid
    /// Of an LSTM: what is normalised.
    public var layerNorm = LayerNormPlace.none
    /// Of an LSTM: numbers of its output, and of the hidden state, if they are a linear projection of the units' (Sak, Senior & Beaufays 2014); 0 if not.
    public var projection = 0
    /// The state where a sequence begins.
    public var initialState = InitialState.zero
    /// Whether a second recurrence reads each sequence from its last step to its first (Schuster & Paliwal 1997).
    public var isBidirectional = false
    /// What becomes of the two directions' outputs.
    public var merge = DirectionMerge.concatenate
    /// What becomes of the layer's input beside its output.
    public var connection = LayerConnection.none
    /// In training.
    public var regularization = RecurrentRegularization()

    public init(
        cell: CellKind, hidden: Int, forgetBias: Double = 0, reset: ResetPlace = .after, activation: ActivationKind = .tanh, hasPeepholes: Bool = false,
        isCoupled: Bool = false, gateFunction: GateFunction = .sigmoid
    ) {
        precondition(cell.hasCellState || !(hasPeepholes || isCoupled), "only an LSTM has these options")
        precondition(gateFunction == .sigmoid || cell.hasChosenGates, "only an LSTM's and a GRU's gates can be chosen")
        precondition(reset == .after || cell.hasResetGate, "only a GRU has a reset gate")
        precondition(activation == .tanh || cell.hasChosenActivation, "only an RNN's activation can be chosen")
        (self.cell, self.hidden, self.forgetBias) = (cell, hidden, forgetBias)
        (self.reset, self.activation) = (reset, activation)
        (self.hasPeepholes, self.isCoupled, self.gateFunction) = (hasPeepholes, isCoupled, gateFunction)
    }

    /// Numbers of its own output at a time step, without a connection's.
    public var width: Int { isBidirectional && merge == .concatenate ? 2 * outputUnits : outputUnits }
    /// Numbers of the output of one direction, and of the hidden state.
    public var outputUnits: Int { projection > 0 ? projection : hidden }
    /// Numbers of each part of a state.
    package var stateWidths: [Int] { [outputUnits] + Array(repeating: hidden, count: statePartCount - 1) }
}

/// A connection around a layer.
public enum LayerConnection: String, Sendable, Hashable, CaseIterable {
    case none
    /// The input is added to the output, which is as wide.
    case residual
    /// The input, then the output, side by side.
    case concatenate
}

/// How the outputs of a bidirectional layer's two directions become one.
public enum DirectionMerge: String, Sendable, Hashable, CaseIterable {
    /// The forward direction's, then the backward one's.
    case concatenate
    case sum
    case average
}

/// A layer that sets units to 0 at random while training.
public struct DropoutDescription: Sendable, Hashable {
    /// Probability of a 0.
    public var rate: Double
    /// Whether a unit is 0 at all time steps of a sequence or none.
    public var isVariational: Bool

    public init(rate: Double, isVariational: Bool = false) { (self.rate, self.isVariational) = (rate, isVariational) }
}

/// A linear layer with an activation.
public struct DenseDescription: Sendable, Hashable {
    public var units: Int
    public var activation: DenseActivation

    public init(units: Int, activation: DenseActivation = .linear) { (self.units, self.activation) = (units, activation) }
}

/// Layer normalisation.
public struct LayerNormDescription: Sendable, Hashable {
    /// Added to the variance.
    public var epsilon: Double

    public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }
}

/// Gaussian noise in training.
public struct NoiseDescription: Sendable, Hashable {
    /// Standard deviation.
    public var deviation: Double

    public init(deviation: Double) { self.deviation = deviation }
}

extension LayerDescription {
    /// Floats that a training step keeps of a sequence and time step for this layer alone; and those that all layers share, one layer's at a time.
    /// Steps are those of its output, or, of a layer that gives one, of its input.
    package func keptFloats(_ precision: Precision, width: Int, inputWidth: Int) -> (kept: Double, derivatives: Double) {
        switch self {
        case .recurrent(let layer): layer.keptFloats(precision, connected: layer.connection == .none ? 0 : Double(width) * (precision == .float32 ? 2 : 2.5))
        case .dropout, .noise, .specAugment: (Double(width) * (precision == .float32 ? 1 : 1.5), 0)
        // Sums or normalised values, outputs and gradients.
        case .dense, .layerNorm: (Double(width) * (precision == .float32 ? 3 : 4), 0)
        case .transformer(let layer): (layer.keptFloats(precision, width: width), 0)
        case .convolution(let layer): (layer.keptFloats(precision, inputWidth: inputWidth), 0)
        case .temporalBlock(let layer): (layer.keptFloats(precision, inputWidth: inputWidth), 0)
        case .pool(let layer): (layer.method == .attention ? 4 * Double(layer.attentionUnits(reading: inputWidth)) : 0, 0)
        case .subsample, .stack: (Double(width) * (precision == .float32 ? 2 : 2.5), 0)
        }
    }
}

extension LayerDescription {
    /// Weights of which a training step keeps a copy, masked or normalised, and whose gradient is turned back once it is summed (``Layer/finishGradient(_:for:)``).
    package func copiedWeightCount(reading inputWidth: Int) -> Int {
        switch self {
        case .recurrent(let layer):
            layer.regularization.weightDrop > 0 ? layer.gateCount * layer.hidden * layer.outputUnits * (layer.isBidirectional ? 2 : 1) : 0
        case .temporalBlock(let layer): layer.hasWeightNorm ? layer.weightCount(reading: inputWidth) : 0
        default: 0
        }
    }

    /// Floats that a training step keeps of a sequence, whatever its length, for time steps before its own, where the model carries its state.
    package func contextFloats(_ precision: Precision, inputWidth: Int) -> Double {
        if case .transformer(let layer) = self { layer.contextFloats(precision, width: inputWidth) } else { 0 }
    }
}

extension RecurrentDescription {
    /// What the cell keeps and its states, with bfloat16 also the hidden states as products read them; and the derivatives, which all layers share,
    /// where they have memory of their own.
    fileprivate func keptFloats(_ precision: Precision, connected: Double) -> (kept: Double, derivatives: Double) {
        let layouts = RowLayouts(self)
        let copies = (layouts.hasTwoPhases ? 1.0 : 0) + (regularization.recurrentDropout > 0 ? 1 : 0)
        let operands = (precision == .float32 ? 0 : 0.5) + copies * (precision == .float32 ? 1 : 0.5)
        let perUnit = Double(layouts.kept.groupCount) + (regularization.changesCell ? 3 : 0) + additionalFloats(precision)
        let states = Double(stateWidths.reduce(0, +)) + operands * Double(outputUnits)
        let slots = layouts.hasInputDerivatives ? 2.0 : precision == .bfloat16 || layouts.isRowwise || layouts.kept != layouts.sums ? 1 : 0
        let perSum = precision == .float32 ? 1 : 0.5
        let directions = isBidirectional ? 2.0 : 1
        return (directions * (perUnit * Double(hidden) + states) + connected, slots * perSum * Double(layouts.gateCount * hidden))
    }

    /// Floats that a unit of a layer with normalisation or a projection keeps in addition: normalised numbers and the normalised cell's gradient, or the
    /// units' outputs, and as products read them.
    private func additionalFloats(_ precision: Precision) -> Double {
        let normalized = layerNorm == .none ? 0 : Double(gateCount * (layerNorm == .products ? 2 : 1) + 2)
        return normalized + (projection > 0 ? (precision == .float32 ? 1 : 1.5) : 0)
    }
}
