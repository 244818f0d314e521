import NumberText
import StrictJSON

/// An error in the data, its files or its options.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
    /// The category of an error, from which the program's exit code follows.
    public enum Category: Sendable, Equatable {
        /// A file doesn't exist or can't be read.
        case noInput
        /// The data are invalid.
        case badData
        /// There isn't enough memory.
        case noMemory
        /// The configuration is invalid.
        case badConfiguration
        /// A file can't be written.
        case noOutput
    }

    case unreadableFile(path: String, reason: String)
    case emptyFile(path: String)
    case fileTooLarge(path: String, limit: Int)
    case endlessDevice(path: String, limit: Int)
    case invalidUTF8(path: String, byteOffset: Int)
    /// A file in another format, as its first bytes show: UTF-16, an image, an archive.
    case notPlainText(path: String, format: FileFormat, use: FileUse)
    /// In a text that isn't a file, such as a prompt; `position` counts symbols from 1.
    case unknownSymbol(symbol: String, position: Int, vocabularyCount: Int)
    case unknownSymbolInFile(path: String, symbol: String, position: Int, vocabularyCount: Int)
    /// Too short for any use.
    case tooFewSymbols(path: String, symbolCount: Int, neededCount: Int)
    case textTooShort(path: String, part: DataPart?, symbolCount: Int, neededCount: Int, purpose: String)
    case malformedCSV(path: String, line: Int, column: Int, fault: CSVFault)
    /// An invalid file that an earlier run stored: vocabulary or statistics.
    case malformedFile(path: String, line: Int, column: Int, reason: String)
    /// A prepared form of other data than those of the configuration. `change` is a clause; `command` writes it anew.
    case stalePrepared(path: String, change: String, command: String)
    /// A prepared form can't be written.
    case notWritten(path: String, reason: String)
    /// A compressed file or an array that can't be used. `reason` is a sentence.
    case unusableFile(path: String, reason: String)
    case seriesTooShort(path: String, part: DataPart?, rowCount: Int, neededCount: Int, length: Int, horizon: Int)
    /// Fewer rows than the parts together.
    case tooFewRows(path: String, rowCount: Int, counts: PartRowCounts)
    /// A series whose own scale isn't known.
    case unknownSeries(path: String, name: String)
    case unknownColumn(path: String, key: String, name: String, available: [String])
    case columnsDiffer(path: String, found: [String], stored: [String])
    /// `row` counts data rows from 1, without the header.
    case valueOutOfScale(path: String, row: Int, column: String)
    case columnOutOfScale(path: String, column: String)
    /// A value of a column that must have whole numbers from 0 on; rows from 1.
    case notACount(path: String, row: Int, column: String)
    case optionOutOfRange(key: String, found: String, wanted: String)
    case unclearDelimiter(path: String, found: [TableReading.Delimiter])
    /// `text` may be a number with decimals or with thousands separators; or another number, `other` with its line, has another decimal mark.
    case unclearDecimal(path: String, line: Int, text: String, other: String?)
    /// A table in a special format.
    case foreignTable(path: String, format: String)
    case headerIsData(path: String, line: Int, text: String)
    case missingValues(path: String, MissingValues)
    case rowsOutOfOrder(path: String, RowOrderFault)
    case noOrder(path: String, reason: MissingOrder)
    /// `found` describes the columns' contents; `example` is a text that isn't a number.
    case noNumberColumn(path: String, found: String, example: String?)
    /// Too few rows for any window.
    case tableTooShort(path: String, rowCount: Int, neededCount: Int)
    /// Too few rows to forecast what follows them.
    case pastTooShort(path: String, rowCount: Int, neededCount: Int)

    public var category: Category {
        switch self {
        case .unreadableFile: .noInput
        case .fileTooLarge, .endlessDevice: .noMemory
        case .emptyFile, .invalidUTF8, .notPlainText, .unknownSymbol, .unknownSymbolInFile, .tooFewSymbols, .textTooShort, .malformedCSV, .malformedFile,
            .unusableFile, .seriesTooShort, .tooFewRows, .unknownSeries, .valueOutOfScale,
            .columnOutOfScale, .notACount, .unclearDelimiter, .unclearDecimal, .foreignTable, .headerIsData, .missingValues,
            .rowsOutOfOrder, .noOrder, .noNumberColumn, .tableTooShort, .pastTooShort:
            .badData
        case .unknownColumn, .columnsDiffer, .optionOutOfRange, .stalePrepared: .badConfiguration
        case .notWritten: .noOutput
        }
    }

    public var description: String {
        switch self {
        case .unreadableFile(let path, let reason): "\(path) can't be read: \(reason)."
        case .emptyFile(let path): "\(path) is empty."
        case .fileTooLarge(let path, let limit):
            "\(path) has more than \(limit) bytes, half of the memory that this process may take; the other half is for what is made of them. "
                + "Give less data, or more memory."
        case .endlessDevice(let path, let limit):
            "\(path) is a device that gives more than \(limit) bytes, and may have no end. Name a file, or a pipe."
        case .invalidUTF8(let path, let byteOffset):
            "\(path): the byte at offset \(byteOffset) begins no valid UTF-8. Convert the file, from Windows-1252, say: "
                + "\(FileFormat.conversion(path, from: "WINDOWS-1252")); or read it as bytes with data.unit: \"byte\"."
        case .notPlainText(let path, let format, let use):
            "\(path) is \(format.rawValue), and not \(use == .table ? "a CSV file" : "text") in UTF-8. \(format.advice(path: path, for: use))"
        case .unknownSymbol(let symbol, let position, let vocabularyCount):
            "\(symbol), symbol \(position) of the text, is none of the vocabulary's \(counted(vocabularyCount, "symbol")). Leave it out or write it otherwise."
        case .unknownSymbolInFile(let path, let symbol, let position, let vocabularyCount):
            "\(path): \(symbol), symbol \(position) of the file, is none of the stored vocabulary's \(counted(vocabularyCount, "symbol")). "
                + "Was the vocabulary made from this text?"
        case .tooFewSymbols(let path, let symbolCount, let neededCount):
            "\(path) has \(counted(symbolCount, "symbol")); to learn from it takes at least \(neededCount). Give more text."
        case .textTooShort(let path, let part, let symbolCount, let neededCount, let purpose):
            Self.shortage(path: path, part: part, counted(symbolCount, "symbol"), purpose, neededCount)
                + (part == nil ? "Give more text." : "Give more text, or lower data.length, training.batch or the other parts' shares.")
        case .malformedCSV(let path, let line, let column, let fault): "\(path):\(line):\(column): \(fault)"
        case .malformedFile(let path, let line, let column, let reason): "\(path):\(line):\(column): \(reason)."
        case .unusableFile(let path, let reason): "\(path): \(reason)"
        case .stalePrepared(let path, let change, let command):
            "\(path), which data.prepared names, is not of these data: \(change). Write it anew: \(JSONValue.printable(command, scalarCount: 1000)). "
                + "Or leave out data.prepared, and the files are read."
        case .notWritten(let path, let reason): "can't write \(path): \(reason). Choose another --output."
        case .seriesTooShort(let path, let part, let rowCount, let neededCount, let length, let horizon):
            Self.shortage(
                path: path, part: part, counted(rowCount, "row"), "a window of \(length) past and \(counted(horizon, "further row"))", neededCount)
                + (part == nil ? "Give more rows." : "Give more rows, or lower data.length, data.horizon or the other parts' shares.")
        case .unknownColumn(let path, let key, let name, let available):
            "\(key): \(path) has no column '\(name)'. Its columns are \(Self.list(available))."
        case .columnsDiffer(let path, let found, let stored):
            "\(path): columns \(Self.list(found)) are chosen, but the stored statistics are of \(Self.list(stored)). Choose those."
        case .valueOutOfScale(let path, let row, let column):
            "\(path): in data row \(row), column '\(column)' lies more than 1e18 deviations from the training part's mean. "
                + "Fix or leave out that row or column."
        case .columnOutOfScale(let path, let column):
            "\(path): the deviation of column '\(column)' over the training part is too large or too small for float64. "
                + "Give the column in other units, or leave it out."
        case .notACount(let path, let row, let column):
            "\(path): in data row \(row), column '\(column)' isn't a count: a whole number from 0 to 8,388,608, which training.loss \"negativeBinomial\" is for. "
                + "Use \"gaussian\" or \"studentT\"."
        case .optionOutOfRange(let key, let found, let wanted): "\(key) is \(found); it must be \(wanted)."
        case .unclearDelimiter, .unclearDecimal, .foreignTable, .headerIsData, .missingValues, .rowsOutOfOrder, .noOrder, .noNumberColumn,
            .tableTooShort, .tooFewRows, .unknownSeries, .pastTooShort:
            tableDescription
        }
    }

    private static func shortage(path: String, part: DataPart?, _ found: String, _ purpose: String, _ neededCount: Int) -> String {
        "\(path)\(part.map { ": the \($0) part" } ?? "") has \(found); \(purpose) needs at least \(neededCount). "
    }

    /// "'a', 'b' and 3 more": the first twenty names.
    package static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).map { "'\(JSONValue.printable($0))'" }.joined(separator: ", ")
        return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
    }
}
