import NumberText
import StrictJSON

/// Meaning of a classifier's inputs and outputs: its classes in order, and its input symbols or the scale of its input numbers.
public struct SequenceMeaning: DataMeaning, Equatable {
    /// What has a class.
    public let target: SequenceTargetKind
    /// Names of the classes, in the order of the outputs: by value if all are numbers, otherwise by name.
    public let classes: [String]
    /// Number of training sequences, or of their time steps, of each class.
    public let counts: [Int]
    /// Nil if inputs are numbers.
    public let inputVocabulary: Vocabulary?
    /// One per number of a time step; empty if inputs are symbols.
    public let inputScale: [SeriesStatistics.Column]

    /// The most frequent class of each input symbol; nil unless time steps have classes and inputs are symbols. `[token]`.
    public let tokenClasses: [TokenClass]?

    init(
        target: SequenceTargetKind, classes: [String], counts: [Int], vocabulary: Vocabulary?, scale: [SeriesStatistics.Column], tokenClasses: [TokenClass]?
    ) {
        (self.target, self.classes, self.counts, inputVocabulary, inputScale) = (target, classes, counts, vocabulary, scale)
        self.tokenClasses = tokenClasses
    }

    /// What a model of these data predicts.
    public var task: any LearningTask { Self.task(target, names: classes, counts: counts, tokenClasses: tokenClasses) }

    /// The task of predicting `target`.
    package static func task(_ target: SequenceTargetKind, names: [String], counts: [Int]?, tokenClasses: [TokenClass]? = nil) -> any LearningTask {
        switch target {
        case .class: ClassificationTask(names: names, counts: counts)
        case .classes: LabellingTask(names: names, counts: counts, tokenClasses: tokenClasses)
        }
    }

    public static let storedName = "classes.json"
    public var stored: StoredText { StoredText(name: Self.storedName, text: json, words: "the classes, and how their sequences are read") }
    public var inputWords: String {
        (inputVocabulary == nil ? "sequences of numbers" : "texts") + (target == .class ? " with a class" : ", each time step with a class")
    }

    public var digestLines: [String] {
        classes.map { JSONValue.text($0).serialized() } + (inputVocabulary?.digestLines ?? [])
            + inputScale.flatMap { ["\($0.mean.bitPattern)", "\($0.deviation.bitPattern)"] } + (target == .class ? [] : [target.rawValue])
    }

    public func firstDifferenceOfNames(from earlier: SequenceMeaning) -> String? {
        guard target == earlier.target else { return "data.target is \"\(target.rawValue)\" here, and \"\(earlier.target.rawValue)\" there" }
        if let new = classes.first(where: { !earlier.classes.contains($0) }) { return "class '\(JSONValue.printable(new))' is new" }
        if let missing = earlier.classes.first(where: { !classes.contains($0) }) { return "class '\(JSONValue.printable(missing))' is missing" }
        guard classes == earlier.classes else { return "the classes have another order" }
        switch (inputVocabulary, earlier.inputVocabulary) {
        case (let here?, let there?): return here.firstDifferenceOfNames(from: there)
        case (nil, nil):
            guard inputScale.count != earlier.inputScale.count else { return nil }
            return "a time step has \(counted(inputScale.count, "number")) here, and \(earlier.inputScale.count) there"
        default: return "the model reads \(inputWords) here, and \(earlier.inputWords) there"
        }
    }

    public func firstDifferenceOfScale(from earlier: SequenceMeaning) -> String? {
        SeriesStatistics(columns: inputScale).firstDifference(from: SeriesStatistics(columns: earlier.inputScale))
    }
}
