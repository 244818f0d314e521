import NumberText
import StrictJSON

/// A file with a JSON object a line (JSON Lines): the field `data.label` is the class, a text or an integer, or a list of the time steps' classes; `data.text` a
/// text, or a list of words; or the fields of `data.columns` are lists of numbers that are read side by side, a number a time step. A single field may also be a list of time steps, each a list of numbers.
struct SequenceLines: SequenceReader {
    let file: TableFile
    let options: SequenceOptions

    private var path: String { file.name }

    func read(into table: inout SequenceTable) throws(DatasetError) {
        var recordings = options.audio.map(RecordingReader.init)
        guard !options.text.isEmpty || !options.columns.isEmpty || options.target == .next || recordings != nil else {
            throw .optionOutOfRange(key: "data.columns", found: "empty", wanted: "the fields of \(fileName(path)) with numbers, or data.text its field with a text")
        }
        try table.setTargetNames(options.target.isOfNumbers ? options.targets : [])
        var lines = try TextLines(file)
        var isFirst = true
        while let line = lines.next() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            let value: JSONValue
            do { value = try JSONValue.parse(Array(line)) } catch { throw lines.error(error.message, column: error.position.column) }
            guard value.objectValue != nil else { throw lines.error("each line has to be a JSON object: {\"\(options.label)\": …}") }
            let target = try target(of: value, lines)
            if let division = options.division { table.setDivision(try self.division(of: value, division, lines)) }
            guard options.target != .next else {
                table.add(target, line: lines.number, column: 1, text: "")
                continue
            }
            guard options.text.isEmpty else {
                if isFirst { try table.setFeatureNames([]) }
                table.add(target, line: lines.number, column: 1, text: try text(of: value, lines))
                isFirst = false
                continue
            }
            if recordings != nil {
                let frames = try frames(of: value, index: table.rowCount, &recordings, lines)
                if isFirst { try table.setFeatureNames(recordings?.featureNames ?? []) }
                try table.add(target, .text(line: lines.number, column: 1), recording: frames)
                isFirst = false
                continue
            }
            let (numbers, names) = try numbers(of: value, lines)
            if isFirst { try table.setFeatureNames(names) }
            guard names.count == table.width else {
                throw lines.error(
                    "a time step has \(counted(names.count, "number")) here, but \(table.width) in the lines before. Fix the line, or leave it out")
            }
            table.add(target, line: lines.number, column: 1, numbers: numbers)
            isFirst = false
        }
    }

    private func field(_ name: String, of value: JSONValue, _ lines: TextLines, key: String) throws(DatasetError) -> JSONValue {
        if let field = value[name] { return field }
        throw .unknownColumn(path: "\(path):\(lines.number)", key: key, name: name, available: value.objectValue?.map(\.key) ?? [])
    }

    /// The group or part that a field names: a text or an integer; "" where it may be missing and is.
    private func division(of value: JSONValue, _ division: SequenceDivision, _ lines: TextLines) throws(DatasetError) -> String {
        guard let found = value[division.column], found.content != .null else {
            guard !options.needsDivision || !options.partFiles.all.isEmpty else {
                if value[division.column] != nil {
                    throw lines.error("the field '\(shown(division.column))' (\(division.key)) is null. Give it a value, or leave the line out")
                }
                throw .unknownColumn(path: "\(path):\(lines.number)", key: division.key, name: division.column, available: value.objectValue?.map(\.key) ?? [])
            }
            return ""
        }
        if let name = Self.name(found) { return name }
        throw lines.error("the field '\(shown(division.column))' (\(division.key)) is neither a text nor an integer. Fix it, or leave the line out", column: found.position.column)
    }

    private func target(of value: JSONValue, _ lines: TextLines) throws(DatasetError) -> RowTarget {
        guard !options.target.isOfNumbers else { return try numberTarget(of: value, lines) }
        guard options.target != .nextNumbers else { return .missing }
        if !options.needsLabel, value[options.label] == nil || value[options.label]?.content == .null { return .missing }
        let field = try field(options.label, of: value, lines, key: "data.label")
        let found: RowTarget? =
            switch options.target {
            case .class: Self.name(field).map { options.target($0) }
            case .classes: Self.names(field).map(RowTarget.names)
            case .multiLabel, .next: Self.sets(field).map(RowTarget.sets)
            case .transcript: transcript(field)
            case .numbers, .numbersEveryStep, .nextNumbers: nil
            }
        if let target = found ?? field.stringValue.map({ options.target($0) }), target != .missing { return target }
        let wanted =
            switch options.target {
            case .class: "no class: a text or an integer is wanted"
            case .classes: "no list of classes, each a text or an integer"
            case .transcript where options.transcriptUnit == .word: "no transcript: a text or a list of symbols is wanted, either of which may be empty"
            case .transcript: "no transcript: a text is wanted, which may be empty. A list of symbols needs data.transcriptUnit \"word\""
            default: "no list of time steps, each a list of labels, which are texts or integers"
            }
        throw lines.error("the field '\(shown(options.label))' is \(wanted). Fix it, or leave the line out", column: field.position.column)
    }

    /// The fields of `data.targets`: a number each, or a list with one of each time step.
    private func numberTarget(of value: JSONValue, _ lines: TextLines) throws(DatasetError) -> RowTarget {
        if !options.needsLabel, options.targets.contains(where: { value[$0] == nil || value[$0]?.content == .null }) { return .missing }
        var columns: [[Double]] = []
        for name in options.targets {
            let field = try field(name, of: value, lines, key: "data.targets")
            let items = options.target == .numbers ? [field] : field.arrayValue ?? []
            guard !items.isEmpty, items.count == columns.first?.count ?? items.count else {
                throw lines.error(
                    "the field '\(shown(name))' is no list with a number of each time step. Fix it, or leave the line out", column: field.position.column)
            }
            columns.append(try items.map { item throws(DatasetError) in try number(item, name, lines) })
        }
        return .numbers((columns.first ?? []).indices.flatMap { step in columns.map { $0[step] } })
    }

    /// A text, or of words a list of them; either may be empty.
    private func transcript(_ value: JSONValue) -> RowTarget? {
        if let text = value.stringValue { return .names(options.transcriptUnit.symbols(of: text)) }
        guard options.transcriptUnit == .word, let items = value.arrayValue else { return nil }
        return items.isEmpty ? .names([]) : Self.names(value).map(RowTarget.names)
    }

    private static func name(_ value: JSONValue) -> String? {
        if let text = value.stringValue?.trimmed, !text.isEmpty { return text }
        return value.integerValue.map(String.init)
    }

    /// Nil for something else than a list of at least one set.
    private static func sets(_ value: JSONValue) -> [[String]]? {
        guard let items = value.arrayValue, !items.isEmpty else { return nil }
        let sets = items.compactMap { $0.arrayValue?.isEmpty == true ? [] : names($0) }
        return sets.count == items.count ? sets : nil
    }

    /// Nil for something else than a list of at least one class.
    private static func names(_ value: JSONValue) -> [String]? {
        guard let items = value.arrayValue, !items.isEmpty else { return nil }
        let names = items.compactMap(name)
        return names.count == items.count ? names : nil
    }

    private func text(of value: JSONValue, _ lines: TextLines) throws(DatasetError) -> String {
        let field = try field(options.text, of: value, lines, key: "data.text")
        if options.textReading.unit == .word, let words = try words(of: field, lines) { return words }
        guard let text = field.stringValue, !text.isEmpty else {
            throw lines.error("the field '\(shown(options.text))' is no text, or an empty one. Fix it, or leave the line out", column: field.position.column)
        }
        return text
    }

    /// A list of words, as a text; nil for something else than a list.
    private func words(of field: JSONValue, _ lines: TextLines) throws(DatasetError) -> String? {
        guard let items = field.arrayValue, !items.isEmpty else { return nil }
        var words: [String] = []
        for item in items {
            guard let word = item.stringValue, TextReading.isWord(word) else {
                throw lines.error(
                    "an item of the field '\(shown(options.text))' is no word: a text without blanks. Fix it, or leave the line out", column: item.position.column)
            }
            words.append(word)
        }
        return words.joined(separator: " ")
    }

    /// The frames of the recording that a line names, or of its part from `offset` on, `duration` long, as NVIDIA NeMo's manifests have it.
    private func frames(of value: JSONValue, index: Int, _ recordings: inout RecordingReader?, _ lines: TextLines) throws(DatasetError) -> [[Float]] {
        let field = try field(options.audio?.column ?? "", of: value, lines, key: "data.audio")
        guard let name = field.stringValue, !name.isEmpty else {
            throw lines.error("the field '\(shown(options.audio?.column ?? ""))' is no path. Fix it, or leave the line out", column: field.position.column)
        }
        func seconds(_ name: String) throws(DatasetError) -> Double? {
            guard let field = value[name], field.content != .null else { return nil }
            if let value = field.realValue { return value }
            throw lines.error("the field '\(name)' is no number of seconds. Fix it, or leave the field out", column: field.position.column)
        }
        let (start, duration) = (try seconds("offset"), try seconds("duration"))
        do {
            return try recordings?.frames(ofFile: name, namedBy: path, index: index, start: start, duration: duration) ?? []
        } catch { throw error.named { lines.error($0, column: field.position.column) } }
    }

    /// `[time, features]`, and the features' names.
    private func numbers(of value: JSONValue, _ lines: TextLines) throws(DatasetError) -> ([Double], names: [String]) {
        var series: [[Double]] = []
        for name in options.columns {
            let field = try field(name, of: value, lines, key: "data.columns")
            guard let items = field.arrayValue, let first = items.first else {
                throw lines.error(
                    "the field '\(shown(name))' is no list of numbers, or an empty one. Fix it, or leave the line out", column: field.position.column)
            }
            if options.columns.count == 1, let width = first.arrayValue?.count { return try steps(items, name: name, width: width, lines) }
            series.append(try items.map { item throws(DatasetError) in try number(item, name, lines) })
            guard items.count == series[0].count else {
                throw lines.error(
                    "the field '\(shown(name))' has \(counted(items.count, "number")), and '\(shown(options.columns[0]))' \(series[0].count). "
                        + "They are read side by side: fix the line, or leave it out",
                    column: field.position.column)
            }
        }
        return (series[0].indices.flatMap { time in series.map { $0[time] } }, options.columns.count == 1 ? ["value"] : options.columns)
    }

    /// A list of time steps.
    private func steps(_ items: [JSONValue], name: String, width: Int, _ lines: TextLines) throws(DatasetError) -> ([Double], names: [String]) {
        var numbers: [Double] = []
        for item in items {
            guard let step = item.arrayValue, step.count == width, width > 0 else {
                throw lines.error(
                    "a time step of '\(shown(name))' isn't a list of \(counted(max(1, width), "number")), as the first one. Fix the line, or leave it out",
                    column: item.position.column)
            }
            for value in step { numbers.append(try number(value, name, lines)) }
        }
        return (numbers, width == 1 ? ["value"] : (1...width).map { "\(name) \($0)" })
    }

    private func number(_ value: JSONValue, _ name: String, _ lines: TextLines) throws(DatasetError) -> Double {
        if let number = value.realValue { return number }
        if options.allowsMissing, value.content == .null { return .nan }
        throw lines.error(
            "the field '\(shown(name))' has something else than finite numbers here. "
                + (value.content == .null ? options.gapAdvice(leaving: "the line") : "Fix it, or leave the line out"), column: value.position.column)
    }

    private func shown(_ name: String) -> String { JSONValue.printable(name, scalarCount: 40) }
}
