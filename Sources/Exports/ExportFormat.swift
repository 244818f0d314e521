/// What a trained model can be written as, each for a library of its own.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// For `torch.nn.LSTM`: safetensors.
    case pytorch
    /// For every runtime of ONNX: one file with graph and weights.
    case onnx
    /// For Keras 3 on any of its backends.
    case keras
    /// For NumPy alone.
    case npz

    /// The file that has the weights.
    public var weightsFile: String {
        switch self {
        case .pytorch: "model.safetensors"
        case .onnx: "model.onnx"
        case .keras: "weights.npz"
        case .npz: "model.npz"
        }
    }

    /// What `pip install` takes for its `verify.py`.
    public var packages: [String] {
        switch self {
        case .pytorch: ["torch", "safetensors", "numpy"]
        case .onnx: ["onnxruntime", "numpy"]
        case .keras: ["keras", "torch", "numpy"]
        case .npz: ["numpy"]
        }
    }

    /// The library, as Hugging Face's index of models calls it.
    var libraryName: String {
        switch self {
        case .pytorch: "pytorch"
        case .onnx: "onnx"
        case .keras: "keras"
        case .npz: "numpy"
        }
    }

    /// The same for people.
    var libraryTitle: String {
        switch self {
        case .pytorch: "PyTorch"
        case .onnx: "ONNX Runtime"
        case .keras: "Keras"
        case .npz: "NumPy"
        }
    }

    /// Refuses weights that its container can't hold.
    /// - Throws: ``ExportError/tooLarge(format:byteCount:limit:)``.
    package func requireRoom(forByteCount byteCount: Int) throws(ExportError) {
        // What stands around the weights takes far less than this.
        let wanted = byteCount + byteCount / 64 + (1 << 20)
        if let limit = largestByteCount, wanted > limit { throw .tooLarge(format: self, byteCount: byteCount, limit: limit) }
    }

    /// Bytes of its container; nil for no bound. A protobuf message ends below 2 GiB, a plain zip below 4.
    private var largestByteCount: Int? {
        switch self {
        case .pytorch: nil
        case .onnx: Int(Int32.max)
        case .keras, .npz: Int(UInt32.max)
        }
    }
}
