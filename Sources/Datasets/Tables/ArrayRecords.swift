import Files
import NumberText
import StrictJSON

/// The rows of NumPy's arrays, as those of a table. Of a .npy file: [time] or [time, columns], called column1, column2 and so on; of a .npz file: arrays of as many
/// rows, each a column of its name or several, numbers or texts such as dates.
///
/// With three dimensions, or where `data.id` names no array, the first one counts series: [series, time, columns] or [series, time]; arrays [series] have the same
/// value in each row of a series, and `lengths` the valid time steps of each. The array that `data.id` names has the series' names; without it they are 1, 2, ….
struct ArrayRecords: RecordReader {
    let path: String
    let header: TableHeader
    let formNotes: [String]
    private let arrays: [ArrayColumns]
    /// Rows of each series; a single one where rows aren't divided.
    private let lengths: [Int]
    /// Of the series; nil where rows aren't divided.
    private let names: [String]?
    private var series = 0
    private var time = 0
    private var rowNumber = 0

    /// What series are called in `data.id` before it is known.
    static let usualId = "series"
    private static let lengthsName = "lengths"

    /// - Parameter id: `data.id`; nil to examine a file before it is known.
    /// - Throws: ``DatasetError`` for an array that can't be read, or whose shape doesn't go with the others.
    init(_ file: TableFile, id: String?) throws(DatasetError) {
        path = file.name
        guard !file.isUnnamed, !file.name.lowercased().hasSuffix(".gz") else {
            throw .unusableFile(
                path: file.name, reason: "NumPy's arrays are read from a file alone, which isn't compressed as a whole. Write it to a .npy or .npz file.")
        }
        let found = try NamedArrays(path: file.name, isArchive: FileFormat(bytes: file.bytes) == .numpyArchive)
        let form = try ArrayForm(found, id: id)
        formNotes = found.leftOut.isEmpty ? [] : ["arrays without rows are left out: \(namesInWords(found.leftOut))"]
        var memory = halfOfMemory
        var arrays: [ArrayColumns] = []
        for array in found.arrays where !(form.isBySeries && (array.name == Self.lengthsName || array.name == form.id)) {
            arrays.append(try ArrayColumns(array, form, path: file.name, memory: &memory))
        }
        let columns = arrays.flatMap(\.names)
        guard !columns.isEmpty else { throw .unusableFile(path: file.name, reason: "it has no array of values. Add one.") }
        try Self.checkIds(id, arrays, found, form)
        self.arrays = arrays
        names = try form.isBySeries ? found.names(form.id, count: form.seriesCount, memory: &memory) : nil
        lengths = try form.isBySeries ? found.lengths(Self.lengthsName, form, memory: &memory) : [form.timeCount]
        guard columns.count < NumberTable.largestColumnCount else {
            throw .unusableFile(path: file.name, reason: "it has \(columns.count) columns; fewer than \(NumberTable.largestColumnCount) are read.")
        }
        header = TableHeader(names: (form.isBySeries ? [form.id] : []) + columns, path: file.name)
    }

    /// Refuses names that are all different beside an array [series, time], which would be read as rows of columns.
    private static func checkIds(_ id: String?, _ arrays: [ArrayColumns], _ found: NamedArrays, _ form: ArrayForm) throws(DatasetError) {
        guard !form.isBySeries, form.timeCount > 1, let id, let own = arrays.first(where: { $0.names == [id] }), own.areAllDifferent,
            let wide = found.arrays.first(where: { $0.reader.shape.count == 2 && $0.reader.shape[1] > 1 })
        else { return }
        throw found.fault(
            wide, "each of its rows would be a time step of another series, since all names in '\(JSONValue.printable(id, scalarCount: 40))' are different. "
                + "If its rows are series, save it as [series, time, 1]: array[:, :, None]")
    }

    var areArrays: Bool { true }
    var hasDecimalComma: Bool { false }
    var position: (line: Int, column: Int) { (rowNumber, 1) }

    mutating func next() throws(DatasetError) -> CSVRecord? {
        while series < lengths.count, time == lengths[series] { (series, time) = (series + 1, 0) }
        guard series < lengths.count else { return nil }
        rowNumber += 1
        var fields: [CSVField] = []
        func add(_ text: String) { fields.append(CSVField(text: text, line: rowNumber, column: fields.count + 1)) }
        if let names { add(names[series]) }
        for array in arrays { for column in 0..<array.names.count { add(array.text(series: series, time: time, column: column)) } }
        time += 1
        return CSVRecord(fields: fields, count: fields.count, filledCount: fields.count)
    }

    func error(_ fault: CSVFault, at position: (line: Int, column: Int)) -> DatasetError {
        position.line == 0
            ? .unusableFile(path: path, reason: "the array has no rows; rows of numbers are wanted.")
            : .unusableFile(path: "\(path), row \(position.line - 1) counted from 0", reason: fault.description)
    }
}

/// Which dimension of a file's arrays counts what.
struct ArrayForm {
    let isBySeries: Bool
    /// `data.id`, or what stands for it.
    let id: String
    let seriesCount: Int
    let timeCount: Int

    init(_ found: NamedArrays, id: String?) throws(DatasetError) {
        let path = found.path
        let largest = found.arrays.map(\.reader.shape.count).max() ?? 0
        guard (1...3).contains(largest) else {
            throw .unusableFile(path: path, reason: "\(largest == 0 ? "it has no array with rows" : "an array has \(largest) dimensions; up to 3 are read").")
        }
        let isOwn = id.map { id in !id.isEmpty && id != FileSeries.id && !found.arrays.contains { $0.name == id } } ?? false
        isBySeries = largest == 3 || isOwn
        if isBySeries, let id, id.isEmpty || id == FileSeries.id {
            throw .optionOutOfRange(
                key: "data.id", found: id.isEmpty ? "left out" : "\"\(id)\"",
                wanted: "\"\(ArrayRecords.usualId)\", or an array with the series' names, since \(fileName(path)) has arrays [series, time, columns]")
        }
        let first = found.arrays[0]
        let count = first.reader.shape[0]
        for array in found.arrays where array.reader.shape[0] != count {
            let items = isBySeries ? "series" : "rows"
            throw found.fault(array, "its shape is \(array.reader.shape), and that of '\(first.shown)' \(first.reader.shape): all begin with as many \(items)")
        }
        let steps = found.arrays.filter { $0.reader.shape.count > 1 }
        guard isBySeries else {
            (self.id, seriesCount, timeCount) = ("", 1, count)
            return
        }
        seriesCount = count
        guard let longest = steps.first else {
            throw .unusableFile(path: path, reason: "it has no array [series, time] or [series, time, columns], as data.id says. Leave data.id out, or add one.")
        }
        timeCount = longest.reader.shape[1]
        for array in steps where array.reader.shape[1] != timeCount {
            throw found.fault(
                array, "its shape is \(array.reader.shape), and that of '\(longest.shown)' \(longest.reader.shape): "
                    + "all have as many time steps, and 'lengths' says how many are valid")
        }
        let usual = found.arrays.first { ["item_id", "unique_id", "series_id", ArrayRecords.usualId].contains($0.name) && $0.reader.shape.count == 1 }
        self.id = id ?? usual?.name ?? ArrayRecords.usualId
    }
}
