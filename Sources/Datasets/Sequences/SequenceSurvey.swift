/// The columns of a table of labelled sequences: for a starter configuration.
public struct SequenceSurvey: Sendable {
    /// The column that holds the class.
    public let label: String
    /// The column whose characters are read; empty for numbers.
    public let text: String
    /// Columns of numbers, if not all others are.
    public let columns: [String]
    /// The reading options for the file.
    public let reading: TableReading
    public let rowCount: Int
    public let classes: [String]

    /// Usual names of the column with the class; with the first ones, its contents may be numbers.
    static let labelNames = ["label", "class", "category", "digit", "speaker", "target", "species", "intent", "kind", "y"]
    private static let certainNames = labelNames.prefix(5)
    /// Maximum number of different texts that are remembered of a column.
    private static let classLimit = 1000

    /// Examines the file at `path`.
    /// - Parameter isCertain: whether the rows are known to be labelled sequences; then the last column is the class if no other looks like one.
    /// - Returns: nil if the table doesn't look like one of labelled sequences.
    /// - Throws: ``DatasetError`` for a file that can't be read.
    public init?(ofFile path: String, isCertain: Bool) throws(DatasetError) {
        var reading = TableReading()
        var columns: [Column]
        do throws(DatasetError) { columns = try Self.columns(path, reading) } catch .headerIsData {
            reading.header = .no
            columns = try Self.columns(path, reading)
        }
        let rowCount = columns.map(\.filledCount).max() ?? 0
        guard columns.count > 1, isCertain || !columns.contains(where: \.hasTimes), let label = Self.label(columns, rowCount: rowCount, isCertain: isCertain)
        else { return nil }
        let others = columns.filter { $0.name != label.name }
        let numbers = others.filter { $0.textCount == 0 && $0.numberCount > 0 }
        let text = numbers.isEmpty ? others.filter(\.isText).max { $0.byteCount < $1.byteCount } : nil
        // A few numbers beside a class are a table of categories over time rather than sequences.
        guard numbers.count >= (isCertain ? 1 : 4) || text != nil else { return nil }
        self.label = label.name
        self.text = text?.name ?? ""
        // A column without any number is the end of all sequences.
        self.columns = text == nil && others.contains { $0.textCount > 0 } ? numbers.map(\.name) : []
        (self.reading, self.rowCount, classes) = (reading, rowCount, SequenceClasses.sorted(Array(label.texts)))
    }

    /// What a column holds.
    private struct Column {
        let name: String
        var numberCount = 0
        var textCount = 0
        var filledCount = 0
        var byteCount = 0
        var hasTimes = false
        var texts: Set<String> = []

        /// Whether it is of texts, except for a few fields: a number with a mark is one of numbers.
        var isText: Bool { textCount * 2 > filledCount }
    }

    private static func columns(_ path: String, _ reading: TableReading) throws(DatasetError) -> [Column] {
        var reader = try CSVRecords(path: path, reading: reading)
        let header = reader.header
        var columns = header.names.map { Column(name: $0) }
        var times = TimeColumns(header: header)
        while let record = try reader.next() {
            guard record.filledCount > 0 else { continue }
            times.add(record)
            for (place, field) in record.fields.enumerated() {
                let text = field.text.trimmed
                guard !text.isEmpty else { continue }
                columns[place].filledCount += 1
                columns[place].byteCount += text.utf8.count
                switch FieldContent(text, hasDecimalComma: reader.hasDecimalComma) {
                case .number: columns[place].numberCount += 1
                case .missing, .notFinite, .text: columns[place].textCount += 1
                }
                if columns[place].texts.count <= classLimit { columns[place].texts.insert(text) }
            }
        }
        for place in times.columns { columns[place].hasTimes = true }
        return columns.filter { !$0.name.isEmpty }
    }

    /// The column that holds the class: filled in every row, with at least two different contents, each twice on average at least.
    private static func label(_ columns: [Column], rowCount: Int, isCertain: Bool) -> Column? {
        let possible = columns.filter { $0.filledCount == rowCount && (2...classLimit).contains($0.texts.count) && $0.texts.count * 2 <= rowCount }
        let texts = possible.filter(\.isText)
        let named = labelNames.lazy.compactMap { name in
            possible.first { $0.name.lowercased() == name && ($0.isText || certainNames.contains(name)) }
        }.first
        return named ?? (texts.count == 1 ? texts[0] : nil) ?? (isCertain ? possible.last : nil)
    }
}
