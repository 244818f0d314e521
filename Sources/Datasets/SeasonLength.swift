extension TimeSeries {
    /// Rows of a season, from the step between rows: a day of rows at equal steps below a day, a week of days, 52 weeks, 12 months or 4 quarters.
    /// - Returns: 1, no season, if less than half of the steps are alike, or are of another length.
    var seasonLength: Int {
        let steps = zip(times.dropFirst(), times).compactMap { $0 == TimeColumns.unknown || $1 == TimeColumns.unknown ? nil : $0 - $1 }
        guard !steps.isEmpty else { return 1 }
        let (minute, day) = (60_000, 86_400_000)
        let counts = Dictionary(steps.map { ($0, 1) }, uniquingKeysWith: +)
        let usual = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
        func share(_ days: ClosedRange<Int>) -> Double {
            let range = days.lowerBound * day...days.upperBound * day
            return Double(steps.count(where: range.contains)) / Double(steps.count)
        }
        if share(28...31) > 0.5 { return 12 }
        if share(90...92) > 0.5 { return 4 }
        guard (counts[usual] ?? 0) * 2 >= steps.count else { return 1 }
        switch usual {
        // Days of work: nearly each fifth step is a weekend's.
        case day: return share(3...4) > 0.1 ? 5 : 7
        case 7 * day: return 52
        case minute..<day where day % usual == 0: return day / usual
        default: return 1
        }
    }
}
