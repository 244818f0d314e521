import Datasets
import NumberText
import StrictJSON

/// The figures of each class, as `evaluate` prints them: the columns of scikit-learn's `classification_report`, and the most frequent confusions.
struct ClassText {
    let counts: ClassCounts
    /// Names of the classes.
    let names: [String]
    /// What has a class: "sequences".
    let owner: String

    /// Up to so many classes all are printed, otherwise the worst of them.
    private static let classLimit = 20
    private static let worstLimit = 10
    private static let confusionLimit = 5
    /// Up to so many classes `--json` has the confusion matrix, a number a cell.
    private static let matrixLimit = 1000
    private static let nameWidth = 26

    // MARK: Lines

    var lines: [String] {
        let showsAll = counts.classCount <= Self.classLimit
        let places = showsAll ? Array(0..<counts.classCount) : counts.worstClasses(limit: Self.worstLimit)
        let classes = places.map { place in
            line(name(place), counts.precision(of: place), counts.recall(of: place), counts.f1(of: place), grouped(counts.trueCounts[place]))
        }
        func average(_ title: String, _ mean: ((Int) -> Double?) -> Double) -> String {
            line(title, mean(counts.precision), mean(counts.recall), mean(counts.f1), grouped(counts.targetCount))
        }
        return [header(showsAll ? "class" : "the \(places.count) of \(grouped(counts.classCount)) with the lowest F1")] + classes
            + [average("macro average", counts.macroAverage), average("weighted average", counts.weightedAverage)] + confusions
    }

    private func header(_ title: String) -> String {
        "  " + title.padded(to: Self.nameWidth) + ["precision", "recall", "F1", owner].map { $0.rightAligned(in: 11) }.joined()
    }

    private func line(_ name: String, _ precision: Double?, _ recall: Double?, _ f1: Double?, _ count: String) -> String {
        let shares = [precision, recall, f1].map { $0.map { shareText($0) } ?? "–" }
        return "  " + name.padded(to: Self.nameWidth) + (shares + [count]).map { $0.rightAligned(in: 11) }.joined()
    }

    private var confusions: [String] {
        counts.confusions(limit: Self.confusionLimit).enumerated().map { place, cell in
            let text = "\(grouped(cell.count)) of \(grouped(counts.trueCounts[cell.target])) '\(name(cell.target))' taken for '\(name(cell.predicted))'"
            return "  " + (place == 0 ? "most frequent confusions" : "").padded(to: Self.nameWidth) + "  " + text
        }
    }

    private func name(_ place: Int) -> String { JSONValue.printable(names[place], scalarCount: 24) }

    // MARK: JSON

    /// Undefined shares are null.
    var members: [JSONMember] {
        func real(_ value: Double?) -> JSONValue { value.map(JSONValue.real) ?? JSONValue(.null) }
        func figures(_ precision: Double?, _ recall: Double?, _ f1: Double?) -> [JSONMember] {
            [JSONMember(key: "precision", value: real(precision)), JSONMember(key: "recall", value: real(recall)), JSONMember(key: "f1", value: real(f1))]
        }
        func average(_ mean: ((Int) -> Double?) -> Double) -> JSONValue {
            JSONValue(.object(figures(mean(counts.precision), mean(counts.recall), mean(counts.f1))))
        }
        let classes = (0..<counts.classCount).map { place in
            JSONValue(.object(
                [JSONMember(key: "class", value: .text(names[place]))] + figures(counts.precision(of: place), counts.recall(of: place), counts.f1(of: place))
                    + [JSONMember(key: "support", value: .integer(counts.trueCounts[place]))]))
        }
        return [
            JSONMember(key: "classes", value: .list(classes)), JSONMember(key: "macroAverage", value: average(counts.macroAverage)),
            JSONMember(key: "weightedAverage", value: average(counts.weightedAverage)),
            JSONMember(
                key: "confusionMatrix",
                value: counts.classCount <= Self.matrixLimit ? .list(counts.matrix.map { .list($0.map(JSONValue.integer)) }) : JSONValue(.null)),
        ]
    }
}
