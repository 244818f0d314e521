public import Batches
import Kernels
import NumberText

/// The adding problem: experiment 4 of Hochreiter and Schmidhuber (1997).
///
/// Each step has two inputs: a value, uniform in [−1, 1), and a marker: 1 at two steps, −1 at the first and the last, else 0. One marked step is
/// among the first ten, the other in the first half. The target, at the end, is 0.5 + (X₁ + X₂)/4 of the marked values X; a sequence
/// counts as solved if its error is at most 0.04.
///
/// Two deviations from the paper: all sequences have `length` steps, instead of a random number from T to 1.1 T; and the first step is never
/// marked, whereas the paper sets X₁ to 0 if it is.
public struct AddingProblem: ExampleSet {
    /// The paper calls a sequence processed correctly if its absolute error is at most this.
    public static let correctError = 0.04

    /// - Parameter loss: one of numbers.
    public static func task(loss: Loss = .squaredError) -> RegressionTask {
        RegressionTask(outputCount: 1, meanTarget: 0.5, tolerance: correctError, loss: loss)
    }

    private let options: GeneratedOptions
    private let length: Int
    private let loss: Loss

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for less than 6 steps, which have no room for two marks, or more than 2²⁰.
    public init(_ options: GeneratedOptions, length: Int, loss: Loss = .squaredError) throws(DatasetError) {
        try check([("data.length", length, 6)], greatest: 1 << 20)
        self.options = options
        self.length = length
        self.loss = loss
    }

    public var task: any LearningTask { Self.task(loss: loss) }
    public var input: InputKind { .vectors(featureCount: 2) }
    public var vocabulary: Vocabulary? { nil }
    public var featureNames: [String] { ["value", "marker"] }
    public var description: String { "adding problem, \(counted(options.trainingCount, "sequence")) of \(length) steps" }
    public var longestTimeCount: Int { length }
    public var batchSize: Int { options.batchSize }
    public var seed: UInt64 { options.seed }
    public var fingerprint: UInt64 { options.fingerprint(of: "adding problem of \(length) steps") }

    public func exampleCount(of part: DataPart) -> Int { options.count(of: part) }

    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { 1 }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let timeCount = examples.isEmpty ? 0 : length
        var input = Array(repeating: Float(0), count: timeCount * examples.count * 2)
        var targets: [Float] = []
        for (column, example) in examples.enumerated() {
            targets.append(write(example, in: part, into: &input, column: column, width: examples.count))
        }
        return Batch(
            timeCount: timeCount, lengths: Array(repeating: timeCount, count: examples.count), input: .vectors(input, featureCount: 2),
            target: .vectorAtEnd(targets, outputCount: 1), globalIndices: examples)
    }

    /// Writes an example's inputs into its column of `input` and returns its target.
    private func write(_ example: Int, in part: DataPart, into input: inout [Float], column: Int, width: Int) -> Float {
        var draws = RandomDraws(Philox(seed: options.seed, purpose: .examples), part.rawValue, example)
        let first = 1 + draws.integer(below: min(10, length / 2) - 1)
        // One position fewer, and positions from the first mark on moved up by one: every position except the first mark's.
        var second = 1 + draws.integer(below: length / 2 - 2)
        if second >= first { second += 1 }
        var sum: Float = 0
        for time in 0..<length {
            let value = 2 * draws.uniformFloat() - 1
            let isMarked = time == first || time == second
            if isMarked { sum += value }
            let place = (time * width + column) * 2
            input[place] = value
            input[place + 1] = isMarked ? 1 : time == 0 || time == length - 1 ? -1 : 0
        }
        return 0.5 + sum / 4
    }
}
