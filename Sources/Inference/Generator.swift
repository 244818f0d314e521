import Configuration
public import Datasets
import Kernels
import Layers
import Models
import Runs
public import Threads

/// Generates text with a trained model, symbol by symbol.
public final class Generator {
    public let vocabulary: Vocabulary
    /// Owner of the network's parameters.
    private let run: TrainedRun?
    private let network: Model
    private let random: Philox
    private let sampling: SamplingOptions
    let reading: TextReading
    /// Whether texts are strings of the embedded Reber grammar.
    private let writesStrings: Bool
    /// Number of symbols of a window, for a model that reads windows from a zero state; nil if it carries its state.
    private let windowLength: Int?

    /// - Parameter sampling: must have no fault.
    /// - Throws: ``TrainingError/generatesNoText(kind:)``.
    public convenience init(run: TrainedRun, sampling: SamplingOptions, seed: UInt64, team: ThreadTeam) throws {
        let configuration = run.configuration
        guard try run.task().uses.contains(.generate), let vocabulary = try run.vocabulary() else {
            throw TrainingError.generatesNoText(kind: configuration.data.kindName)
        }
        let network = try run.network(shape: configuration.modelDescription(writing: vocabulary), team: team)
        self.init(
            configuration, task: try run.task(), vocabulary: vocabulary, network: network, run: run, sampling: sampling, seed: seed)
    }

    /// - Parameter network: with loaded parameters, whose memory must outlive this object.
    init(
        _ configuration: Configuration, task: any LearningTask, vocabulary: Vocabulary, network: Model, run: TrainedRun? = nil, sampling: SamplingOptions, seed: UInt64
    ) {
        self.vocabulary = vocabulary
        self.network = network
        self.run = run
        self.sampling = sampling
        reading = configuration.data.reading
        random = Philox(seed: seed, purpose: .sampling)
        windowLength = configuration.windowLength
        if case .strings = task.display { writesStrings = true } else { writesStrings = false }
    }

    /// The default prompt: a line's end if the vocabulary has it, otherwise its first symbol.
    public var usualPrompt: [Int32] { [vocabulary.lineEndToken ?? 0] }

    /// Whether a text is complete: a string of the embedded Reber grammar can end, other texts never do.
    public func isComplete(_ text: [Int32]) -> Bool { writesStrings && ReberGrammar.hasEnded(vocabulary.decode(text)) }

    /// Encodes a prompt.
    /// - Throws: ``DatasetError/unknownSymbol(symbol:position:vocabularyCount:)``, or ``TrainingError/emptyPrompt``.
    public func tokens(of prompt: String) throws -> [Int32] {
        let tokens = try vocabulary.encode(prompt, as: reading)
        guard !tokens.isEmpty else { throw TrainingError.emptyPrompt }
        return tokens
    }

    /// Continues each prompt by up to `length` symbols; all prompts must have the same length.
    /// Symbol k of text n is drawn with random number (`firstIndex` + n, k), so it doesn't depend on the other texts.
    /// - Parameters:
    ///   - isEnd: whether a text, including its prompt, is complete.
    ///   - wrote: called for each new symbol with the text's index and the token.
    /// - Returns: the texts, including prompts.
    public func generate(
        from prompts: [[Int32]], length: Int, firstIndex: Int = 0, isEnd: ([Int32]) -> Bool = { _ in false },
        wrote: (_ text: Int, _ token: Int32) -> Void = { _, _ in }
    ) -> [[Int32]] {
        var texts = prompts
        var isDone = prompts.map(isEnd)
        var isRepeated = prompts.map(repetitions)
        let reader = TokenReader(network, textCount: prompts.count, windowLength: windowLength)
        var unread = prompts
        for place in 0..<length where isDone.contains(false) {
            reader.read(unread)
            for text in texts.indices {
                let token = sample(network.outputs(row: reader.lastRows[text]), isRepeated[text], text: firstIndex + text, place: place)
                unread[text] = [token]
                if isDone[text] { continue }
                texts[text].append(token)
                if penalizesRepetition { isRepeated[text][Int(token)] = true }
                wrote(text, token)
                isDone[text] = isEnd(texts[text])
            }
        }
        return texts
    }

    private var penalizesRepetition: Bool { sampling.repetitionPenalty != 1 }

    /// Whether each symbol is in `text`, `[symbols]`; empty without a repetition penalty.
    private func repetitions(_ text: [Int32]) -> [Bool] {
        guard penalizesRepetition else { return [] }
        var isRepeated = Array(repeating: false, count: vocabulary.count)
        for token in text { isRepeated[Int(token)] = true }
        return isRepeated
    }

    /// Draws a token from the distribution that the scores have under the sampling options.
    private func sample(_ scores: FloatView, _ isRepeated: [Bool], text: Int, place: Int) -> Int32 {
        let distribution = SymbolDistribution((0..<scores.count).map { scores[$0] }, isRepeated: isRepeated, sampling)
        return Int32(distribution.symbol(at: random.uniformFloat(text, place)))
    }
}
