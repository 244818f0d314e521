import NumberText
import StrictJSON

/// Notes for the user on unusual values, measured in deviations from the training part's mean; sentences without a full stop.
struct ScaleNotes {
    let table: NumberTable
    let statistics: SeriesStatistics
    /// Columns of 0 and 1, which are never scaled.
    let indicators: Set<Int>
    /// The rows from which the statistics were computed; nil if they are another file's.
    let trainingRows: [Int]?

    var sentences: [String] { statistics.columns.indices.flatMap { [constant($0), far($0), mark($0)].compactMap(\.self) } }

    private func name(_ place: Int) -> String { "'\(JSONValue.printable(statistics.columns[place].name, scalarCount: 40))'" }

    /// A note for a constant column, which has no deviation to divide by.
    private func constant(_ place: Int) -> String? {
        guard let trainingRows, !indicators.contains(place), let range = statistics.constantRange(of: place, in: table, rows: trainingRows) else { return nil }
        let mean = figure(statistics.columns[place].mean)
        return range == 0
            ? "column \(name(place)) is \(mean) in the whole training part: it isn't scaled"
            : "column \(name(place)) is \(mean) in the whole training part, but for rounding: it counts as constant and isn't scaled"
    }

    /// A note for a whole number such as -200 that probably marks missing measurements: by far the smallest value, and repeated.
    private func mark(_ place: Int) -> String? {
        let width = statistics.columns.count
        let values = (0..<table.rowCount).lazy.map { table.values[$0 * width + place] }
        guard let least = values.min(), least <= -99, least.rounded() == least else { return nil }
        var count = 0
        for value in values where value < least / 2 {
            guard value == least else { return nil }
            count += 1
        }
        guard count > 2, count < table.rowCount else { return nil }
        return "column \(name(place)) is \(figure(least)) in \(counted(count, "row")) and nowhere else below \(figure(least / 2)): "
            + "if that marks missing values, leave those fields empty"
    }

    /// A note for values far outside of the training part's range.
    private func far(_ place: Int) -> String? {
        let (column, width) = (statistics.columns[place], statistics.columns.count)
        var (count, first) = (0, 0)
        for row in 0..<table.rowCount where abs(column.standardised(table.values[row * width + place])) > SeriesStatistics.farDeviationCount {
            if count == 0 { first = row }
            count += 1
        }
        guard count > 0 else { return nil }
        return SeriesStatistics.farSentence(
            column: column.name, count: count, first: table.values[first * width + place], place: "line \(table.lines[first])")
    }
}

extension SeriesStatistics {
    /// Values further from the training part's mean than this number of deviations are reported to the user.
    static let farDeviationCount = 1000.0

    static func farSentence(column: String, count: Int, first: Double, place: String) -> String {
        "column '\(JSONValue.printable(column, scalarCount: 40))': \(counted(count, "value")) \(count == 1 ? "lies" : "lie") more than "
            + "\(grouped(Int(farDeviationCount))) deviations from the training part's mean, first \(figure(first)) in \(place)"
    }
}
