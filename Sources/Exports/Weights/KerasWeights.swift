import Layers

/// The weights for Keras, an npz file in the order of `set_weights`: of a recurrent layer the kernel `[input, gates·hidden]`, the recurrent kernel
/// `[hidden, gates·hidden]`, and both biases or their sum (``CellExport``).
struct KerasWeights: ModelWriter {
    private var archive = ZipArchive()

    mutating func add(_ layer: ExportedLayer) {
        let shapes = layer.plan.parameters.map(\.shape)
        switch layer.kind {
        case .embedding: archive.add("embedding/embeddings.npy", NumpyArray(layer.values(0), shape: shapes[0]).bytes)
        case .recurrent(let description, let index):
            let cell = CellExport(description)
            let name = "\(cell.kerasLayer.lowercased())_\(index)"
            for (place, kernel) in ["kernel", "recurrent_kernel"].enumerated() {
                let rows = layer.gates(place, inOrder: cell.kerasGates)
                let shape = [rows.count / shapes[place][1], shapes[place][1]]
                archive.add(
                    "\(name)/\(kernel).npy",
                    NumpyArray(ExportedLayer.transposed(rows, shape: shape), shape: shape.reversed()).bytes)
            }
            let biases = (2...3).map { layer.gates($0, inOrder: cell.kerasGates) }
            let bias =
                cell.kerasHasBothBiases
                ? NumpyArray(biases[0] + biases[1], shape: [2, biases[0].count]) : NumpyArray(zip(biases[0], biases[1]).map(+), shape: [biases[0].count])
            archive.add("\(name)/bias.npy", bias.bytes)
        case .head:
            archive.add("head/kernel.npy", NumpyArray(layer.transposed(0), shape: shapes[0].reversed()).bytes)
            archive.add("head/bias.npy", NumpyArray(layer.values(1), shape: shapes[1]).bytes)
        }
    }

    mutating func finished() -> [UInt8] { archive.finished() }
}
