import NumberText

/// The order of the times of a table's rows.
struct TimeOrder {
    enum Direction: Int {
        case ascending
        /// Set back occasionally, by at most an hour, as clocks are in autumn.
        case nearlyAscending
        case descending, shuffled
        /// All times are the same, or there are none.
        case constant
    }

    private(set) var forwardCount = 0
    private(set) var backwardCount = 0
    private(set) var equalCount = 0
    private(set) var firstBackward: Int?
    private(set) var firstEqual: Int?
    private(set) var firstKnown: Int?
    private(set) var lastKnown: Int?
    private var longestBackStep = 0
    /// Counts of steps forward, by length.
    private var forwardSteps: [Int: Int] = [:]

    /// Cost: about 50 ns a row.
    init(_ series: TimeSeries) {
        for (row, time) in series.times.enumerated() where time != TimeColumns.unknown {
            defer { lastKnown = row }
            guard let lastKnown else {
                firstKnown = row
                continue
            }
            let step = time - series.times[lastKnown]
            if step > 0 {
                forwardCount += 1
                // Irregular steps needn't be counted completely.
                if forwardSteps.count < 10_000 || forwardSteps[step] != nil { forwardSteps[step, default: 0] += 1 }
            } else if step == 0 {
                equalCount += 1
                firstEqual = firstEqual ?? row
            } else {
                backwardCount += 1
                firstBackward = firstBackward ?? row
                longestBackStep = max(longestBackStep, -step)
            }
        }
    }

    var direction: Direction {
        if forwardCount + backwardCount == 0 { return .constant }
        if backwardCount == 0 { return .ascending }
        if longestBackStep <= 3_600_000, backwardCount <= max(2, forwardCount / 100), forwardCount > backwardCount { return .nearlyAscending }
        return forwardCount == 0 ? .descending : .shuffled
    }

    /// Whether the times are monotonic and at least half of the steps are equal.
    var isRegular: Bool {
        let stepCount = forwardCount + equalCount
        if backwardCount == 0 { return forwardCount > 2 && (forwardSteps.values.max() ?? 0) * 2 >= stepCount }
        return forwardCount == 0 && backwardCount > 2
    }

    /// The interpretation in which the rows are closest to being in order; the first one on a tie. Nil if no column has times.
    static func best(of all: [TimeSeries]) -> (series: TimeSeries, order: TimeOrder)? {
        all.map { ($0, TimeOrder($0)) }.filter { $0.1.direction != .constant }.min { $0.1.direction.rawValue < $1.1.direction.rawValue }
    }

    // MARK: Gaps

    /// Steps that are much longer than usual: twice as long if most steps are equal, otherwise five times the median.
    func gaps(in series: TimeSeries) -> (count: Int, row: Int, text: String)? {
        guard direction == .ascending || direction == .nearlyAscending, forwardCount >= 5 else { return nil }
        if let months = gaps(times: series.times.map(Self.month), unit: "month") { return months.count > 0 ? months : nil }
        return gaps(times: series.times, unit: nil).flatMap { $0.count > 0 ? $0 : nil }
    }

    /// Nil if the times aren't all the first of a month, or aren't mostly a month apart.
    private func gaps(times: [Int?], unit: String?) -> (count: Int, row: Int, text: String)? {
        var last: Int?
        var steps: [(row: Int, length: Int)] = []
        for (row, time) in times.enumerated() {
            guard let time else { return nil }
            guard time != TimeColumns.unknown else { continue }
            if let last, time > last { steps.append((row, time - last)) }
            last = time
        }
        let sorted = steps.map(\.length).sorted()
        guard !sorted.isEmpty else { return nil }
        let median = sorted[sorted.count / 2]
        if unit != nil, median != 1 { return nil }
        let alikeCount = sorted.count { $0 == median }
        let limit = alikeCount * 20 >= sorted.count * 19 ? median * 3 / 2 : median * 5
        let long = steps.filter { $0.length > max(limit, median) }
        guard let longest = long.max(by: { $0.length < $1.length }) else { return (0, 0, "") }
        return (long.count, longest.row, unit.map { counted(longest.length, $0) } ?? duration(longest.length))
    }

    /// Months since the year 0 for the first of a month; nil for another time.
    private static func month(_ milliseconds: Int) -> Int? {
        guard milliseconds != TimeColumns.unknown else { return TimeColumns.unknown }
        let date = CalendarTime.civil(milliseconds)
        guard date.day == 1, milliseconds % 86_400_000 == 0 else { return nil }
        return date.year * 12 + date.month
    }
}

/// "60 days", "7 hours", "90 minutes", "2.5 seconds".
func duration(_ milliseconds: Int) -> String {
    let units = [("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000)]
    for (name, length) in units where milliseconds >= 2 * length || milliseconds % length == 0 && milliseconds >= length {
        let count = Double(milliseconds) / Double(length)
        return figure(count, digits: 3) + " \(name)" + (count == 1 ? "" : "s")
    }
    return "\(milliseconds) ms"
}
