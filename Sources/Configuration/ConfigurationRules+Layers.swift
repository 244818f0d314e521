import Datasets
import Layers
import Models
import StrictJSON

extension ConfigurationReader {
    /// Reports layers that don't go with the data or with each other, by their number in the list.
    mutating func checkLayers() {
        checkTied()
        checkEmbeddingFile()
        checkAlike()
        guard let given = place(of: "model.layers") ?? place(of: "model.bidirectional") else { return }
        for fault in layerFaults { report(fault.layer.flatMap { place(ofElement: $0, of: "model.layers") } ?? given, fault.message) }
    }

    /// What is wrong with the layers beside each other or with other settings.
    private struct LayerFault {
        /// Which one, from 0; nil for all together.
        var layer: Int?
        let message: String
    }

    /// Reports keys of layers that are alike which have no effect beside each other: the conditions are those of the list's keys, which have the same names.
    private mutating func checkAlike() {
        guard case .alike = configuration.model.layers, let layer = configuration.model.layerDescriptions.last else { return }
        for (key, condition) in LayerType.of(layer).keysWithoutEffect(in: layer) {
            let name = "model.\(key.name)"
            guard let given = place(of: name) else { continue }
            report(given, name + condition.fault(of: key.value(layer)))
        }
    }

    /// Reports words' vectors for data without words.
    private mutating func checkEmbeddingFile() {
        let (data, model) = (configuration.data, configuration.model)
        guard !model.embeddingFile.isEmpty, model.embedding > 0, let given = place(of: "model.embeddingFile") else { return }
        guard !data.readsText || data.unit == .byte || data.unit == .bpe else { return }
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
        let top = model.layerDescriptions.reduce(model.embeddedWidth) { $1.width(reading: $0) }
        guard top != model.embedding else { return }
        report(
            given, "model.tied is true, but the last layer gives \(top) numbers and model.embedding is \(model.embedding); the head's weights can be the "
                + "embedding's only if both are the same.")
    }

    /// The faults of all layers; of layers that are alike, each one once.
    private var layerFaults: [LayerFault] {
        let layers = configuration.model.layerDescriptions
        var faults: [LayerFault] = []
        if !layers.contains(where: \.readsOtherSteps) {
            faults.append(
                LayerFault(
                    message: "model.layers has no layer that connects time steps; it must have one at least, as in {\"type\": \"lstm\", \"hidden\": 128}: recurrent, a "
                        + "convolution, pooling or a transformer."))
        }
        if configuration.data.hasTokens, configuration.model.embedding == 0, let first = layers.first, !first.readsSymbols {
            faults.append(
                LayerFault(
                    layer: 0,
                    message: "model.layers[1] is of type \"\(LayerType.of(first).name)\", which reads numbers, and the data are symbols: set model.embedding to their "
                        + "width, 32 to 512 being usual, or begin with a recurrent layer without a connection."))
        }
        guard case .list = configuration.model.layers else {
            return faults + layers.prefix(1).flatMap { orderFaults($0, "model.bidirectional") }.map { LayerFault(message: $0) }
        }
        // The width of numbers is the data's.
        var width = configuration.model.embedding > 0 ? configuration.model.embeddedWidth : nil
        for (index, layer) in layers.enumerated() {
            let name = "model.layers[\(index + 1)]"
            let messages =
                widthFaults(layer, reading: width, name) + groupFaults(layer, reading: width, name) + positionFaults(layer, name)
                + chunkFaults(layer, beside: layers, name) + orderFaults(layer, name)
            faults += messages.map { LayerFault(layer: index, message: $0) }
            width = width.map(layer.width) ?? layer.widthWithoutInput
        }
        return faults
    }

