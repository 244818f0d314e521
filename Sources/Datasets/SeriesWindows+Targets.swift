import Batches

extension SeriesWindows {
    /// The true values of a window as the model predicts them, standardised and in the window's frame; NaN for one that is missing.
    /// `[horizon, targets]`.
    func targets(ofExample example: Int, in part: DataPart) -> [Float] {
        let start = starts(of: part)[example].row
        let width = statistics.columns.count
        let frame = frame(ofWindowAt: start)
        return values.withElements(in: start * width..<(start + scaling.pastRowCount + scaling.horizon) * width) { rows in
            [Float](capacity: scaling.valueCount) { append(targetsOf: rows, frame, to: &$0) }
        }
    }

    /// Appends the same of a window's `rows`, `[past rows + horizon, columns]`.
    @inline(never)
    func append(targetsOf rows: Span<Float>, _ frame: WindowFrame, to targets: inout OutputSpan<Float>) {
        let (places, marks, bases, scales) = (scaling.targetPlaces.span, scaling.targetMarks.span, frame.bases.span, frame.scales.span)
        let (width, past, pastValues) = (statistics.columns.count, scaling.pastRowCount, frame.pastValues.span)
        for ahead in 0..<scaling.horizon {
            let row = (past + ahead) * width
            for target in places.indices {
                let place = places[target]
                let base = pastValues.isEmpty ? bases[place] : pastValues[ahead * places.count + target]
                let isMissing = marks[target].map { rows[row + $0] != 0 } ?? false
                targets.append(isMissing ? .nan : (rows[row + place] - base) / scales[place])
            }
        }
    }

    /// Targets of windows, `[windows, horizon, targets]`, as the loss reads them, as many as outputs: each value for all its outputs; or with a distribution
    /// the value, then what it is scaled by, in turn.
    /// - Parameter series: of each window.
    func lossTargets(_ targets: [Float], series: [Int]) -> [Float] {
        let (count, valueCount) = (scaling.outputsPerValue, scaling.valueCount)
        guard let family = scaling.loss.distribution else {
            guard count > 1 else { return targets }
            return [Float](capacity: targets.count * count) { lossTargets in
                for value in targets { for _ in 0..<count { lossTargets.append(value) } }
            }
        }
        return [Float](capacity: targets.count * count) { lossTargets in
            for window in series.indices {
                let own = scaling(ofSeries: series[window])
                for place in 0..<valueCount {
                    let scale = family.isOfCounts ? own.column(ofValue: place).deviation : 1
                    // A count that was divided by its scale is whole again.
                    let value = targets[window * valueCount + place]
                    let number = family.isOfCounts ? Float((Double(value) * scale).rounded()) : value
                    for output in 0..<count { lossTargets.append(output % 2 == 0 ? number : Float(scale)) }
                }
            }
        }
    }

    /// Values `[horizon, targets]` of a window, which are scaled as ``targets(ofExample:in:)``, in the file's own units.
    func restoredValues(_ values: [Float], ofExample example: Int, in part: DataPart) -> [Double] {
        let (place, row) = starts(of: part)[example]
        let (own, frame) = (scaling(ofSeries: place), frame(ofWindowAt: row))
        return values.enumerated().map { own.column(ofValue: $0).restored(frame.restored(Double($1), ofValue: $0)) }
    }

    /// The true values of a window in the file's own units, `[horizon, targets]`: counts as whole numbers, and 0 as 0, which standardised float32 values give
    /// back with rounding. NaN for one that is missing.
    public func truth(ofExample example: Int, in part: DataPart) -> [Double] {
        let own = scaling(ofSeries: starts(of: part)[example].series)
        let areCounts = scaling.loss.distribution?.isOfCounts == true
        return restoredValues(targets(ofExample: example, in: part), ofExample: example, in: part).enumerated().map { place, value in
            let column = own.column(ofValue: place)
            if areCounts { return value.rounded() }
            return abs(value) < 1e-6 * max(column.deviation, abs(column.mean)) ? 0 : value
        }
    }

    // MARK: Counts

    /// Largest count, which a float32 still holds beside its neighbours.
    static let largestCount = 8_388_608.0

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` where targets that must be counts would be differences.
    static func checkCounts(_ options: SeriesOptions) throws(DatasetError) {
        guard options.loss.distribution?.isOfCounts == true else { return }
        let (key, found, wanted) =
            if options.relative { ("data.relative", "true", "false") } else if options.lag > 0 { ("data.lag", "\(options.lag)", "0") } else {
                ("data.windowScaling", "\"\(options.windowScaling)\"", "\"none\"")
            }
        guard found != wanted else { return }
        throw .optionOutOfRange(
            key: key, found: found,
            wanted: "\(wanted) with training.loss \"negativeBinomial\": the distribution is one of counts, and differences and shares aren't counts")
    }

    /// - Throws: ``DatasetError/notACount(path:row:column:)`` for the first value of the columns at `counts` that isn't a whole number from 0 on.
    static func checkAreCounts(_ table: NumberTable, counts: Set<Int>, path: String) throws(DatasetError) {
        let width = table.columnNames.count
        for row in 0..<(counts.isEmpty ? 0 : table.rowCount) {
            for column in counts.sorted() {
                let value = table.values[row * width + column]
                if !table.isMissing.isEmpty, table.isMissing[row * width + column] { continue }
                guard value >= 0, value <= largestCount, value == value.rounded() else {
                    throw .notACount(path: path, row: row + 1, column: table.columnNames[column])
                }
            }
        }
    }
}
