import StrictJSON

/// A table's column names: those of its first line, or column1, column2 and so on.
struct TableHeader {
    /// Without surrounding blanks; empty for a column without a name.
    let names: [String]
    /// Number of columns up to the last one with a name. Rows may omit fields after it.
    let namedCount: Int
    private let positions: [(line: Int, column: Int)]
    /// Columns that are read unless others are named; nil for all.
    private let usualPlaces: [Int]?
    /// Columns of categories, and behind the file's own columns their indicators.
    let categoryPlaces: Set<Int>
    let indicatorPlaces: Range<Int>
    /// Of the first indicator of each category its name.
    private let firstIndicators: [Int: String]
    private let path: String

    /// Reads the first record of a table; if it is a row, it is left in the reader.
    /// - Throws: ``DatasetError/malformedCSV(path:line:column:fault:)``; ``DatasetError/headerIsData(path:line:text:)``.
    init(_ reader: inout CSVReader, format: TableFormat, reading: TableReading.Header, path: String) throws(DatasetError) {
        (self.path, usualPlaces, categoryPlaces, indicatorPlaces, firstIndicators) = (path, nil, [], 0..<0, [:])
        if format.hasSeparatorLine { _ = try reader.nextRecord(keeping: 0) }
        let start = reader
        let record = try reader.nextRecord(keeping: NumberTable.largestColumnCount) ?? CSVRecord(fields: [], count: 0)
        guard record.count <= NumberTable.largestColumnCount else {
            throw reader.error(.tooManyColumns(found: record.count, limit: NumberTable.largestColumnCount), at: start.position)
        }
        positions = record.fields.map { ($0.line, $0.column) }
        if reading == .no {
            reader = start
            names = (0..<record.filledCount).map { "column\($0 + 1)" }
        } else {
            names = record.fields.map(\.text.trimmed)
        }
        namedCount = (names.lastIndex { !$0.isEmpty } ?? -1) + 1
        // A file with only a byte order mark has no header either.
        guard namedCount > 0 else { throw reader.error(.unnamedColumn(place: 1), at: record.fields.isEmpty ? start.position : record.position) }
        if reading == .auto, Self.isRow(names, hasDecimalComma: format.hasDecimalComma) {
            throw .headerIsData(path: path, line: record.line, text: JSONValue.printable(names.joined(separator: ","), scalarCount: 60))
        }
    }

    /// The names of a file without a line of names.
    /// - Parameter usual: indices of the columns that are read unless others are named; nil for all.
    init(names: [String], usual: [Int]? = nil, path: String) {
        (self.names, namedCount, positions, usualPlaces, self.path) = (names, names.count, [], usual, path)
        (categoryPlaces, indicatorPlaces, firstIndicators) = ([], 0..<0, [:])
    }

    /// The same with indicators behind its own columns.
    /// - Parameter categoryPlaces: indices of the columns whose indicators they are.
    init(_ own: TableHeader, categoryPlaces: Set<Int>, categories: Categories) {
        let indicators = categories.indicatorNames
        var (first, place): ([Int: String], Int) = ([:], own.names.count)
        for column in categories.columns where !column.values.isEmpty {
            first[place] = column.name
            place += column.values.count
        }
        firstIndicators = first
        names = own.names + indicators
        namedCount = own.namedCount + indicators.count
        (positions, usualPlaces, path) = (own.positions, own.usualPlaces, own.path)
        (self.categoryPlaces, indicatorPlaces) = (categoryPlaces, own.names.count..<own.names.count + indicators.count)
    }

    /// Whether a line of names is a row: only numbers and times, at least one of them a number.
    static func isRow(_ names: [String], hasDecimalComma: Bool) -> Bool {
        var hasNumber = false
        for name in names {
            switch FieldContent(name, hasDecimalComma: hasDecimalComma) {
            case .number, .notFinite: hasNumber = true
            case .missing: break
            case .text: if CalendarTime(name) == nil { return false }
            }
        }
        return hasNumber
    }

    /// Indices of the columns that a series reads if none are named: all but those of categories, or those of which the file's form says it.
    /// - Throws: as ``all()``.
    func usual() throws(DatasetError) -> [Int] {
        let usual = if let usualPlaces { usualPlaces } else { try all() }
        return usual.filter { !categoryPlaces.contains($0) }
    }

    /// Indices of all columns of the file.
    /// - Throws: ``DatasetError/malformedCSV(path:line:column:fault:)`` if a column has no name, or a name that another one has.
    func all() throws(DatasetError) -> [Int] {
        var seen: Set<String> = []
        let ownCount = namedCount - indicatorPlaces.count
        for (place, name) in names.prefix(ownCount).enumerated() {
            guard !name.isEmpty else { throw error(.unnamedColumn(place: place + 1), at: place) }
            guard seen.insert(name).inserted else { throw error(.duplicateColumn(name: name), at: place) }
        }
        return Array(0..<ownCount)
    }

    /// The index of each name; for a repeated name the first index, and its second one separately.
    func places() -> (first: [String: Int], second: [String: Int]) {
        var first: [String: Int] = [:]
        var second: [String: Int] = [:]
        for (place, name) in names.enumerated() where !name.isEmpty {
            if first[name] == nil { first[name] = place } else if second[name] == nil { second[name] = place }
        }
        return (first, second)
    }

    /// Whether a column is named in messages: of a category's indicators the first one is, by the category's name.
    func isShown(_ place: Int) -> Bool { !indicatorPlaces.contains(place) || firstIndicators[place] != nil }

    func shownName(_ place: Int) -> String { firstIndicators[place] ?? names[place] }

    func error(_ fault: CSVFault, at place: Int) -> DatasetError {
        let position = place < positions.count ? positions[place] : (line: 1, column: 1)
        return .malformedCSV(path: path, line: position.line, column: position.column, fault: fault)
    }
}
