import NumberText
import StrictJSON

/// Meaning of a classifier's inputs and outputs: its classes in order, and its input symbols or the scale of its input numbers.
public struct SequenceMeaning: DataMeaning, Equatable {
    /// Names of the classes, in the order of the outputs: by value if all are numbers, otherwise by name.
    public let classes: [String]
    /// Number of training sequences of each class.
    public let counts: [Int]
    /// Nil if inputs are numbers.
    public let inputVocabulary: Vocabulary?
    /// One per number of a time step; empty if inputs are symbols.
    public let inputScale: [SeriesStatistics.Column]

    init(classes: [String], counts: [Int], vocabulary: Vocabulary?, scale: [SeriesStatistics.Column]) {
        (self.classes, self.counts, inputVocabulary, inputScale) = (classes, counts, vocabulary, scale)
    }

    public static let storedName = "classes.json"
    public var stored: StoredText { StoredText(name: Self.storedName, text: json, words: "the classes, and how their sequences are read") }
    public var inputWords: String { inputVocabulary == nil ? "sequences of numbers with a class" : "texts with a class" }

    public var digestLines: [String] {
        classes.map { JSONValue.text($0).serialized() } + (inputVocabulary?.digestLines ?? [])
            + inputScale.flatMap { ["\($0.mean.bitPattern)", "\($0.deviation.bitPattern)"] }
    }

    public func firstDifferenceOfNames(from earlier: SequenceMeaning) -> String? {
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

// `{"classes": [{"name": "a", "count": 3}, …], "scale": [{"name": "value", "mean": 0.5, "deviation": 2.0}], "vocabulary": null}`
extension SequenceMeaning {
    var json: String {
        let list = zip(classes, counts).map { JSONValue.object(["name": .text($0), "count": .integer($1)]) }
        return JSONValue.object([
            "classes": .list(list), "scale": SeriesStatistics(columns: inputScale).list, "vocabulary": inputVocabulary?.value ?? JSONValue(.null),
        ]).serialized(indented: true) + "\n"
    }

    /// Reads what ``stored`` wrote. `file` is its name in messages.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` at the first error.
    public init(json bytes: [UInt8], file: String) throws(DatasetError) {
        let reader = StoredJSON(file: file)
        let members = try reader.members(of: reader.parse(bytes), named: ["classes", "scale", "vocabulary"])
        guard let list = members[0].arrayValue, list.count > 1 else { throw reader.error(members[0], "classes must be a list of at least two") }
        var names: [String] = []
        var counts: [Int] = []
        for value in list {
            let parts = try reader.members(of: value, named: ["name", "count"])
            guard let name = parts[0].stringValue, !name.isEmpty else { throw reader.error(parts[0], "name must be a string that isn't empty") }
            guard let count = parts[1].integerValue, count >= 0, count < 1 << 31 else {
                throw reader.error(parts[1], "count must be an integer from 0 to 2^31 - 1")
            }
            names.append(name)
            counts.append(count)
        }
        guard Set(names).count == names.count else { throw reader.error(members[0], "a class stands here for the second time") }
        let vocabulary: Vocabulary?
        if members[2].content == .null { vocabulary = nil } else { vocabulary = try Vocabulary(stored: members[2], reader) }
        let scale = try SeriesStatistics.columns(of: members[1], reader)
        guard scale.isEmpty != (vocabulary == nil) else { throw reader.error(members[1], "there must be either a scale or a vocabulary") }
        self.init(classes: names, counts: counts, vocabulary: vocabulary, scale: scale)
    }
}
