import NumberText
import StrictJSON

/// One line of a file of series in GluonTS's JSON Lines: the series' values in `target`, from the time `start` on, and its features.
///
/// A list in the place of a number stands for several columns: of `target` [time] or [columns, time], of features that change with time [columns, time] or
/// [time], of static ones [columns] or a single number.
struct SeriesLine {
    struct Column {
        let name: String
        let values: [JSONValue]
        let kind: Kind
        /// Whether it is of a field whose numbers stand for categories.
        var isOfCodes = false
    }

    enum Kind {
        case target
        /// A value a time step; `isKnownAhead` says that it may go on after the target.
        case dynamic(isKnownAhead: Bool)
        /// The same at each time step.
        case constant
    }

    /// The line in the file, from 1.
    let number: Int
    /// Nil without the field "item_id".
    let id: String?
    /// Milliseconds since 1970; nil without the field "start".
    let start: Int?
    /// The field "freq", and its place in the line.
    let frequency: (text: String, column: Int)?
    /// Features first, then the target's.
    let columns: [Column]
    /// Fields that aren't read.
    let otherFields: [String]
    /// Time steps of the target.
    let rowCount: Int

    /// Names of the fields with features, as GluonTS and DeepAR have them; the target is "target".
    private static let kinds: [(name: String, kind: Kind)] = [
        ("feat_static_cat", .constant), ("cat", .constant), ("feat_static_real", .constant),
        ("past_feat_dynamic_real", .dynamic(isKnownAhead: false)), ("feat_dynamic_cat", .dynamic(isKnownAhead: true)),
        ("feat_dynamic_real", .dynamic(isKnownAhead: true)), ("dynamic_feat", .dynamic(isKnownAhead: true)), ("target", .target),
    ]
    private static let codeNames: Set<String> = ["feat_static_cat", "cat"]
    private static let otherNames: Set<String> = ["item_id", "start", "freq"]

    /// - Parameter lines: at the line that has `object`, for errors.
    init(_ object: JSONValue, _ lines: TextLines) throws(DatasetError) {
        number = lines.number
        id = try Self.id(of: object, lines)
        start = try Self.start(of: object, lines)
        frequency = object["freq"].flatMap { value in value.stringValue.map { (text: $0, column: value.position.column) } }
        var columns: [Column] = []
        for (name, kind) in Self.kinds {
            guard let value = object[name] else { continue }
            columns += try Self.columns(of: value, name: name, kind: kind, lines)
        }
        let targets = columns.filter { if case .target = $0.kind { true } else { false } }
        guard let rowCount = targets.first?.values.count, rowCount > 0 else {
            throw lines.error(
                "the line has no target: a list of numbers is wanted. Give it one, or leave the line out", column: object["target"]?.position.column ?? 1)
        }
        for column in columns {
            let count = column.values.count
            let isRight =
                switch column.kind {
                case .target: count == rowCount
                case .dynamic: count >= rowCount
                case .constant: true
                }
            guard !isRight else { continue }
            throw lines.error(
                "'\(column.name)' has \(counted(count, "number")), and the target \(rowCount). Give each time step a number, or leave the line out",
                column: column.values.first?.position.column ?? 1)
        }
        (self.columns, self.rowCount) = (columns, rowCount)
        let known = Set(Self.kinds.map(\.name)).union(Self.otherNames)
        otherFields = (object.objectValue ?? []).map(\.key).filter { !known.contains($0) }
    }

    /// Time steps after the target's end for which all features that are known ahead go on.
    var aheadCount: Int {
        let counts = columns.compactMap { column -> Int? in
            if case .dynamic(isKnownAhead: true) = column.kind { return column.values.count }
            return nil
        }
        return (counts.min() ?? rowCount) - rowCount
    }

    /// A column's value at a time step; nil where it has none.
    func value(of column: Column, at row: Int) -> JSONValue? {
        if case .constant = column.kind { return column.values[0] }
        return row < column.values.count ? column.values[row] : nil
    }

    private static func id(of object: JSONValue, _ lines: TextLines) throws(DatasetError) -> String? {
        guard let value = object["item_id"] else { return nil }
        guard let name = value.stringValue?.trimmed ?? value.integerValue.map(String.init), !name.isEmpty else {
            throw lines.error("'item_id' is neither a text nor an integer. Say which series the line is", column: value.position.column)
        }
        return name
    }

    private static func start(of object: JSONValue, _ lines: TextLines) throws(DatasetError) -> Int? {
        guard let value = object["start"], value.content != .null else { return nil }
        let time = (value.stringValue?.trimmed ?? value.integerValue.map(String.init)).flatMap { CalendarTime($0) }
        guard let time, time.form != .dayAndMonth, time.form != .timeOfDay, let start = time.milliseconds else {
            throw lines.error("'start' is no date. Write it as \"2024-01-31\" or \"2024-01-31 17:00:00\"", column: value.position.column)
        }
        return start
    }

    private static func columns(of value: JSONValue, name: String, kind: Kind, _ lines: TextLines) throws(DatasetError) -> [Column] {
        let shown = "'\(JSONValue.printable(name, scalarCount: 40))'"
        guard let items = value.arrayValue else {
            if value.content == .null { return [] }
            guard case .constant = kind, value.realValue != nil else {
                throw lines.error("\(shown) is no list of numbers. Fix the line, or leave it out", column: value.position.column)
            }
            return [Column(name: name, values: [value], kind: kind, isOfCodes: codeNames.contains(name))]
        }
        guard !items.isEmpty else { return [] }
        var lists: [[JSONValue]]
        if case .constant = kind { lists = items.map { [$0] } } else { lists = items[0].arrayValue == nil ? [items] : [] }
        if lists.isEmpty {
            for item in items {
                guard let list = item.arrayValue, !list.isEmpty else {
                    throw lines.error("\(shown) has something else than lists of numbers here. Fix the line, or leave it out", column: item.position.column)
                }
                lists.append(list)
            }
        }
        for item in lists.joined() where item.fieldText == nil {
            throw lines.error("\(shown) has something else than a number here. Fix the line, or leave it out", column: item.position.column)
        }
        return lists.enumerated().map { Column(name: lists.count == 1 ? name : "\(name) \($0 + 1)", values: $1, kind: kind, isOfCodes: codeNames.contains(name)) }
    }
}
