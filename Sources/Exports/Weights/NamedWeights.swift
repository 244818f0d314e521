import Files
import Layers

/// The weights for PyTorch, a safetensors file: names, shapes and gate order are the checkpoint's.
struct SafetensorsWeights: ModelWriter, ~Copyable {
    private var writer: SafetensorsWriter

    /// - Parameter layout: of all weights.
    init(path: String, layout: ParameterLayout) throws {
        writer = try SafetensorsWriter(
            path: path, tensors: layout.parameters.map { TensorShape(name: $0.name, dimensions: $0.shape) }, metadata: ["format": "pt"])
    }

    mutating func add(_ layer: ExportedLayer) throws {
        for place in layer.plan.parameters.indices {
            let values = layer.values(place)
            try writer.write(values.span)
        }
    }

    consuming func finish() throws { _ = try writer.finish() }
}

/// The weights for NumPy, an npz file: the same names and shapes, one array each.
struct NumpyWeights: ModelWriter {
    private var archive = ZipArchive()

    mutating func add(_ layer: ExportedLayer) {
        for (place, parameter) in layer.plan.parameters.enumerated() {
            archive.add(parameter.name + ".npy", NumpyArray(layer.values(place), shape: parameter.shape).bytes)
        }
    }

    mutating func finished() -> [UInt8] { archive.finished() }
}
