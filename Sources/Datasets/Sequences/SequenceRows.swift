import NumberText
import StrictJSON

/// A CSV file whose rows are labelled sequences: of numbers in consecutive columns, or of the text of one column. A row's class stands in a column, or the
/// classes of its time steps, between blanks.
struct SequenceRows: SequenceReader {
    let file: TableFile
    let options: SequenceOptions

    private var path: String { file.name }

    func read(into table: inout SequenceTable) throws(DatasetError) {
        var reader = try CSVRecords(file, reading: options.reading)
        let header = reader.header
        let label = try TargetColumns(header, options, path: path)
        let columns = try columns(header, targets: label.others)
        try table.setTargetNames(options.target.isOfNumbers ? options.targets : [])
        var recordings = options.audio.map(RecordingReader.init)
        let names = options.featureCount == 1 ? ["value"] : columns.prefix(options.featureCount).map { header.names[$0] }
        if recordings == nil { try table.setFeatureNames(options.text.isEmpty ? names : []) }
        var rowCount = 0
        while let record = try reader.next() {
            guard record.filledCount > 0 else { continue }
            guard record.filledCount <= header.names.count else {
                throw reader.error(.fieldCount(found: record.count, wanted: header.names.count), at: record.position)
            }
            let (target, position) = try self.target(of: record, label, reader)
            table.setDivision(label.division(of: record))
            if recordings != nil {
                let frames = try frames(of: record, column: columns[0], index: table.rowCount, &recordings, reader)
                if rowCount == 0 { try table.setFeatureNames(recordings?.featureNames ?? []) }
                try table.add(target, .text(line: position.line, column: position.column), recording: frames)
            } else if options.text.isEmpty {
                table.add(target, line: position.line, column: position.column, numbers: try numbers(of: record, columns, hasClass: !label.all.isEmpty, reader))
            } else {
                table.add(target, line: position.line, column: position.column, text: try text(of: record, column: columns[0], header))
            }
            rowCount += 1
        }
        guard rowCount > 0 else { throw reader.error(.noRows, at: reader.position) }
    }

    /// Columns of numbers, or the column of text or of recordings.
    private func columns(_ header: TableHeader, targets: [Int]) throws(DatasetError) -> [Int] {
        let names = options.audio.map { [$0.column] } ?? (options.text.isEmpty ? options.columns : [options.text])
        let key = options.audio != nil ? "data.audio" : options.text.isEmpty ? "data.columns" : "data.text"
        var chosen = try SeriesColumns.places(of: names, key: key, path: path, header: header) ?? []
        if names == [] { chosen = try header.all().filter { !targets.contains($0) } }
        if let both = chosen.first(where: targets.contains) {
            throw .optionOutOfRange(
                key: key, found: "the column '\(header.shown(both))' too",
                wanted: "of other columns than data.\(options.target.isOfNumbers ? "targets" : "label")\(options.division.map { " and \($0.key)" } ?? "")")
        }
        guard !chosen.isEmpty else { throw .unknownColumn(path: path, key: key, name: "with numbers", available: header.names) }
        return chosen
    }

    private func target(of record: CSVRecord, _ columns: TargetColumns, _ reader: CSVRecords) throws(DatasetError) -> (RowTarget, (line: Int, column: Int)) {
        let header = reader.header
        guard let column = columns.all.first else { return (.missing, record.position) }
        guard !options.target.isOfNumbers else { return (try columns.numbers(of: record, reader, isNeeded: options.needsLabel), record.position) }
        let target = options.target(column < record.fields.count ? record.fields[column].text : "")
        let position = column < record.fields.count ? (record.fields[column].line, record.fields[column].column) : record.position
        guard target != .missing || !options.needsLabel else {
            throw error("the row has no \(options.target.noun) in column '\(header.shown(column))'. Give it one, or leave the row out", at: position)
        }
        return (target, position)
    }

