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
        if !layers.contains(where: { RecurrentDescription($0) != nil }) {
            faults.append("model.layers has no recurrent layer; it must have one at least, as in {\"type\": \"lstm\", \"hidden\": 128}.")
        }
        if configuration.data.hasTokens, configuration.model.embedding == 0, let first = layers.first, !first.readsSymbols {
            faults.append(
                "model.layers[1] is of type \"\(LayerType.of(first).name)\", which reads numbers, and the data are symbols: set model.embedding to their "
                    + "width, 32 to 512 being usual, or begin with a recurrent layer.")
        }
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
}
