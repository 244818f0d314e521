import Layers

// The types of layers, from which a list is written. A new one is an entry here, with the keys that its description has.

extension LayerType {
    /// In the order of messages and of the schema.
    static let all: [LayerType] = CellKind.allCases.map(recurrent) + [dense, layerNorm, dropout, noise, specAugment] + overTime + [transformer]

    static let resetMeaning = "A GRU's reset gate: after the product with the hidden state (PyTorch), or before it (Cho et al. 2014)."
    static let peepholesMeaning = "Whether an LSTM's gates see its cell state (Gers & Schmidhuber 2000)."
    static let coupledMeaning = "Whether an LSTM's input gate is 1 - f (Greff et al. 2015)."
    static let gateMeaning = "Function of an LSTM's or a GRU's gates; \"hardSigmoid\" is Keras's: x/6 + 1/2, at least 0 and at most 1."
    static let activationMeaning = "An RNN's activation."
    static let projectionMeaning =
        "Numbers of the output and the hidden state if they are a linear projection of the units (Sak, Senior & Beaufays 2014; PyTorch's proj_size); 0: none."
    static let layerNormMeaning =
        "Layer normalisation in the recurrence: of the products W·x and U·h and of the cell state (PyTorch's LayerNormLSTMCell), or of each gate's sum and of the "
        + "cell state on its way to the output (Ha & Eck 2017)."
    static let initialStateMeaning = "State with which a sequence, or a text at the begin of an epoch, begins: 0, or learned."
    static let zoneoutMeaning = "Probability with which a unit keeps its hidden state of the time step before, in training (Krueger et al. 2017)."
    static let zoneoutCellMeaning = "Probability with which a unit keeps its cell state of the time step before, in training (Krueger et al. 2017)."
    static let recurrentDropoutMeaning =
        "Probability with which a hidden unit is 0 for the hidden-to-hidden products of a whole sequence in training (Gal & Ghahramani 2016)."
    static let weightDropMeaning = "Probability with which a hidden-to-hidden weight is 0 for a training step (Merity et al. 2018)."
    static let activationL2Meaning = "times the mean square of its outputs, after a dropout layer right above it, is added to the training loss (AR)."
    static let temporalL2Meaning = "times the mean square of its outputs' differences between time steps is added to the training loss (TAR)."

    static let forgetBiasMeaning = "Added to the first bias of the gate that keeps the state: the forget gate, or a GRU's update gate."

    private static let lstmKeys: [LayerKey] = [
        .integer("projection", \RecurrentDescription.projection, projections, projectionMeaning),
        .choice("layerNorm", \RecurrentDescription.layerNorm, layerNormMeaning).when("peepholes and coupledGates are false, gateActivation is \"sigmoid\" and projection is 0") { RecurrentDescription($0)?.isPlain == true },
    ]

    /// A recurrent layer is called by its cell.
    private static func recurrent(_ cell: CellKind) -> LayerType {
        var keys: [LayerKey] = [
            .integer("hidden", \RecurrentDescription.hidden, LayerStack.hiddens, isRequired: true, "Units.")
        ]
        if cell.hasMemoryGate {
            keys.append(.real("forgetBias", \RecurrentDescription.forgetBias, LayerStack.forgetBiases, forgetBiasMeaning))
        }
        if cell.hasCellState {
            keys += [
                .bool("peepholes", \RecurrentDescription.hasPeepholes, peepholesMeaning),
                .bool("coupledGates", \RecurrentDescription.isCoupled, coupledMeaning),
            ]
        }
        if cell.hasChosenGates { keys.append(.choice("gateActivation", \RecurrentDescription.gateFunction, gateMeaning)) }
        if cell.hasChosenForgetGate {
            keys.append(.choice("forgetGate", \RecurrentDescription.forgetFunction, "Function of an sLSTM's forget gate (Beck et al. 2024)."))
        }
        if cell.hasCellState { keys += lstmKeys }
        if cell.hasResetGate { keys.append(.choice("reset", \RecurrentDescription.reset, resetMeaning)) }
        if cell.hasChosenActivation { keys.append(.choice("activation", \RecurrentDescription.activation, activationMeaning)) }
        if cell.hasChosenInitialState {
            keys.append(
                .choice("initialState", \RecurrentDescription.initialState, initialStateMeaning)
                    .when("activation is \"tanh\"") { RecurrentDescription($0)?.activation == .tanh })
        }
        keys += [
            .bool("bidirectional", \RecurrentDescription.isBidirectional, "Whether a second recurrence reads each sequence from its end to its begin."),
            .choice("merge", \RecurrentDescription.merge, "What becomes of the two directions' outputs: side by side, added, or their mean.")
                .when("bidirectional is true") { RecurrentDescription($0)?.isBidirectional == true },
            .choice("connection", \RecurrentDescription.connection, "What becomes of the layer's input beside its output: nothing, added to it, or put before it."),
        ]
        keys += regularization(cell)
        return LayerType(name: cell.rawValue, keys: keys, initial: RecurrentDescription(cell: cell, hidden: 1).layer) { layer in
            RecurrentDescription(layer)?.cell == cell
        }
    }

