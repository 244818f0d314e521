import NumberText
import StrictJSON

/// A CSV file with a time step a row, in the long form: `data.id` names the column that says to which sequence a row belongs.
///
/// Sequences stand in the order in which they begin in the file; their rows need not be adjacent. A row without a class has that of the others, unless each
/// time step has its own (`data.target` "classes").
struct SequenceSteps: SequenceReader {
    let file: TableFile
    let options: SequenceOptions

    private var path: String { file.name }

    /// Where the parts of a row stand.
    private struct Columns {
        let id: Int
        let targets: TargetColumns
        /// Nil: there are no classes.
        var label: Int? { targets.all.first }
        /// Nil: rows stand in order.
        let step: Int?
        let numbers: [Int]
    }

    /// A sequence, as far as it has been read.
    private struct Group {
        let name: String
        let position: (line: Int, column: Int)
        /// The sequence's class, or the classes of its rows.
        var labels: [String] = []
        /// The group or part that its rows name.
        var division = ""
        /// Numbers that are targets, of all rows.
        var targets: [Double] = []
        var steps: [Double] = []
        var numbers: [Double] = []
        var rowCount = 0
    }

    func read(into table: inout SequenceTable) throws(DatasetError) {
        var reader = try CSVRecords(file, reading: options.reading)
        let columns = try columns(of: reader.header)
        try table.setTargetNames(options.target.isOfNumbers ? options.targets : [])
        try table.setFeatureNames(columns.numbers.map { reader.header.names[$0] })
        var groups: [Group] = []
        var places: [String: Int] = [:]
        while let record = try reader.next() {
            guard record.filledCount > 0 else { continue }
            guard record.filledCount <= reader.header.names.count else {
                throw reader.error(.fieldCount(found: record.count, wanted: reader.header.names.count), at: record.position)
            }
            let name = field(columns.id, of: record).text.trimmed
            guard !name.isEmpty else {
                throw error(
                    "column '\(reader.header.shown(columns.id))' (data.id) is empty here. Say to which sequence the row belongs, or leave it out", at: record.position)
            }
            if places[name] == nil {
                places[name] = groups.count
                groups.append(Group(name: name, position: record.position))
            }
            try add(record, to: &groups[places[name] ?? 0], columns, reader)
        }
        guard !groups.isEmpty else { throw reader.error(.noRows, at: reader.position) }
        for group in groups {
            guard !group.labels.isEmpty || !options.needsLabel || options.target.isOfNumbers else {
                throw error(
                    "sequence '\(shown(group.name))', which begins here, has no \(options.target.noun) in column '\(options.label)'. Give it one, or leave it out",
                    at: group.position)
            }
            let order = try order(of: group)
            let width = columns.numbers.count
            table.setDivision(group.division)
            table.add(
                target(of: group, in: order), line: group.position.line, column: group.position.column,
                numbers: order.flatMap { group.numbers[$0 * width..<($0 + 1) * width] }, name: group.name)
        }
    }

    private func target(of group: Group, in order: [Int]) -> RowTarget {
        if options.target.isOfNumbers {
            let width = options.targets.count
            return group.targets.count < order.count * width || width == 0 ? .missing : .numbers(order.flatMap { group.targets[$0 * width..<($0 + 1) * width] })
        }
        if options.target == .transcript { return group.labels.first.map { options.target($0) } ?? .missing }
        guard options.target == .class else { return group.labels.isEmpty ? .missing : .names(order.map { group.labels[$0] }) }
        return group.labels.first.map(RowTarget.name) ?? .missing
    }

    private func columns(of header: TableHeader) throws(DatasetError) -> Columns {
        func place(_ name: String, _ key: String) throws(DatasetError) -> Int {
            try SeriesColumns.places(of: [name], key: key, path: path, header: header)?.first ?? 0
        }
        guard options.text.isEmpty else {
            throw .optionOutOfRange(
                key: "data.text", found: "\"\(options.text)\"",
                wanted: "left out: with data.id a row is a time step of numbers. A word a line is read from CoNLL's columns (data.format \"conll\")")
        }
        let id = try place(options.id, "data.id")
        let targets = try TargetColumns(header, options, path: path)
        let step = options.step.isEmpty ? nil : try place(options.step, "data.step")
        let others = targets.others + [step].compactMap(\.self)
        let named = Set([id] + others)
        guard named.count == 1 + others.count else {
            throw .optionOutOfRange(key: "data.id", found: "a column that data.label, data.targets, data.step, data.group or data.part names too", wanted: "a column of its own")
        }
        let chosen = try SeriesColumns.places(of: options.columns, key: "data.columns", path: path, header: header)
        let numbers = if let chosen { chosen } else { try header.all().filter { !named.contains($0) } }
        guard numbers.allSatisfy({ !named.contains($0) }) else {
            throw .optionOutOfRange(key: "data.columns", found: "a column that data.id, data.label, data.targets, data.step, data.group or data.part names too", wanted: "of other columns")
        }
        guard !numbers.isEmpty else { throw .unknownColumn(path: path, key: "data.columns", name: "with numbers", available: header.names) }
        return Columns(id: id, targets: targets, step: step, numbers: numbers)
    }

