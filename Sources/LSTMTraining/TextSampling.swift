import Datasets
import Inference

/// How a model's next symbol is drawn, by ``TrainedModel/continueText(_:length:sampling:)``.
///
/// The options are applied in the order of Hugging Face's `generate`: repetition penalty, temperature, top-k, top-p, typical.
public struct TextSampling: Sendable, Hashable {
    /// Divides the scores before a symbol is drawn, 0 or more; 0 always takes the most likely one, and then no filter may be set.
    public var temperature: Double
    /// Number of most likely symbols that may be drawn, at least 1; symbols that are exactly as likely as the last of them may be, too. Nil for all.
    public var topK: Int?
    /// Probability that the fewest most likely symbols, which may be drawn, have together, above 0 and at most 1 (nucleus sampling); nil for all.
    public var topP: Double?
    /// The same of the symbols whose surprise is nearest to the expected one (locally typical sampling); nil for all.
    public var typical: Double?
    /// Divides positive scores, and multiplies negative ones, of symbols that the text has already, above 0; 1 for none.
    public var repetitionPenalty: Double
    /// Different seeds give different texts.
    public var seed: UInt64

    /// - Parameters:
    ///   - temperature: divides the scores before a symbol is drawn, 0 or more.
    ///   - topK: number of most likely symbols that may be drawn; nil for all.
    ///   - topP: probability of the most likely symbols that may be drawn; nil for all.
    ///   - typical: probability of the most typical symbols that may be drawn; nil for all.
    ///   - repetitionPenalty: makes symbols that the text has already less likely, above 1; 1 for no change.
    ///   - seed: different seeds give different texts.
    public init(
        temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, typical: Double? = nil, repetitionPenalty: Double = 1, seed: UInt64 = 1
    ) {
        self.temperature = temperature
        (self.topK, self.topP, self.typical) = (topK, topP, typical)
        (self.repetitionPenalty, self.seed) = (repetitionPenalty, seed)
    }

    /// - Throws: ``ModelError/temperature(_:)``, ``ModelError/sampling(_:)``.
    func options() throws(ModelError) -> SamplingOptions {
        guard temperature >= 0, temperature.isFinite else { throw .temperature(temperature) }
        let options = SamplingOptions(temperature: temperature, topK: topK, topP: topP, typical: typical, repetitionPenalty: repetitionPenalty)
        if let fault = options.fault { throw .sampling(fault.sentence { $0.rawValue }) }
        return options
    }
}

extension TrainedModel {
    /// Continues a text by `length` symbols, drawn as `sampling` says. The same options give the same text on every machine, which is also that of
    /// `lstm-train generate`.
    /// - Parameters:
    ///   - beginning: at least one symbol, all of which must be in the vocabulary.
    ///   - length: number of symbols to generate, 0 or more.
    ///   - sampling: how symbols are drawn.
    /// - Returns: the text including its beginning, as the model reads it.
    /// - Throws: ``ModelError/writesNoText(kind:)``, ``ModelError/unknownSymbol(_:)``, ``ModelError/emptyText``, ``ModelError/length(_:)``,
    ///   ``ModelError/temperature(_:)``, ``ModelError/sampling(_:)``.
    public func continueText(_ beginning: String, length: Int, sampling: TextSampling) throws(ModelError) -> String {
        try continuations(of: beginning, count: 1, length: length, sampling: sampling)[0]
    }

    /// Continues a text `count` times, each with random numbers of its own: text i doesn't depend on `count`, and the first one is that of
    /// ``continueText(_:length:sampling:)``.
    /// - Parameters:
    ///   - beginning: at least one symbol, all of which must be in the vocabulary.
    ///   - count: number of texts, at least 1. They go through the model together.
    ///   - length: number of symbols to generate for each, 0 or more.
    ///   - sampling: how symbols are drawn.
    /// - Returns: the texts including their beginning, as the model reads it.
    /// - Throws: as ``continueText(_:length:sampling:)``, and ``ModelError/count(_:)``.
    public func continuations(of beginning: String, count: Int, length: Int, sampling: TextSampling) throws(ModelError) -> [String] {
        guard task == .text else { throw .writesNoText(kind: kind) }
        guard count >= 1 else { throw .count(count) }
        guard length >= 0 else { throw .length(length) }
        let options = try sampling.options()
        return try mappingErrors {
            let generator = try Generator(run: run, sampling: options, seed: sampling.seed, team: team)
            var texts: [String] = []
            generator.generateSamples(from: try generator.tokens(of: beginning), count: count, length: length) { _, text in
                texts.append(generator.vocabulary.decode(text))
                return true
            }
            return texts
        }
    }
}