    private static func regularization(_ cell: CellKind) -> [LayerKey] {
        // What the cell must be for masks in a time step, and for those of its states.
        let plain = cell.hasCellState ? "layerNorm is \"none\", projection 0 and initialState is \"zero\"" : "initialState is \"zero\""
        let plainCell = (cell.hasCellState ? "peepholes is false, " : cell.hasResetGate ? "reset is \"after\" and " : "") + plain
        func changing(_ key: LayerKey) -> LayerKey { key.when(plainCell) { RecurrentDescription($0)?.canChangeCell == true } }
        var keys: [LayerKey] = [.real("weightDrop", \RecurrentDescription.regularization.weightDrop, rates, weightDropMeaning)]
        if cell.hasMaskedSteps {
            keys += [
                LayerKey.real("recurrentDropout", \RecurrentDescription.regularization.recurrentDropout, rates, recurrentDropoutMeaning)
                    .when(plain) { RecurrentDescription($0)?.canMaskOperands == true },
                changing(.real("zoneout", \RecurrentDescription.regularization.zoneout, rates, zoneoutMeaning)),
            ]
        }
        if cell.hasCellState {
            keys.append(changing(.real("zoneoutCell", \RecurrentDescription.regularization.zoneoutCell, rates, zoneoutCellMeaning)))
        }
        if cell.hasCellState || cell.hasResetGate {
            keys.append(
                changing(
                    .real(
                        "candidateDropout", \RecurrentDescription.regularization.candidateDropout, rates,
                        "Probability with which a unit's candidate is 0 at a time step, in training (Semeniuta et al. 2016).")))
        }
        return keys + [
            .real("activationL2", \RecurrentDescription.regularization.activationL2, penalties, "This " + activationL2Meaning),
            LayerKey.real("temporalL2", \RecurrentDescription.regularization.temporalL2, penalties, "This " + temporalL2Meaning)
                .when("connection is \"none\"") { RecurrentDescription($0)?.connection == LayerConnection.none },
        ]
    }

    private static let dropout = LayerType(
        name: "dropout",
        keys: [
            .real("rate", \DropoutDescription.rate, rates, isRequired: true, "Probability with which a number is set to 0 in training."),
            .bool("variational", \DropoutDescription.isVariational, "Whether it is the same numbers at all time steps of a sequence."),
        ], initial: DropoutDescription(rate: 0).layer, includes: { DropoutDescription($0) != nil })

    private static let dense = LayerType(
        name: "dense",
        keys: [
            .integer("units", \DenseDescription.units, LayerStack.hiddens, isRequired: true, "Numbers of its output at a time step."),
            .choice("activation", \DenseDescription.activation, "What is applied to each of them."),
        ], initial: DenseDescription(units: 1).layer, includes: { DenseDescription($0) != nil })

    private static let layerNorm = LayerType(
        name: "layerNorm", keys: [.real("epsilon", \LayerNormDescription.epsilon, .above(0).atMost(1), "Added to the variance.")],
        initial: LayerNormDescription().layer, includes: { LayerNormDescription($0) != nil })

    private static let noise = LayerType(
        name: "noise",
        keys: [.real("deviation", \NoiseDescription.deviation, .atLeast(0).atMost(1e6), isRequired: true, "Standard deviation of what is added in training.")],
        initial: NoiseDescription(deviation: 0).layer, includes: { NoiseDescription($0) != nil })

    private static let specAugment = LayerType(
        name: "specAugment",
        keys: [
            .integer("timeMasks", \SpecAugmentDescription.timeMasks, 0...1000, "Runs of time steps of a sequence that are 0 in training."),
            .integer("timeWidth", \SpecAugmentDescription.timeWidth, 0...65_536, "Time steps of a run at most; its length is drawn from 0 on."),
            .real("timeShare", \SpecAugmentDescription.timeShare, .atLeast(0).atMost(1), "Share of a sequence's time steps that a run has at most."),
            .integer("featureMasks", \SpecAugmentDescription.featureMasks, 0...1000, "Bands of numbers side by side that are 0 in training at all time steps of a sequence."),
            .integer("featureWidth", \SpecAugmentDescription.featureWidth, 0...65_536, "Numbers of a band at most."),
        ], initial: SpecAugmentDescription().layer, includes: { SpecAugmentDescription($0) != nil })

    private static let transformer = LayerType(
        name: "transformer",
        keys: [
            .integer("heads", \TransformerDescription.heads, 1...1024, isRequired: true, "Heads of the attention; they divide the width that the layer reads."),
            .integer("feedForward", \TransformerDescription.feedForward, LayerStack.hiddens, isRequired: true, "Units of the feed-forward network."),
            .bool("causal", \TransformerDescription.isCausal, "Whether a time step attends to itself and the ones before it only."),
            .choice("norm", \TransformerDescription.norm, "Layer normalisation before both networks, or after the sums, as in the first Transformer."),
            .choice("positions", \TransformerDescription.positions, "Positions: rotary in queries and keys, sinusoidal added to the layer's input, or none."),
            .choice("activation", \TransformerDescription.activation, "Of the feed-forward network."),
            .real("dropout", \TransformerDescription.dropout, rates, "Probability of a 0 in training, at the places of torch.nn.TransformerEncoderLayer."),
            .integer(
                "context", \TransformerDescription.context, 0...65_536,
                "Time steps before its own that a time step attends to, also across the chunks of a text; 0 for all of its chunk."
            ).when("causal is true") { TransformerDescription($0)?.isCausal == true },
        ], initial: TransformerDescription(heads: 1, feedForward: 1).layer, includes: { TransformerDescription($0) != nil })

    static let projections = 0...LayerStack.hiddens.upperBound
    static let rates = RealRange.atLeast(0).below(1)
    static let penalties = RealRange.atLeast(0).atMost(1e6)
}

extension DropoutDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .dropout(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .dropout(self) }
}

extension RecurrentDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .recurrent(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .recurrent(self) }
}

extension DenseDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .dense(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .dense(self) }
}

extension LayerNormDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .layerNorm(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .layerNorm(self) }
}

extension NoiseDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .noise(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .noise(self) }
}

extension SpecAugmentDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .specAugment(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .specAugment(self) }
}

extension TransformerDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .transformer(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .transformer(self) }
}
