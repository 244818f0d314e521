import Layers
import Models
import StrictJSON

extension ConfigurationReader {
    /// Reports layers that don't go with the data or with each other, by their number in the list.
    mutating func checkLayers() {
        guard let given = place(of: "model.layers") ?? place(of: "model.bidirectional") else { return }
        for fault in layerFaults { report(given, fault) }
    }

    private var layerFaults: [String] {
        let layers = configuration.model.layerDescriptions
        var faults: [String] = []
        if !layers.contains(where: { RecurrentDescription($0) != nil || TransformerDescription($0) != nil }) {
            faults.append("model.layers has no recurrent layer and no transformer; it must have one at least, as in {\"type\": \"lstm\", \"hidden\": 128}.")
        }
        if configuration.data.hasTokens, configuration.model.embedding == 0, let first = layers.first, !first.readsSymbols {
            faults.append(
                "model.layers[1] is of type \"\(LayerType.of(first).name)\", which reads numbers, and the data are symbols: set model.embedding to their "
                    + "width, 32 to 512 being usual, or begin with a recurrent layer without a connection.")
        }
        faults += widthFaults(layers) + positionFaults(layers) + chunkFaults(layers)
        func name(_ index: Int) -> String {
            if case .list = configuration.model.layers { "model.layers[\(index + 1)]" } else { "model.bidirectional" }
        }
        if let index = layers.firstIndex(where: \.readsAhead), configuration.headPlacement == .every {
            faults.append(
                "\(name(index)) reads each sequence to its end, but with data.kind \"\(configuration.data.kind.rawValue)\" the model predicts the next symbol at "
                    + "every step, which it would then have seen. Let all layers read forward only.")
        }
        if let index = layers.firstIndex(where: \.needsWholeSequence), configuration.training.segmentLength > 0 {
            faults.append(
                "\(name(index)) needs whole sequences, so they can't be kept in segments of training.segmentLength \(configuration.training.segmentLength). "
                    + "Set that to 0.")
        }
        return faults
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
            layers.contains(where: { RecurrentDescription($0) != nil || TransformerDescription($0)?.context ?? 0 > 0 })
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
