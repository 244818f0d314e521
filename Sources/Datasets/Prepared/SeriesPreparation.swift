import Files
import NumberText
import StrictJSON

/// Writes the standardised numbers of a table's rows to a file that ``SeriesWindows`` maps. The table is read as for training, so it must fit in the memory here.
public struct SeriesPreparation {
    private let options: SeriesOptions
    private let reading: PreparedReading

    static let (valuesName, timesName) = ("values", "times")
    /// Numbers that are copied at a time.
    private static let pieceCount = 1 << 20

    /// - Precondition: `options` evaluate no part alone.
    public init(_ options: SeriesOptions, reading: PreparedReading) {
        precondition(options.evaluated == nil)
        (self.options, self.reading) = (options, reading)
    }

    /// Writes the file at `path`; one that is there is replaced.
    /// - Parameter command: the command that writes it, for messages.
    /// - Throws: as ``SeriesWindows/init(_:batchSize:seed:statistics:)``, or ``DatasetError/notWritten(path:reason:)``.
    public func write(to path: String, command: String) throws(DatasetError) -> PreparedFacts {
        try SeriesWindows.check(options, batchSize: 1)
        let output = try PreparedOutput(path, for: reading)
        let numbers = try SeriesNumbers(options, isPrepared: true)
        try append(numbers.values, Self.valuesName, to: output)
        if let times = numbers.times { try append(times.values, Self.timesName, to: output) }
        let byteCount = try output.finish(content: Self.content(numbers), command: command)
        let columnCount = numbers.scaling.statistics.columns.count
        let series = options.id.isEmpty ? "" : counted(numbers.series.count, "series", plural: "series") + ", "
        let rows = "\(counted(numbers.rowCount, "row")) of \(counted(columnCount, "column"))"
        return PreparedFacts(sourceByteCount: output.sourceByteCount, byteCount: byteCount, description: series + rows)
    }

    private func append<Element: SectionElement>(_ values: StoredNumbers<Element>, _ name: String, to output: PreparedOutput) throws(DatasetError) {
        try output.begin(name, of: Element.self)
        var first = 0
        while first < values.count {
            let end = min(values.count, first + Self.pieceCount)
            try output.append(values[first..<end])
            first = end
        }
    }

    private static func content(_ numbers: SeriesNumbers) -> JSONValue {
        let times = numbers.times.map { times in
            JSONValue.object(["name": .text(times.name), "hasTimeOfDay": .bool(times.hasTimeOfDay), "isAmbiguous": .bool(times.isAmbiguous)])
        }
        return .object([
            "statistics": numbers.scaling.statistics.value,
            "inputs": .integer(numbers.scaling.inputCount), "targets": .list(numbers.scaling.targetPlaces.map(JSONValue.integer)),
            "series": .list(numbers.series.map { .object(["name": .text($0.name), "rows": .integer($0.rows.count)]) }),
            "season": .integer(numbers.season), "times": times ?? JSONValue(.null), "fingerprint": .text(fingerprintText(numbers.fingerprint)),
            "notes": .list(numbers.notes.map(JSONValue.text)), "scaleNotes": .list(numbers.scaleNotes.map(JSONValue.text)),
            "scaleNotesOfStored": .list(numbers.scaleNotesOfStored.map(JSONValue.text)),
        ])
    }
}

extension SeriesWindows {
    /// Windows over the numbers that ``SeriesPreparation`` wrote to `path`: the same as ``init(_:batchSize:seed:statistics:)`` makes from the file.
    /// - Returns: nil if stored statistics are others than the form's, so that the file must be read.
    /// - Throws: ``DatasetError/stalePrepared(path:change:command:)`` and other errors of the form, or of a part without a window.
    public init?(
        _ options: SeriesOptions, prepared path: String, reading: PreparedReading, batchSize: Int, seed: UInt64, statistics stored: SeriesStatistics? = nil
    ) throws(DatasetError) {
        try Self.check(options, batchSize: batchSize)
        let form = try PreparedForm(path, for: reading)
        let names = ["statistics", "inputs", "targets", "series", "season", "times", "fingerprint", "notes", "scaleNotes", "scaleNotesOfStored"]
        let members = try form.reader.members(of: form.content, named: names)
        let statistics = try SeriesStatistics(stored: members[0], form.reader)
        if let stored, stored != statistics { return nil }
        let numbers = try SeriesNumbers(form, members, statistics: statistics, isOwn: stored == nil, options)
        try self.init(numbers, options, batchSize: batchSize, seed: seed)
    }
}

extension SeriesNumbers {
    /// - Parameters:
    ///   - members: of the form's content, in the order in which they are written.
    ///   - isOwn: whether the run takes its statistics from these numbers.
    fileprivate init(_ form: PreparedForm, _ members: [JSONValue], statistics: SeriesStatistics, isOwn: Bool, _ options: SeriesOptions) throws(DatasetError) {
        let reader = form.reader
        let width = statistics.columns.count
        let inputCount = try reader.count(members[1])
        var places: [Int] = []
        for value in members[2].arrayValue ?? [] { places.append(try reader.count(value)) }
        guard (1...width).contains(inputCount), !places.isEmpty, places.allSatisfy({ $0 < width }) else {
            throw reader.error(members[1], "numbers of the columns must be here")
        }
        let values = try form.section(SeriesPreparation.valuesName, of: Float.self)
        let series = try Self.series(members[3], reader, rowCount: values.count / width)
        guard values.count % width == 0, let rowCount = series.last?.rows.upperBound, rowCount == values.count / width else {
            throw reader.error(members[3], "series with all rows must be here")
        }
        let (scaleNotes, scaleNotesOfStored) = (try reader.texts(members[8]), try reader.texts(members[9]))
        try self.init(
            series: series, season: min(max(1, reader.count(members[4])), Self.largestSeason),
            scaling: SeriesScaling(statistics, inputCount: inputCount, targetPlaces: places, options), values: values,
            times: Self.times(members[5], form, rowCount: rowCount), fingerprint: reader.fingerprint(members[6]),
            notes: (try reader.texts(members[7]), isOwn ? scaleNotes : scaleNotesOfStored, []), options)
    }

    /// As data.season has it.
    private static let largestSeason = 1_000_000

    private static func series(_ list: JSONValue, _ reader: StoredJSON, rowCount: Int) throws(DatasetError) -> [NumberTable.Series] {
        var series: [NumberTable.Series] = []
        var first = 0
        for value in list.arrayValue ?? [] {
            let members = try reader.members(of: value, named: ["name", "rows"])
            let count = try reader.count(members[1])
            guard let name = members[0].stringValue, count <= rowCount - first else {
                throw reader.error(value, "a series with its number of rows must be here")
            }
            series.append(NumberTable.Series(name: name, rows: first..<first + count))
            first += count
        }
        return series
    }

    private static func times(_ value: JSONValue, _ form: PreparedForm, rowCount: Int) throws(DatasetError) -> RowTimes? {
        if case .null = value.content { return nil }
        let members = try form.reader.members(of: value, named: ["name", "hasTimeOfDay", "isAmbiguous"])
        let values = try form.section(SeriesPreparation.timesName, of: Int.self)
        guard let name = members[0].stringValue, values.count == rowCount else { throw form.reader.error(value, "the times of all rows must be here") }
        return RowTimes(name: name, hasTimeOfDay: try form.reader.flag(members[1]), isAmbiguous: try form.reader.flag(members[2]), values: values)
    }
}
