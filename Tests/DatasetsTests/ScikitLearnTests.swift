import Datasets
import Foundation
import PythonEnvironment
import Testing

/// The metrics of random predictions beside scikit-learn's.
@Suite("Metrics of classes and scikit-learn's")
struct ScikitLearnTests {
    /// Predictions of some sequences.
    private struct Case: Encodable {
        let classCount: Int
        let targets: [Int32]
        let predicted: [Int32]
        let scores: [[Float]]
    }

    private struct Figures: Decodable {
        let accuracy, balancedAccuracy, macroF1: Double
        let top5Accuracy, rocAUC: Double?
        let precision, recall, f1: [Double]
        let macroAverage, weightedAverage: [Double]
        let confusionMatrix: [[Int]]
        let balancedWeights: [Double]
    }

    /// Scores from a normal distribution, larger for the true class; with two classes rounded, so that some are equal.
    private func makeCase(_ classCount: Int, sequenceCount: Int, _ random: inout some RandomNumberGenerator) -> Case {
        // Some classes are rare, and may not occur.
        let targets = (0..<sequenceCount).map { _ in
            Int32(min(Int.random(in: 0..<classCount, using: &random), Int.random(in: 0..<classCount, using: &random)))
        }
        let scores = targets.map { target in
            (0..<classCount).map { place -> Float in
                let score = Float.random(in: -1...1, using: &random) + (place == Int(target) ? 0.5 : 0)
                return classCount == 2 ? (score * 4).rounded() : score
            }
        }
        return Case(classCount: classCount, targets: targets, predicted: highestScores(Array(scores.joined()), classCount: classCount), scores: scores)
    }

    @Test(
        "accuracy, balanced accuracy, macro F1, top-5, ROC AUC, each class's figures, averages, the confusion matrix and balanced weights are scikit-learn's",
        .enabled(if: Python.withScikitLearn != nil, Comment(rawValue: Python.missingScikitLearn)))
    func metrics() throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("scikit-learn's metrics: seed \(seed)")
        var random = Generator(state: seed)
        let cases = [(2, 40), (2, 7), (3, 30), (7, 60), (12, 20)].map { makeCase($0.0, sequenceCount: $0.1, &random) }
        let file = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try JSONEncoder().encode(cases).write(to: file)
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/scikit_learn_metrics.py")
        let result = try Python.run(try #require(Python.withScikitLearn), [script.path, file.path])
        try #require(result.code == 0, "\(result.output)")
        let wanted = try JSONDecoder().decode([Figures].self, from: Data(#require(result.output.split(separator: "\n").last).utf8))
        for (given, wanted) in zip(cases, wanted) { try expect(given, wanted, seed: seed) }
        #expect(cases.count == wanted.count)
    }

    private func expect(_ given: Case, _ wanted: Figures, seed: UInt64) throws {
        let outcomes = given.targets.indices.map { place in
            SequenceOutcome(
                loss: 0, rightCount: given.targets[place] == given.predicted[place] ? 1 : 0,
                classes: PredictedClasses(targets: [given.targets[place]], predicted: [given.predicted[place]], scores: given.scores[place]))
        }
        let task = ClassificationTask(names: (0..<given.classCount).map(String.init))
        var found: [String: Double] = [:]
        for metric in task.metrics { found[metric.key] = metric.value(of: outcomes, targetCount: outcomes.count) }
        var tally = Tally()
        for outcome in outcomes { ClassCounts.rule(classCount: given.classCount).add(outcome, &tally) }
        let counts = ClassCounts(tally, classCount: given.classCount)
        func averages(_ mean: ((Int) -> Double?) -> Double) -> [Double] { [mean(counts.precision), mean(counts.recall), mean(counts.f1)] }
        let pairs: [(String, Double?, Double?)] = [
            ("accuracy", found["accuracy"], wanted.accuracy), ("balanced accuracy", found["balancedAccuracy"], wanted.balancedAccuracy),
            ("macro F1", found["macroF1"], wanted.macroF1), ("top 5", found["top5Accuracy"], wanted.top5Accuracy), ("ROC AUC", found["rocAUC"], wanted.rocAUC),
        ]
        // The sums of at most 12 numbers differ in their order alone.
        func isClose(_ one: Double, _ other: Double) -> Bool { abs(one - other) < 1e-13 }
        for (name, found, wanted) in pairs {
            // The area of one class alone is NaN here, and an error there.
            let known = found.flatMap { $0.isNaN ? nil : $0 }
            let isRight = if let known, let wanted { isClose(known, wanted) } else { known == nil && wanted == nil }
            #expect(isRight, "\(name), seed \(seed)")
        }
        func figures(_ figure: (Int) -> Double?) -> [Double] { (0..<given.classCount).map { figure($0) ?? 0 } }
        let lists: [(String, [Double], [Double])] = [
            ("precision", figures(counts.precision), wanted.precision), ("recall", figures(counts.recall), wanted.recall), ("F1", figures(counts.f1), wanted.f1),
            ("macro average", averages(counts.macroAverage), wanted.macroAverage),
            ("weighted average", averages(counts.weightedAverage), wanted.weightedAverage),
            ("balanced weights", balancedWeights(counts), wanted.balancedWeights),
        ]
        for (name, found, wanted) in lists {
            let isRight = found.count == wanted.count && zip(found, wanted).allSatisfy(isClose)
            #expect(isRight, "\(name), \(given.classCount) classes, seed \(seed)")
        }
        #expect(counts.matrix == wanted.confusionMatrix, "seed \(seed)")
    }

    /// Of the classes that occur.
    private func balancedWeights(_ counts: ClassCounts) -> [Double] {
        let weights = TargetClasses(names: (0..<counts.classCount).map(String.init), counts: counts.trueCounts).balancedWeights
        return (0..<counts.classCount).filter { counts.trueCounts[$0] > 0 }.map { weights[$0] }
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }
}
