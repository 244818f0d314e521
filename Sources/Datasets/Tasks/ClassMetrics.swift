// Metrics of classes that aren't a mean over targets.
extension Metric {
    /// Mean of the classes' recalls, as scikit-learn's `balanced_accuracy_score`: classes without a target don't count.
    static func balancedAccuracy(classCount: Int) -> Metric {
        Metric(
            key: "balancedAccuracy", title: "balanced accuracy", unit: .share, isBetterHigher: true,
            log: Log(
                key: "validationBalancedAccuracy", tag: "validation/balanced_accuracy", meaning: "Mean over classes of the share of validation targets recognised.",
                column: "balanced", curve: ("Balanced validation accuracy", "mean of recalls", "balanced-accuracy")),
            card: nil, .counts(ClassCounts.rule(classCount: classCount)) { ClassCounts($0, classCount: classCount).balancedAccuracy })
    }

    /// Mean of the classes' F1, as scikit-learn's `f1_score(average="macro")`: a class that occurs neither among targets nor predictions doesn't count,
    /// and one that occurs and is never right counts as 0.
    static func macroF1(classCount: Int) -> Metric {
        Metric(
            key: "macroF1", title: "macro F1", unit: .share, isBetterHigher: true,
            log: Log(
                key: "validationMacroF1", tag: "validation/macro_f1", meaning: "Mean of the classes' F1 on the validation part.", column: "macro F1",
                curve: ("Validation macro F1", "mean of F1", "macro-f1")),
            card: ("f1", "macro F1"),
            .counts(ClassCounts.rule(classCount: classCount)) { tally in
                let counts = ClassCounts(tally, classCount: classCount)
                return counts.macroAverage(counts.f1)
            })
    }

    /// Share of targets whose class is among the `limit` with the highest scores. Of equal scores the first class is the higher one, as for the accuracy.
    static func topAccuracy(_ limit: Int) -> Metric {
        let rule = TallyRule(name: "top \(limit)") { outcome, tally in
            guard let classes = outcome.classes else { return }
            for (place, target) in classes.targets.enumerated() {
                tally.add(to: classes.rank(of: Int(target), target: place) < limit ? 1 : 0)
            }
        }
        return Metric(
            key: "top\(limit)Accuracy", title: "top-\(limit) accuracy", unit: .share, isBetterHigher: true, card: nil,
            .counts(rule) { Double($0[1]) / Double($0[0] + $0[1]) })
    }

    /// Area under the ROC curve of two classes, of which the second is the positive one, as scikit-learn's `roc_auc_score`: the probability that a sequence of
    /// the second class has the higher score for it, where equal scores count half. NaN unless both classes occur.
    static let rocAUC = Metric(
        key: "rocAUC", title: "ROC AUC", unit: .share, isBetterHigher: true, card: nil,
        .numbers(.classes) { outcome in
            guard let classes = outcome.classes else { return [] }
            return classes.targets.indices.flatMap { place in
                [Double(classes.scores[2 * place + 1]) - Double(classes.scores[2 * place]), Double(classes.targets[place])]
            }
        } value: { rows in
            areaUnderROC(
                rows.flatMap { row in stride(from: 0, to: row.count, by: 2).map { (score: row[$0], isPositive: row[$0 + 1] == 1) } })
        })

    /// The share of pairs of a positive and a negative one in which the positive one has the higher score; equal scores count half. NaN without such a pair.
    /// Cost: sorts the scores.
    static func areaUnderROC(_ scores: [(score: Double, isPositive: Bool)]) -> Double {
        let sorted = scores.sorted { $0.score < $1.score }
        // Twice the pairs, in whole numbers.
        var (doubledPairs, negativesBelow, place) = (0, 0, 0)
        while place < sorted.count {
            let end = sorted[place...].firstIndex { $0.score != sorted[place].score } ?? sorted.count
            let positives = sorted[place..<end].count { $0.isPositive }
            let negatives = end - place - positives
            doubledPairs += positives * (2 * negativesBelow + negatives)
            negativesBelow += negatives
            place = end
        }
        return Double(doubledPairs) / (2 * Double(negativesBelow) * Double(sorted.count - negativesBelow))
    }
}

extension PredictedClasses {
    /// Number of classes that come before `place` by their scores for a target: those with a higher one, and earlier ones with the same.
    func rank(of place: Int, target: Int) -> Int {
        let scores = scores[target * classCount..<(target + 1) * classCount]
        let own = scores[scores.startIndex + place]
        return scores.enumerated().count { $0.element > own || ($0.element == own && $0.offset < place) }
    }
}
