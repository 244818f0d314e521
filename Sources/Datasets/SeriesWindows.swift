import Batches
import NumberText
import StrictJSON

/// Windows over a table of numbers: `length` past rows in, the targets' next `horizon` rows out, flattened `[horizon, targets]`.
///
/// A window belongs to the part that contains all its target rows. A training window's past lies there too; a window of another part may extend
/// back into the previous part, as is usual in forecasting. All values are standardised with the training part's statistics.
public struct SeriesWindows: ExampleSet {
    /// Meaning of inputs and outputs.
    public let scaling: SeriesScaling
    public let batchSize: Int
    public let seed: UInt64
    public let fingerprint: UInt64
    /// Notes for the user on unusual data, in sentences without a full stop; empty if there is nothing unusual.
    public let notes: [String]
    /// Rows of a season; 1 for none.
    public let season: Int
    /// Names of the series; empty if the file has a single one.
    public let seriesNames: [String]
    /// The rows of each series.
    let series: [Range<Int>]
    /// Of each series; a single one if all have the same scale.
    private let scalings: [SeriesScaling]
    let options: SeriesOptions
    private let rowCount: Int
    private let times: RowTimes?
    /// Of each part.
    private let partStarts: [WindowStarts]
    /// Standardised, `[row, column]`: the input columns, then targets that aren't inputs.
    let values: StoredNumbers<Float>
    /// The calendar's numbers of each row.
    let calendarValues: [Float]
    /// What a window's inputs are read from.
    let reads: WindowReads

    /// - Parameter stored: the statistics of an earlier run, which replace this file's.
    /// - Throws: ``DatasetError`` for a file that can't be read or is invalid, for unknown columns, and for a part without a window.
    public init(_ options: SeriesOptions, batchSize: Int, seed: UInt64, statistics stored: SeriesStatistics? = nil) throws(DatasetError) {
        try Self.check(options, batchSize: batchSize)
        try self.init(SeriesNumbers(options, statistics: stored), options, batchSize: batchSize, seed: seed)
    }

    /// The windows of numbers that were read, or that a prepared form has.
    init(_ numbers: SeriesNumbers, _ options: SeriesOptions, batchSize: Int, seed: UInt64) throws(DatasetError) {
        (self.options, self.batchSize, self.seed) = (options, batchSize, seed)
        let series = numbers.selection.kept.map(\.rows)
        self.series = series
        seriesNames = numbers.keptNames(options)
        (rowCount, times, values) = (numbers.rowCount, numbers.times, numbers.values)
        (scaling, scalings) = (numbers.scaling, numbers.scalings)
        reads = WindowReads(numbers.scaling)
        season = options.season > 0 ? options.season : numbers.season
        partStarts = DataPart.allCases.map { options.starts(of: $0, in: series) }
        let dated = options.calendar.isEmpty ? nil : numbers.times?.series
        calendarValues = try options.calendar.values(of: dated, path: options.file)
        fingerprint = Self.fingerprint(
            of: numbers, times: dated?.times ?? [], options: options, trainingCount: partStarts[0].count, batchSize: batchSize, seed: seed)
        let dates = dated.map { ["data.calendar reads the dates of '\(JSONValue.printable($0.name, scalarCount: 40))'"] } ?? []
        notes = numbers.notes + numbers.selection.notes + numbers.scaleNotes + dates
        try checkParts()
    }

    /// Refuses options that no file can have windows with.
    static func check(_ options: SeriesOptions, batchSize: Int) throws(DatasetError) {
        try Datasets.check([
            ("data.length", options.length, 1), ("data.horizon", options.horizon, 1), ("data.stride", options.stride, 1),
            ("training.batch", batchSize, 1),
        ])
        guard options.lag <= options.length else {
            throw .optionOutOfRange(key: "data.lag", found: "\(options.lag)", wanted: "at most data.length, \(options.length)")
        }
        try checkCounts(options)
    }

    public var fault: DatasetError? { values.fault }
    public var task: any LearningTask { ForecastTask(outputCount: scaling.outputCount, loss: options.loss) }
    public var input: InputKind { .vectors(featureCount: scaling.featureCount) }
    public var meaning: (any DataMeaning)? { scaling }
    public var featureNames: [String] { scaling.inputScale.map(\.name) }
    public var statistics: SeriesStatistics { scaling.statistics }

    public var description: String {
        let series = seriesNames.isEmpty ? "" : counted(seriesNames.count, "series", plural: "series") + ", "
        return "\(shownPaths(options.files.map(fileName))): \(series)windows of \(counted(options.length, "row")), then \(options.horizon) of "
            + targetNames.joined(separator: ", ")
    }

    public var vocabulary: Vocabulary? { nil }
    public var longestTimeCount: Int { options.length }
    /// Names of the predicted columns, in the order of the outputs.
    public var targetNames: [String] { scaling.targetNames }

    public func exampleCount(of part: DataPart) -> Int {
        starts(of: part).count
    }

    public func coverage(of part: DataPart) -> DataCoverage {
        DataCoverage(
            evaluatedCount: series.indices.reduce(0) {
                $0 + DataCoverage.placeCount(windowCount: starts(of: part).windows(ofSeries: $1).count, stride: options.stride, width: options.horizon)
            },
            totalCount: rowCount, unit: .row)
    }

