public import Batches
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

    /// Characters that are read beside words; nil if none are.
    public internal(set) var characters: Vocabulary?
    /// What transcripts consist of, whose symbols are `classes`; nil for other targets.
    public internal(set) var transcripts: TranscriptMeaning?
    /// The mixture by which the next numbers are predicted; nil for other targets.
    public internal(set) var nextNumbers: NextNumbersMeaning?
    /// Whether tags of the training part follow their scheme; true without one.
    public let followsRules: Bool
    /// Of the targets that are numbers, one per output.
    public let targetScale: [SeriesStatistics.Column]
    /// Number of training time steps; 0 unless they have sets of labels.
    public let stepCount: Int
    /// The most frequent class of each input symbol; nil unless time steps have classes and inputs are symbols. `[token]`.
    public let tokenClasses: [TokenClass]?

    init(
        target: SequenceTargetKind, classes: [String], counts: [Int], vocabulary: Vocabulary?, scale: [SeriesStatistics.Column], stepCount: Int = 0,
        tokenClasses: [TokenClass]? = nil, targetScale: [SeriesStatistics.Column] = [],
        followsRules: Bool = true
    ) {
        (self.target, self.classes, self.counts, inputVocabulary, inputScale) = (target, classes, counts, vocabulary, scale)
        (self.stepCount, self.tokenClasses, self.targetScale, self.followsRules) = (stepCount, tokenClasses, targetScale, followsRules)
    }

    /// What a model of these data predicts.
    /// - Parameter loss: of targets that are numbers.
    public func task(loss: Loss = .squaredError) -> any LearningTask {
        if let nextNumbers { return MixtureTask(nextNumbers, scale: inputScale) }
        return Self.task(
            target, names: classes, counts: counts, stepCount: stepCount, tokenClasses: tokenClasses, followsRules: followsRules, scale: targetScale, loss: loss,
            transcripts: transcripts)
    }

    /// The task of predicting `target`.
    package static func task(
        _ target: SequenceTargetKind, names: [String], counts: [Int]?, stepCount: Int = 0, tokenClasses: [TokenClass]? = nil,
        followsRules: Bool = true, scale: [SeriesStatistics.Column] = [], loss: Loss = .squaredError, transcripts: TranscriptMeaning? = nil,
        nextNumbers: NextNumbersMeaning? = nil
    ) -> any LearningTask {
        switch target {
        case .class: ClassificationTask(names: names, counts: counts)
        case .classes: LabellingTask(names: names, counts: counts, tokenClasses: tokenClasses, followsRules: followsRules)
        case .numbers, .numbersEveryStep:
            RegressionTask(outputCount: scale.isEmpty ? names.count : scale.count, isEveryStep: target == .numbersEveryStep, scale: scale, loss: loss)
        case .transcript: TranscriptTask(symbols: names, unit: transcripts?.unit ?? .character, usual: transcripts?.usual ?? [])
        case .nextNumbers: MixtureTask(nextNumbers ?? NextNumbersMeaning(MixtureOptions(), outputCount: names.count, hasPen: false))
        case .multiLabel, .next: MultiLabelTask(names: names, counts: counts, stepCount: stepCount, isNext: target == .next)
        }
    }

    /// How many classes, labels or numbers there are to predict: "7 classes".
    var targetWords: String {
        switch target {
        case .class, .classes: counted(classes.count, "class", plural: "classes")
        case .multiLabel, .next: counted(classes.count, "label")
        case .numbers, .numbersEveryStep: counted(targetScale.count, "target")
        case .nextNumbers: counted(nextNumbers?.density.numberCount ?? 0, "number") + (nextNumbers?.hasPen == true ? " and a pen" : "")
        case .transcript: counted(classes.count, "symbol")
        }
    }

    /// What a model of these data reads.
    package var input: InputKind {
        if let inputVocabulary, let characters { return .words(vocabularyCount: inputVocabulary.count, characterCount: characters.count + 1) }
        if let inputVocabulary { return .tokens(vocabularyCount: inputVocabulary.count) }
        return .vectors(featureCount: target == .next ? classes.count : inputScale.count)
    }

    /// The characters of a text's words, as a batch of this one sequence has them; nil if none are read.
    /// - Parameter limit: characters of a word that are read.
    /// - Throws: ``DatasetError`` for text that isn't UTF-8.
    package func spelled(_ text: String, reading: TextReading, limit: Int) throws(DatasetError) -> WordCharacters? {
        guard let characters else { return nil }
        let words = try WordSpellings(ofText: text, reading: reading, limit: limit, vocabulary: characters)
        return WordCharacters((0..<words.wordCount).map { words[$0] })
    }

    /// Names of a time step's numbers; none of tokens.
    var featureNames: [String] { target == .next ? classes : inputScale.map(\.name) }

    public static let storedName = "classes.json"
    public var stored: StoredText { StoredText(name: Self.storedName, text: json, words: "the classes, and how their sequences are read") }
    public var inputWords: String {
        let inputs = inputVocabulary == nil ? "sequences of numbers" : "texts"
        return switch target {
        case .class: inputs + " with a class"
        case .classes: inputs + ", each time step with a class"
        case .multiLabel: inputs + ", each time step with a set of labels"
        case .next: "sequences of sets of labels"
        case .nextNumbers: nextNumbers?.hasPen == true ? "drawings" : inputs
        case .numbers: inputs + " with numbers to predict"
        case .transcript: inputs + " with a transcript"
        case .numbersEveryStep: inputs + ", each time step with numbers to predict"
        }
    }

    public var digestLines: [String] {
        classes.map { JSONValue.text($0).serialized() } + (inputVocabulary?.digestLines ?? [])
            + (inputScale + targetScale).flatMap { ["\($0.mean.bitPattern)", "\($0.deviation.bitPattern)"] } + (target == .class ? [] : [target.rawValue])
            + (characters.map { ["characters"] + $0.digestLines } ?? []) + (transcripts.map { [$0.unit.rawValue] } ?? []) + (nextNumbers?.digestLines ?? [])
    }

    public func firstDifferenceOfNames(from earlier: SequenceMeaning) -> String? {
        guard target == earlier.target else { return "data.target is \"\(target.rawValue)\" here, and \"\(earlier.target.rawValue)\" there" }
        guard transcripts?.unit == earlier.transcripts?.unit else { return "the transcripts' symbols are characters in one and words in the other" }
        guard nextNumbers?.density == earlier.nextNumbers?.density else { return "the mixture of the outputs is another one (model.mixture and others)" }
        let noun = target == .transcript ? "symbol" : "class"
        if let new = classes.first(where: { !earlier.classes.contains($0) }) { return "\(noun) '\(JSONValue.printable(new))' is new" }
        if let missing = earlier.classes.first(where: { !classes.contains($0) }) { return "\(noun) '\(JSONValue.printable(missing))' is missing" }
        guard classes == earlier.classes else { return "the \(noun == "class" ? "classes" : "symbols") have another order" }
        guard targetScale.count == earlier.targetScale.count else {
            return "there are \(counted(targetScale.count, "target")) here, and \(earlier.targetScale.count) there"
        }
        switch (inputVocabulary, earlier.inputVocabulary) {
        case (let here?, let there?):
            if let difference = here.firstDifferenceOfNames(from: there) { return difference }
            return characters == earlier.characters ? nil : "other characters are read beside words"
        case (nil, nil):
            guard inputScale.count != earlier.inputScale.count else { return nil }
            return "a time step has \(counted(inputScale.count, "number")) here, and \(earlier.inputScale.count) there"
        default: return "the model reads \(inputWords) here, and \(earlier.inputWords) there"
        }
    }

    public func firstDifferenceOfScale(from earlier: SequenceMeaning) -> String? {
        SeriesStatistics(columns: inputScale + targetScale).firstDifference(from: SeriesStatistics(columns: earlier.inputScale + earlier.targetScale))
    }
}
