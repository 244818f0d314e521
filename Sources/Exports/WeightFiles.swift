import Files
import Layers
import Models

// The weights in the file formats of PyTorch, NumPy and Keras. For ONNX they are part of the graph.
extension ExportedModel {
    /// For PyTorch: names, shapes and gate order are the checkpoint's.
    func writeSafetensors(to path: String) throws {
        let parameters = layout.parameters
        var writer = try SafetensorsWriter(
            path: path, tensors: parameters.map { TensorShape(name: $0.name, dimensions: $0.shape) }, metadata: ["format": "pt"])
        for parameter in parameters { try writer.write(self.parameters.span.extracting(parameter.range)) }
        _ = try writer.finish()
    }

    /// For NumPy: the same names and shapes, one array each.
    func npz() -> [UInt8] {
        var archive = ZipArchive()
        for parameter in layout.parameters { archive.add(parameter.name + ".npy", NumpyArray(self[parameter.name], shape: parameter.shape).bytes) }
        return archive.finished()
    }

    /// For Keras, in the order of `set_weights`: for each layer the kernel `[input, gates·hidden]`, the recurrent kernel `[hidden, gates·hidden]`, and both
    /// biases or their sum (``CellExport``).
    func kerasNPZ() -> [UInt8] {
        var archive = ZipArchive()
        if case .embedding(let count, let width) = shape.input {
            archive.add("embedding/embeddings.npy", NumpyArray(self["embedding.weight"], shape: [count, width]).bytes)
        }
        let prefix = cell.kerasLayer.lowercased()
        for layer in shape.layers.indices {
            for (name, keras) in [("rnn.weight_ih_l\(layer)", "kernel"), ("rnn.weight_hh_l\(layer)", "recurrent_kernel")] {
                let rows = gates(of: name, inOrder: cell.kerasGates)
                let array = transposed(rows[...], rows: layout[name].shape[0], columns: layout[name].shape[1])
                archive.add("\(prefix)_\(layer)/\(keras).npy", array.bytes)
            }
            let biases = ["rnn.bias_ih_l\(layer)", "rnn.bias_hh_l\(layer)"].map { gates(of: $0, inOrder: cell.kerasGates) }
            let bias =
                cell.kerasHasBothBiases
                ? NumpyArray(biases[0] + biases[1], shape: [2, biases[0].count]) : NumpyArray(zip(biases[0], biases[1]).map(+), shape: [biases[0].count])
            archive.add("\(prefix)_\(layer)/bias.npy", bias.bytes)
        }
        let head = layout["head.weight"].shape
        archive.add("head/kernel.npy", transposed(self["head.weight"], rows: head[0], columns: head[1]).bytes)
        archive.add("head/bias.npy", NumpyArray(self["head.bias"], shape: [shape.outputs]).bytes)
        return archive.finished()
    }

    private func transposed(_ values: ArraySlice<Float>, rows: Int, columns: Int) -> NumpyArray {
        NumpyArray(Self.transposed(values, rows: rows, columns: columns), shape: [columns, rows])
    }

    /// A recurrent layer's parameter with its blocks of rows, one a gate, in another order.
    func gates(of name: String, inOrder order: [Int]) -> [Float] {
        let values = self[name]
        let gate = values.count / order.count
        return order.flatMap { values[values.startIndex + $0 * gate..<values.startIndex + ($0 + 1) * gate] }
    }

    /// Transposes `[rows, columns]`.
    static func transposed(_ values: ArraySlice<Float>, rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for column in 0..<columns { result[column * rows + row] = values[values.startIndex + row * columns + column] }
        }
        return result
    }
}
