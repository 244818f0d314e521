import NumberText
import StrictJSON

/// The contents of a table's columns and the reading options that it needs: for a starter configuration.
public struct TableSurvey: Sendable {
    public enum Content: Sendable, Equatable {
        case numbers
        case times
        /// With an example.
        case text(String)
        /// The same, with empty fields between.
        case textWithGaps(String, emptyCount: Int)
        /// Numbers that stand for categories, as the file's form says.
        case codes
        /// Numbers mixed with texts, such as this one.
        case mixed(String)
        case nothing
        case mostlyMissing
        case constant
        /// The same in every row of a series, so that by each series' own scale nothing is left of it.
        case constantInSeries
        /// 1, 2, 3 or the like.
        case rowCounter
        /// The same in each series, or with equal steps.
        case stepCounter
        case unnamed
        case repeated
    }

    public struct Column: Sendable, Equatable {
        public let name: String
        public let content: Content
        /// Whether it is text of few values that return often, or codes of few values.
        public var isCategory = false
        /// Whether it would be such text but for empty fields.
        var isCategoryWithGaps = false
    }

    public let columns: [Column]
    /// The reading options for the file: an explicit choice wherever the default is an error.
    public let reading: TableReading
    /// Number of rows read.
    public let rowCount: Int
    /// The column that tells series apart, and is named so or needed to bring the rows in order of time; nil for a single series.
    public let id: String?
    public let seriesCount: Int
    /// Whether each file is a series, and none of the columns tells them apart.
    public var seriesAreFiles: Bool { id == FileSeries.id && !columns.contains { $0.name == FileSeries.id } }
    /// Number of rows of the longest series.
    public let longestRowCount: Int

    /// Columns that a model can use.
    public var numberColumns: [String] {
        let names = columns.filter { $0.content == .numbers && $0.name != id }.map(\.name)
        // The time of the long form, which may be a number.
        return id != nil && names.count > 1 ? names.filter { !["ds", "time_idx"].contains($0.lowercased()) } : names
    }

    /// Columns whose values a model can read as categories.
    public var categoryColumns: [String] { columns.filter { $0.isCategory && $0.name != id }.map(\.name) }

    /// Columns that could be categories, too, if an empty field is none of their values (`data.missing` "mask").
    public var categoryColumnsWithGaps: [String] { columns.filter { $0.isCategoryWithGaps && $0.name != id }.map(\.name) }

    /// Examines the columns of the first file, then reads all files repeatedly until it finds reading options that work.
    /// - Parameter paths: at least one; rows go on from file to file, or each is a series.
    /// - Throws: ``DatasetError`` for a file that no options make readable; ``DatasetError/noNumberColumn(path:columns:)``.
    public init(ofFiles paths: [String]) throws(DatasetError) {
        let path = paths[0]
        var reading = TableReading()
        var columns: [Column]
        do throws(DatasetError) { columns = try Self.columns(path, reading) } catch .headerIsData {
            reading.header = .no
            columns = try Self.columns(path, reading)
        }
        let places = columns.indices.filter { columns[$0].content == .numbers }
        guard !places.isEmpty else {
            let example = columns.lazy.compactMap(\.content.example).first { hint(forNumberLike: $0) != nil }
            throw .noNumberColumn(path: path, found: Self.inWords(columns), example: example)
        }
        let (table, id) = try Self.table(paths, &reading, columns, places: places)
        if id != nil {
            Self.leaveOutConstants(&columns, table, places)
            Self.leaveOutCounters(&columns, table, places)
        }
        (self.columns, self.reading, rowCount) = (columns, reading, table.rowCount)
        (self.id, seriesCount, longestRowCount) = (id, table.series.count, table.series.map(\.rows.count).max() ?? 0)
    }

    /// Reads the table; sets an option in `reading` for each error that an explicit choice resolves.
    private static func table(
        _ paths: [String], _ reading: inout TableReading, _ columns: [Column], places: [Int]
    ) throws(DatasetError) -> (NumberTable, id: String?) {
        if let long = longForm(paths, &reading, columns.filter { idNames.contains($0.name.lowercased()) }.map(\.name), places: places) { return long }
        do throws(DatasetError) {
            let whole = try table(paths, &reading, places: places)
            return countedForm(paths, &reading, columns, places: places, whole: whole) ?? (whole, nil)
        } catch .rowsOutOfOrder(let file, let fault) {
            let texts = columns.filter { $0.content.example != nil && !$0.content.isMixed }.map(\.name)
            if let long = longForm(paths, &reading, paths.count > 1 ? [FileSeries.id] + texts : texts, places: places) { return long }
            throw .rowsOutOfOrder(path: file, fault)
        }
    }

    /// Marks the columns that don't vary within any series, unless none would be left.
    private static func leaveOutConstants(_ columns: inout [Column], _ table: NumberTable, _ places: [Int]) {
        let width = places.count
        let constant = places.indices.filter { place in
            table.series.allSatisfy { series in series.rows.allSatisfy { table.values[$0 * width + place] == table.values[series.rows.lowerBound * width + place] } }
        }
        guard constant.count < width else { return }
        for place in constant { columns[places[place]] = Column(name: columns[places[place]].name, content: .constantInSeries) }
    }

