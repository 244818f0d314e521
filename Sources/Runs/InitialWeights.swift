import Checkpoints
package import Communication
package import Configuration
package import Datasets
import Files
import Foundation
package import Kernels
import Layers
package import Models
import StrictJSON

/// A safetensors file with a model's weights under PyTorch's names: one of ours, from `export --format pytorch` or a checkpoint, or that of another
/// module with one `nn.LSTM`, `nn.GRU` or `nn.RNN`, one `nn.Linear` and at most one `nn.Embedding`.
package struct InitialWeights {
    private let file: SafetensorsFile
    private let path: String
    private let layout: ParameterLayout
    /// The file's tensor for each parameter, in the layout's order.
    private let entries: [TensorEntry]

    /// Loads the weights from the file of model.initialWeights into `parameters`, and then words' vectors from that of model.embeddingFile; without such
    /// files, leaves them unchanged. Collective.
    /// - Parameter meaning: meaning of the new run's inputs and outputs.
    /// - Returns: the SHA-256 of the weights as a flat buffer, which all ranks agree on; nil without files.
    /// - Throws: on all ranks, if one of them can't read its file, the file doesn't have this model's weights, or ranks have different ones.
    package static func read(
        for configuration: Configuration, meaning: (any DataMeaning)?, shape: ModelDescription, into parameters: FloatView, group: any Communicator
    ) throws -> String? {
        let path = configuration.model.initialWeights
        let sha256: String? = try group.agree {
            guard configuration.model.hasFirstWeightsFile else { return nil }
            guard !path.isEmpty else {
                shape.initialize(parameters, seed: configuration.seed)
                try readVectors(for: configuration, meaning, shape: shape, into: parameters)
                return try parameters.sha256()
            }
            let source = try WeightsSource(path: path)
            if let transfer = try source?.symbolTransfer(to: configuration, meaning) {
                try read(path, through: transfer, for: configuration, shape: shape, into: parameters)
            } else {
                if source == nil { try requireNoNewSymbols(configuration) }
                try source?.requireSameMeaning(as: configuration, meaning)
                try InitialWeights(path: path, layout: ParameterLayout(shape)).read(into: parameters)
            }
            try readVectors(for: configuration, meaning, shape: shape, into: parameters)
            return try parameters.sha256()
        }
        try RankAgreement(initialWeightsSHA256: sha256).check(over: group)
        return sha256
    }

    /// Sets the rows of the embedding whose words the file of model.embeddingFile has, and what is tied to it.
    private static func readVectors(
        for configuration: Configuration, _ meaning: (any DataMeaning)?, shape: ModelDescription, into parameters: FloatView
    ) throws {
        let layout = ParameterLayout(shape)
        if let vectors = try configuration.wordVectors(of: meaning) {
            let width = configuration.model.embedding
            let embedding = layout["embedding.weight"].view(in: parameters)
            for (place, token) in vectors.tokens.enumerated() {
                for column in 0..<width { embedding[Int(token) * width + column] = vectors.values[place * width + column] }
            }
        }
        layout.copyTied(in: parameters)
    }

    private static func requireNoNewSymbols(_ configuration: Configuration) throws(TrainingError) {
        guard configuration.model.newSymbols == .initialize else { return }
        throw .initialWeights(
            path: configuration.model.initialWeights,
            reason: "isn't in a run or an export, so its symbols aren't known. Name the file in a checkpoint or in an export's folder, or leave out model.newSymbols.")
    }

    /// Loads the weights of a model with another vocabulary; those of new symbols are initialized as in a new model.
    private static func read(
        _ path: String, through transfer: SymbolTransfer, for configuration: Configuration, shape: ModelDescription, into parameters: FloatView
    ) throws {
        let earlierShape = configuration.modelDescription(writing: transfer.earlier)
        let layout = ParameterLayout(earlierShape)
        let weights = FloatMemory(count: layout.count)
        try InitialWeights(path: path, layout: layout).read(into: weights.view)
        shape.initialize(parameters, seed: configuration.seed)
        transfer.copy(weights.view, of: earlierShape, into: parameters, of: shape)
    }

    /// Finds each parameter in the file.
    /// - Throws: ``TrainingError/initialWeights(path:reason:)`` with each tensor that is missing, has another shape, or is unknown to the model.
    private init(path: String, layout: ParameterLayout) throws {
        guard FileManager.default.fileExists(atPath: path) else { throw TrainingError.noInitialWeights(path: path) }
        file = try mappingErrors(try SafetensorsFile.open(path))
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
    private func read(into parameters: FloatView) throws {
        try parameters.withMutableSpan { (span) throws(FileError) in
            for (parameter, entry) in zip(layout.parameters, entries) { try file.read(entry, into: &span, at: parameter.offset) }
        }
        let odd = layout.parameters.indices.first { index in
            parameters.slice(from: layout.parameters[index].offset, count: layout.parameters[index].count).array().contains { !$0.isFinite }
        }
        guard let odd else { return }
        let name = JSONValue.printable(entries[odd].name)
        throw TrainingError.initialWeights(path: path, reason: "has infinite numbers or NaN in '\(name)'. Take weights from before they broke.")
    }
}

extension Configuration {
    /// The vectors of the file of model.embeddingFile for the words of a text; nil without a file.
    func wordVectors(of meaning: (any DataMeaning)?) throws -> WordVectors? {
        guard !model.embeddingFile.isEmpty, let vocabulary = meaning?.inputVocabulary else { return nil }
        return try WordVectors(path: model.embeddingFile, width: model.embedding, vocabulary: vocabulary)
    }
}
