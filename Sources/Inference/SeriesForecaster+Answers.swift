import Batches
import Configuration
public import Datasets
import Kernels
import NumberText

/// How far a series is forecast, and how.
public struct ForecastExtent: Sendable, Equatable {
    /// Rows to forecast, a multiple of ``SeriesScaling/horizon``; nil for that. Beyond it, what was forecast is the past from which the next rows are forecast.
    public var rowCount: Int?
    /// Paths that are drawn, of a model that gives distributions: each goes on from its own draws.
    public var pathCount: Int
    /// Whether the paths themselves are the answer, in place of their quantiles.
    public var givesPaths: Bool
    public var seed: UInt64

    public init(rowCount: Int? = nil, pathCount: Int = 500, givesPaths: Bool = false, seed: UInt64 = 1) {
        (self.rowCount, self.pathCount, self.givesPaths, self.seed) = (rowCount, pathCount, givesPaths, seed)
    }
}

extension SeriesForecaster {
    /// Reads the last rows of a file, or of each of its series, whose columns are found by their names.
    /// - Throws: ``DatasetError``, with line and column; ``DatasetError/pastTooShort(path:rowCount:neededCount:)``.
    /// - Parameters:
    ///   - future: a table with the columns that are known ahead, of the rows to forecast; needed if the model reads some.
    ///   - rowCount: rows to forecast; nil for ``SeriesScaling/horizon``.
    public func pasts(of file: TableFile, future: TableFile? = nil, rowCount: Int? = nil) throws(DatasetError) -> [SeriesPast] {
        try SeriesPast.all(of: file, scaling: scaling, reading: reading, id: id, future: future, forecastCount: rowCount)
    }

    /// Whether the rows can be forecast that `extent` asks for.
    /// - Throws: ``PredictionError/notAMultiple(rowCount:horizon:)``, ``PredictionError/unknownBeyondHorizon(columns:horizon:)``,
    ///   ``PredictionError/noDistribution``.
    public func check(_ extent: ForecastExtent) throws(PredictionError) {
        if extent.givesPaths, scaling.loss.distribution == nil { throw .noDistribution }
        guard let rowCount = extent.rowCount else { return }
        guard rowCount > 0, rowCount % scaling.horizon == 0 else { throw .notAMultiple(rowCount: rowCount, horizon: scaling.horizon) }
        guard rowCount > scaling.horizon else { return }
        let known = Set(scaling.futureNames)
        let numbers = 0..<scaling.indicatorPlaces.lowerBound
        let unknown = numbers.filter { !scaling.targetPlaces.contains($0) && !known.contains(scaling.statistics.columns[$0].name) }
        guard unknown.isEmpty else {
            throw .unknownBeyondHorizon(columns: unknown.map { scaling.statistics.columns[$0].name }, horizon: scaling.horizon)
        }
    }

    /// Notes for the user on what `extent` takes for granted, in sentences without a full stop.
    public func notes(on extent: ForecastExtent) -> [String] {
        let known = Set(scaling.futureNames)
        let places = scaling.indicatorPlaces.prefix { $0 < scaling.firstMarkPlace }
        guard (extent.rowCount ?? 0) > scaling.horizon, places.contains(where: { !known.contains(scaling.statistics.columns[$0].name) }) else { return [] }
        return ["categories that aren't in data.future stay as they are in the last row, after \(counted(scaling.horizon, "row"))"]
    }

