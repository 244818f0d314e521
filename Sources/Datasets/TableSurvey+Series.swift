// How a table shows that it has several series one below the other, or side by side, without dates: a column counts the rows of each.

extension TableSurvey {
    /// The table as several series, which differ in a column of few texts, if another column of numbers counts the time steps of each anew; nil if none does.
    /// - Parameter whole: the table as one series.
    static func countedForm(
        _ paths: [String], _ reading: inout TableReading, _ columns: [Column], places: [Int], whole: NumberTable
    ) -> (NumberTable, id: String?)? {
        guard !columns.contains(where: { $0.content == .times }) else { return nil }
        for column in columns.filter({ $0.isCategory && $0.content != .codes && !namesSeason($0) }).prefix(candidateLimit) {
            var tried = reading
            guard let long = longForm(paths, &tried, [column.name], places: places) else { continue }
            guard !counters(of: long.0).subtracting(counters(of: whole)).isEmpty else { continue }
            reading = tried
            return long
        }
        return nil
    }

    /// Marks the columns that count the rows of each series, unless none would be left.
    static func leaveOutCounters(_ columns: inout [Column], _ table: NumberTable, _ places: [Int]) {
        let counters = counters(of: table).filter { columns[places[$0]].content == .numbers }
        guard places.contains(where: { place in columns[place].content == .numbers && !counters.contains { places[$0] == place } }) else { return }
        for place in counters { columns[places[place]] = Column(name: columns[places[place]].name, content: .stepCounter) }
    }

    private static var candidateLimit: Int { 8 }

    /// Places of the columns of integers that rise in every series, nearly always by the same step.
    private static func counters(of table: NumberTable) -> Set<Int> {
        let width = table.columnNames.count
        return Set((0..<width).filter { place in
            var steps: [Double: Int] = [:]
            for series in table.series {
                for row in series.rows.dropFirst() {
                    let (value, before) = (table.values[row * width + place], table.values[(row - 1) * width + place])
                    guard value > before, value.rounded() == value, steps.count < 100 else { return false }
                    steps[value - before, default: 0] += 1
                }
            }
            let count = steps.values.reduce(0, +)
            return count > 2 && (steps.values.max() ?? 0) * 10 >= count * 9
        })
    }

    /// Whether a column names a time of the year or the week, which returns within one series.
    private static func namesSeason(_ column: Column) -> Bool {
        let names: Set<String> = ["month", "weekday", "day", "dayofweek", "dow", "quarter", "season", "hour", "time"]
        if names.contains(column.name.lowercased().filter(\.isLetter)) { return true }
        let seasons: Set<String> = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
            "spr", "aut", "win", "q1", "q2", "q3", "q4",
        ]
        return column.content.example.map { seasons.contains(String($0.lowercased().prefix(3))) } ?? false
    }
}
