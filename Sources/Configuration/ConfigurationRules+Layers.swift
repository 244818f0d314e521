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
        if !layers.contains(where: \.readsOtherSteps) {
            faults.append(
                "model.layers has no layer that connects time steps; it must have one at least, as in {\"type\": \"lstm\", \"hidden\": 128}: recurrent, a "
                    + "convolution, pooling or a transformer.")
        }
        if configuration.data.hasTokens, configuration.model.embedding == 0, let first = layers.first, !first.readsSymbols {
            faults.append(
                "model.layers[1] is of type \"\(LayerType.of(first).name)\", which reads numbers, and the data are symbols: set model.embedding to their "
                    + "width, 32 to 512 being usual, or begin with a recurrent layer without a connection.")
        }
        faults += widthFaults(layers) + groupFaults(layers) + positionFaults(layers) + chunkFaults(layers)
        func name(_ index: Int) -> String {
            if case .list = configuration.model.layers { "model.layers[\(index + 1)]" } else { "model.bidirectional" }
        }
        if configuration.headPlacement == .every, let index = layers.firstIndex(where: { $0.stepChange != .none }) {
            faults.append(
                "model.layers[\(index + 1)], of type \"\(LayerType.of(layers[index]).name)\", gives another number of time steps than it reads, but with data.kind "
                    + "\"\(configuration.data.kind.rawValue)\" the model predicts the next symbol at every step. Leave the layer out, or give a convolution stride 1 and "
                    + "padding \"causal\".")
        }
        if let index = layers.firstIndex(where: \.readsAhead), configuration.headPlacement == .every, layers[index].stepChange == .none {
            let isConvolution = ConvolutionDescription(layers[index]) != nil
            faults.append(
                "\(name(index)) reads \(isConvolution ? "later time steps" : "each sequence to its end"), but with data.kind "
                    + "\"\(configuration.data.kind.rawValue)\" the model predicts the next symbol at every step, which it would then have seen. "
                    + "\(isConvolution ? "Give it padding \"causal\"." : "Let all layers read forward only.")")
        }
        if let index = layers.firstIndex(where: \.needsWholeSequence), configuration.training.segmentLength > 0 {
            faults.append(
                "\(name(index)) needs whole sequences, so they can't be kept in segments of training.segmentLength \(configuration.training.segmentLength). "
                    + "Set that to 0.")
        }
        return faults
    }

    /// Convolutions whose groups don't divide what they read or give.
    private func groupFaults(_ layers: [LayerDescription]) -> [String] {
        // The width of numbers is the data's.
        var width = configuration.model.embedding > 0 ? configuration.model.embedding : nil
        return layers.enumerated().compactMap { index, layer in
            let inputWidth = width
            width = inputWidth.map(layer.width) ?? layer.widthWithoutInput
            let (groups, name) = (layer.groupCount, "model.layers[\(index + 1)]")
            guard groups > 1, let own = layer.widthWithoutInput else { return nil }
            if own % groups != 0 { return "\(name).groups is \(groups); it must divide the layer's \(own) channels." }
            guard let inputWidth else { return "\(name).groups is \(groups), and the layer reads what the data have; put a layer of type \"dense\" below, of a multiple of \(groups) units." }
            return inputWidth % groups == 0 ? nil : "\(name).groups is \(groups); it must divide the \(inputWidth) numbers that the layer reads."
        }
    }

    /// Residual layers whose input isn't as wide as their output, and transformers whose heads don't divide it.
    private func widthFaults(_ layers: [LayerDescription]) -> [String] {
        // The width of numbers is the data's.
        var width = configuration.model.embedding > 0 ? configuration.model.embedding : nil
        return layers.enumerated().compactMap { index, layer in
            let inputWidth = width
            width = inputWidth.map(layer.width) ?? layer.widthWithoutInput
            if let heads = layer.heads, heads > 1, inputWidth.map({ $0 % heads != 0 }) ?? true {
                let reads = inputWidth.map { "\($0) numbers" } ?? "as many numbers as the data have"
                return "model.layers[\(index + 1)] has \(heads) heads and reads \(reads); their number must be a multiple of the heads. A layer of type \"dense\" "
                    + "below changes it."
            }
            guard layer.keepsWidth, let own = layer.ownWidth, own != inputWidth else { return nil }
            let reads = inputWidth.map { "reads \($0)" } ?? "reads what the data have"
            return "model.layers[\(index + 1)] has a residual connection, gives \(own) numbers and \(reads); they must be as many. A layer of type \"dense\" below changes "
                + "the width."
        }
    }

    /// Transformers without a context beside layers that carry their state through a text: what is generated would lack one or the other.
    private func chunkFaults(_ layers: [LayerDescription]) -> [String] {
        guard configuration.data.kind == .text, let index = layers.firstIndex(where: \.forgetsBetweenChunks),
            layers.contains(where: { !$0.stateParts(reading: 1).isEmpty })
        else { return [] }
        return [
            "model.layers[\(index + 1)] begins anew with each chunk of a text, and other layers carry their state from chunk to chunk. Give it a context too: "
                + "data.length, \(configuration.data.length), is usual."
        ]
    }

    /// Transformers with a context whose positions are counted from each chunk's begin.
    private func positionFaults(_ layers: [LayerDescription]) -> [String] {
        layers.enumerated().compactMap { index, layer in
            guard let layer = TransformerDescription(layer), layer.context > 0, layer.positions == .sinusoidal else { return nil }
            return "model.layers[\(index + 1)] has sinusoidal positions, which count from each chunk's begin, and a context, which goes across chunks. Let positions be "
                + "\"rotary\" or \"none\", or remove context."
        }
    }
}

extension LayerDescription {
    /// Numbers of its output, where they don't depend on its input's; otherwise nil.
    fileprivate var widthWithoutInput: Int? { width(reading: 1) == width(reading: 2) ? width(reading: 1) : nil }
}
