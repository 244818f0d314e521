import Batches
import Configuration
public import Datasets
public import Layers
import Models
public import Runs
public import Threads

/// A model's inputs and the trace of a layer's gates and states.
public struct SequenceTrace: Sendable {
    /// Input symbols, one per time step; empty if inputs are numbers.
    public let symbols: [String]
    /// Input numbers, `[time, features]`; empty if inputs are symbols.
    public let numbers: [[Float]]
    /// Column names of a time step's numbers; empty if inputs are symbols.
    public let numberNames: [String]
    public let layer: LayerTrace
}

extension TrainedRun {
    /// Traces a layer's gates and states while the model reads `text` from a zero state.
    /// - Parameter layer: from 0.
    /// - Throws: ``TrainingError/noLayer(layer:layerCount:)``, ``TrainingError/readsNoText(kind:)``, or the errors of ``Generator`` for the text.
    public func trace(ofText text: String, layer: Int, team: ThreadTeam) throws -> SequenceTrace {
        guard let vocabulary = try vocabulary() else { throw TrainingError.readsNoText(kind: configuration.data.kindName) }
        let tokens = try vocabulary.encode(text, as: configuration.data.reading)
        guard !tokens.isEmpty else { throw TrainingError.emptyPrompt }
        let characters = try (meaning() as? SequenceMeaning)?.spelled(
            text, reading: configuration.data.reading, limit: configuration.model.characterLimit)
        let batch = Batch(
            timeCount: tokens.count, lengths: [tokens.count], inputs: [.tokens(tokens)] + (characters.map { [.characters($0)] } ?? []), globalIndices: [0])
        return try trace(batch, shape: modelDescription(), layer: layer, vocabulary: vocabulary, numberNames: [], team: team)
    }

    /// Traces a layer's gates and states while the model reads an example of its data.
    /// - Parameters:
    ///   - example: its index in the part, from 0.
    ///   - layer: from 0.
    /// - Throws: ``TrainingError/noLayer(layer:layerCount:)``, ``TrainingError/noExample(example:part:count:)``; ``TrainingError/hasStreams`` for
    ///   data without examples.
    public func trace(ofExample example: Int, in part: DataPart, data: RunData, layer: Int, team: ThreadTeam) throws -> SequenceTrace {
        guard let examples = data.dataset as? any ExampleSet else { throw TrainingError.hasStreams }
        let count = examples.exampleCount(of: part)
        guard (0..<count).contains(example) else { throw TrainingError.noExample(example: example, part: "\(part)", count: count) }
        return try trace(
            examples.batch(ofExamples: [example], in: part), shape: configuration.modelDescription(for: examples), layer: layer,
            vocabulary: examples.vocabulary, numberNames: examples.featureNames, team: team)
    }

    /// - Parameter batch: of one sequence.
    private func trace(
        _ batch: Batch, shape: ModelDescription, layer: Int, vocabulary: Vocabulary?, numberNames: [String], team: ThreadTeam
    ) throws -> SequenceTrace {
        let layerCount = shape.recurrentLayers.count
        guard (0..<layerCount).contains(layer) else { throw TrainingError.noLayer(layer: layer, layerCount: layerCount) }
        let readableCount = shape.traceableLayerCount
        guard layer < readableCount else { throw TrainingError.tracesOtherSteps(layer: layer, readableCount: readableCount) }
        let network = try network(shape: shape, team: team)
        network.forward(batch)
        var symbols: [String] = []
        var numbers: [[Float]] = []
        switch batch.input {
        // Never the first of a batch's inputs.
        case .characters: symbols = []
        case .tokens(let tokens): symbols = tokens.map { token in vocabulary?.decode([token]) ?? "\(token)" }
        case .vectors(let vectors, let width):
            numbers = (0..<batch.timeCount).map { Array(vectors[$0 * width..<($0 + 1) * width]) }
        }
        return SequenceTrace(
            symbols: symbols, numbers: numbers, numberNames: numberNames, layer: network.trace(layer: layer, sequence: 0, length: batch.timeCount))
    }
}
