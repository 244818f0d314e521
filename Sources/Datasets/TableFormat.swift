/// The delimiter and the decimal mark of a table.
struct TableFormat: Equatable {
    var delimiter: UInt8
    /// Whether the file's first line is "sep=;" or the like, which some spreadsheets write.
    var hasSeparatorLine = false
    var hasDecimalComma = false

    private static let delimiters: [(byte: UInt8, choice: TableReading.Delimiter, plural: String)] = [
        (0x2C, .comma, "commas"), (0x3B, .semicolon, "semicolons"), (0x09, .tab, "tabs"),
    ]
    /// Number of records read to find the delimiter.
    private static let sampleCount = 20

    /// Takes the format from `reading`, and detects it in the file where `reading` says "auto".
    ///
    /// Cost: a second pass over the fields of a file that isn't separated by commas; nothing if the first line has neither semicolon nor tab.
    /// - Throws: ``DatasetError/unclearDelimiter(path:found:)``, ``DatasetError/unclearDecimal(path:line:text:other:)``,
    ///   ``DatasetError/foreignTable(path:format:)``.
    init(_ bytes: [UInt8], path: String, reading: TableReading) throws(DatasetError) {
        try FileFormat.requirePlainText(bytes, path: path, for: .table)
        if let format = Self.foreignFormat(bytes) { throw .foreignTable(path: path, format: format) }
        let separator = Self.separatorLine(bytes)
        hasSeparatorLine = separator != nil
        if let chosen = Self.delimiters.first(where: { $0.choice == reading.delimiter }) {
            delimiter = chosen.byte
        } else if let separator {
            delimiter = separator
        } else {
            delimiter = try Self.delimiter(bytes, path: path)
        }
        switch reading.decimal {
        case .point: break
        case .comma: hasDecimalComma = true
        case .auto: if delimiter != 0x2C { hasDecimalComma = try self.showsDecimalComma(bytes, path: path) }
        }
    }

    /// Describes the differences from a plain table with commas and points; nil if there are none.
    var description: String? {
        let plural = Self.delimiters.first { $0.byte == delimiter }?.plural ?? "commas"
        guard delimiter != 0x2C || hasDecimalComma else { return nil }
        return "fields are separated by \(plural), decimals by \(hasDecimalComma ? "a comma" : "a point")"
    }

    // MARK: Delimiter

    private static func firstLine(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var line = bytes.prefix { $0 != 0x0A }
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        return line.last == 0x0D ? line.dropLast() : line
    }

    /// The delimiter of a first line "sep=;", quoted or not.
    static func separatorLine(_ bytes: [UInt8]) -> UInt8? {
        let line = firstLine(bytes).prefix(8).filter { $0 != 0x22 }
        guard line.count == 5, String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep=" else { return nil }
        return delimiters.first { $0.byte == line[4] }?.byte
    }

    /// Comma, unless the first line has another delimiter and the following lines fit it.
    private static func delimiter(_ bytes: [UInt8], path: String) throws(DatasetError) -> UInt8 {
        let line = firstLine(bytes)
        guard line.contains(where: { $0 == 0x3B || $0 == 0x09 }) else { return 0x2C }
        let possible = delimiters.filter { line.contains($0.byte) && fits($0.byte, bytes, path: path) }
        guard possible.count <= 1 else { throw .unclearDelimiter(path: path, found: possible.map(\.choice)) }
        return possible.first?.byte ?? 0x2C
    }

    /// Whether most of the first records have as many fields as the first one, and more than one.
    private static func fits(_ delimiter: UInt8, _ bytes: [UInt8], path: String) -> Bool {
        var reader = CSVReader(bytes: bytes, path: path, delimiter: delimiter)
        guard let header = try? reader.nextRecord(keeping: 0), header.count > 1 else { return false }
        var (recordCount, fittingCount) = (0, 0)
        while recordCount < sampleCount {
            guard let record = try? reader.nextRecord(keeping: 0) else { break }
            recordCount += 1
            if record.count > 1, record.filledCount <= header.count, record.count >= header.filledCount { fittingCount += 1 }
        }
        return recordCount > 0 && fittingCount * 2 > recordCount
    }

    // MARK: Decimals

    /// Whether the file's numbers have a decimal comma.
    private func showsDecimalComma(_ bytes: [UInt8], path: String) throws(DatasetError) -> Bool {
        var reader = CSVReader(bytes: bytes, path: path, delimiter: delimiter)
        var comma: CSVField?
        var thousands: CSVField?
        var point: CSVField?
        while let record = try reader.nextRecord(keeping: NumberTable.largestColumnCount) {
            for field in record.fields {
                switch DecimalMark(field.text) {
                case .none: break
                case .comma: comma = comma ?? field
                case .commaOrThousands: thousands = thousands ?? field
                case .point: point = point ?? field
                }
            }
        }
        if let point, let comma {
            throw .unclearDecimal(path: path, line: comma.line, text: comma.text.trimmed, other: "\(point.text.trimmed) in line \(point.line)")
        }
        if let thousands, comma == nil, point == nil {
            throw .unclearDecimal(path: path, line: thousands.line, text: thousands.text.trimmed, other: nil)
        }
        return comma != nil
    }

    /// What a file of labelled sequences is called where a table is wanted.
    static let archiveName = "a .ts file of the UEA and UCR archives"

    /// Describes a special table format that begins with its own lines; nil for other files.
    private static func foreignFormat(_ bytes: [UInt8]) -> String? {
        let lines = bytes.prefix(1 << 16).split(separator: 0x0A, maxSplits: 200).prefix(200)
        let first = lines.first { ![0x23, 0x25, 0x0D].contains($0.first ?? 0x0D) }
        let word = String(decoding: (first ?? []).prefix(16), as: UTF8.self).lowercased()
        if word.hasPrefix("@problemname") || word.hasPrefix("@timestamps") { return archiveName }
        return word.hasPrefix("@relation") ? "an ARFF file" : nil
    }
}

/// The decimal mark of a field that may be a number.
private enum DecimalMark {
    case none, point, comma
    /// "1,234": a comma before three decimals, or a thousands separator.
    case commaOrThousands

    init(_ text: String) {
        var (digits, beforeMark, marks) = (0, 0, 0)
        var mark: UInt8 = 0
        var isLeadingZero = false
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case 0x30...0x39:
                if digits == 0 { isLeadingZero = byte == 0x30 }
                digits += 1
            case 0x2C, 0x2E:
                (mark, beforeMark, marks) = (byte, digits, marks + 1)
            case 0x20, 0x09: continue
            case 0x2B, 0x2D: if place > 0, marks + digits > 0 { self = .none; return }
            default:
                self = .none
                return
            }
        }
        guard marks == 1, digits > beforeMark else {
            self = .none
            return
        }
        let couldBeThousands = digits - beforeMark == 3 && (1...3).contains(beforeMark) && !isLeadingZero
        self = mark == 0x2E ? .point : couldBeThousands ? .commaOrThousands : .comma
    }
}
