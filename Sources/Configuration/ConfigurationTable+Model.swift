import Datasets
import Layers
import Models

// The network's part of the table.

extension ConfigurationCondition {
    fileprivate static let lstm = ConfigurationCondition("model.cell", \.model.cell, is: .lstm)
    fileprivate static let embedded = ConfigurationCondition("model.embedding", \.model.embedding, isAtLeast: 1)
    fileprivate static let spelled = ConfigurationCondition("model.characters", \.model.characters, is: [.lstm, .gru, .convolution])
    fileprivate static let convolved = ConfigurationCondition("model.characters", \.model.characters, is: .convolution)
    /// Cells whose time steps may have masks.
    fileprivate static let masked = ConfigurationCondition("model.cell", \.model.cell, is: CellKind.allCases.filter(\.hasMaskedSteps))
}

extension ConfigurationKey {
    static let model: [ConfigurationKey] = [
        .choice(.model, "cell", \.model.cell, .result, "Cell of the recurrent layers: LSTM, GRU or simple RNN, with PyTorch's formulas, or the sLSTM of xLSTM.")
            .when(.layersAlike),
        .integer(.model, "hidden", \.model.hidden, LayerStack.hiddens, .result, "Units of each recurrent layer.").when(.layersAlike),
        .layers(
            .model, "layers", \.model.layers, .result,
            "Layers, one above the other: how many recurrent ones, or a list from the input to the head, each with its type and the type's own keys."),
        .integer(.model, "embedding", \.model.embedding, 0...65_536, .result, "Width of the learned embedding of tokens; 0: one-hot."),
        .text(
            .model, "embeddingFile", \.model.embeddingFile, .result,
            "A text file of words' vectors to begin with, as GloVe and word2vec have them, as wide as model.embedding; a relative path as in data.files. Empty: none.")
            .when(ConfigurationCondition("model.embedding", \.model.embedding, isAtLeast: 1)),
        .bool(
            .model, "trainEmbedding", \.model.trainEmbedding, .result, "Whether training changes the embedding.")
            .when(ConfigurationCondition("model.embedding", \.model.embedding, isAtLeast: 1)),
        .bool(
            .model, "tied", \.model.tied, .result,
            "Whether the head's weights are the embedding's (Press & Wolf 2017); the last layer is then as wide as model.embedding.")
            .when(ConfigurationCondition("model.embedding", \.model.embedding, isAtLeast: 1)),
        .choice(
            .model, "head", \.model.head, .result,
            "Which time steps have an output: every or last. \"auto\": every for text, embeddedReber and targets of time steps, else last. \"crf\": every, with a "
                + "linear-chain conditional random field over a sequence's classes (Lafferty et al. 2001)."),
        .choice(
            .model, "initialization", \.model.initialization, .result,
            "First weights: PyTorch's uniform ones, Keras's (Glorot uniform, orthogonal recurrent, forget bias 1), or all within ± model.initialRange."),
        .real(.model, "initialRange", \.model.initialRange, .above(0).atMost(1e30), .result, "Greatest size of the first weights and biases.")
            .when(ConfigurationCondition("model.initialization", \.model.initialization, is: .uniform)),
        .real(
            .model, "forgetBias", \.model.forgetBias, LayerStack.forgetBiases, .result,
            LayerType.forgetBiasMeaning + " 2 to 5 where something must be remembered over a hundred steps.")
            .when(.layersAlike, ConfigurationCondition("model.cell", \.model.cell, is: CellKind.allCases.filter(\.hasMemoryGate))),
        .choice(.model, "reset", \.model.reset, .result, LayerType.resetMeaning)
            .when(.layersAlike, ConfigurationCondition("model.cell", \.model.cell, is: .gru)),
        .choice(.model, "activation", \.model.activation, .result, LayerType.activationMeaning)
            .when(.layersAlike, ConfigurationCondition("model.cell", \.model.cell, is: .rnn)),
        .bool(.model, "peepholes", \.model.peepholes, .result, LayerType.peepholesMeaning)
            .when(.layersAlike, .lstm),
        .bool(.model, "coupledGates", \.model.coupledGates, .result, LayerType.coupledMeaning)
            .when(.layersAlike, .lstm),
        .choice(.model, "gateActivation", \.model.gateActivation, .result, LayerType.gateMeaning)
            .when(.layersAlike, ConfigurationCondition("model.cell", \.model.cell, is: CellKind.allCases.filter(\.hasChosenGates))),
        .integer(.model, "projection", \.model.projection, LayerType.projections, .result, LayerType.projectionMeaning).when(.layersAlike, .lstm),
        .choice(.model, "layerNorm", \.model.layerNorm, .result, LayerType.layerNormMeaning).when(.layersAlike, .lstm),
        .choice(.model, "initialState", \.model.initialState, .result, LayerType.initialStateMeaning)
            .when(.layersAlike, ConfigurationCondition("model.cell", \.model.cell, is: CellKind.allCases.filter(\.hasChosenInitialState))),
        .bool(
            .model, "bidirectional", \.model.bidirectional, .result,
            "Whether each recurrent layer also reads the sequence from its end to its begin; both outputs, side by side, go to the layer above.")
            .when(.layersAlike),
        .real(
            .model, "dropout", \.model.dropout, LayerType.rates, .result,
            "Probability with which a number from one recurrent layer to the next is set to 0 in training. For dropout elsewhere, list the layers.")
            .when(.severalLayersAlike),
        .real(.model, "recurrentDropout", \.model.recurrentDropout, LayerType.rates, .result, LayerType.recurrentDropoutMeaning).when(.layersAlike, .masked),
        .real(.model, "weightDrop", \.model.weightDrop, LayerType.rates, .result, LayerType.weightDropMeaning).when(.layersAlike),
        .real(.model, "zoneout", \.model.zoneout, LayerType.rates, .result, LayerType.zoneoutMeaning).when(.layersAlike, .masked),
        .real(.model, "zoneoutCell", \.model.zoneoutCell, LayerType.rates, .result, LayerType.zoneoutCellMeaning).when(.layersAlike, .lstm),
        .real(
            .model, "embeddingDropout", \.model.embeddingDropout, LayerType.rates, .result,
            "Probability with which a symbol's whole embedding is 0 for a training step (Gal & Ghahramani 2016)."),
        .choice(
            .model, "characters", \.model.characters, .result,
            "What reads the characters of each word of labelled sequences, beside its embedding: a recurrent layer in both directions (Ling et al. 2015), or a "
                + "convolution (Ma & Hovy 2016).").when(.embedded),
        .integer(.model, "characterEmbedding", \.model.characterEmbedding, 1...65_536, .result, "Width of a character's embedding.").when(.embedded, .spelled),
        .integer(
            .model, "characterUnits", \.model.characterUnits, 1...65_536, .result,
            "Units of each direction, or channels of the convolution; a word has twice as many numbers, or as many.").when(.embedded, .spelled),
        .integer(
            .model, "characterWidth", \.model.characterWidth, 1...64, .result, "Characters that an output of the convolution is computed from.")
            .when(.embedded, .convolved),
        .integer(.model, "characterLimit", \.model.characterLimit, 1...1_000, .result, "Characters of a word that are read, the first ones.")
            .when(.embedded, .spelled),
        .integer(
            .model, "mixture", \.model.mixture, 1...NextNumbersMeaning.largestComponentCount, for: [.sequences], .result,
            "Components of the mixture of distributions by which the next numbers or the next point is predicted (data.target \"next\")."),
        .choice(
            .model, "mixtureFamily", \.model.mixtureFamily, for: [.sequences], .result,
            "Distributions of the mixture: Gaussian ones, or logistic ones, whose tails are heavier. Of drawings Gaussian ones with a correlation."),
        .real(
            .model, "leastDeviation", \.model.leastDeviation, .atLeast(0.0001).atMost(10), for: [.sequences], .result,
            "Its square is added to each variance of the mixture, in standardised units, so that no density is without bound: losses with different ones can't be compared."),
        .real(
            .model, "activationL2", \.model.activationL2, LayerType.penalties, .result,
            "Of the last recurrent layer: this " + LayerType.activationL2Meaning).when(.layersAlike),
        .real(
            .model, "temporalL2", \.model.temporalL2, LayerType.penalties, .result,
            "Of the last recurrent layer: this " + LayerType.temporalL2Meaning).when(.layersAlike),
        .text(
            .model, "initialWeights", \.model.initialWeights, .result,
            "A safetensors file of PyTorch's with the first weights, in place of model.initialization's; a relative path as in data.files. Empty: none."),
        .choice(
            .model, "newSymbols", \.model.newSymbols, .result,
            "Symbols that the model of model.initialWeights doesn't know: refused, or initialized, and the weights of all others taken symbol by symbol."),
    ]
}
