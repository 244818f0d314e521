import NumberText
import StrictJSON

/// Columns of a table that are read as categories (`data.categories`): each of a column's values becomes an indicator, a column that is 1 in the rows with
/// this value, and otherwise 0. The weights of an indicator in a model's first layer are the value's embedding.
struct Categories: Sendable, Equatable {
    struct Column: Sendable, Equatable {
        let name: String
        /// In ascending order, different.
        let values: [String]
    }

    let columns: [Column]

    /// More than one column of values is useful for: numbers of a row that are all 0 but one.
    static let largestValueCount = 1024

    static let none = Categories(columns: [])

    private init(columns: [Column]) { self.columns = columns }

    /// Those of a stored table's columns, whose names are their indicators'.
    init(_ names: [String], storedColumns: [String]) {
        columns = names.map { name in
            let prefix = name + "="
            return Column(name: name, values: storedColumns.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
        }
    }

    /// Reads the values of all records in some files of the same columns, those of remarks between the rows, too.
    /// - Throws: ``DatasetError`` for an unknown column, one without a value, or with more than ``largestValueCount``, and for a file that is invalid.
    init(_ names: [String], in paths: [String], records: (String) throws(DatasetError) -> any RecordReader) throws(DatasetError) {
        var found: [Set<String>] = names.map { _ in [] }
        for path in paths {
            var reader = try records(path)
            let places = try SeriesColumns.places(of: names, key: Self.key, path: path, header: reader.header) ?? []
            while let record = try reader.next() {
                for (column, place) in places.enumerated() where place < record.fields.count {
                    let value = record.fields[place].text.trimmed
                    guard !value.isEmpty, found[column].insert(value).inserted, found[column].count > Self.largestValueCount else { continue }
                    throw .optionOutOfRange(
                        key: Self.key,
                        found: "'\(JSONValue.printable(names[column], scalarCount: 40))', which has more than \(grouped(Self.largestValueCount)) values",
                        wanted: "a list of columns with few different values: each is a number of its own that the model reads")
                }
            }
        }
        for (name, values) in zip(names, found) where values.isEmpty {
            throw .unusableFile(
                path: shownPaths(paths), reason: "column '\(JSONValue.printable(name, scalarCount: 40))' (data.categories) is empty in all rows. Leave it out.")
        }
        columns = zip(names, found).map { Column(name: $0, values: $1.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }) }
    }

    static let key = "data.categories"

    static let noNumbers = DatasetError.optionOutOfRange(
        key: key, found: "all columns that have something in them", wanted: "a list that leaves a column of numbers, which are forecast")

    var isEmpty: Bool { columns.isEmpty }

    /// Names of the indicators, in the order of the columns and of their values: "region=north".
    var indicatorNames: [String] { columns.flatMap { column in column.values.map { "\(column.name)=\($0)" } } }

    /// The names of columns, each category in place of the indicators that it stands for.
    func collapsed(_ names: [String]) -> [String] {
        var collapsed: [String] = []
        for name in names {
            let own = columns.first { column in column.values.contains { "\(column.name)=\($0)" == name } }?.name ?? name
            if !collapsed.contains(own) { collapsed.append(own) }
        }
        return collapsed
    }

    /// Those of the columns that `isIncluded`.
    func filter(_ isIncluded: (Column) -> Bool) -> Categories { Categories(columns: columns.filter(isIncluded)) }
}

/// How the columns of categories of a table become indicators.
enum CategoryReading {
    /// Of the values that these columns have.
    case found([String])
    /// Of the values that they had in training; another one is in none of them.
    case stored(Categories)

    static let none = CategoryReading.stored(.none)
}

extension NumberTable {
    /// The names of the columns without the indicators that are 1 in none of `rows`, whose values a model would learn nothing of; nil if there are none.
    func columnNames(without indicators: Set<Int>, unlessIn rows: [Range<Int>]) -> [String]? {
        let width = columnNames.count
        var rest = indicators
        for row in rows.joined() {
            if rest.isEmpty { return nil }
            for place in rest where values[row * width + place] == 1 { rest.remove(place) }
        }
        return rest.isEmpty ? nil : columnNames.indices.filter { !rest.contains($0) }.map { columnNames[$0] }
    }
}

