import NumberText
import StrictJSON

/// The rows of one series of a table, in the order in which they are used.
struct TableSeries {
    /// Empty for a table without a column of ids.
    let name: String
    let ordered: OrderedRows
}

extension TableRows {
    /// The series of the table, in the order in which they begin in the file; their rows needn't be adjacent there.
    /// - Throws: as ``OrderedRows``.
    func series(columnCount: Int, reading: TableReading, path: String) throws(DatasetError) -> [TableSeries] {
        let times = times.series
        func ordered(_ values: [Double], _ lines: [Int32], _ times: [TimeSeries], _ name: String?) throws(DatasetError) -> OrderedRows {
            var rows = try OrderedRows(
                values: values, lines: lines, times: times, columnCount: columnCount, order: reading.order, path: path, seriesName: name,
                files: files)
            switch reading.missing {
            case .fill: rows.fill()
            case .mask: rows.mask()
            case .refuse, .drop: break
            }
            return rows
        }
        guard hasIds else { return [TableSeries(name: "", ordered: try ordered(values, lines, times, nil))] }
        var places: [[Int]] = Array(repeating: [], count: idNames.count)
        for (row, id) in ids.enumerated() { places[Int(id)].append(row) }
        var series: [TableSeries] = []
        for (name, rows) in zip(idNames, places) {
            let values = rows.flatMap { self.values[$0 * columnCount..<($0 + 1) * columnCount] }
            let own = times.map { $0.rows(rows) }
            series.append(TableSeries(name: name, ordered: try ordered(values, rows.map { lines[$0] }, own, name)))
        }
        return series
    }
}

extension TimeSeries {
    /// The times of some rows.
    func rows(_ rows: some Collection<Int>) -> TimeSeries {
        var part = self
        part.times = rows.map { times[$0] }
        return part
    }
}

extension NumberTable {
    /// A series of the table.
    struct Series: Sendable {
        /// Empty for a table without a column of ids.
        let name: String
        let rows: Range<Int>
    }

    /// The times of a series' rows.
    func times(of series: Series) -> TimeSeries? { times?.rows(series.rows) }

    /// The times of all rows, if all series have theirs in the same column.
    static func times(of series: [TableSeries]) -> TimeSeries? {
        guard var times = series.first?.ordered.times, series.allSatisfy({ $0.ordered.times?.name == times.name }) else { return nil }
        times.times = series.flatMap { $0.ordered.times?.times ?? [] }
        return times
    }
}

/// "'A', 'B' and 4 more".
package func namesInWords(_ names: [String]) -> String {
    let shown = names.prefix(10).map { "'\(JSONValue.printable($0, scalarCount: 40))'" }
    return shown.joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
}
