public import Configuration
public import Datasets
public import Kernels
import Layers
import Models
import Runs
import Threads
public import Training

/// Generates a text sample with a model during training. Has no effect on training.
public final class SampleWriter: SampleSource {
    /// Below 1, so that samples show what the model considers likely.
    public static let temperature = 0.8

    private let length: Int
    private let network: Model
    private let generator: Generator

    /// Nil if the model doesn't generate text, or samples are turned off.
    public init?(_ configuration: Configuration, dataset: any Dataset) {
        guard dataset.task.uses.contains(.generate), let vocabulary = dataset.vocabulary, configuration.log.sampleLength > 0 else { return nil }
        length = configuration.log.sampleLength
        // A separate network: one sequence, one thread, and all activations kept, regardless of the training options.
        network = Model(
            shape: configuration.modelDescription(for: dataset), gates: configuration.parallelism.gates, precision: configuration.training.precision, team: ThreadTeam(threadCount: 1, spins: false))
        generator = Generator(
            configuration, task: dataset.task, vocabulary: vocabulary, network: network, sampling: SamplingOptions(temperature: Self.temperature),
            seed: configuration.seed)
    }

    /// Text generated with these parameters after the default prompt: the same text for the same parameters.
    public func text(_ parameters: FloatView) -> String {
        network.load(parameters)
        let prompt = generator.usualPrompt
        let text = generator.generate(from: [prompt], length: length, isEnd: generator.isComplete)[0]
        return String(decoding: generator.vocabulary.decodeBytes(text), as: UTF8.self)
    }
}
