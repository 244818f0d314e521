import Datasets
public import Threads

/// Evaluates a model of the embedded Reber grammar: generates strings and checks them against the grammar.
public struct ReberEvaluation: Sendable, Equatable {
    public let strings: [String]
    /// Number of grammatical strings.
    public let grammaticalCount: Int
    /// Number of strings whose second-to-last symbol equals the second: the long-range dependency.
    public let matchCount: Int

    public var stringCount: Int { strings.count }
    public var example: String { strings.first ?? "" }

    /// Below 1, which suppresses unlikely symbols while the grammar's two alternatives stay equally likely.
    public static let usualTemperature = 0.5

    /// Generates strings with the model of `run`, each starting with "B".
    public init(run: TrainedRun, stringCount: Int, temperature: Double, seed: UInt64, team: ThreadTeam) throws {
        let generator = try Generator(run: run, sampling: SamplingOptions(temperature: temperature), seed: seed, team: team)
        let begin = try generator.tokens(of: "B")
        let texts = generator.generate(from: Array(repeating: begin, count: stringCount), length: 200, isEnd: generator.isComplete)
        strings = texts.map { generator.vocabulary.decode($0) }
        grammaticalCount = strings.count { ReberGrammar.isGrammatical($0) }
        matchCount = strings.count { ReberGrammar.longRangeMatch($0) }
    }
}