    /// The rows after the end of a file, in its units.
    /// - Parameters:
    ///   - past: of ``pasts(of:future:rowCount:)`` with as many rows as `extent`.
    ///   - name: the file's, for messages.
    /// - Throws: as ``check(_:)``; ``DatasetError/valueOutOfScale(path:row:column:)``, ``PredictionError/notFinite(path:line:)``.
    public func answers(after past: SeriesPast, of name: String, extent: ForecastExtent = ForecastExtent()) throws -> [ForecastAnswer] {
        try check(extent)
        let window: ForecastWindow
        do {
            window = try ForecastWindow(
                past.rows, ofSeries: past.series ?? "", scaling: scaling, calendar: past.calendar, future: past.future, rowCount: extent.rowCount)
        } catch {
            guard case .valueOutOfScale(ForecastWindow.name, let row, let column) = error else { throw error }
            throw DatasetError.valueOutOfScale(path: name, row: past.rowCount - scaling.pastRowCount + row, column: column)
        }
        // Answers on several files have a column "file" of their own.
        let idName = id == FileSeries.id ? "series" : id
        func answers(_ rows: [[Double]], _ targets: [String], path: Int?) throws -> [ForecastAnswer] {
            guard rows.joined().allSatisfy(\.isFinite) else { throw PredictionError.notFinite(path: name, line: past.lastLine) }
            return rows.enumerated().map { place, values in
                ForecastAnswer(
                    idName: idName, series: past.series, path: path, ahead: place + 1, row: past.rowCount + place + 1,
                    time: past.nextTimes.isEmpty ? nil : past.nextTimes[place], targets: targets, values: values)
            }
        }
        guard let family = scaling.loss.distribution, extent.givesPaths || (extent.rowCount ?? 0) > scaling.horizon else {
            return try answers(continued(window, extent), scaling.valueNames, path: nil)
        }
        let (first, paths) = drawn(window, of: family, extent, number: past.number)
        guard extent.givesPaths else { return try answers(first + quantiles(of: paths, from: first.count), scaling.valueNames, path: nil) }
        return try paths.enumerated().flatMap { try answers($1, scaling.targetNames, path: $0 + 1) }
    }

    /// Forecasts of single numbers or quantiles, whose medians are the past of the next; NaN from where a number is out of the scale.
    private func continued(_ window: ForecastWindow, _ extent: ForecastExtent) -> [[Double]] {
        var (window, rows) = (window, [[Double]]())
        for _ in 0..<(extent.rowCount ?? scaling.horizon) / scaling.horizon {
            let own = window.quantiles(outputs(of: [window])[0])
            rows += own
            let medians = own.map { values in stride(from: scaling.forecastsPerValue / 2, to: values.count, by: scaling.forecastsPerValue).map { values[$0] } }
            guard window.move(over: medians) else { return rows + [[.nan]] }
        }
        return rows
    }

    /// The quantiles of the first rows as the model gives them, and paths `[path][row][target]`; NaN from where a number is out of the scale.
    private func drawn(
        _ window: ForecastWindow, of family: DistributionFamily, _ extent: ForecastExtent, number: Int
    ) -> (first: [[Double]], paths: [[[Double]]]) {
        let random = Philox(seed: extent.seed, purpose: .forecasts)
        var windows = Array(repeating: window, count: extent.pathCount)
        var paths = Array(repeating: [[Double]](), count: extent.pathCount)
        let begin = outputs(of: [window])[0]
        for step in 0..<(extent.rowCount ?? scaling.horizon) / scaling.horizon {
            // All paths begin with the same rows.
            let outputs = step == 0 ? Array(repeating: begin, count: windows.count) : outputs(of: windows)
            for path in windows.indices {
                let rows = windows[path].draws(outputs[path], of: family) { max(0x1p-54, random.uniformDouble(number, path, step * scaling.valueCount + $0)) }
                paths[path] += rows
                guard windows[path].move(over: rows) else { return ([[.nan]], [[[.nan]]]) }
            }
        }
        return (window.quantiles(begin), paths)
    }

    /// Quantiles of the paths' rows from row `first` on, as ``SeriesScaling/valueNames`` has them.
    private func quantiles(of paths: [[[Double]]], from first: Int) -> [[Double]] {
        guard let rowCount = paths.first?.count, first < rowCount else { return [] }
        let isOfCounts = scaling.loss.distribution?.isOfCounts == true
        return (first..<rowCount).map { row in
            scaling.targetPlaces.indices.flatMap { target in
                let sorted = paths.map { $0[row][target] }.sorted()
                return scaling.quantiles.map { level in
                    let value = quantile(level, of: sorted)
                    // A quantile of counts is a count: the smallest that isn't exceeded with that probability.
                    return isOfCounts ? sorted[max(0, min(sorted.count - 1, Int((level * Double(sorted.count)).rounded(.up)) - 1))] : value
                }
            }
        }
    }
}
