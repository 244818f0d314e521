import Files
import Layers

/// The weights for Keras, an npz file in the order of `set_weights`: of a recurrent layer's directions each the kernel `[input, gates·hidden]`, the recurrent
/// kernel `[hidden, gates·hidden]`, and both biases or their sum (``CellExport``).
struct KerasWeights: ModelWriter {
    private var archive = ZipArchive()

    mutating func add(_ layer: ExportedLayer) {
        switch layer.kind {
        case .embedding: add(layer, "embeddings", 0)
        case .recurrent(let description, _):
            for (direction, half) in zip(["", "/backward"], layer.directions) { add(half, CellExport(description), in: layer.kerasName + direction) }
        case .dense, .head:
            archive.add("\(layer.kerasName)/kernel.npy", NumpyArray(layer.transposed(0), shape: layer.plan.parameters[0].shape.reversed()).bytes)
            add(layer, "bias", 1)
        case .layerNorm:
            add(layer, "gamma", 0)
            add(layer, "beta", 1)
        case .convolution:
            let shape = layer.plan.parameters[0].shape
            archive.add("\(layer.kerasName)/kernel.npy", NumpyArray(layer.reversed(0), shape: shape.reversed()).bytes)
            add(layer, "bias", 1)
        case .pool(let method):
            guard method == .attention else { break }
            for (place, name) in [(0, layer.kerasName), (2, "\(layer.kerasName)_query")] {
                archive.add("\(name)/kernel.npy", NumpyArray(layer.transposed(place), shape: layer.plan.parameters[place].shape.reversed()).bytes)
                if place == 0 { add(layer, "bias", 1) }
            }
        case .nothing, .frames: break
        case .temporalBlock, .transformer: preconditionFailure("refused before: ExportError.layerUnknown")
        }
    }

    private mutating func add(_ layer: ExportedLayer, _ name: String, _ place: Int) {
        archive.add("\(layer.kerasName)/\(name).npy", NumpyArray(layer.values(place), shape: layer.plan.parameters[place].shape).bytes)
    }

    /// One direction of a recurrent layer.
    private mutating func add(_ layer: ExportedLayer, _ cell: CellExport, in name: String) {
        for (place, kernel) in ["kernel", "recurrent_kernel"].enumerated() {
            let (rows, columns) = (layer.gates(place, inOrder: cell.kerasGates), layer.plan.parameters[place].shape[1])
            let shape = [rows.count / columns, columns]
            archive.add("\(name)/\(kernel).npy", NumpyArray(ExportedLayer.transposed(rows, shape: shape), shape: shape.reversed()).bytes)
        }
        let biases = (2...3).map { layer.gates($0, inOrder: cell.kerasGates) }
        let bias =
            cell.kerasHasBothBiases
            ? NumpyArray(biases[0] + biases[1], shape: [2, biases[0].count]) : NumpyArray(zip(biases[0], biases[1]).map(+), shape: [biases[0].count])
        archive.add("\(name)/bias.npy", bias.bytes)
    }

    mutating func finished() -> [UInt8] { archive.finished() }
}
