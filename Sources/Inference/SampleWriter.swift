public import Configuration
public import Datasets
public import Kernels
import Network
import Runs
import Threads
public import Training

/// Lets a model that is being trained write a little, so that one sees what it has learned. Changes nothing of the training.
public final class SampleWriter: SampleSource {
    /// Below 1, so that a reader sees what the model thinks likely.
    public static let temperature = 0.8

    private let length: Int
    private let network: Network
    private let generator: Generator

    /// nil where the model writes no text, or none is wanted.
    public init?(_ configuration: Configuration, dataset: any Dataset) {
        guard let vocabulary = dataset.generatedVocabulary, configuration.log.sampleLength > 0 else { return nil }
        length = configuration.log.sampleLength
        // A network of its own: one sequence, a thread, and all activations kept, however the training has it.
        network = Network(
            shape: configuration.networkShape(for: dataset), gates: configuration.gateMode, precision: configuration.training.precision, team: ThreadTeam(threadCount: 1, spins: false))
        generator = Generator(
            configuration, vocabulary: vocabulary, network: network, temperature: Self.temperature, seed: configuration.seed)
    }

    /// What a model of these parameters writes, after the usual prompt: the same for the same parameters.
    public func text(_ parameters: FloatView) -> String {
        network.load(parameters)
        let prompt = generator.usualPrompt
        let text = generator.generate(from: [prompt], length: length, isEnd: generator.isComplete)[0]
        return String(decoding: generator.vocabulary.decodeBytes(text), as: UTF8.self)
    }
}
