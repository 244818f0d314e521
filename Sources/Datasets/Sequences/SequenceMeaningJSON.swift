import StrictJSON

// `{"classes": [{"name": "a", "count": 3}, …], "scale": [{"name": "value", "mean": 0.5, "deviation": 2.0}], "vocabulary": null}`. Where time steps have classes,
// there are also `"target": "classes", "tokenClasses": {"index": [2, …], "count": [5, …], "total": [7, …]}, "stepCount": 0,
// "targetScale": [], "followsRules": true`, or null in the place of
// that object; where they have sets of labels, `"target": "multiLabel"` or `"next"`; of numbers `"targetScale"` has mean and deviation of each. Where characters
// are read beside words, `"characters"` has them in the form of a vocabulary. Where sequences have transcripts, `"target": "transcript"`, classes are their symbols,
// and `"transcripts": {"unit": "character", "usual": [3, 1]}` has what is said without a model, in outputs. Where the next numbers are predicted, `"next"` has the
// mixture and the training part's statistics (``NextNumbersMeaning``).
extension SequenceMeaning {
    var json: String {
        let list = zip(classes, counts).map { JSONValue.object(["name": .text($0), "count": .integer($1)]) }
        var members = [
            JSONMember(key: "classes", value: .list(list)), JSONMember(key: "scale", value: SeriesStatistics(columns: inputScale).list),
            JSONMember(key: "vocabulary", value: inputVocabulary?.value ?? JSONValue(.null)),
        ]
        if target != .class {
            members += [
                JSONMember(key: "target", value: .text(target.rawValue)), JSONMember(key: "tokenClasses", value: tokenClasses.value),
                JSONMember(key: "stepCount", value: .integer(stepCount)), JSONMember(key: "followsRules", value: .bool(followsRules)),
                JSONMember(key: "targetScale", value: SeriesStatistics(columns: targetScale).list),
            ]
        }
        if let characters { members.append(JSONMember(key: "characters", value: characters.value)) }
        if let transcripts { members.append(JSONMember(key: "transcripts", value: transcripts.value)) }
        if let nextNumbers { members.append(JSONMember(key: "next", value: nextNumbers.value)) }
        // A line for each of thousands of numbers would be hard to read.
        return JSONValue(.object(members)).serialized(indented: inputVocabulary?.pairs == nil) + "\n"
    }

    /// Reads what ``stored`` wrote. `file` is its name in messages.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` at the first error.
    public init(json bytes: [UInt8], file: String) throws(DatasetError) {
        let reader = StoredJSON(file: file)
        let document = try reader.parse(bytes)
        let isOfSteps = document["target"] != nil
        let names = ["classes", "scale", "vocabulary"] + (isOfSteps ? ["target", "tokenClasses", "stepCount", "targetScale", "followsRules"] : [])
        let hasCharacters = document["characters"] != nil
        let hasTranscripts = document["transcripts"] != nil
        let hasNext = document["next"] != nil
        let members = try reader.members(
            of: document, named: names + (hasCharacters ? ["characters"] : []) + (hasTranscripts ? ["transcripts"] : []) + (hasNext ? ["next"] : []))
        let target = isOfSteps ? members[3].stringValue.flatMap(SequenceTargetKind.init) : .class
        guard let target, isOfSteps == (target != .class) else { throw reader.error(members[3], "target must be one of time steps, or of numbers") }
        let (classes, counts) = try Self.classes(members[0], leastCount: target == .class || target == .classes ? 2 : target.isOfNumbers || target == .nextNumbers ? 0 : 1, reader)
        let targetScale = isOfSteps ? try SeriesStatistics.columns(of: members[6], reader) : []
        guard let followsRules = isOfSteps ? members[7].boolValue : true else { throw reader.error(members[7], "followsRules must be true or false") }
        guard targetScale.isEmpty != target.isOfNumbers else {
            throw reader.error(members[isOfSteps ? 6 : 0], "targetScale must have a column for each target that is a number")
        }
        let stepCount = isOfSteps ? members[5].integerValue : 0
        guard let stepCount, stepCount >= 0 else { throw reader.error(members[5], "stepCount must be an integer of at least 0") }
        let vocabulary: Vocabulary?
        if members[2].content == .null { vocabulary = nil } else { vocabulary = try Vocabulary(stored: members[2], reader) }
        let scale = try SeriesStatistics.columns(of: members[1], reader)
        guard target == .next ? scale.isEmpty && vocabulary == nil : scale.isEmpty != (vocabulary == nil) else {
            throw reader.error(members[1], "there must be either a scale or a vocabulary")
        }
        var tokenClasses: [TokenClass]?
        if isOfSteps, members[4].content != .null {
            tokenClasses = try [TokenClass](members[4], tokenCount: vocabulary?.count ?? 0, classCount: classes.count, reader)
        }
        self.init(target: target, classes: classes, counts: counts, vocabulary: vocabulary, scale: scale, stepCount: stepCount, tokenClasses: tokenClasses,
            targetScale: targetScale, followsRules: followsRules)
        guard hasNext == (target == .nextNumbers) else { throw reader.error(document, "next goes with target \"nextNumbers\"") }
        if hasNext, let value = members.last { nextNumbers = try NextNumbersMeaning(value, inputCount: scale.count, reader) }
        guard hasTranscripts == (target == .transcript) else { throw reader.error(document, "transcripts go with target \"transcript\"") }
        if hasTranscripts, let value = members.last { transcripts = try TranscriptMeaning(value, symbolCount: classes.count, reader) }
        guard hasCharacters else { return }
        let value = members[names.count]
        let known = try Vocabulary(stored: value, reader)
        guard known.unit == .character, vocabulary?.unit == .word else { throw reader.error(value, "characters must be those of words") }
        characters = known
    }

