import Batches
import Datasets
import Testing

@Suite("Metrics of classes")
struct ClassMetricTests {
    /// A sequence with one target.
    private func outcome(_ target: Int32, _ predicted: Int32, _ scores: [Float] = []) -> SequenceOutcome {
        SequenceOutcome(loss: 0, rightCount: target == predicted ? 1 : 0, classes: PredictedClasses(targets: [target], predicted: [predicted], scores: scores))
    }

    private func value(_ key: String, _ names: [String], _ outcomes: [SequenceOutcome]) throws -> Double {
        let metric = try #require(ClassificationTask(names: names).metrics.first { $0.key == key })
        return metric.value(of: outcomes, targetCount: outcomes.count)
    }

    @Test("balanced accuracy is the mean over classes with a target; macro F1 over classes that occur at all, 0 for one that is never right")
    func averages() throws {
        // Class 2 is only predicted; class 3 doesn't occur.
        let outcomes = [outcome(0, 0), outcome(0, 0), outcome(0, 2), outcome(1, 0)]
        let names = ["a", "b", "c", "d"]
        let (recall, f1): (Double, Double) = (2.0 / 3, 4.0 / 6)
        #expect(try value("balancedAccuracy", names, outcomes) == recall / 2)
        #expect(try value("macroF1", names, outcomes) == f1 / 3)
        #expect(try value("accuracy", names, outcomes) == 0.5)
    }

    @Test("top-5 accuracy takes the first of equal scores, as the accuracy does, and there is none of five classes or fewer")
    func top() throws {
        let names = (0..<7).map(String.init)
        let equal = Array(repeating: Float(1), count: 7)
        let outcomes = [outcome(4, 0, equal), outcome(5, 0, equal), outcome(6, 6, [0, 0, 0, 0, 0, 0, 1])]
        #expect(try value("top5Accuracy", names, outcomes) == 2.0 / 3)
        #expect(!ClassificationTask(names: Array(names.prefix(5))).metrics.contains { $0.key == "top5Accuracy" })
    }

    @Test("the area under the ROC curve counts pairs, equal scores half; only two classes have it, and a part with one class alone has none")
    func area() throws {
        let scores: [(Int32, Float)] = [(1, 2), (0, 2), (1, 3), (0, 1), (0, 5)]
        let outcomes = scores.map { outcome($0.0, 1, [0, $0.1]) }
        // Of 2 · 3 pairs: 2 > 1, 2 = 2, 3 > 2, 3 > 1.
        #expect(try value("rocAUC", ["no", "yes"], outcomes) == 3.5 / 6)
        #expect(try value("rocAUC", ["no", "yes"], Array(outcomes.prefix(1))).isNaN)
        #expect(!ClassificationTask(names: ["a", "b", "c"]).metrics.contains { $0.key == "rocAUC" })
    }

    @Test("the baseline has the same metrics: 1 by the number of classes as balanced accuracy, and half the area")
    func baseline() throws {
        let task = ClassificationTask(names: ["a", "b"], counts: [3, 7])
        let batch = Batch(
            timeCount: 1, lengths: [1, 1, 1, 1], input: .vectors([0, 0, 0, 0], featureCount: 1), target: .classAtEnd([1, 1, 0, 1]), globalIndices: [0, 1, 2, 3])
        let found = Dictionary(uniqueKeysWithValues: task.metrics.map { ($0.key, $0.value(of: task.baseline.outcomes(batch), targetCount: 4)) })
        #expect(found["accuracy"] == 0.75 && found["balancedAccuracy"] == 0.5 && found["rocAUC"] == 0.5)
        // F1 of b: 2·3 / (3 + 4).
        let f1: Double = 6.0 / 7
        #expect(found["macroF1"] == f1 / 2)
    }

    @Test("counts of several ranks add up to those of one; confusions are sorted by count, then by class, and the worst classes by F1")
    func counts() {
        let pairs: [(Int32, Int32)] = [(0, 1), (2, 1), (2, 1), (1, 0), (1, 1), (0, 0), (0, 0), (2, 2), (0, 1)]
        let rule = ClassCounts.rule(classCount: 4)
        func tally(_ pairs: [(Int32, Int32)]) -> Tally {
            var tally = Tally()
            for pair in pairs { rule.add(outcome(pair.0, pair.1), &tally) }
            return tally
        }
        var joined = Tally()
        for part in [Array(pairs.prefix(4)), [], Array(pairs.dropFirst(4))] { joined.add(list: tally(part).list) }
        #expect(joined == tally(pairs))
        let counts = ClassCounts(joined, classCount: 4)
        #expect(counts.matrix == [[2, 2, 0, 0], [1, 1, 0, 0], [0, 2, 1, 0], [0, 0, 0, 0]] && counts.targetCount == 9)
        let confusions = counts.confusions(limit: 2).map { [$0.target, $0.predicted, $0.count] }
        #expect(confusions == [[0, 1, 2], [2, 1, 2]])
        #expect(counts.worstClasses(limit: 2) == [1, 2] && counts.occurringClasses == [0, 1, 2])
        #expect(counts.precision(of: 3) == nil && counts.recall(of: 3) == nil && counts.f1(of: 3) == nil)
        #expect(counts.recall(of: 2) == 1.0 / 3)
    }

    @Test("sequences with several targets are counted target by target")
    func severalTargets() {
        let classes = PredictedClasses(targets: [0, 1, 1], predicted: [0, 0, 1], scores: [2, 1, 2, 1, 1, 2])
        let outcomes = [SequenceOutcome(loss: 0, classes: classes)]
        var values: [String: Double] = [:]
        for metric in ClassificationTask(names: ["a", "b"]).metrics { values[metric.key] = metric.value(of: outcomes, targetCount: 3) }
        // Of the pairs 1 > -1 and -1 = -1.
        #expect(values["balancedAccuracy"] == 0.75 && values["rocAUC"] == 0.75)
        #expect(ClassificationTask(names: ["a", "b"]).decodedClasses([2, 1, 3, 3, 1, 2]) == [0, 0, 1])
    }
}
