import Datasets
public import Threads

/// What a model has learned of the embedded Reber grammar: strings that it wrote, held against the grammar.
public struct ReberEvaluation: Sendable, Equatable {
    public let strings: [String]
    /// Strings of the grammar.
    public let grammaticalCount: Int
    /// Strings whose last but one symbol is the second: the long-range dependency.
    public let matchCount: Int

    public var stringCount: Int { strings.count }
    public var example: String { strings.first ?? "" }

    /// Below 1, so that what the model thinks unlikely stays out, while the two ways that the grammar leaves stay even.
    public static let usualTemperature = 0.5

    /// Lets the model of `run` write strings, each from "B" on.
    public init(run: TrainedRun, stringCount: Int, temperature: Double, seed: UInt64, team: ThreadTeam) throws {
        let generator = try Generator(run: run, temperature: temperature, seed: seed, team: team)
        let begin = try generator.tokens(of: "B")
        let texts = generator.generate(from: Array(repeating: begin, count: stringCount), length: 200, isEnd: generator.isComplete)
        strings = texts.map { generator.vocabulary.decode($0) }
        grammaticalCount = strings.count { ReberGrammar.isGrammatical($0) }
        matchCount = strings.count { ReberGrammar.longRangeMatch($0) }
    }
}
