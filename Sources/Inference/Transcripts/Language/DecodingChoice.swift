import Batches
public import Communication
public import Datasets
import Kernels
public import Runs
public import Threads

/// The weights of an n-gram in the search, chosen on the validation part: those with the fewest wrong words, or where transcripts have one word each the fewest wrong
/// symbols; of equals those with the fewest wrong symbols, then the earlier in the grid.
public struct DecodingChoice: Sendable {
    /// Errors of a search.
    public struct Errors: Sendable, Equatable {
        public internal(set) var symbols = 0
        public internal(set) var words = 0
    }

    public struct Trial: Sendable {
        public let alpha: Double
        public let beta: Double
        public let errors: Errors
    }

    /// The run's decoding with the chosen weights.
    public let decoding: TranscriptDecoding
    public let trials: [Trial]
    /// Those of the likeliest symbol of each time step, and of a search without a language.
    public let greedy: Errors
    public let plain: Errors
    public let best: Errors
    /// Of all, symbols and words that are right.
    public let truth: Errors
    public let sequenceCount: Int
    public let hasWords: Bool
    /// Whether the search makes more errors with the language than without it.
    public var isWorse: Bool { best.order > plain.order }

    /// Sequences of the validation part that are judged at most, the first ones.
    public static let judgedCount = 1000

    private static let alphas = [0, 0.25, 0.5, 1, 1.5, 2.0]
    private static let betas = [0, 1, 2, 4.0]

    /// Collective. Cost: some 35 searches of the validation part.
    /// - Throws: ``TrainingError/emptyPart(part:)`` without validation, and ``DatasetError`` as ``TranscriptDecoding/language(for:)``.
    public init(
        _ decoding: TranscriptDecoding, run: TrainedRun, meaning: SequenceMeaning, data: RunData, group: any Communicator, team: ThreadTeam,
        _ report: (Trial) -> Void
    ) throws {
        let language = try group.agree { try decoding.language(for: meaning) }
        guard let sequences = data.dataset as? LabelledSequences else { throw TrainingError.emptyPart(part: "validation") }
        var outputs: [SequenceOutputs] = []
        try run.visitOutputs(of: .validation, data: data, limit: Self.judgedCount, group: group, team: team) { outputs.append($0) }
        let wordEnd = meaning.transcripts?.unit == .word ? nil : meaning.classes.firstIndex(of: " ").map { Int32($0 + 1) }
        func errors(_ symbols: (SequenceOutputs) -> [[Int32]]) throws -> Errors {
            var own = Errors()
            for part in outputs {
                for (example, found) in zip(part.examples, symbols(part)) {
                    own.add(Errors(from: sequences.transcript(ofExample: example, in: .validation), to: found, wordEnd))
                }
            }
            return try own.sum(over: group)
        }
        func errors(_ search: PrefixBeamSearch?) throws -> Errors { try errors { $0.symbols(search, team) } }
        hasWords = wordEnd != nil
        truth = try errors { $0.examples.map { _ in [] } }
        greedy = try errors(nil)
        plain = try errors(PrefixBeamSearch(width: decoding.beam))
        sequenceCount = min(Self.judgedCount, sequences.exampleCount(of: .validation))
        var trials: [Trial] = []
        func attempt(_ alpha: Double, _ beta: Double) throws {
            guard !trials.contains(where: { $0.alpha == alpha && $0.beta == beta }) else { return }
            var tried = language
            (tried.alpha, tried.beta) = (alpha, beta)
            trials.append(Trial(alpha: alpha, beta: beta, errors: try errors(PrefixBeamSearch(width: decoding.beam, language: tried))))
            report(trials[trials.count - 1])
        }
        func best() -> Trial { trials.reduce(trials[0]) { $1.errors.order < $0.errors.order ? $1 : $0 } }
        for alpha in Self.alphas { for beta in Self.betas { try attempt(alpha, beta) } }
        // Between the neighbours of the best one.
        let coarse = best()
        for alpha in [coarse.alpha, max(0, coarse.alpha - 0.25), coarse.alpha + 0.25] {
            for beta in [coarse.beta, coarse.beta - 0.5, coarse.beta + 0.5] { try attempt(alpha, beta) }
        }
        let chosen = best()
        var decoding = decoding
        (decoding.alpha, decoding.beta) = (chosen.alpha, chosen.beta)
        (self.decoding, self.trials, self.best) = (decoding, trials, chosen.errors)
    }
}

extension DecodingChoice.Errors {
    /// Of the words between `wordEnd`, none without that.
    fileprivate init(from truth: [Int32], to found: [Int32], _ wordEnd: Int32?) {
        symbols = EditCounts(from: truth, to: found).errorCount
        words = wordEnd.map { EditCounts(from: truth.split(separator: $0), to: found.split(separator: $0)).errorCount } ?? 0
    }

    /// What is compared: words first.
    fileprivate var order: (Int, Int) { (words, symbols) }

    fileprivate mutating func add(_ other: Self) {
        symbols += other.symbols
        words += other.words
    }

    fileprivate func sum(over group: any Communicator) throws -> Self {
        var sum = Self()
        for bytes in try group.gatherEverywhere(Array("\(symbols) \(words)".utf8)) {
            let numbers = String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2 else { preconditionFailure("a rank sends two numbers") }
            sum.symbols += numbers[0]
            sum.words += numbers[1]
        }
        return sum
    }
}

extension TrainedRun {
    /// What `tune` kept with the run; nil if nothing.
    /// - Throws: ``DatasetError`` for a damaged file.
    public func decoding() throws -> TranscriptDecoding? {
        guard let text = try readText(named: TranscriptDecoding.storedName) else { return nil }
        return try TranscriptDecoding(json: Array(text.utf8), file: path + "/" + TranscriptDecoding.storedName)
    }

    /// The search of a model of transcripts; nil for the likeliest symbol of each time step.
    /// - Parameters:
    ///   - width: beginnings that are kept, 1 for no search.
    ///   - usesLanguage: whether what `tune` kept is used.
    public func transcriptSearch(width: Int, usesLanguage: Bool, meaning: SequenceMeaning) throws -> (search: PrefixBeamSearch?, decoding: TranscriptDecoding?) {
        guard width > 1 else { return (nil, nil) }
        let decoding = usesLanguage ? try decoding() : nil
        return (PrefixBeamSearch(width: width, language: try decoding?.language(for: meaning)), decoding)
    }
}
