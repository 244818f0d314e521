import Datasets
import Layers
import Models
import StrictJSON

extension ConfigurationReader {
    /// Reports layers that don't go with the data or with each other, by their number in the list.
    mutating func checkLayers() {
        checkTied()
        checkEmbeddingFile()
        guard let given = place(of: "model.layers") ?? place(of: "model.bidirectional") else { return }
        for fault in layerFaults { report(given, fault) }
    }

    /// Reports words' vectors for data without words.
    private mutating func checkEmbeddingFile() {
        let (data, model) = (configuration.data, configuration.model)
        guard !model.embeddingFile.isEmpty, model.embedding > 0, let given = place(of: "model.embeddingFile") else { return }
        guard !Configuration.DataKind.fromTexts.contains(data.kind) || data.unit == .byte else { return }
        report(
            given, "model.embeddingFile has vectors of words or characters, and these data have none. Leave it out, or read a text with data.unit \"word\".")
    }

    /// Reports tied weights of different widths, or of a model that doesn't write symbols.
    private mutating func checkTied() {
        let (kind, model) = (configuration.data.kind, configuration.model)
        guard model.tied, model.embedding > 0, let given = place(of: "model.tied") else { return }
        guard Configuration.DataKind.fromTexts.contains(kind) else {
            return report(
                given, "model.tied is true, but with data.kind \"\(kind.rawValue)\" the model doesn't predict the symbols that it reads; it must be "
                    + "false there.")
        }
        let top = model.layerDescriptions.reduce(model.embedding) { $1.width(reading: $0) }
        guard top != model.embedding else { return }
        report(
            given, "model.tied is true, but the last layer gives \(top) numbers and model.embedding is \(model.embedding); the head's weights can be the "
                + "embedding's only if both are the same.")
    }

    private var layerFaults: [String] {
        let layers = configuration.model.layerDescriptions
        var faults: [String] = []
        if !layers.contains(where: { RecurrentDescription($0) != nil }) {
            faults.append("model.layers has no recurrent layer; it must have one at least, as in {\"type\": \"lstm\", \"hidden\": 128}.")
        }
        if configuration.data.hasTokens, configuration.model.embedding == 0, let first = layers.first, !first.readsSymbols {
            faults.append(
                "model.layers[1] is of type \"\(LayerType.of(first).name)\", which reads numbers, and the data are symbols: set model.embedding to their "
                    + "width, 32 to 512 being usual, or begin with a recurrent layer without a connection.")
        }
        faults += widthFaults(layers)
        guard let index = layers.firstIndex(where: \.needsWholeSequence) else { return faults }
        var name = "model.bidirectional"
        if case .list = configuration.model.layers { name = "model.layers[\(index + 1)]" }
        if configuration.headPlacement == .every {
            faults.append(
                "\(name) reads each sequence to its end, but with data.kind \"\(configuration.data.kind.rawValue)\" the model predicts the next symbol at "
                    + "every step, which it would then have seen. Let all layers read forward only.")
        }
        if configuration.training.segmentLength > 0 {
            faults.append(
                "\(name) needs whole sequences, so they can't be kept in segments of training.segmentLength \(configuration.training.segmentLength). "
                    + "Set that to 0.")
        }
        return faults
    }

    /// Residual layers whose input isn't as wide as their output.
    private func widthFaults(_ layers: [LayerDescription]) -> [String] {
        // The width of numbers is the data's.
        var width = configuration.model.embedding > 0 ? configuration.model.embedding : nil
        return layers.enumerated().compactMap { index, layer in
            let inputWidth = width
            width = inputWidth.map(layer.width) ?? layer.widthWithoutInput
            guard layer.keepsWidth, let own = layer.ownWidth, own != inputWidth else { return nil }
            let reads = inputWidth.map { "reads \($0)" } ?? "reads what the data have"
            return "model.layers[\(index + 1)] has a residual connection, gives \(own) numbers and \(reads); they must be as many. A layer of type \"dense\" below changes "
                + "the width."
        }
    }
}

extension LayerDescription {
    /// Numbers of its output, where they don't depend on its input's; otherwise nil.
    fileprivate var widthWithoutInput: Int? { width(reading: 1) == width(reading: 2) ? width(reading: 1) : nil }
}
