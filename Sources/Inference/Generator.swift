import Configuration
public import Datasets
import Kernels
import Network
import Runs
public import Threads

/// Writes text with a trained model, symbol by symbol.
public final class Generator {
    public let vocabulary: Vocabulary
    /// What owns the parameters that the network reads.
    private let run: TrainedRun?
    private let network: Network
    private let random: Philox
    private let temperature: Float
    private let reading: TextReading
    private let isReber: Bool
    /// Symbols of a window, for a model that reads windows from a zero state; nil if it carries its state.
    private let windowLength: Int?

    /// - Parameter temperature: scores are divided by it before the softmax; 0 takes the likeliest symbol each time.
    /// - Throws: ``TrainingError/generatesNoText(kind:)``.
    public convenience init(run: TrainedRun, temperature: Double, seed: UInt64, team: ThreadTeam) throws {
        let configuration = run.configuration
        guard let vocabulary = try run.vocabulary() else { throw TrainingError.generatesNoText(kind: configuration.data.kind.rawValue) }
        let network = try run.network(shape: configuration.networkShape(writing: vocabulary), team: team)
        self.init(configuration, vocabulary: vocabulary, network: network, run: run, temperature: temperature, seed: seed)
    }

    /// - Parameter network: loaded; what it reads from must outlive this.
    init(_ configuration: Configuration, vocabulary: Vocabulary, network: Network, run: TrainedRun? = nil, temperature: Double, seed: UInt64) {
        self.vocabulary = vocabulary
        self.network = network
        self.run = run
        self.temperature = Float(temperature)
        reading = configuration.data.reading
        random = Philox(seed: seed, purpose: .sampling)
        windowLength = configuration.data.windowLength
        isReber = configuration.data.kind == .embeddedReber
    }

    /// What a text begins with where nobody says: a line's end if the model knows one, else its first symbol.
    public var usualPrompt: [Int32] { [vocabulary.token(of: 10) ?? 0] }

    /// Whether a text is complete: a string of the embedded Reber grammar ends, other texts never do.
    public func isComplete(_ text: [Int32]) -> Bool { isReber && ReberGrammar.hasEnded(vocabulary.decode(text)) }

    /// The prompt's symbols.
    /// - Throws: ``DatasetError/unknownSymbol(symbol:position:vocabularyCount:)``, or ``TrainingError/emptyPrompt``.
    public func tokens(of prompt: String) throws -> [Int32] {
        let tokens = try vocabulary.encode(prompt, as: reading)
        guard !tokens.isEmpty else { throw TrainingError.emptyPrompt }
        return tokens
    }

    /// Continues each prompt, all equally long, by up to `length` symbols.
    /// Text n's symbol k is drawn from random number (n, k), so it doesn't depend on the others.
    /// - Parameters:
    ///   - isEnd: whether a text, prompt included, is complete.
    ///   - wrote: told of each new symbol: text, token.
    /// - Returns: the texts, prompts included.
    public func generate(
        from prompts: [[Int32]], length: Int, isEnd: ([Int32]) -> Bool = { _ in false },
        wrote: (_ text: Int, _ token: Int32) -> Void = { _, _ in }
    ) -> [[Int32]] {
        var texts = prompts
        var isDone = prompts.map(isEnd)
        let reader = TokenReader(network, textCount: prompts.count, windowLength: windowLength)
        var unread = prompts
        for place in 0..<length where isDone.contains(false) {
            reader.read(unread)
            for text in texts.indices {
                let token = sample(network.outputs(row: reader.lastRows[text]), text: text, place: place)
                unread[text] = [token]
                if isDone[text] { continue }
                texts[text].append(token)
                wrote(text, token)
                isDone[text] = isEnd(texts[text])
            }
        }
        return texts
    }

    /// A token with probability softmax(scores / temperature).
    private func sample(_ scores: FloatView, text: Int, place: Int) -> Int32 {
        var best = 0
        for index in 1..<max(1, scores.count) where scores[index] > scores[best] { best = index }
        guard temperature > 0 else { return Int32(best) }
        var weights = (0..<scores.count).map { (scores[$0] - scores[best]) / temperature }
        for index in weights.indices { weights[index] = exponential(weights[index]) }
        let total = weights.reduce(0, +)
        var rest = random.uniformFloat(text, place) * total
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return Int32(index) }
        }
        return Int32(best)
    }
}
