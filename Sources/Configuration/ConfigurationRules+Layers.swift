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
        if !layers.contains(where: \.readsOtherSteps) {
            faults.append(
                "model.layers has no layer that connects time steps; it must have one at least, as in {\"type\": \"lstm\", \"hidden\": 128}: recurrent, a "
                    + "convolution or pooling.")
        }
        if configuration.data.hasTokens, configuration.model.embedding == 0, let first = layers.first, !first.readsSymbols {
            faults.append(
                "model.layers[1] is of type \"\(LayerType.of(first).name)\", which reads numbers, and the data are symbols: set model.embedding to their "
                    + "width, 32 to 512 being usual, or begin with a recurrent layer without a connection.")
        }
        faults += widthFaults(layers) + groupFaults(layers)
        if configuration.headPlacement == .every, let index = layers.firstIndex(where: { $0.stepChange != .none }) {
            faults.append(
                "model.layers[\(index + 1)], of type \"\(LayerType.of(layers[index]).name)\", gives another number of time steps than it reads, but with data.kind "
                    + "\"\(configuration.data.kind.rawValue)\" the model predicts the next symbol at every step. Leave the layer out, or give a convolution stride 1 and "
                    + "padding \"causal\".")
        }
        guard let index = layers.firstIndex(where: \.needsWholeSequence) else { return faults }
        var name = "model.bidirectional"
        if case .list = configuration.model.layers { name = "model.layers[\(index + 1)]" }
        if configuration.headPlacement == .every, layers[index].stepChange == .none {
            let isConvolution = ConvolutionDescription(layers[index]) != nil
            faults.append(
                "\(name) reads \(isConvolution ? "later time steps" : "each sequence to its end"), but with data.kind \"\(configuration.data.kind.rawValue)\" the model predicts the next symbol at "
                    + "every step, which it would then have seen. \(isConvolution ? "Give it padding \"causal\"." : "Let all layers read forward only.")")
        }
        if configuration.training.segmentLength > 0 {
            faults.append(
                "\(name) needs whole sequences, so they can't be kept in segments of training.segmentLength \(configuration.training.segmentLength). "
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