    /// Names that columns of ids have in the long form of forecasting tools.
    private static let idNames: Set<String> = ["unique_id", "item_id", "series_id", "ts_id", "series", "ticker", "symbol"]

    /// The table as several series, which differ in one of `candidates`; nil if that has no series of several rows each.
    static func longForm(
        _ paths: [String], _ reading: inout TableReading, _ candidates: [String], places: [Int]
    ) -> (NumberTable, id: String?)? {
        for candidate in candidates {
            for order in [TableReading.Order.auto, .ascending] {
                for missing in [TableReading.Missing.refuse, .fill] {
                    var tried = reading
                    (tried.order, tried.missing) = (order, missing)
                    let table = try? NumberTable(paths: paths, reading: tried, id: candidate) { _ throws(DatasetError) in places }
                    guard let table, table.series.count > 1, table.series.count * 4 <= table.rowCount else { continue }
                    reading = tried
                    return (table, candidate)
                }
            }
        }
        return nil
    }

    private static func table(_ paths: [String], _ reading: inout TableReading, places: [Int]) throws(DatasetError) -> NumberTable {
        func read(_ reading: TableReading) throws(DatasetError) -> NumberTable {
            try NumberTable(paths: paths, reading: reading) { _ throws(DatasetError) in places }
        }
        do throws(DatasetError) { return try read(reading) } catch .missingValues where reading.missing == .refuse {
            reading.missing = .fill
            return try table(paths, &reading, places: places)
        } catch .rowsOutOfOrder(let path, let fault) {
            reading.order = .ascending
            let sorted = try? read(reading)
            // Sorting would mix the rows of several series.
            guard let sorted, fault.kind == .newestFirst || sorted.repeatedTimeCount * 10 < sorted.rowCount else { throw .rowsOutOfOrder(path: path, fault) }
            return sorted
        }
    }

    private static func columns(_ path: String, _ reading: TableReading) throws(DatasetError) -> [Column] {
        var reader = try TableFile(path: path).records(reading: reading, id: nil)
        let header = reader.header
        let codes = (reader as? SeriesLines)?.codeNames ?? []
        var facts = Array(repeating: ColumnFacts(), count: header.names.count)
        var times = TimeColumns(header: header)
        var rowCount = 0
        while let record = try reader.next() {
            let contents = record.fields.map { FieldContent($0.text.trimmed, hasDecimalComma: reader.hasDecimalComma) }
            // A line without a number is a comment, and is no evidence of its columns' contents.
            guard contents.contains(where: { if case .number = $0 { true } else { false } }) else {
                if rowCount == 0 { for (place, field) in record.fields.enumerated() { facts[place].example = facts[place].example ?? field.text.trimmed } }
                continue
            }
            for (place, content) in contents.enumerated() { facts[place].add(content, record.fields[place].text.trimmed, row: rowCount) }
            rowCount += 1
            times.add(record)
        }
        let timeColumns = times.columns
        let second = header.places().second
        return header.names.enumerated().map { place, name in
            if name.isEmpty { return Column(name: "", content: .unnamed) }
            if second[name] != nil { return Column(name: name, content: .repeated) }
            if timeColumns.contains(place) { return Column(name: name, content: .times) }
            let (facts, isOfCodes) = (facts[place], codes.contains(name))
            return Column(
                name: name, content: facts.content(rowCount: rowCount, isOfCodes: isOfCodes),
                isCategory: facts.isCategory(rowCount: rowCount) || isOfCodes && facts.hasFewNumbers(rowCount: rowCount),
                isCategoryWithGaps: facts.isCategoryWithGaps(rowCount: rowCount))
        }
    }
}

extension TableSurvey {
    /// Whether the text file at `path` looks like a table: most of its first lines have as many fields as the first, and contain numbers.
    /// - Throws: ``DatasetError/foreignTable(path:format:)`` for a table in a special format; or the error of reading the file.
    public static func looksLikeTable(_ path: String) throws(DatasetError) -> Bool {
        let bytes = try textBytes(at: path)
        let format: TableFormat
        do throws(DatasetError) { format = try TableFormat(Array(bytes.prefix(1 << 16)), path: path, reading: TableReading(decimal: .point)) } catch {
            if case .foreignTable = error { throw error }
            return false
        }
        var reader = CSVReader(bytes: Array(bytes.prefix(1 << 16)), path: path, delimiter: format.delimiter)
        guard let header = try? reader.nextRecord(keeping: 0), header.count > 1 else { return false }
        var (rowCount, lineCount) = (0, 0)
        while lineCount < 20, let record = try? reader.nextRecord(keeping: header.count) {
            lineCount += 1
            let hasNumber = record.fields.contains { if case .number = FieldContent($0.text.trimmed, hasDecimalComma: false) { true } else { false } }
            if record.count == header.count, hasNumber { rowCount += 1 }
        }
        return rowCount > 2 && rowCount * 2 > lineCount
    }
}