    /// Of a distribution the predicted values, otherwise all outputs; without those whose true value is missing.
    public func targetCount(ofExample example: Int, in part: DataPart) -> Int {
        let perValue = options.loss.distribution == nil ? scaling.outputsPerValue : 1
        guard !scaling.marks.isEmpty else { return scaling.valueCount * perValue }
        return targets(ofExample: example, in: part).count { !$0.isNaN } * perValue
    }

    /// The first predicted row of a window, as a row of the file, from 0.
    public func firstTargetRow(ofExample example: Int, in part: DataPart) -> Int { starts(of: part)[example].row + options.pastRowCount }

    /// The date or time of each row, such as "2016-07-01 17:00"; empty if no column has them for all rows.
    public var rowNames: [String] {
        guard let times = times?.series, !times.times.contains(TimeColumns.unknown) else { return [] }
        return (0..<rowCount).map(times.text)
    }

    /// The last window of each series in a part; of those without a window none. Of a file with a single series its name is empty.
    public func lastWindows(in part: DataPart) -> [(name: String, example: Int)] {
        series.indices.compactMap { place in
            starts(of: part).windows(ofSeries: place).last.map { (seriesNames.isEmpty ? "" : seriesNames[place], $0) }
        }
    }

    /// A window's past rows of the predicted columns in the file's own units, `[length, targets]`.
    public func past(ofExample example: Int, in part: DataPart) -> [[Double]] {
        let (place, start) = starts(of: part)[example]
        let (own, width) = (scaling(ofSeries: place).statistics.columns, scaling.statistics.columns.count)
        return (start + scaling.lead..<start + options.pastRowCount).map { row in
            scaling.targetPlaces.map { own[$0].restored(Double(values[row * width + $0])) }
        }
    }

    /// A window's predictions in the file's own units: adds what was subtracted, then undoes the standardisation; of a distribution its quantiles.
    /// `[horizon, targets, quantiles]`.
    public func restored(_ outputs: [Float], ofExample example: Int, in part: DataPart) -> [Double] {
        let (place, row) = starts(of: part)[example]
        return scaling(ofSeries: place).restored(outputs, frame(ofWindowAt: row))
    }

    /// Rows of the shortest series.
    public var shortestRowCount: Int { series.map(\.count).min() ?? 0 }

    // MARK: Rows

    func starts(of part: DataPart) -> WindowStarts { partStarts[part.rawValue] }

    /// Index of a window's series.
    func series(ofExample example: Int, in part: DataPart) -> Int { starts(of: part)[example].series }

    /// Deviations of the predicted columns of a series.
    func deviations(ofSeries place: Int) -> [Double] { scaling.targetPlaces.map { scaling(ofSeries: place).statistics.columns[$0].deviation } }

    func scaling(ofSeries place: Int) -> SeriesScaling { scalings[scalings.count == 1 ? 0 : place] }

    /// The rows of a series before a part, or those of the training part.
    func rows(ofSeries place: Int, before part: DataPart) -> Range<Int> {
        let rows = series[place]
        let own = options.range(of: part, count: rows.count)
        let end = rows.lowerBound + (part == .training ? own.upperBound : own.lowerBound)
        return rows.lowerBound..<end
    }

    // MARK: Construction

    /// The error of a part in which no series has a window.
    private func noWindow(in part: DataPart) -> DatasetError {
        let longest = series.indices.max { series[$0].count < series[$1].count } ?? 0
        let own = options.range(of: part, count: series[longest].count)
        return .seriesTooShort(
            path: "\(options.file), its longest series \(namesInWords([seriesNames[longest]]))", part: options.split.named(part), rowCount: own.count,
            neededCount: options.horizon, length: options.pastRowCount, horizon: options.horizon)
    }

    private func checkParts() throws(DatasetError) {
        try checkWindows()
        guard !scaling.marks.isEmpty else { return }
        for part in options.split.neededParts(options.evaluated) {
            guard !(0..<exampleCount(of: part)).contains(where: { targetCount(ofExample: $0, in: part) > 0 }) else { continue }
            let place = options.split.named(part).map { "the \($0) part" } ?? "it"
            throw .unusableFile(path: options.file, reason: "in \(place) all values to forecast are missing.")
        }
    }

    private func checkWindows() throws(DatasetError) {
        guard options.id.isEmpty else {
            for part in options.split.neededParts(options.evaluated) where exampleCount(of: part) == 0 { throw noWindow(in: part) }
            return
        }
        if case .rows(let counts) = options.split { try counts.check(count: options.usedCount(of: rowCount), path: options.file) }
        for part in options.split.neededParts(options.evaluated) where exampleCount(of: part) == 0 {
            let own = options.range(of: part, count: rowCount)
            // A later part may extend back into the rows before it, as far as there are any.
            let past = part == .training ? 0 : min(options.pastRowCount, own.lowerBound)
            throw .seriesTooShort(
                path: options.file, part: options.split.named(part), rowCount: own.count, neededCount: options.pastRowCount - past + options.horizon,
                length: options.pastRowCount, horizon: options.horizon)
        }
    }
}
