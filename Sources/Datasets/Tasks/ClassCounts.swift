/// How often each class was predicted for each true class: the confusion matrix, and what follows from it.
///
/// Undefined shares, 0/0, are nil for a single class, and count as 0 in averages, as in scikit-learn.
public struct ClassCounts: Sendable, Equatable {
    /// A cell of the confusion matrix with the true class, the predicted one, and a count above 0.
    public struct Cell: Sendable, Equatable {
        public let target: Int
        public let predicted: Int
        public let count: Int
    }

    /// Name of the rule by which an evaluation counts them.
    public static let ruleName = "classes"

    public let classCount: Int
    /// Cells that aren't 0, by true and then by predicted class.
    public let cells: [Cell]
    /// Targets of each class, predictions of each class, and those that are both. `[classes]`.
    public let trueCounts: [Int]
    public let predictedCounts: [Int]
    public let rightCounts: [Int]

    /// - Parameter tally: counted by ``rule(classCount:)``.
    public init(_ tally: Tally, classCount: Int) {
        self.classCount = classCount
        cells = tally.counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { key, count in
            Cell(target: key / classCount, predicted: key % classCount, count: count)
        }
        var (targets, predicted, right) = (Array(repeating: 0, count: classCount), Array(repeating: 0, count: classCount), Array(repeating: 0, count: classCount))
        for cell in cells {
            targets[cell.target] += cell.count
            predicted[cell.predicted] += cell.count
            if cell.target == cell.predicted { right[cell.target] = cell.count }
        }
        (trueCounts, predictedCounts, rightCounts) = (targets, predicted, right)
    }

    /// Counts each target under true class · `classCount` + predicted class.
    public static func rule(classCount: Int) -> TallyRule {
        TallyRule(name: ruleName) { outcome, tally in
            guard let classes = outcome.classes else { return }
            for (target, predicted) in zip(classes.targets, classes.predicted) { tally.add(to: Int(target) * classCount + Int(predicted)) }
        }
    }

    public var targetCount: Int { trueCounts.reduce(0, +) }

    /// Of the predictions of a class, the share that is right; nil if there is none.
    public func precision(of place: Int) -> Double? { share(rightCounts[place], predictedCounts[place]) }
    /// Of a class's targets, the share that is recognised; nil if there is none.
    public func recall(of place: Int) -> Double? { share(rightCounts[place], trueCounts[place]) }
    /// 2·right / (targets + predictions), the harmonic mean of precision and recall; nil for a class without either.
    public func f1(of place: Int) -> Double? { share(2 * rightCounts[place], trueCounts[place] + predictedCounts[place]) }

    private func share(_ count: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(count) / Double(whole) }

    /// Classes that occur among targets or predictions: those over which scikit-learn's averages go.
    public var occurringClasses: [Int] { (0..<classCount).filter { trueCounts[$0] + predictedCounts[$0] > 0 } }

    /// Share of right predictions; NaN without a target.
    public var accuracy: Double { Double(rightCounts.reduce(0, +)) / Double(targetCount) }

    /// Mean of the recalls of all classes that have a target, as scikit-learn's `balanced_accuracy_score`; NaN without a target.
    public var balancedAccuracy: Double {
        let recalls = (0..<classCount).compactMap(recall)
        return recalls.reduce(0, +) / Double(recalls.count)
    }

    /// Mean of a class's figure over the classes that occur, each with the same weight: scikit-learn's "macro avg".
    public func macroAverage(_ figure: (Int) -> Double?) -> Double {
        let classes = occurringClasses
        return classes.reduce(0) { $0 + (figure($1) ?? 0) } / Double(classes.count)
    }

    /// Mean of a class's figure, weighted by its number of targets: scikit-learn's "weighted avg".
    public func weightedAverage(_ figure: (Int) -> Double?) -> Double {
        (0..<classCount).reduce(0) { $0 + Double(trueCounts[$1]) * (figure($1) ?? 0) } / Double(targetCount)
    }

    /// The most frequent confusions, at most `limit`; equal ones in the order of the classes.
    public func confusions(limit: Int) -> [Cell] {
        let wrong = cells.filter { $0.target != $0.predicted }
        return Array(wrong.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.prefix(limit).map(\.element))
    }

    /// Classes with a target from the lowest F1 on, at most `limit`; equal ones in the order of the classes.
    public func worstClasses(limit: Int) -> [Int] {
        let classes = (0..<classCount).filter { trueCounts[$0] > 0 }.map { (place: $0, f1: f1(of: $0) ?? 0) }
        return classes.sorted { ($0.f1, $0.place) < ($1.f1, $1.place) }.prefix(limit).map(\.place)
    }

    /// The whole confusion matrix, `[true class][predicted class]`. Cost: classes².
    public var matrix: [[Int]] {
        var matrix = Array(repeating: Array(repeating: 0, count: classCount), count: classCount)
        for cell in cells { matrix[cell.target][cell.predicted] = cell.count }
        return matrix
    }
}
