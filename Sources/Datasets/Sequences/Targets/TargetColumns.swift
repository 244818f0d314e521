/// Where a table's targets stand: the column of a class, or those of numbers; and the column that says to which group or part a sequence belongs.
struct TargetColumns {
    /// Places in the header, in the order of the options; empty where the table has none, and needs none.
    let all: [Int]
    /// Nil: there is none.
    let division: Int?
    private let path: String

    init(_ header: TableHeader, _ options: SequenceOptions, path: String) throws(DatasetError) {
        let isOfNumbers = options.target.isOfNumbers
        let names = isOfNumbers ? options.targets : [options.label]
        let isThere = options.needsLabel || names.allSatisfy(header.names.contains)
        all = isThere ? try SeriesColumns.places(of: names, key: isOfNumbers ? "data.targets" : "data.label", path: path, header: header) ?? [] : []
        let column = options.division?.column ?? ""
        let hasDivision = options.division != nil && (options.needsDivision && options.partFiles.all.isEmpty || header.names.contains(column))
        division = hasDivision ? try SeriesColumns.places(of: [column], key: options.division?.key ?? "", path: path, header: header)?.first : nil
        self.path = path
    }

    /// The columns that aren't inputs.
    var others: [Int] { all + [division].compactMap(\.self) }

    /// What a row has in the column of groups or parts.
    func division(of record: CSVRecord) -> String { division.map { $0 < record.fields.count ? record.fields[$0].text : "" } ?? "" }

    /// The numbers of a row.
    /// - Parameter isNeeded: whether there must be numbers; otherwise a row with an empty field has none.
    /// - Throws: ``DatasetError`` for a field that isn't a finite number.
    func numbers(of record: CSVRecord, _ reader: CSVRecords, isNeeded: Bool) throws(DatasetError) -> RowTarget {
        var numbers: [Double] = []
        for column in all {
            let field = column < record.fields.count ? record.fields[column] : CSVField(text: "", line: record.line, column: record.position.column)
            let (text, position) = (field.text.trimmed, (field.line, field.column))
            switch FieldContent(text, hasDecimalComma: reader.hasDecimalComma) {
            case .number(let value): numbers.append(value)
            case .missing:
                guard isNeeded else { return .missing }
                throw .malformedFile(
                    path: path, line: field.line, column: field.column,
                    reason: "column '\(reader.header.shown(column))' has no number here, which is to be predicted. Fill it in, or leave the row out")
            case .notFinite: throw reader.error(.notFinite(text: text, columnName: reader.header.names[column]), at: position)
            case .text: throw reader.error(.notANumber(text: text, columnName: reader.header.names[column]), at: position)
            }
        }
        return numbers.isEmpty ? .missing : .numbers(numbers)
    }
}
