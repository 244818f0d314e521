import Batches

/// The numbers of a table's series, standardised, and what windows over them must know: read from the table, or mapped from a prepared form.
struct SeriesNumbers {
    /// All series of the table.
    let series: [NumberTable.Series]
    /// Those that have windows.
    let selection: SeriesSelection
    let rowCount: Int
    let times: RowTimes?
    /// Rows of a season by the times of the longest series with windows; 1 for none, and where the options name another.
    let season: Int
    let scaling: SeriesScaling
    /// Of each series with windows; a single one if all have the same scale.
    let scalings: [SeriesScaling]
    /// `[row, column]`: the input columns, then targets that aren't inputs.
    let values: StoredNumbers<Float>
    /// Digest of the columns' names and the table's values.
    let fingerprint: UInt64
    /// Notes on how the table was read.
    let notes: [String]
    /// Notes on unusual values: of a run that takes its statistics from them.
    let scaleNotes: [String]
    /// The same of a run that has stored statistics; only where they were asked for.
    let scaleNotesOfStored: [String]

    /// Reads the file of `options`.
    /// - Parameters:
    ///   - stored: the statistics of an earlier run, which replace this file's.
    ///   - isPrepared: whether all is wanted that other options may ask for: ``season`` and ``scaleNotesOfStored``.
    init(_ options: SeriesOptions, statistics stored: SeriesStatistics? = nil, isPrepared: Bool = false) throws(DatasetError) {
        var choice = SeriesColumns(inputs: [], targets: [])
        let storedColumns = stored?.columns.map(\.name)
        let categories = storedColumns.map { CategoryReading.stored(Categories(options.categories, storedColumns: $0)) } ?? .found(options.categories)
        func table(_ categories: CategoryReading) throws(DatasetError) -> NumberTable {
            try NumberTable(paths: options.files, reading: options.reading, id: options.id, categories: categories) { header throws(DatasetError) in
                choice = try SeriesColumns(options, header: header)
                return choice.all
            }
        }
        var read = try table(categories)
        selection = try SeriesSelection(read.series, options)
        let trainingRows = selection.kept.map { series in
            let (rows, own) = (series.rows, options.range(of: .training, count: series.rows.count))
            return rows.lowerBound + own.lowerBound..<rows.lowerBound + own.upperBound
        }
        if stored == nil, let seen = read.columnNames(without: choice.indicatorPlaces, unlessIn: trainingRows) {
            read = try table(.stored(Categories(options.categories, storedColumns: seen)))
        }
        let needed = storedColumns.map(MissingMarks.names) ?? read.neededMarks(in: trainingRows, targetPlaces: choice.targetPlaces)
        let marks = options.reading.missing == .mask ? needed : []
        let table = try read.adding(marks: marks, at: choice.inputs.count, path: options.file)
        let inputCount = choice.inputs.count + marks.count
        let targetPlaces = choice.targetPlaces.map { $0 < choice.inputs.count ? $0 : $0 + marks.count }
        let longest = selection.kept.max { $0.rows.count < $1.rows.count }
        let seasonLength = options.season > 0 && !isPrepared ? nil : longest.flatMap { table.times(of: $0)?.seasonLength }
        season = seasonLength ?? 1
        if let storedColumns, storedColumns != table.columnNames {
            throw .columnsDiffer(path: options.file, found: table.columnNames, stored: storedColumns)
        }
        let names = options.scaling == .series && !options.id.isEmpty ? selection.kept.map(\.name) : []
        let counts = options.loss.distribution?.isOfCounts == true ? Set(targetPlaces) : []
        let indicators = choice.indicatorPlaces.union(choice.inputs.count..<inputCount)
        try SeriesWindows.checkAreCounts(table, counts: counts, path: options.file)
        let statistics =
            if let stored { stored } else { try SeriesStatistics(
                    table, trainingRows: trainingRows, names: names, counts: counts, indicators: indicators, path: options.file)
            }
        scaling = try SeriesScaling(statistics, inputCount: inputCount, targetPlaces: targetPlaces, options)
        scalings = try SeriesWindows.scalings(scaling, of: options.id.isEmpty ? [] : selection.kept.map(\.name), path: options.file)
        values = StoredNumbers(try SeriesWindows.standardised(table, scaling, scalings, selection.kept, path: options.file))
        (series, rowCount, fingerprint, notes) = (table.series, table.rowCount, table.fingerprint, table.notes)
        times = table.times.map(RowTimes.init)
        let ownRows = stored == nil && !scaling.isBySeries ? trainingRows.flatMap { $0 } : nil
        scaleNotes = ScaleNotes(table: table, statistics: statistics, indicators: indicators, trainingRows: ownRows).sentences
        scaleNotesOfStored = isPrepared ? ScaleNotes(table: table, statistics: statistics, indicators: indicators, trainingRows: nil).sentences : []
    }

