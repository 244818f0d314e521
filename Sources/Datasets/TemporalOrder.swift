public import Batches
import Kernels
import NumberText

/// Temporal order: experiment 6a of Hochreiter and Schmidhuber (1997).
///
/// A sequence begins with E, ends with B, and has an X or Y at two positions t₁ and t₂ among distractors a, b, c, d. Its class is the order of the
/// two: XX is Q, XY is R, YX is S, YY is U (classes 0 to 3). With T for `length`, sequences have T to 1.1 T symbols, t₁ is in T/10 ... T/5 and t₂ in
/// T/2 ... 3T/5, counted from 0: for T = 100 these are the paper's numbers.
public struct TemporalOrder: ExampleSet {
    /// The eight symbols; token k is the k-th.
    public static let symbols = "EBabcdXY"
    /// Names of the classes.
    public static let classes = ["Q", "R", "S", "U"]

    public static let vocabulary = Vocabulary(ordered: symbols)
    public static let task = ClassificationTask(names: classes)

    private let options: GeneratedOptions
    private let length: Int

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a length below 10, where the positions would reach the ends, or above 2²⁰.
    public init(_ options: GeneratedOptions, length: Int) throws(DatasetError) {
        try check([("data.length", length, 10)], greatest: 1 << 20)
        self.options = options
        self.length = length
    }

    public var task: any LearningTask { Self.task }
    public var input: InputKind { .tokens(vocabularyCount: Self.vocabulary.count) }
    public var vocabulary: Vocabulary? { Self.vocabulary }
    public var description: String { "temporal order, \(counted(options.trainingCount, "sequence")) of \(length) steps and more" }
    public var longestTimeCount: Int { length + length / 10 }
    public var batchSize: Int { options.batchSize }
    public var seed: UInt64 { options.seed }
    public var fingerprint: UInt64 { options.fingerprint(of: "temporal order of \(length) symbols") }

    public func exampleCount(of part: DataPart) -> Int { options.count(of: part) }

    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { 1 }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let sequences = examples.map { sequence(ofExample: $0, in: part) }
        let input = TokenColumns(sequences.map(\.tokens))
        return Batch(
            timeCount: input.timeCount, lengths: input.lengths, input: .tokens(input.tokens), target: .classAtEnd(sequences.map(\.label)),
            globalIndices: examples)
    }

    private func sequence(ofExample example: Int, in part: DataPart) -> (tokens: [Int32], label: Int32) {
        var draws = RandomDraws(Philox(seed: options.seed, purpose: .examples), part.rawValue, example)
        let symbolCount = length + draws.integer(below: length / 10 + 1)
        let first = length / 10 + draws.integer(below: length / 5 - length / 10 + 1)
        let second = length / 2 + draws.integer(below: 3 * length / 5 - length / 2 + 1)
        let (isY, isThenY) = (draws.coin(), draws.coin())
        var tokens = (0..<symbolCount).map { _ in 2 + Int32(draws.integer(below: 4)) }
        tokens[0] = 0
        tokens[symbolCount - 1] = 1
        tokens[first] = isY ? 7 : 6
        tokens[second] = isThenY ? 7 : 6
        return (tokens, (isY ? 2 : 0) + (isThenY ? 1 : 0))
    }
}