    private static func classes(_ value: JSONValue, leastCount: Int, _ reader: StoredJSON) throws(DatasetError) -> (names: [String], counts: [Int]) {
        guard let list = value.arrayValue, list.count >= leastCount else {
            throw reader.error(value, "classes must be a list of at least \(leastCount == 2 ? "two" : "one")")
        }
        var names: [String] = []
        var counts: [Int] = []
        for item in list {
            let parts = try reader.members(of: item, named: ["name", "count"])
            guard let name = parts[0].stringValue, !name.isEmpty else { throw reader.error(parts[0], "name must be a string that isn't empty") }
            guard let count = parts[1].integerValue, count >= 0, count < 1 << 31 else {
                throw reader.error(parts[1], "count must be an integer from 0 to 2^31 - 1")
            }
            names.append(name)
            counts.append(count)
        }
        guard Set(names).count == names.count else { throw reader.error(value, "a class stands here for the second time") }
        return (names, counts)
    }
}

extension TranscriptMeaning {
    fileprivate var value: JSONValue { .object(["unit": .text(unit.rawValue), "usual": .list(usual.map { .integer(Int($0)) })]) }

    fileprivate init(_ value: JSONValue, symbolCount: Int, _ reader: StoredJSON) throws(DatasetError) {
        let members = try reader.members(of: value, named: ["unit", "usual"])
        guard let unit = members[0].stringValue.flatMap(TranscriptUnit.init) else { throw reader.error(members[0], "unit must be \"character\" or \"word\"") }
        let usual = members[1].arrayValue?.compactMap(\.integerValue).filter { (1...symbolCount).contains($0) }
        guard let usual, usual.count == members[1].arrayValue?.count else {
            throw reader.error(members[1], "usual must be a list of integers from 1 to \(symbolCount)")
        }
        self.init(unit: unit, usual: usual.map(Int32.init))
    }
}

extension [TokenClass]? {
    fileprivate var value: JSONValue {
        guard let list = self else { return JSONValue(.null) }
        func numbers(_ path: KeyPath<TokenClass, Int>) -> JSONValue { .list(list.map { .integer($0[keyPath: path]) }) }
        return .object(["index": numbers(\.index), "count": numbers(\.count), "total": numbers(\.total)])
    }
}

extension [TokenClass] {
    fileprivate init(_ value: JSONValue, tokenCount: Int, classCount: Int, _ reader: StoredJSON) throws(DatasetError) {
        let members = try reader.members(of: value, named: ["index", "count", "total"])
        var columns: [[Int]] = []
        for (member, bound) in zip(members, [classCount, 1 << 31, 1 << 31]) {
            let numbers = member.arrayValue?.compactMap(\.integerValue).filter { (0..<bound).contains($0) }
            guard let numbers, numbers.count == tokenCount, member.arrayValue?.count == tokenCount else {
                throw reader.error(member, "here must be \(tokenCount) integers, each at least 0 and below \(bound)")
            }
            columns.append(numbers)
        }
        self = (0..<tokenCount).map { TokenClass(index: columns[0][$0], count: columns[1][$0], total: columns[2][$0]) }
        guard allSatisfy({ $0.count <= $0.total }) else { throw reader.error(value, "a count is above its total") }
    }
}
