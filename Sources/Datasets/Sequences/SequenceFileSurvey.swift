import StrictJSON

/// What a file of labelled sequences that isn't a table shows of itself, for a starter configuration: a .ts, .jsonl or .npz file.
public struct SequenceFileSurvey: Sendable, Equatable {
    /// Field with the class or transcript; empty where the form itself says where it stands.
    public let label: String
    /// Field with a text; empty for numbers.
    public let text: String
    /// Fields with numbers.
    public let columns: [String]
    public let sequenceCount: Int
    /// Names of the classes, or of a transcript's symbols.
    public let classes: [String]
    /// What the file's name doesn't say.
    public let format: SequenceFormat
    /// What has a class.
    public let target: SequenceTargetKind
    /// Whether numbers are missing.
    public let hasGaps: Bool

    /// Lines of JSON that are examined.
    private static let lineLimit = 1000

    /// Examines the file at `path`. Cost: reads it whole.
    /// - Returns: nil for a file of another form, which may be a table or a text.
    /// - Throws: ``DatasetError`` if it has the form, and can't be read.
    public init?(ofFile path: String) throws(DatasetError) {
        var options = SequenceOptions(files: [path], label: "", split: .evaluatedWhole, reading: TableReading(missing: .mask), needsLabel: true)
        switch SequenceForm(path: path, options) {
        case .rows where SequenceColumns.looksLike(try TableFile(path: path)):
            (options.format, options.target, options.text, options.textReading.unit) = (.conll, .classes, SequenceColumns.wordColumn(ofFile: path), .word)
        case .rows where try SequenceStrokes.looksLike(TableFile(path: path)): (options.format, options.target) = (.strokes, .nextNumbers)
        case .rows where try SequenceSets.looksLike(TableFile(path: path)): (options.format, options.target) = (.sets, .next)
        case .rows, .steps, .sets, .strokes, .audio: return nil
        case .columns: (options.target, options.text, options.textReading.unit) = (.classes, SequenceColumns.wordColumn(ofFile: path), .word)
        case .arrays: options.target = try SequenceArrays.target(ofFile: path)
        // Files of a programming language have the same ending.
        case .archive:
            guard let target = try Self.archiveTarget(path) else { return nil }
            options.target = target
        case .jsonLines:
            guard let fields = try JSONFields(ofFile: path, lineLimit: Self.lineLimit) else { return nil }
            (options.label, options.text, options.columns) = (fields.label, fields.text, fields.columns)
            if fields.hasWordLists { (options.target, options.textReading.unit) = (.classes, .word) }
            if fields.hasTranscripts { options.target = .transcript }
        }
        let table = try SequenceTable(options)
        (format, target) = (options.format, options.target)
        (label, text, columns) = (options.label, options.text, options.columns)
        var hasGaps = false
        table.numbers.visit { hasGaps = hasGaps || $0.contains { $0.isNaN } }
        self.hasGaps = hasGaps
        (sequenceCount, classes) = (table.rowCount, SequenceClasses.sorted(table.targets.flatMap { $0.names + $0.sets.joined() }))
    }

    /// What the description of a .ts file says is to be predicted; nil for a file of another form.
    private static func archiveTarget(_ path: String) throws(DatasetError) -> SequenceTargetKind? {
        let file = try TableFile(path: path)
        guard FileFormat(bytes: file.bytes) == nil else { return nil }
        var lines = try TextLines(file)
        var target: SequenceTargetKind?
        while let line = lines.next() {
            guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }), first != UInt8(ascii: "#") else { continue }
            guard first == UInt8(ascii: "@") else { return target }
            let words = String(decoding: line, as: UTF8.self).lowercased().split { $0 == " " || $0 == "\t" }
            target = words.starts(with: ["@targetlabel", "true"]) ? .numbers : target ?? .class
        }
        return target
    }
}

/// The fields of JSON lines that are taken for the class and the sequence.
private struct JSONFields {
    private(set) var label = ""
    private(set) var text = ""
    private(set) var columns: [String] = []
    /// Whether the text is a list of words, and the class a list of as many.
    private(set) var hasWordLists = false
    /// Whether the label is a text that is another one in most lines.
    private(set) var hasTranscripts = false

