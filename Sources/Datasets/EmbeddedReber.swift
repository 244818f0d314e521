public import Batches
import Kernels
import NumberText

/// Strings of the embedded Reber grammar; each next symbol is to be predicted: experiment 1 of Hochreiter and Schmidhuber (1997).
/// A string of n symbols is a sequence of n − 1 time steps; lengths differ.
public struct EmbeddedReber: ExampleSet {
    public static let vocabulary = Vocabulary(ordered: ReberGrammar.symbols)
    public static let task = NextTokenTask(vocabularyCount: vocabulary.count, everyStep: true, hasGrammar: true)

    private let options: GeneratedOptions
    /// The maximum over the first 2²¹ examples of each part. If a later example is longer, memory grows when it occurs.
    public let longestTimeCount: Int

    private static let lookedAtCount = 1 << 21

    /// Cost: generates the examples that ``longestTimeCount`` covers once, about 0.5 µs each.
    public init(_ options: GeneratedOptions) {
        self.options = options
        var longest = 0
        for part in DataPart.allCases {
            for example in 0..<min(Self.lookedAtCount, options.count(of: part)) {
                longest = max(longest, Self.symbols(ofExample: example, in: part, seed: options.seed).count - 1)
            }
        }
        longestTimeCount = longest
    }

    public var task: any LearningTask { Self.task }
    public var input: InputKind { .tokens(vocabularyCount: Self.vocabulary.count) }
    public var vocabulary: Vocabulary? { Self.vocabulary }
    public var description: String { "embedded Reber grammar, \(counted(options.trainingCount, "string"))" }
    public var batchSize: Int { options.batchSize }
    public var seed: UInt64 { options.seed }
    public var fingerprint: UInt64 { options.fingerprint(of: "embedded Reber grammar") }

    public func exampleCount(of part: DataPart) -> Int { options.count(of: part) }

    /// The string of an example.
    public func string(ofExample example: Int, in part: DataPart) -> String {
        Self.vocabulary.decode(tokens(ofExample: example, in: part))
    }

    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { tokens(ofExample: example, in: part).count - 1 }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let strings = examples.map { tokens(ofExample: $0, in: part) }
        let input = TokenColumns(strings.map { $0.dropLast() })
        let target = TokenColumns(strings.map { $0.dropFirst() })
        return Batch(
            timeCount: input.timeCount, lengths: input.lengths, input: .tokens(input.tokens), target: .tokenEveryStep(target.tokens),
            globalIndices: examples)
    }

    private func tokens(ofExample example: Int, in part: DataPart) -> [Int32] {
        Self.symbols(ofExample: example, in: part, seed: options.seed).compactMap { Self.vocabulary.token(ofValue: $0.value) }
    }

    private static func symbols(ofExample example: Int, in part: DataPart, seed: UInt64) -> [Unicode.Scalar] {
        var draws = RandomDraws(Philox(seed: seed, purpose: .examples), part.rawValue, example)
        return ReberGrammar.string(&draws)
    }
}
