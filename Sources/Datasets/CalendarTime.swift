/// A date, a time of day, or both, parsed from a table's field.
///
/// Accepted: 2016-07-01, 2016/7/1, 2016.07.01, 2016-07, 20160701, 201607 and 2016; 1/7/2016, 1-7-2016, 1.7.16 with day or month first; 1-Jul-2016,
/// Jul 1, 2016, 2016-Jul-01, Jul-16; seconds, milli-, micro- or nanoseconds since 1970. A date may be followed by a blank or T and a time of day:
/// 17:24, 17:24:00.5, 5:24 PM, 17.24.00, with Z or +01:00 after it.
struct CalendarTime: Equatable {
    /// The notation, which is the same for all fields of a column.
    enum Form: Equatable {
        /// The year first, or the month's name.
        case date
        /// Day and month are numbers and precede the year.
        case dayAndMonth
        case timeOfDay
        /// Only digits: 20160701, 201607, 2016.
        case eightDigits, sixDigits, year
        case sinceEpoch(digits: Int)
    }

    let form: Form
    /// Whether a date is followed by a time of day.
    private(set) var hasTimeOfDay = false
    /// Milliseconds since 1970, or since midnight for a time of day. If day and month are numbers, read with the day first; nil if there is no such date.
    private(set) var milliseconds: Int?
    /// The same with the month first.
    private(set) var monthFirstMilliseconds: Int?

    /// - Returns: nil if the text isn't a time.
    init?(_ text: String) {
        guard text.utf8.count <= 40, let first = text.utf8.first, first >= 0x30 else { return nil }
        var scanner = TimeScanner(text)
        guard let date = Self.date(&scanner) else {
            var scanner = TimeScanner(text)
            guard let time = scanner.timeOfDay(), scanner.isAtEnd else { return nil }
            form = .timeOfDay
            milliseconds = time
            return
        }
        form = date.form
        (milliseconds, monthFirstMilliseconds) = (date.dayFirst, date.monthFirst)
        guard !scanner.isAtEnd else { return }
        guard form == .date || form == .dayAndMonth || form == .eightDigits, scanner.timeSeparator(), let time = scanner.timeOfDay(), scanner.isAtEnd else {
            return nil
        }
        hasTimeOfDay = true
        milliseconds = milliseconds.map { $0 + time }
        monthFirstMilliseconds = monthFirstMilliseconds.map { $0 + time }
    }

    private typealias Date = (form: Form, dayFirst: Int?, monthFirst: Int?)

    private static func date(_ scanner: inout TimeScanner) -> Date? {
        if let month = scanner.monthName() { return monthNameFirst(month, &scanner) }
        guard let first = scanner.number() else { return nil }
        if first.digits == 4, let separator = scanner.separator() { return yearFirst(first.value, separator, &scanner) }
        if first.digits <= 2, let separator = scanner.separator() { return dayOrMonthFirst(first.value, separator, &scanner) }
        return digitsOnly(first, &scanner)
    }

    private static func same(_ form: Form, _ year: Int, _ month: Int, _ day: Int) -> Date? {
        milliseconds(year, month, day).map { (form, $0, $0) }
    }

    /// "Jul 1, 2016", "Jul-16", "July 2016".
    private static func monthNameFirst(_ month: Int, _ scanner: inout TimeScanner) -> Date? {
        _ = scanner.separator()
        guard let number = scanner.number() else { return nil }
        if number.digits <= 2, scanner.comma() || scanner.separator() != nil {
            guard let year = scanner.year() else { return nil }
            return same(.date, year, month, number.value)
        }
        return TimeScanner.year(number).flatMap { same(.date, $0, month, 1) }
    }

    /// "2016-07-01", "2016-07", "2016-Jul-01".
    private static func yearFirst(_ year: Int, _ separator: UInt8, _ scanner: inout TimeScanner) -> Date? {
        guard let month = scanner.monthName() ?? (separator == 0x20 ? nil : scanner.number(atMost: 2)) else { return nil }
        let hasDay = separator == 0x20 ? false : scanner.accept(separator)
        guard !hasDay else { return scanner.number(atMost: 2).flatMap { same(.date, year, month, $0) } }
        return separator == 0x2E ? nil : same(.date, year, month, 1)
    }

    /// "1/7/2016", "1-Jul-16".
    private static func dayOrMonthFirst(_ first: Int, _ separator: UInt8, _ scanner: inout TimeScanner) -> Date? {
        if let month = scanner.monthName() {
            guard scanner.separator() != nil || scanner.comma(), let year = scanner.year() else { return nil }
            return same(.date, year, month, first)
        }
        guard separator != 0x20, let second = scanner.number(atMost: 2), scanner.accept(separator), let year = scanner.year() else { return nil }
        let dayFirst = milliseconds(year, second, first)
        // With points, the day is first everywhere.
        let monthFirst = separator == 0x2E ? nil : milliseconds(year, first, second)
        return dayFirst == nil && monthFirst == nil ? nil : (.dayAndMonth, dayFirst, monthFirst)
    }

    private static func digitsOnly(_ number: (value: Int, digits: Int), _ scanner: inout TimeScanner) -> Date? {
        let value = number.value
        func years(_ year: Int) -> Bool { (1500...2500).contains(year) }
        switch number.digits {
        case 4: return years(value) ? same(.year, value, 1, 1) : nil
        case 6: return years(value / 100) ? same(.sixDigits, value / 100, value % 100, 1) : nil
        case 8: return years(value / 10_000) ? same(.eightDigits, value / 10_000, value / 100 % 100, value % 100) : nil
        case 10, 13, 16, 19:
            var milliseconds = value
            for _ in stride(from: 13, to: number.digits, by: 3) { milliseconds /= 1000 }
            if number.digits == 10 { milliseconds = value * 1000 + scanner.fraction() }
            return (.sinceEpoch(digits: number.digits), milliseconds, milliseconds)
        default: return nil
        }
    }

    /// Milliseconds from 1970 to the date's midnight; nil if the calendar has no such date.
    static func milliseconds(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1, day <= dayCount(year, month) else { return nil }
        // Days from civil dates (Howard Hinnant): years begin in March.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86_400_000
    }

    /// Days of a month, from 1 to 12.
    static func dayCount(_ year: Int, _ month: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Year, month and day of a time in milliseconds since 1970.
    static func civil(_ milliseconds: Int) -> (year: Int, month: Int, day: Int) {
        let days = (milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// "2016-07-01", followed by the time of day if it isn't midnight or if `showsTime`.
    static func text(_ milliseconds: Int, showsTime: Bool) -> String {
        func two(_ value: Int) -> String { (value < 10 ? "0" : "") + "\(value)" }
        let (year, month, day) = civil(milliseconds)
        let date = "\(year)-\(two(month))-\(two(day))"
        guard showsTime else { return date }
        let seconds = ((milliseconds % 86_400_000 + 86_400_000) % 86_400_000) / 1000
        return "\(date) \(two(seconds / 3600)):\(two(seconds / 60 % 60))" + (seconds % 60 > 0 ? ":\(two(seconds % 60))" : "")
    }
}
