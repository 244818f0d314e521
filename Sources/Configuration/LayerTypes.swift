import Layers

// The types of layers, from which a list is written. A new one is an entry here, with the keys that its description has.

extension LayerType {
    /// In the order of messages and of the schema.
    static let all: [LayerType] = CellKind.allCases.map(recurrent)

    static let resetMeaning = "A GRU's reset gate: after the product with the hidden state (PyTorch), or before it (Cho et al. 2014)."
    static let peepholesMeaning = "Whether an LSTM's gates see its cell state (Gers & Schmidhuber 2000)."
    static let coupledMeaning = "Whether an LSTM's input gate is 1 - f (Greff et al. 2015)."
    static let gateMeaning = "Function of an LSTM's gates; \"hardSigmoid\" is Keras's: x/6 + 1/2, at least 0 and at most 1."
    static let activationMeaning = "An RNN's activation."

    /// A recurrent layer is called by its cell.
    private static func recurrent(_ cell: CellKind) -> LayerType {
        var keys: [LayerKey] = [
            .integer("hidden", \RecurrentDescription.hidden, LayerStack.hiddens, isRequired: true, "Units.")
        ]
        if cell.forgetGate != nil {
            keys.append(.real("forgetBias", \RecurrentDescription.forgetBias, LayerStack.forgetBiases, "Added to the forget gate's first bias."))
        }
        if cell.hasCellState {
            keys += [
                .bool("peepholes", \RecurrentDescription.hasPeepholes, peepholesMeaning),
                .bool("coupledGates", \RecurrentDescription.isCoupled, coupledMeaning),
                .choice("gateActivation", \RecurrentDescription.gateFunction, gateMeaning),
            ]
        }
        if cell.hasResetGate { keys.append(.choice("reset", \RecurrentDescription.reset, resetMeaning)) }
        if cell.hasChosenActivation { keys.append(.choice("activation", \RecurrentDescription.activation, activationMeaning)) }
        return LayerType(name: cell.rawValue, keys: keys, initial: RecurrentDescription(cell: cell, hidden: 1).layer) { layer in
            RecurrentDescription(layer)?.cell == cell
        }
    }
}

extension RecurrentDescription: LayerSettings {
    init?(_ layer: LayerDescription) {
        guard case .recurrent(let settings) = layer else { return nil }
        self = settings
    }

    var layer: LayerDescription { .recurrent(self) }
}
