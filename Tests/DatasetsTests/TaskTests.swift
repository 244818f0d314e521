import Batches
import Datasets
import Foundation
import Testing

@Suite("Tasks, their metrics and baselines")
struct TaskTests {
    private static let tasks: [any LearningTask] = [
        NextTokenTask(vocabularyCount: 5, everyStep: true), ClassificationTask(names: ["a", "b"]), ClassificationTask(names: ["a", "b", "c"], counts: [1, 6, 3]),
        RegressionTask(outputCount: 2, meanTarget: 0.5, tolerance: 0.1), ForecastTask(outputCount: 3),
        NextTokenTask(vocabularyCount: 5, everyStep: true, unit: .word),
    ]

    @Test("the first metric is the loss, which has no name of its own in the log; other names are unique and begin with validation")
    func names() {
        for task in Self.tasks {
            #expect(task.loss.log == nil && [.nats, .squaredError].contains(task.loss.unit) && (task.loss.unit == .squaredError) == task.output.loss.isOfNumbers)
            let logs = task.metrics.compactMap(\.log)
            #expect(Set(logs.map(\.key)).count == logs.count && logs.allSatisfy { $0.key.hasPrefix("validation") && $0.column.count <= 9 })
            #expect(Set(task.metrics.map(\.key)).count == task.metrics.count)
        }
    }

    private func values(_ task: any LearningTask, _ outcomes: [SequenceOutcome], targetCount: Int) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: task.metrics.map { ($0.key, $0.value(of: outcomes, targetCount: targetCount)) })
    }

    @Test("metrics are those of the sums: perplexity is the loss's exponential, bits its binary logarithm, and large errors are counted by sequence")
    func metrics() {
        let text = values(Self.tasks[0], [SequenceOutcome(loss: 3, rightCount: 1), SequenceOutcome(loss: 1, rightCount: 2)], targetCount: 4)
        #expect(text["loss"] == 1 && text["perplexity"] == exp(1) && text["accuracy"] == 0.75)
        #expect(abs((text["bitsPerCharacter"] ?? 0) - log2(exp(1))) < 1e-15)
        let words = values(Self.tasks[5], [SequenceOutcome(loss: 4, rightCount: 3)], targetCount: 4)
        #expect(words["perplexity"] == exp(1) && words["bitsPerCharacter"] == nil)
        let numbers = values(Self.tasks[3], [0.1, 0.3].map { SequenceOutcome(loss: $0 * $0, absoluteError: $0) }, targetCount: 4)
        // The tolerance is on the mean over the sequence's two outputs.
        #expect(numbers["largeErrors"] == 1 && abs((numbers["meanAbsoluteError"] ?? 0) - 0.1) < 1e-15)
    }

    private func batch(_ target: Batch.Target, lengths: [Int]) -> Batch {
        Batch(timeCount: lengths.max() ?? 0, lengths: lengths, input: .vectors([], featureCount: 1), target: target, globalIndices: Array(lengths.indices))
    }

    @Test("of equally likely classes the loss is log of their number, and the accuracy one by their number; missing targets don't count")
    func equallyLikely() {
        let tokens: [Int32] = [1, 2, 3, Batch.padding]
        let outcomes = Self.tasks[0].baseline.outcomes(batch(.tokenEveryStep(tokens), lengths: [2, 1]))
        #expect(outcomes.count == 2 && outcomes.map(\.loss) == [2 * log(5.0), log(5.0)] && abs(outcomes[0].rightCount - 0.4) < 1e-15)
        #expect(Self.tasks[0].baseline.knownLoss == log(5) && Self.tasks[0].baseline.title == nil)
    }

    @Test("by frequency, the most frequent class is always named; a class's loss is that of its share, and finite without any")
    func frequencies() {
        let baseline = Self.tasks[2].baseline
        let outcomes = baseline.outcomes(batch(.classAtEnd([1, 0, 2]), lengths: [1, 1, 1]))
        #expect(outcomes.map(\.rightCount) == [1, 0, 0] && outcomes.map(\.loss) == [-log(0.6), -log(0.1), -log(0.3)] && baseline.title == "always 'b'")
        let unseen = ClassificationTask(names: ["a", "b"], counts: [4, 0]).baseline.outcomes(batch(.classAtEnd([1]), lengths: [1]))
        #expect(unseen[0].loss == -log(0.125))
    }

    @Test("a constant number's errors are those of each output")
    func constant() {
        let outcomes = Self.tasks[3].baseline.outcomes(batch(.vectorAtEnd([0.5, 1, 0, -0.5], outputCount: 2), lengths: [1, 1]))
        #expect(outcomes == [SequenceOutcome(loss: 0.25, absoluteError: 0.5), SequenceOutcome(loss: 1.25, absoluteError: 1.5)])
    }

    @Test("a long class's name is cut, so that it fits beside its figure")
    func longName() {
        let name = String(repeating: "long ", count: 20)
        #expect(ClassificationTask(names: [name, "b"], counts: [2, 1]).baseline.title == "always 'long long lo…'")
    }
}