    private func add(_ record: CSVRecord, to group: inout Group, _ columns: Columns, _ reader: CSVRecords) throws(DatasetError) {
        if options.target.isOfNumbers {
            group.targets += try columns.targets.numbers(of: record, reader, isNeeded: options.needsLabel).numbers
        } else if let label = columns.label.map({ field($0, of: record) }) {
            try add(label, to: &group)
        }
        try add(division: columns.targets.division(of: record).trimmed, of: record, to: &group)
        if let step = columns.step { group.steps.append(try number(step, of: record, reader, isStep: true)) }
        for column in columns.numbers { group.numbers.append(try number(column, of: record, reader, isFeature: true)) }
        group.rowCount += 1
    }

    /// A row's group or part, which is the whole sequence's; a row may leave it out.
    private func add(division: String, of record: CSVRecord, to group: inout Group) throws(DatasetError) {
        guard !division.isEmpty, division != group.division else { return }
        guard group.division.isEmpty else {
            throw error(
                "sequence '\(shown(group.name))' has '\(shown(division))' in '\(shown(options.division?.column ?? ""))' here and '\(shown(group.division))' before. "
                    + "A sequence is of one \(options.division?.key == "data.part" ? "part" : "group"): fix it", at: record.position)
        }
        group.division = division
    }

    /// A row's field with a class: that of the sequence, which it may leave out, or the time step's own.
    private func add(_ label: CSVField, to group: inout Group) throws(DatasetError) {
        let name = label.text.trimmed
        if options.target == .classes {
            guard !name.isEmpty || !options.needsLabel else {
                throw error(
                    "the row has no class in column '\(shown(options.label))'; with data.target \"classes\" each row has one. Give it one, or leave the row out",
                    at: (label.line, label.column))
            }
            // Without all of them there are none.
            if !name.isEmpty, group.labels.count == group.rowCount { group.labels.append(name) } else { group.labels = [] }
            return
        }
        guard !name.isEmpty else { return }
        guard let first = group.labels.first else { return group.labels.append(name) }
        guard name == first else { throw twoClasses(group, name, at: (label.line, label.column)) }
    }

    private func twoClasses(_ group: Group, _ name: String, at position: (line: Int, column: Int)) -> DatasetError {
        error(
            "sequence '\(shown(group.name))' has the \(options.target.noun) '\(shown(name))' here and '\(shown(group.labels[0]))' before. A sequence has one: "
                + "fix it, or give the "
                + "parts different names", at: position)
    }

    /// - Parameter isStep: whether a date or a time may stand there: in milliseconds.
    private func number(
        _ column: Int, of record: CSVRecord, _ reader: CSVRecords, isStep: Bool = false, isFeature: Bool = false
    ) throws(DatasetError) -> Double {
        let (field, name) = (field(column, of: record), reader.header.names[column])
        let text = field.text.trimmed
        if isStep, Double(text) == nil, let time = CalendarTime(text)?.milliseconds { return Double(time) }
        switch FieldContent(text, hasDecimalComma: reader.hasDecimalComma) {
        case .number(let value): return value
        case .missing where isFeature && options.allowsMissing: return .nan
        case .missing:
            throw error(
                "column '\(reader.header.shown(column))' has no number here. \(options.gapAdvice(leaving: "the row or the column"))", at: (field.line, field.column))
        case .notFinite: throw reader.error(.notFinite(text: text, columnName: name), at: (field.line, field.column))
        case .text: throw reader.error(.notANumber(text: text, columnName: name), at: (field.line, field.column))
        }
    }

    /// The rows of a sequence in the order of its steps.
    private func order(of group: Group) throws(DatasetError) -> [Int] {
        guard !group.steps.isEmpty else { return Array(0..<group.rowCount) }
        let order = group.steps.indices.sorted { (group.steps[$0], $0) < (group.steps[$1], $1) }
        if let twin = zip(order, order.dropFirst()).first(where: { group.steps[$0] == group.steps[$1] }) {
            throw error(
                "sequence '\(shown(group.name))', which begins here, has two rows with the step \(group.steps[twin.0].shortText) (data.step). "
                    + "Leave one of them out", at: group.position)
        }
        return order
    }

    private func field(_ column: Int, of record: CSVRecord) -> CSVField {
        column < record.fields.count ? record.fields[column] : CSVField(text: "", line: record.line, column: record.position.column)
    }

    private func shown(_ text: String) -> String { JSONValue.printable(text, scalarCount: 40) }

    private func error(_ reason: String, at position: (line: Int, column: Int)) -> DatasetError {
        .malformedFile(path: path, line: position.line, column: position.column, reason: reason)
    }
}

extension Double {
    /// Without ".0".
    fileprivate var shortText: String { Int(exactly: self).map(String.init) ?? description }
}