    /// Takes what a prepared form has. Nothing of the numbers is read.
    init(
        series: [NumberTable.Series], season: Int, scaling: SeriesScaling, values: StoredNumbers<Float>, times: RowTimes?, fingerprint: UInt64,
        notes: (table: [String], scale: [String], scaleOfStored: [String]), _ options: SeriesOptions
    ) throws(DatasetError) {
        (self.series, self.season, self.scaling, self.values, self.times, self.fingerprint) = (series, season, scaling, values, times, fingerprint)
        (self.notes, scaleNotes, scaleNotesOfStored) = notes
        selection = try SeriesSelection(series, options)
        rowCount = series.last?.rows.upperBound ?? 0
        scalings = try SeriesWindows.scalings(scaling, of: options.id.isEmpty ? [] : selection.kept.map(\.name), path: options.file)
    }

    /// Names of the series with windows; empty for a file with a single one.
    func keptNames(_ options: SeriesOptions) -> [String] { options.id.isEmpty ? [] : selection.kept.map(\.name) }
}

extension SeriesScaling {
    /// - Parameters:
    ///   - inputCount: the model's input columns, the first ones of the statistics.
    ///   - targetPlaces: indices of the predicted columns in the statistics.
    init(_ statistics: SeriesStatistics, inputCount: Int, targetPlaces: [Int], _ options: SeriesOptions) throws(DatasetError) {
        self.init(
            statistics, inputCount: inputCount, targetPlaces: targetPlaces, length: options.length, horizon: options.horizon,
            isRelative: options.relative, lag: options.lag, loss: options.loss, windowScaling: options.windowScaling, categoryNames: options.categories,
            marksMissing: options.reading.missing == .mask)
        try setKnownAhead(calendar: options.calendar, future: options.future, lags: options.lags)
    }
}

/// The times of a table's rows, in memory or in a mapped file.
struct RowTimes: Sendable {
    let name: String
    let hasTimeOfDay: Bool
    let isAmbiguous: Bool
    /// As in ``TimeSeries/times``.
    let values: StoredNumbers<Int>

    init(_ series: TimeSeries) {
        self.init(name: series.name, hasTimeOfDay: series.hasTimeOfDay, isAmbiguous: series.isAmbiguous, values: StoredNumbers(series.times))
    }

    init(name: String, hasTimeOfDay: Bool, isAmbiguous: Bool, values: StoredNumbers<Int>) {
        (self.name, self.hasTimeOfDay, self.isAmbiguous, self.values) = (name, hasTimeOfDay, isAmbiguous, values)
    }

    /// All of them. Cost: a copy.
    var series: TimeSeries {
        // Times outside of these were never written, and would overflow.
        let times = values[0..<values.count].map { (-1 << 52...1 << 52).contains($0) ? $0 : TimeColumns.unknown }
        return TimeSeries(name: name, hasTimeOfDay: hasTimeOfDay, isAmbiguous: isAmbiguous, times: times)
    }
}
