import Files
import Network

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

    /// For Keras, in the order of `set_weights`: for each layer the kernel `[input, 4·hidden]`, the recurrent kernel `[hidden, 4·hidden]` and one bias,
    /// the sum of PyTorch's two. Gates are in the order i, f, c, o, which is PyTorch's i, f, g, o.
    func kerasNPZ() -> [UInt8] {
        var archive = ZipArchive()
        if case .embedding(let count, let width) = shape.input {
            archive.add("embedding/embeddings.npy", NumpyArray(self["embedding.weight"], shape: [count, width]).bytes)
        }
        for layer in 0..<shape.layers {
            archive.add("lstm_\(layer)/kernel.npy", transposed("rnn.weight_ih_l\(layer)").bytes)
            archive.add("lstm_\(layer)/recurrent_kernel.npy", transposed("rnn.weight_hh_l\(layer)").bytes)
            let bias = zip(self["rnn.bias_ih_l\(layer)"], self["rnn.bias_hh_l\(layer)"]).map(+)
            archive.add("lstm_\(layer)/bias.npy", NumpyArray(bias, shape: [bias.count]).bytes)
        }
        archive.add("head/kernel.npy", transposed("head.weight").bytes)
        archive.add("head/bias.npy", NumpyArray(self["head.bias"], shape: [shape.outputs]).bytes)
        return archive.finished()
    }

    private func transposed(_ name: String) -> NumpyArray {
        let (rows, columns) = (layout[name].shape[0], layout[name].shape[1])
        return NumpyArray(Self.transposed(self[name], rows: rows, columns: columns), shape: [columns, rows])
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