/// The records of another reader with the indicators of its categories behind its own columns.
struct CategoryRecords: RecordReader {
    let header: TableHeader
    private var base: any RecordReader
    private let columns: [Column]
    private let indicatorCount: Int
    /// Whether an empty field is in none of the categories; otherwise it is a missing value.
    private let emptyIsNone: Bool
    /// Values that have no indicator, in the order in which they come, and rows with one.
    private var unknown: [String] = []
    private var seen: Set<String> = []
    /// Different values that are kept; with more, the message says too few.
    private static let unknownLimit = 100_000
    private var unknownCount = 0

    private struct Column {
        let name: String
        let place: Int
        let valueCount: Int
        /// Of each value among them.
        let order: [String: Int]
    }

    /// - Parameter emptyIsNone: whether an empty field is in none of the categories; otherwise it is a missing value.
    /// - Throws: ``DatasetError`` for an unknown column, and for one that is called like an indicator.
    init(_ base: any RecordReader, _ categories: Categories, emptyIsNone: Bool = false) throws(DatasetError) {
        self.emptyIsNone = emptyIsNone
        let own = base.header
        let places = try SeriesColumns.places(of: categories.columns.map(\.name), key: Categories.key, path: base.path, header: own) ?? []
        for name in own.names {
            guard let column = categories.columns.first(where: { name.hasPrefix($0.name + "=") }) else { continue }
            throw .optionOutOfRange(
                key: Categories.key, found: "'\(JSONValue.printable(column.name, scalarCount: 40))'",
                wanted: "a list of columns with other names: the file has a column '\(JSONValue.printable(name, scalarCount: 40))', "
                    + "which is called like one of its values. Rename that")
        }
        columns = zip(categories.columns, places).map { column, place in
            let order = Dictionary(uniqueKeysWithValues: column.values.enumerated().map { ($1, $0) })
            return Column(name: column.name, place: place, valueCount: column.values.count, order: order)
        }
        self.base = base
        indicatorCount = categories.indicatorNames.count
        header = TableHeader(own, categoryPlaces: Set(places), categories: categories)
        guard header.names.count <= NumberTable.largestColumnCount else {
            throw .optionOutOfRange(
                key: Categories.key, found: "columns with \(counted(indicatorCount, "value")) together", wanted: "a list of columns with fewer")
        }
    }

    var path: String { base.path }
    var hasDecimalComma: Bool { base.hasDecimalComma }
    var areArrays: Bool { base.areArrays }
    var areAllRows: Bool { base.areAllRows }
    var lacksIds: Bool { base.lacksIds }
    var position: (line: Int, column: Int) { base.position }

    var formNotes: [String] {
        guard !unknown.isEmpty else { return base.formNotes }
        return base.formNotes + [
            "\(counted(unknownCount, "row")) with a category that training didn't have, and of which the model knows nothing: \(namesInWords(unknown))"
        ]
    }

    mutating func next() throws(DatasetError) -> CSVRecord? {
        guard var record = try base.next() else { return nil }
        let ownCount = base.header.names.count
        guard record.filledCount > 0 else { return record }
        let (isWhole, position) = (record.count == ownCount, record.position)
        while record.fields.count < ownCount { record.fields.append(CSVField(text: "", line: position.line, column: position.column)) }
        for column in columns {
            let field = record.fields[column.place]
            let value = field.text.trimmed
            let order = column.order[value]
            if isWhole, order == nil, !value.isEmpty { countUnknown(value, of: column) }
            for place in 0..<column.valueCount {
                let text = value.isEmpty && !emptyIsNone ? "" : place == order ? "1" : "0"
                record.fields.append(CSVField(text: text, line: field.line, column: field.column))
            }
        }
        record.count += indicatorCount
        record.filledCount += indicatorCount
        return record
    }

    private mutating func countUnknown(_ value: String, of column: Column) {
        unknownCount += 1
        let name = "\(column.name)=\(value)"
        if unknown.count < Self.unknownLimit, seen.insert(name).inserted { unknown.append(name) }
    }

    func error(_ fault: CSVFault, at position: (line: Int, column: Int)) -> DatasetError {
        guard case .fieldCount(let found, let wanted) = fault else { return base.error(fault, at: position) }
        return base.error(.fieldCount(found: found - indicatorCount, wanted: wanted - indicatorCount), at: position)
    }
}
