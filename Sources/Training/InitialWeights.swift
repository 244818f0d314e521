import Checkpoints
import Communication
import Kernels
import Network
import StrictJSON

// Weights from elsewhere that training starts from.

extension TrainingState {
    /// Has the weights of the safetensors file at `path` in place of the initial ones; leaves those where `path` is empty. Collective.
    /// - Returns: the SHA-256 of the weights as a flat buffer, which all ranks agree on; nil where `path` is empty.
    /// - Throws: on all ranks, if one of them can't read its file, the file hasn't this model's weights, or ranks have other ones.
    func takeInitialWeights(from path: String, layout: ParameterLayout, group: any Communicator) throws -> String? {
        guard !path.isEmpty else { return nil }
        let sha256 = try group.agree {
            try InitialWeights(path: path, layout: layout).read(into: parameters)
            return try weightsSHA256()
        }
        try RankAgreement(initialWeightsSHA256: sha256).check(over: group)
        return sha256
    }
}

/// A safetensors file with a model's weights, by PyTorch's names: ours, as `export --format pytorch` and a checkpoint have them, or those of another
/// module with one `nn.LSTM`, one `nn.Linear` and, where there is one, one `nn.Embedding`.
struct InitialWeights {
    private let file: SafetensorsFile
    private let path: String
    private let layout: ParameterLayout
    /// The file's name for each parameter of the layout, in its order.
    private let entries: [TensorEntry]

    /// Finds each parameter in the file.
    /// - Throws: ``TrainingError/initialWeights(path:reason:)`` with each tensor that is missing, of another shape, or unknown to the model.
    init(path: String, layout: ParameterLayout) throws {
        file = try SafetensorsFile.open(path)
        self.path = path
        self.layout = layout
        do throws(TensorMatchError) {
            entries = try TensorMatch(layout: layout, entries: file.entries).entries()
        } catch {
            throw TrainingError.initialWeights(path: path, reason: error.description)
        }
    }

    /// Fills the flat buffer.
    /// - Throws: also if a weight is infinite or NaN.
    func read(into parameters: FloatView) throws {
        try parameters.withMutableSpan { (span) throws(CheckpointError) in
            for (parameter, entry) in zip(layout.parameters, entries) { try file.read(entry, into: &span, at: parameter.offset) }
        }
        let odd = layout.parameters.indices.first { index in
            parameters.slice(from: layout.parameters[index].offset, count: layout.parameters[index].count).array().contains { !$0.isFinite }
        }
        guard let odd else { return }
        throw TrainingError.initialWeights(path: path, reason: "has infinite numbers or NaN in '\(JSONValue.printable(entries[odd].name))'. Take weights from before they broke.")
    }
}