    /// Usual names of a field with a transcript.
    private static let transcriptNames = ["transcript", "transcription", "text", "sentence", "word"]

    /// What a field has been in all lines.
    fileprivate struct Field {
        var values: Set<String> = []
        var byteCount = 0
        var isText = true
        var isName = true
        var isNumbers = true
        var count = 0
        /// Items of each line's list of names; nil once a line has something else.
        var listCounts: [Int]? = []
    }

    /// - Returns: nil if the lines aren't objects, or no field can be the class or the sequence.
    init?(ofFile path: String, lineLimit: Int) throws(DatasetError) {
        let file = try TableFile(path: path)
        guard FileFormat(bytes: file.bytes) == nil else { return nil }
        var lines = try TextLines(file)
        var fields: [String: Field] = [:]
        var order: [String] = []
        var lineCount = 0
        while lineCount < lineLimit, let line = lines.next() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            guard let members = (try? JSONValue.parse(Array(line)))?.objectValue else { return nil }
            lineCount += 1
            for member in members {
                if fields[member.key] == nil { order.append(member.key) }
                fields[member.key, default: Field()].add(member.value)
            }
        }
        let whole = order.filter { fields[$0]?.count == lineCount }
        if let lists = Self.wordLists(whole, fields) {
            (text, label, hasWordLists) = (lists.text, lists.label, true)
            return
        }
        let numbers = whole.filter { fields[$0]?.isNumbers ?? false }
        let transcript = Self.transcriptNames.compactMap { usual in whole.first { $0.lowercased() == usual } }.first { name in
            fields[name].map { $0.isText && $0.values.count * 2 > lineCount } ?? false
        }
        if !numbers.isEmpty, let transcript {
            (label, columns, hasTranscripts) = (transcript, numbers, true)
            return
        }
        let names = whole.filter { name in fields[name].map { $0.isName && $0.values.count > 1 && $0.values.count * 2 <= lineCount } ?? false }
        let usual = SequenceSurvey.labelNames.first { usual in names.contains { $0.lowercased() == usual } }
        let fewest = names.min { fields[$0]?.values.count ?? 0 < fields[$1]?.values.count ?? 0 }
        guard let label = names.first(where: { $0.lowercased() == usual }) ?? fewest else { return nil }
        self.label = label
        columns = numbers
        guard columns.isEmpty else { return }
        let texts = whole.filter { $0 != label && fields[$0]?.isText ?? false }
        guard let text = texts.max(by: { fields[$0]?.byteCount ?? 0 < fields[$1]?.byteCount ?? 0 }) else { return nil }
        self.text = text
    }
}

extension JSONFields {
    /// Two lists of names that are as long as each other in every line: that with more different names is taken for the words.
    private static func wordLists(_ names: [String], _ fields: [String: Field]) -> (text: String, label: String)? {
        let lists = names.filter { fields[$0]?.listCounts != nil }
        guard lists.count == 2, let first = fields[lists[0]], let second = fields[lists[1]], first.listCounts == second.listCounts else { return nil }
        return first.values.count >= second.values.count ? (lists[0], lists[1]) : (lists[1], lists[0])
    }
}

extension JSONFields.Field {
    mutating func add(_ value: JSONValue) {
        count += 1
        let words = value.arrayValue?.compactMap(\.stringValue) ?? []
        if !words.isEmpty, words.count == value.arrayValue?.count, listCounts != nil {
            listCounts?.append(words.count)
            values.formUnion(words)
        } else {
            listCounts = nil
        }
        let name = value.stringValue ?? value.integerValue.map(String.init)
        isText = isText && value.stringValue?.isEmpty == false
        isName = isName && name?.isEmpty == false
        let items = value.arrayValue ?? []
        // A number may be missing.
        func isNumber(_ item: JSONValue) -> Bool { item.realValue != nil || item.content == .null }
        isNumbers = isNumbers && !items.isEmpty && items.allSatisfy { isNumber($0) || $0.arrayValue?.allSatisfy(isNumber) == true }
        guard let name else { return }
        byteCount += name.utf8.count
        values.insert(name)
    }
}