    private func text(of record: CSVRecord, column: Int, _ header: TableHeader) throws(DatasetError) -> String {
        let text = column < record.fields.count ? record.fields[column].text : ""
        guard !text.isEmpty else { throw error("the row has no text in column '\(header.shown(column))'. Give it one, or leave the row out", at: record.position) }
        return text
    }

    /// The frames of the recording that a row names, or of its part from column `offset` on, `duration` long.
    private func frames(
        of record: CSVRecord, column: Int, index: Int, _ recordings: inout RecordingReader?, _ reader: CSVRecords
    ) throws(DatasetError) -> [[Float]] {
        let name = column < record.fields.count ? record.fields[column].text.trimmed : ""
        let position = column < record.fields.count ? (record.fields[column].line, record.fields[column].column) : record.position
        guard !name.isEmpty else {
            throw error("the row names no recording in column '\(reader.header.shown(column))'. Give it one, or leave the row out", at: position)
        }
        func seconds(_ column: String) throws(DatasetError) -> Double? {
            guard let place = reader.header.names.firstIndex(of: column), place < record.fields.count else { return nil }
            let field = record.fields[place]
            switch FieldContent(field.text.trimmed, hasDecimalComma: reader.hasDecimalComma) {
            case .number(let value): return value
            case .missing where field.text.isBlank: return nil
            case .missing, .notFinite, .text:
                throw error(
                    "column '\(column)' is \"\(JSONValue.printable(field.text.trimmed, scalarCount: 40))\" here, which is no number of seconds. Fix it, or leave the "
                        + "field empty", at: (field.line, field.column))
            }
        }
        let (start, duration) = (try seconds("offset"), try seconds("duration"))
        do {
            return try recordings?.frames(ofFile: name, namedBy: path, index: index, start: start, duration: duration) ?? []
        } catch { throw error.named { self.error($0, at: position) } }
    }

    /// A sequence ends before its first of only empty fields.
    private func numbers(of record: CSVRecord, _ columns: [Int], hasClass: Bool, _ reader: CSVRecords) throws(DatasetError) -> [Double] {
        let fields = columns.map { $0 < record.fields.count ? record.fields[$0] : CSVField(text: "", line: record.line, column: 1) }
        let count = (fields.lastIndex { !$0.text.isBlank } ?? -1) + 1
        guard count > 0 else { throw error("the row has \(hasClass ? "a \(options.target.noun), but " : "")no number. Give it numbers, or leave it out", at: record.position) }
        guard count % options.featureCount == 0 else {
            throw error(
                "the row has \(counted(count, "number")), which aren't whole time steps of \(options.featureCount) (data.features). Fix the row or the key",
                at: record.position)
        }
        var numbers: [Double] = []
        numbers.reserveCapacity(count)
        for (place, field) in fields.prefix(count).enumerated() {
            let (text, position) = (field.text.trimmed, (field.line, field.column))
            switch FieldContent(text, hasDecimalComma: reader.hasDecimalComma) {
            case .number(let value): numbers.append(value)
            case .missing where options.allowsMissing: numbers.append(.nan)
            case .missing:
                throw error(
                    "column '\(reader.header.shown(columns[place]))' has no number here, although later columns of the row do; only a sequence's end may "
                        + "be empty. \(options.gapAdvice(leaving: "the row"))", at: (field.line, field.column))
            case .notFinite: throw reader.error(.notFinite(text: text, columnName: reader.header.names[columns[place]]), at: position)
            case .text: throw reader.error(.notANumber(text: text, columnName: reader.header.names[columns[place]]), at: position)
            }
        }
        return numbers
    }

    private func error(_ reason: String, at position: (line: Int, column: Int)) -> DatasetError {
        .malformedFile(path: path, line: position.line, column: position.column, reason: reason)
    }
}

extension TableHeader {
    /// A column's name, for messages.
    func shown(_ column: Int) -> String { JSONValue.printable(names[column], scalarCount: 40) }
}
