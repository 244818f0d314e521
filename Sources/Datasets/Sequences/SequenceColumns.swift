import NumberText
import StrictJSON

/// A file of the form that CoNLL's shared tasks and Universal Dependencies have: a word a line with its columns, between tabs or blanks, and a blank line after
/// each sequence. Columns are called column1, column2, …; in .conllu files ID, FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS, MISC. The class stands in the
/// column `data.label`, by default in the last one, or in UPOS.
///
/// Left out are lines that begin with "-DOCSTART-", and in .conllu files comments, words made of several tokens (1-2) and words that aren't in the text (1.1).
/// Sources: https://www.clips.uantwerpen.be/conll2003/ner/, https://universaldependencies.org/format.html
struct SequenceColumns: SequenceReader {
    let file: TableFile
    let options: SequenceOptions

    private var path: String { file.name }

    private static let universalNames = ["ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"]
    /// Stands for blanks inside a word of columns that are separated by tabs.
    private static let noBreakSpace = "\u{A0}"

    /// Where the parts of a line stand.
    private struct Layout {
        let names: [String]
        let isTabbed: Bool
        let isUniversal: Bool
        let word: Int
        /// Nil: the file has no such column.
        let label: Int?

        func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] { SequenceColumns.fields(line, isTabbed: isTabbed) }
    }

    private static func fields(_ line: ArraySlice<UInt8>, isTabbed: Bool) -> [ArraySlice<UInt8>] {
        isTabbed ? line.split(separator: 0x09, omittingEmptySubsequences: false) : line.split { $0 == 0x20 || $0 == 0x09 }
    }

    func read(into table: inout SequenceTable) throws(DatasetError) {
        try checkOptions()
        try table.setFeatureNames([])
        var lines = try TextLines(file)
        var layout: Layout?
        var (words, names, firstLine) = ([String](), [String](), 1)
        func finish() throws(DatasetError) {
            guard !words.isEmpty else { return }
            let target: RowTarget = layout?.label == nil ? .missing : options.target(names)
            if target == .missing, options.needsLabel {
                throw error("the words of the sequence that begins here have \(Set(names).count) classes, and data.target \"class\" needs one for all", firstLine)
            }
            table.add(target, line: firstLine, column: 1, text: words.joined(separator: " "))
            (words, names) = ([], [])
        }
        while let line = lines.next() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else {
                try finish()
                continue
            }
            let isUniversal = layout?.isUniversal ?? isUniversal
            if line.starts(with: "-DOCSTART-".utf8) || isUniversal && line.first == UInt8(ascii: "#") { continue }
            let known = if let layout { layout } else { try self.layout(of: line) }
            layout = known
            let fields = known.fields(line)
            guard fields.count == known.names.count else {
                throw lines.error(
                    "the line has \(counted(fields.count, "column")), and the first one \(known.names.count)\(known.isTabbed ? " between tabs" : ""). "
                        + "Fix it, or leave it out")
            }
            if isUniversal, !fields[0].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { continue }
            if words.isEmpty { firstLine = lines.number }
            words.append(try text(fields[known.word], "word", of: line, lines))
            if let label = known.label { names.append(try text(fields[label], "class", of: line, lines)) }
        }
        try finish()
    }

    /// The column that has the words, usually.
    static func wordColumn(ofFile path: String) -> String { isUniversal(path) ? "FORM" : "column1" }

    static func isUniversal(_ path: String) -> Bool { fileName(path).lowercased().split(separator: ".").dropFirst().contains("conllu") }
    private var isUniversal: Bool { Self.isUniversal(path) }

    /// Whether a file that isn't called so has CoNLL's columns: all lines as many, at least two, and blank lines between some.
    static func looksLike(_ file: TableFile) -> Bool {
        guard FileFormat(bytes: file.bytes) == nil, var lines = try? TextLines(file) else { return false }
        var (count, isTabbed, hasGap, sequenceCount, isAfterGap) = (0, false, false, 0, true)
        var isTable = true
        while lines.number < 5000, let line = lines.next() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else {
                (hasGap, isAfterGap) = (hasGap || sequenceCount > 0, true)
                continue
            }
            if count == 0 {
                isTabbed = line.contains(0x09)
                count = fields(line, isTabbed: isTabbed).count
            }
            guard count > 1, fields(line, isTabbed: isTabbed).count == count else { return false }
            isTable = isTable && !isTabbed && line.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
            if isAfterGap { sequenceCount += 1 }
            isAfterGap = false
        }
        return hasGap && sequenceCount > 1 && !isTable
    }

    private func checkOptions() throws(DatasetError) {
        guard options.columns.isEmpty else {
            throw .optionOutOfRange(key: "data.columns", found: "set", wanted: "left out: of \(fileName(path)) one column of words is read, data.text")
        }
        guard !options.text.isEmpty else {
            throw .optionOutOfRange(
                key: "data.text", found: "empty", wanted: "the column of \(fileName(path)) with the words: \"\(Self.wordColumn(ofFile: path))\"")
        }
        guard options.textReading.unit == .word else {
            throw .optionOutOfRange(
                key: "data.unit", found: "\"\(options.textReading.unit.rawValue)\"", wanted: "\"word\", since a line of \(fileName(path)) is a word")
        }
    }

    private func layout(of line: ArraySlice<UInt8>) throws(DatasetError) -> Layout {
        let isTabbed = line.contains(0x09)
        let count = Self.fields(line, isTabbed: isTabbed).count
        let names = isUniversal && count == Self.universalNames.count ? Self.universalNames : (1...max(1, count)).map { "column\($0)" }
        func place(_ name: String, _ key: String) throws(DatasetError) -> Int {
            guard let place = names.firstIndex(of: name) else { throw .unknownColumn(path: path, key: key, name: name, available: names) }
            return place
        }
        let word = try place(options.text, "data.text")
        let last = names.count - 1
        let label: Int?
        if options.label.isEmpty {
            label = names == Self.universalNames ? try place("UPOS", "data.label") : last == word ? nil : last
        } else if options.needsLabel || names.contains(options.label) {
            label = try place(options.label, "data.label")
        } else {
            label = nil
        }
        guard label != nil || !options.needsLabel else {
            throw .unknownColumn(path: path, key: "data.label", name: "with classes", available: names)
        }
        return Layout(names: names, isTabbed: isTabbed, isUniversal: isUniversal, word: word, label: label)
    }

    private func text(_ field: ArraySlice<UInt8>, _ kind: String, of line: ArraySlice<UInt8>, _ lines: TextLines) throws(DatasetError) -> String {
        let column = field.startIndex - line.startIndex + 1
        guard let text = String(validating: field, as: UTF8.self)?.trimmed else {
            throw lines.error("the \(kind) isn't UTF-8. Fix the line, or leave it out", column: column)
        }
        guard !text.isEmpty else { throw lines.error("the \(kind) is empty. Fix the line, or leave it out", column: column) }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: Self.noBreakSpace)
    }

    private func error(_ reason: String, _ line: Int) -> DatasetError { .malformedFile(path: path, line: line, column: 1, reason: reason) }
}

extension SequenceOptions {
    /// The target that the classes of all time steps say. A sequence has a class if all of them have the same.
    fileprivate func target(_ names: [String]) -> RowTarget {
        guard target == .class else { return names.isEmpty ? .missing : .names(names) }
        return Set(names).count == 1 ? .name(names[0]) : .missing
    }
}