    /// Layers whose outputs come too late, or at other time steps than asked for; and those that don't go with segments.
    private func orderFaults(_ layer: LayerDescription, _ name: String) -> [String] {
        var faults: [String] = []
        let (reason, isNext) = (configuration.data.headReason, configuration.data.predictsOwnInput)
        let next = configuration.data.predictsSets ? "the next set" : configuration.data.sequenceTarget == .nextNumbers ? "the next numbers" : "the next symbol"
        if configuration.headPlacement != .last, layer.stepChange != .none, !configuration.data.predictsTranscripts {
            faults.append(
                "\(name), of type \"\(LayerType.of(layer).name)\", gives another number of time steps than it reads, but with \(reason) the model predicts "
                    + "\(isNext ? next : "a target") at every step. Leave the layer out, or give a convolution stride 1 and padding "
                    + "\(isNext ? "\"causal\"" : "\"same\"").")
        } else if configuration.headPlacement != .last, isNext, layer.readsAhead {
            let isConvolution = ConvolutionDescription(layer) != nil
            faults.append(
                "\(name) reads \(isConvolution ? "later time steps" : "each sequence to its end"), but with \(reason) the model predicts \(next) at every step, "
                    + "which it would then have seen. \(isConvolution ? "Give it padding \"causal\"." : "Let all layers read forward only.")")
        }
        if layer.needsWholeSequence, configuration.training.segmentLength > 0 {
            faults.append(
                "\(name) needs whole sequences, so they can't be kept in segments of training.segmentLength \(configuration.training.segmentLength). "
                    + "Set that to 0.")
        }
        return faults
    }

    /// Convolutions whose groups don't divide what they read or give.
    private func groupFaults(_ layer: LayerDescription, reading inputWidth: Int?, _ name: String) -> [String] {
        let groups = layer.groupCount
        guard groups > 1, let own = layer.widthWithoutInput else { return [] }
        if own % groups != 0 { return ["\(name).groups is \(groups); it must divide the layer's \(own) channels."] }
        guard let inputWidth else { return ["\(name).groups is \(groups), and the layer reads what the data have; put a layer of type \"dense\" below, of a multiple of \(groups) units."] }
        return inputWidth % groups == 0 ? [] : ["\(name).groups is \(groups); it must divide the \(inputWidth) numbers that the layer reads."]
    }

    /// Residual layers whose input isn't as wide as their output, and transformers whose heads don't divide it.
    private func widthFaults(_ layer: LayerDescription, reading inputWidth: Int?, _ name: String) -> [String] {
        if let heads = layer.heads, heads > 1, inputWidth.map({ $0 % heads != 0 }) ?? true {
            let reads = inputWidth.map { "\($0) numbers" } ?? "as many numbers as the data have"
            return ["\(name) has \(heads) heads and reads \(reads); their number must be a multiple of the heads. A layer of type \"dense\" below changes it."]
        }
        guard layer.keepsWidth, let own = layer.ownWidth, own != inputWidth else { return [] }
        let reads = inputWidth.map { "reads \($0)" } ?? "reads what the data have"
        return ["\(name) has a residual connection, gives \(own) numbers and \(reads); they must be as many. A layer of type \"dense\" below changes the width."]
    }

    /// Transformers without a context beside layers that carry their state through a text: what is generated would lack one or the other.
    private func chunkFaults(_ layer: LayerDescription, beside layers: [LayerDescription], _ name: String) -> [String] {
        guard configuration.data.kind == .text, layer.forgetsBetweenChunks, layers.contains(where: { !$0.stateParts(reading: 1).isEmpty }) else { return [] }
        return [
            "\(name) begins anew with each chunk of a text, and other layers carry their state from chunk to chunk. Give it a context too: data.length, "
                + "\(configuration.data.length), is usual."
        ]
    }

    /// Transformers with a context whose positions are counted from each chunk's begin.
    private func positionFaults(_ layer: LayerDescription, _ name: String) -> [String] {
        guard let layer = TransformerDescription(layer), layer.context > 0, layer.positions == .sinusoidal else { return [] }
        return [
            "\(name) has sinusoidal positions, which count from each chunk's begin, and a context, which goes across chunks. Let positions be \"rotary\" or "
                + "\"none\", or remove context."
        ]
    }
}

extension LayerDescription {
    /// Numbers of its output, where they don't depend on its input's; otherwise nil.
    fileprivate var widthWithoutInput: Int? { width(reading: 1) == width(reading: 2) ? width(reading: 1) : nil }
}
