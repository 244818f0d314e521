public import Batches
import Kernels

/// Where the numbers of a time step are read from, but for the calendar's.
struct WindowReads: Sendable {
    /// Of each number: its place behind the first number of the time step's row.
    let offsets: [Int]
    /// Of each number the column.
    let columns: [Int]
    /// Whether the numbers lie side by side in the time step's row, from its first on.
    var isRow: Bool { offsets.elementsEqual(0..<offsets.count) }

    init(_ scaling: SeriesScaling) {
        let (width, aheads) = (scaling.statistics.columns.count, scaling.aheads)
        let lagged = scaling.lags.flatMap { lag in scaling.targetPlaces.map { ((scaling.horizon - lag) * width + $0, $0) } }
        let reads = aheads.enumerated().map { column, ahead in (ahead * width + column, column) } + lagged
        (offsets, columns) = (reads.map(\.0), reads.map(\.1))
    }
}

// A batch takes a small part of a step (`bench --data`) only if a number takes less than a nanosecond: so all are written in the order in which they lie,
// by loops that call nothing.
extension SeriesWindows {
    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let starts = self.starts(of: part)
        let windows = examples.map { starts[$0] }
        let rows = windows.map(\.row)
        var frames: [WindowFrame] = []
        for row in rows { frames.append(frame(ofWindowAt: row)) }
        let timeCount = rows.isEmpty ? 0 : options.length
        let (width, rowCount) = (statistics.columns.count, scaling.pastRowCount + scaling.horizon)
        let targets = [Float](capacity: rows.count * scaling.valueCount) { targets in
            for (row, frame) in zip(rows, frames) {
                values.withElements(in: row * width..<(row + rowCount) * width) { append(targetsOf: $0, frame, to: &targets) }
            }
        }
        let input = values.withElements(in: 0..<values.count) { inputs(of: $0, rows: rows, frames) }
        return Batch(
            timeCount: timeCount, lengths: Array(repeating: timeCount, count: rows.count), input: .vectors(input, featureCount: scaling.featureCount),
            target: .vectorAtEnd(lossTargets(targets, series: windows.map(\.series)), outputCount: scaling.outputCount), globalIndices: examples)
    }

    func frame(ofWindowAt start: Int) -> WindowFrame {
        let width = statistics.columns.count
        return scaling.frame(columnCount: width) { values[(start + $0) * width + $1] }
    }

    /// Inputs of windows that begin at `rows`, `[length, windows, features]`.
    /// - Parameter values: of all rows.
    @inline(never)
    private func inputs(of values: Span<Float>, rows: [Int], _ frames: [WindowFrame]) -> [Float] {
        let (width, lead, ahead, calendarWidth) = (statistics.columns.count, scaling.lead, scaling.horizon, scaling.calendar.width)
        let (count, isScaled) = (reads.columns.count, scaling.windowScaling != .none)
        let allBases = [Float](capacity: rows.count * count) { bases in
            for frame in frames { for column in reads.columns { bases.append(frame.bases[column]) } }
        }
        let allScales = [Float](capacity: isScaled ? rows.count * count : 0) { scales in
            for frame in isScaled ? frames : [] { for column in reads.columns { scales.append(frame.scales[column]) } }
        }
        let firsts = rows.map { $0 * width }
        let isPlain = reads.isRow && !isScaled && calendarWidth == 0
        let (offsets, bases, scales, calendar, firstRows) = (reads.offsets.span, allBases.span, allScales.span, calendarValues.span, rows.span)
        return [Float](capacity: options.length * rows.count * scaling.featureCount) { inputs in
            for time in 0..<options.length {
                if isPlain {
                    inputs.append(rowsOf: values, from: firsts.span, offset: (lead + time) * width, count: count, subtracting: bases)
                    continue
                }
                var place = 0
                for window in firstRows.indices {
                    let row = firstRows[window] + lead + time
                    if isScaled {
                        for number in 0..<count { inputs.append((values[row * width + offsets[number]] - bases[place + number]) / scales[place + number]) }
                    } else {
                        for number in 0..<count { inputs.append(values[row * width + offsets[number]] - bases[place + number]) }
                    }
                    place += count
                    for feature in 0..<calendarWidth { inputs.append(calendar[(row + ahead) * calendarWidth + feature]) }
                }
            }
        }
    }
}
