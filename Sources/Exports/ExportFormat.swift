/// Export format of a trained model; each is for one library.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// For PyTorch: safetensors.
    case pytorch
    /// For every ONNX runtime: one file with graph and weights.
    case onnx
    /// For Keras 3 on any of its backends.
    case keras
    /// For NumPy only.
    case npz

    /// Name of the file with the weights.
    public var weightsFile: String {
        switch self {
        case .pytorch: "model.safetensors"
        case .onnx: "model.onnx"
        case .keras: "weights.npz"
        case .npz: "model.npz"
        }
    }

    /// Packages to install with `pip install` for `verify.py`.
    public var packages: [String] {
        switch self {
        case .pytorch: ["torch", "safetensors", "numpy"]
        case .onnx: ["onnxruntime", "numpy"]
        case .keras: ["keras", "torch", "numpy"]
        case .npz: ["numpy"]
        }
    }

    /// The library's name on the Hugging Face Hub.
    var libraryName: String {
        switch self {
        case .pytorch: "pytorch"
        case .onnx: "onnx"
        case .keras: "keras"
        case .npz: "numpy"
        }
    }

    /// The library's name in text.
    var libraryTitle: String {
        switch self {
        case .pytorch: "PyTorch"
        case .onnx: "ONNX Runtime"
        case .keras: "Keras"
        case .npz: "NumPy"
        }
    }

    /// Rejects weights that exceed the container's maximum size.
    /// - Throws: ``ExportError/tooLarge(format:byteCount:limit:)``.
    package func requireRoom(forByteCount byteCount: Int) throws(ExportError) {
        // An upper bound of everything else in the file.
        let wanted = byteCount + byteCount / 64 + (1 << 20)
        if let limit = largestByteCount, wanted > limit { throw .tooLarge(format: self, byteCount: byteCount, limit: limit) }
    }

    /// The container's maximum size in bytes; nil for no limit. A protobuf message must be below 2 GiB, a plain zip below 4.
    private var largestByteCount: Int? {
        switch self {
        case .pytorch: nil
        case .onnx: Int(Int32.max)
        case .keras, .npz: Int(UInt32.max)
        }
    }
}
