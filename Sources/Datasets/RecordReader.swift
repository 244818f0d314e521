/// Reads the records of a file one after the other: their fields as texts, with their positions. Each format of files has one conformer; a dataset is made of
/// any reader's records.
protocol RecordReader {
    /// The file's name, for messages.
    var path: String { get }
    /// Names of the fields.
    var header: TableHeader { get }
    /// Whether numbers have a decimal comma.
    var hasDecimalComma: Bool { get }
    /// What the user should know of the file's form, in sentences without a full stop.
    var formNotes: [String] { get }
    /// Whether records are rows of arrays, not lines of a text.
    var areArrays: Bool { get }
    /// Whether each record is a row. Otherwise one without a number may be a comment, or belong to a footer.
    var areAllRows: Bool { get }
    /// Whether nothing tells the series of several files apart.
    var lacksIds: Bool { get }
    /// Position of the next record.
    var position: (line: Int, column: Int) { get }
    /// The next record; nil after the last.
    /// - Throws: ``DatasetError/malformedCSV(path:line:column:fault:)``.
    mutating func next() throws(DatasetError) -> CSVRecord?
    /// The error for a fault at a position of the file.
    func error(_ fault: CSVFault, at position: (line: Int, column: Int)) -> DatasetError
}

extension RecordReader {
    var areArrays: Bool { false }
    var areAllRows: Bool { true }
    var lacksIds: Bool { false }
}

/// The records of a CSV file, or one with semicolons or tabs, after its header.
struct CSVRecords: RecordReader {
    let path: String
    let format: TableFormat
    let header: TableHeader
    let formNotes: [String]
    private var reader: CSVReader

    /// Reads the file at `path`, recognizes its format, and reads the header.
    /// - Throws: ``DatasetError`` if the file can't be read, is empty, or has no header.
    init(path: String, reading: TableReading) throws(DatasetError) { try self.init(TableFile(path: path), reading: reading) }

    /// Recognizes the format of a file that was read, and reads the header.
    /// - Throws: ``DatasetError`` if it has no header.
    init(_ file: TableFile, reading: TableReading) throws(DatasetError) {
        path = file.name
        format = if let known = file.lead?.format { known } else { try TableFormat(file.bytes, path: file.name, reading: reading) }
        let isRecognized = file.lead == nil && (reading.delimiter == .auto || reading.decimal == .auto)
        formNotes = isRecognized ? [format.description].compactMap(\.self) : []
        reader = CSVReader(bytes: file.bytes, path: file.name, delimiter: format.delimiter, lead: file.lead)
        header = try TableHeader(&reader, format: format, reading: reading.header, path: file.name)
    }

    var hasDecimalComma: Bool { format.hasDecimalComma }
    var areAllRows: Bool { false }
    var position: (line: Int, column: Int) { reader.position }

    mutating func next() throws(DatasetError) -> CSVRecord? { try reader.nextRecord(keeping: header.names.count) }

    func error(_ fault: CSVFault, at position: (line: Int, column: Int)) -> DatasetError { reader.error(fault, at: position) }
}
