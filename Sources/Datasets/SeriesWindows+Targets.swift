import Batches

extension SeriesWindows {
    /// The true values of a window as the model predicts them, standardised and in the window's frame; NaN for one that is missing.
    /// `[horizon, targets]`.
    func targets(ofExample example: Int, in part: DataPart) -> [Float] {
        let start = starts(of: part)[example].row
        let width = statistics.columns.count
        let frame = frame(ofWindowAt: start)
        return values.withElements(in: start * width..<(start + scaling.pastRowCount + scaling.horizon) * width) { targets(of: $0, frame) }
    }

    /// The same of a window's `rows`, `[past rows + horizon, columns]`.
    private func targets(of rows: Span<Float>, _ frame: WindowFrame) -> [Float] {
        let width = statistics.columns.count
        return frame.targetBases.indices.map { place in
            let (ahead, target) = place.quotientAndRemainder(dividingBy: scaling.targetPlaces.count)
            let row = (scaling.pastRowCount + ahead) * width
            if let mark = scaling.markPlace(ofTarget: target), rows[row + mark] != 0 { return .nan }
            return (rows[row + scaling.targetPlaces[target]] - frame.targetBases[place]) / frame.targetScales[place]
        }
    }

    /// Appends a window's targets as the loss reads them, as many as outputs: each value for all its outputs; or with a distribution the value, then what it is
    /// scaled by, in turn.
    @inline(never)
    func append(targetsOf rows: Span<Float>, _ frame: WindowFrame, ofSeries place: Int, to target: inout [Float]) {
        let values = targets(of: rows, frame)
        guard let family = scaling.loss.distribution else {
            for value in values { target.append(contentsOf: repeatElement(value, count: scaling.outputsPerValue)) }
            return
        }
        let own = scaling(ofSeries: place)
        for (place, value) in values.enumerated() {
            let scale = family.isOfCounts ? own.column(ofValue: place).deviation : 1
            // A count that was divided by its scale is whole again.
            let number = family.isOfCounts ? Float((Double(value) * scale).rounded()) : value
            for output in 0..<scaling.outputsPerValue { target.append(output % 2 == 0 ? number : Float(scale)) }
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
