/// The distance between the rows of a series in pandas's words, with a number before it or not: "15min", "H", "D", "B", "W", "W-SUN", "M", "ME", "MS", "Q", "Y"
/// and those like them, of old and new spelling. Of two series with the same frequency each goes on from its own start.
struct TimeFrequency: Equatable {
    private enum Step: Equatable {
        case milliseconds(Int)
        /// From Monday to Friday.
        case workdays
        case months(Int)
    }

    private let step: Step
    private let count: Int

    /// Examples of what is read, for messages.
    static let examples = "\"15min\", \"H\", \"D\", \"B\", \"W\", \"MS\", \"Q\" or \"Y\""
    /// Of the unit.
    private static let largestCount = 10_000
    /// Behind it, dates aren't written with four digits: 31 December 9999.
    private static let latest = 253_402_214_400_000

    /// - Returns: nil for another word, or a number that is 0 or above 10,000.
    init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let word = text.dropFirst(digits.count).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard digits.count <= 5, let count = digits.isEmpty ? 1 : Int(digits), (1...Self.largestCount).contains(count) else { return nil }
        let second = 1000
        switch word {
        case "S", "s": step = .milliseconds(second)
        case "T", "min": step = .milliseconds(60 * second)
        case "H", "h": step = .milliseconds(3600 * second)
        case "D": step = .milliseconds(86_400 * second)
        case "W": step = .milliseconds(7 * 86_400 * second)
        case "B": step = .workdays
        case "M", "ME", "MS": step = .months(1)
        case "Q", "QE", "QS": step = .months(3)
        case "A", "AS", "Y", "YE", "YS": step = .months(12)
        default: return nil
        }
        guard step != .workdays || count == 1 else { return nil }
        self.count = count
    }

    /// The times of `rowCount` rows from `start` on, in milliseconds since 1970. A start on the last day of a month is followed by last days.
    /// - Returns: nil if they go beyond the year 9999, or a series of days of work starts at a weekend.
    func times(from start: Int, rowCount: Int) -> [Int]? {
        guard abs(start) <= Self.latest else { return nil }
        switch step {
        case .milliseconds(let length):
            let (whole, overflows) = (length * count).multipliedReportingOverflow(by: rowCount)
            guard !overflows, start + whole <= Self.latest else { return nil }
            return (0..<rowCount).map { start + $0 * length * count }
        case .workdays: return Self.workdays(from: start, rowCount: rowCount)
        case .months(let months):
            guard rowCount <= 120_000, rowCount * months * count <= 120_000 else { return nil }
            return Self.months(from: start, rowCount: rowCount, step: months * count)
        }
    }

    private static func workdays(from start: Int, rowCount: Int) -> [Int]? {
        let day = 86_400_000
        // Monday is 0; 1 January 1970 was a Thursday.
        var weekday = ((start - (start % day + day) % day) / day % 7 + 7 + 3) % 7
        guard weekday < 5, rowCount <= latest / day else { return nil }
        var (time, times) = (start, [Int]())
        for _ in 0..<rowCount {
            times.append(time)
            time += (weekday == 4 ? 3 : 1) * day
            weekday = (weekday + 1) % 5
        }
        return time <= latest ? times : nil
    }

    private static func months(from start: Int, rowCount: Int, step: Int) -> [Int]? {
        let (day, date) = (86_400_000, CalendarTime.civil(start))
        let (first, timeOfDay) = (date.year * 12 + date.month - 1, (start % day + day) % day)
        let isLastDay = date.day == CalendarTime.dayCount(date.year, date.month)
        var times: [Int] = []
        for row in 0..<rowCount {
            let month = first + row * step
            let dayCount = CalendarTime.dayCount(month / 12, month % 12 + 1)
            let dayOfMonth = isLastDay ? dayCount : min(date.day, dayCount)
            guard month / 12 <= 9999, let time = CalendarTime.milliseconds(month / 12, month % 12 + 1, dayOfMonth) else { return nil }
            times.append(time + timeOfDay)
        }
        return times
    }
}
