import NumberText
import StrictJSON

extension DatasetError {
    /// The description of errors that concern how a table is read.
    var tableDescription: String {
        switch self {
        case .unclearDelimiter(let path, let found):
            "\(path): fields could be separated by \(found.map { "\($0.rawValue)s" }.joined(separator: " or by ")). "
                + "Set data.delimiter to \(found.map { "\"\($0.rawValue)\"" }.joined(separator: " or "))."
        case .unclearDecimal(let path, let line, let text, nil):
            "\(path):\(line): \"\(JSONValue.printable(text, scalarCount: 40))\" could have decimals or thousands behind its comma. "
                + "Set data.decimal to \"comma\" for decimals; thousands separators aren't read: remove them, and set it to \"point\"."
        case .unclearDecimal(let path, let line, let text, let other?):
            "\(path):\(line): \"\(JSONValue.printable(text, scalarCount: 40))\" has a decimal comma, \(JSONValue.printable(other, scalarCount: 80)) a point. "
                + "Set data.decimal to the one that the columns to read have: \"comma\" or \"point\"."
        case .foreignTable(let path, let format) where format == TableFormat.archiveName:
            "\(path) is \(format). Give it a name that ends in .ts, for data.kind \"sequences\"; as a table it isn't read."
        case .foreignTable(let path, let format):
            "\(path) is \(format), which isn't read. Convert it to a CSV file: a line of names, then a line for each moment with the columns' values."
        case .headerIsData(let path, let line, let text):
            "\(path):\(line): the first line, \"\(text)\", holds numbers where the columns' names are wanted. "
                + "Set data.header to \"no\" if it is a row (the columns are then called column1, column2, …), to \"yes\" if these are the names."
        case .missingValues(let path, let missing): Self.description(of: missing, path: path)
        case .rowsOutOfOrder(let path, let fault): Self.description(of: fault, path: path)
        case .noOrder(let path, let reason): "\(path): the rows can't be sorted, as data.order \"ascending\" asks: \(reason.inWords)"
        case .noNumberColumn(let path, let found, let example):
            "\(path): no column holds numbers and nothing else: \(found)." + (example.flatMap(hint).map { " \($0)." } ?? "")
        case .tableTooShort(let path, let rowCount, let neededCount):
            "\(path) has \(counted(rowCount, "row")); a series to train, validate and test on needs at least \(neededCount). Give more rows."
        case .unknownSeries(let path, let name):
            "\(path): \(name.isEmpty ? "rows without a series" : "series \(namesInWords([name]))") can't be scaled: with data.scaling \"series\" "
                + "each has the mean and deviation of its own training rows, and the run has none of this one. "
                + "Leave it out, or train with data.scaling \"global\"."
        case .tooFewRows(let path, let rowCount, let counts):
            "\(path) has \(counted(rowCount, "row")), too few for \(counts.inWords)\(counts.training > 0 ? "" : " and at least one to train on"). "
                + "Give more rows, or lower these numbers."
        case .pastTooShort(let path, let rowCount, let neededCount):
            "\(path) has \(counted(rowCount, "row")); a forecast is made from the last \(neededCount) (data.length of the run). Give more rows."
        default: ""
        }
    }

    private static func description(of missing: MissingValues, path: String) -> String {
        let (line, column) = missing.position
        let strays = missing.strayCount > 0 ? missing.straysInWords(areLeftOut: false) : ""
        let facts = [missing.valuesInWords, strays].filter { !$0.isEmpty }.joined(separator: "; ")
        let way =
            missing.valueCount > 0
            ? "Set data.missing to \"fill\" to read the column's last known value there, to \"drop\" to leave those lines out, or to "
                + "\"mask\" to read where they are missing; or leave the columns out of data.columns, or of data.categories."
            : "Set data.missing to \"drop\" to leave them out."
        return "\(missing.files.prefix(line, column: column, path: path)): \(facts). \(way)"
    }

    private static func description(of fault: RowOrderFault, path: String) -> String {
        let name = JSONValue.printable(fault.columnName, scalarCount: 40)
        let series = fault.seriesName.map { " of series \(namesInWords([$0]))" } ?? ""
        switch fault.kind {
        case .newestFirst:
            return "\(path): the newest row\(series) is first: column '\(name)' is \(fault.time) in \(fault.files.words(fault.line)), "
                + "\(fault.otherTime) in \(fault.files.words(fault.otherLine)). "
                + "A series is read from its oldest row on. \(Self.orderChoice)."
        case .shuffled(let count):
            return "\(fault.files.prefix(fault.line, path: path)): the rows\(series) aren't in order of time: column '\(name)' goes back in \(grouped(count)) of "
                + "\(counted(fault.rowCount, "row")), first from \(fault.otherTime) to \(fault.time). \(Self.orderChoice). "
                + (fault.seriesName == nil ? Self.idChoice(fault.files.count > 1) : "")
        }
    }

    private static func idChoice(_ isOfSeveralFiles: Bool) -> String {
        isOfSeveralFiles
            ? "If each file is a series of its own, set data.id to \"\(FileSeries.id)\"; if a column tells them apart, to its name."
            : "If the file has several series, name the column that tells them apart in data.id."
    }

    private static let orderChoice = "Set data.order to \"ascending\" to sort the rows by that column, or to \"file\" if their order is meant"
}

extension MissingOrder {
    var inWords: String {
        switch self {
        case .noTimes: "no column holds dates or times that are read, such as 2016-07-01 17:00. Sort the file, or give it such a column."
        case .timeMissing(let place, let name):
            "column '\(JSONValue.printable(name, scalarCount: 40))' has no time in \(place). Fill it, or leave the line out."
        case .ambiguous(let name):
            "in column '\(JSONValue.printable(name, scalarCount: 40))' the day or the month could be first. Write the dates as 2016-07-01."
        }
    }
}
