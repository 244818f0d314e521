import Batches

extension SeriesWindows {
    /// Of the windows in their order and of all values.
    /// - Parameter times: of the rows, if the model reads them.
    static func fingerprint(
        of numbers: SeriesNumbers, times: [Int], options: SeriesOptions, trainingCount: Int, batchSize: Int, seed: UInt64
    ) -> UInt64 {
        let statistics = numbers.scaling.statistics
        var fingerprint = Fingerprint()
        fingerprint.add(
            "series windows of \(options.length) rows and \(options.horizon) ahead, every \(options.stride)"
                + ExampleOrder.fingerprintText(exampleCount: trainingCount))
        if !options.future.isEmpty { fingerprint.add("known ahead: \(options.future)") }
        if !options.lags.isEmpty { fingerprint.add("lags: \(options.lags)") }
        if !options.calendar.isEmpty {
            fingerprint.add("calendar: \(options.calendar.map(\.rawValue))")
            for time in times { fingerprint.add(time) }
        }
        if options.leftOutRowCount > 0 { fingerprint.add("without the last \(options.leftOutRowCount) rows") }
        if let distribution = options.loss.distribution, distribution.isOfCounts { fingerprint.add("counts") }
        if options.windowScaling != .none { fingerprint.add("windows scaled by \(options.windowScaling)") }
        if options.lag > 0 { fingerprint.add("targets from \(options.lag) rows before") }
        fingerprint.add("relative \(options.relative), targets \(options.targets), \(options.split.fingerprintText), batch \(batchSize), seed \(seed)")
        for column in statistics.columns {
            fingerprint.add(column.mean)
            fingerprint.add(column.deviation)
        }
        for series in statistics.series {
            fingerprint.add(series.name)
            for column in series.columns {
                fingerprint.add(column.mean)
                fingerprint.add(column.deviation)
            }
        }
        fingerprint.add(numbers.fingerprint)
        return fingerprint.value
    }
}
