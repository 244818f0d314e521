/// Collects the times of a table's rows, from columns whose first field is a date or a time.
struct TimeColumns {
    /// A column in which all fields have been times so far.
    private struct Candidate {
        let column: Int
        let form: CalendarTime.Form
        /// As parsed by ``CalendarTime``: with the day first, and with the month first. A missing time is ``TimeColumns/unknown``.
        var dayFirst: [Int] = []
        var monthFirst: [Int] = []
        var isDayFirst = true
        var isMonthFirst: Bool
        var hasTimeOfDay = false
        var isAlive = true
    }

    /// Marks a row without a time.
    static let unknown = Int.min
    /// Maximum number of candidate columns.
    private static let candidateLimit = 16

    private let header: TableHeader
    private var candidates: [Candidate] = []
    /// Columns named year, month, day, hour, minute and second, if the first two exist.
    private var partColumns: [Int?] = []
    private var partTimes: [Int] = []
    private var rowCount = 0

    init(header: TableHeader) { self.header = header }

    /// Adds a row of the table.
    mutating func add(_ record: CSVRecord) {
        if rowCount == 0 { begin(record) }
        rowCount += 1
        for place in candidates.indices where candidates[place].isAlive { Self.follow(&candidates[place], record, header) }
        if !partColumns.isEmpty { addParts(record) }
    }

    private mutating func begin(_ record: CSVRecord) {
        for (column, field) in record.fields.enumerated() where candidates.count < Self.candidateLimit {
            guard let time = Self.time(field, column, header) else { continue }
            candidates.append(Candidate(column: column, form: time.form, isMonthFirst: time.form == .dayAndMonth))
        }
        let places = Dictionary(header.names.enumerated().map { ($1.lowercased(), $0) }) { first, _ in first }
        let parts = [["year", "yr"], ["month", "mo"], ["day", "dy"], ["hour", "hr"], ["minute", "min"], ["second", "sec"]].map { names in
            names.lazy.compactMap { places[$0] }.first
        }
        if parts[0] != nil, parts[1] != nil { partColumns = parts }
    }

    /// A field's time. A column named hour contains hours.
    private static func time(_ field: CSVField, _ column: Int, _ header: TableHeader) -> CalendarTime? {
        let text = field.text.trimmed
        if let time = CalendarTime(text) { return time }
        guard isHour(column, header), let hour = Int(text), (0...24).contains(hour) else { return nil }
        return CalendarTime("\(hour):00")
    }

    private static func isHour(_ column: Int, _ header: TableHeader) -> Bool {
        column < header.names.count && ["hour", "hr"].contains(header.names[column].lowercased())
    }

    // Static, so that a candidate's arrays have a single owner while they grow.
    private static func follow(_ candidate: inout Candidate, _ record: CSVRecord, _ header: TableHeader) {
        let field = candidate.column < record.fields.count ? record.fields[candidate.column] : nil
        guard let field, FieldContent(field.text.trimmed, hasDecimalComma: false) != .missing else { return append(nil, nil, to: &candidate) }
        guard let time = time(field, candidate.column, header), time.form == candidate.form else {
            candidate.isAlive = false
            (candidate.dayFirst, candidate.monthFirst) = ([], [])
            return
        }
        candidate.hasTimeOfDay = candidate.hasTimeOfDay || time.hasTimeOfDay
        append(time.milliseconds, time.monthFirstMilliseconds, to: &candidate)
        if time.milliseconds == nil { candidate.isDayFirst = false }
        if time.monthFirstMilliseconds == nil { candidate.isMonthFirst = false }
        candidate.isAlive = candidate.isDayFirst || candidate.isMonthFirst
    }

    private static func append(_ dayFirst: Int?, _ monthFirst: Int?, to candidate: inout Candidate) {
        candidate.dayFirst.append(dayFirst ?? unknown)
        if candidate.form == .dayAndMonth { candidate.monthFirst.append(monthFirst ?? unknown) }
    }

    private mutating func addParts(_ record: CSVRecord) {
        let parts = partColumns.map { column in
            column.flatMap { $0 < record.fields.count ? Double(record.fields[$0].text.trimmed) : nil }
                .flatMap { $0.rounded() == $0 && abs($0) < 1e6 ? Int($0) : nil }
        }
        let isWhole = zip(partColumns, parts).allSatisfy { $0 == nil || $1 != nil }
        guard isWhole, let year = parts[0], let month = parts[1], let date = CalendarTime.milliseconds(year, month, parts[2] ?? 1) else {
            partColumns = []
            return
        }
        partTimes.append(date + ((parts[3] ?? 0) * 3600 + (parts[4] ?? 0) * 60 + (parts[5] ?? 0)) * 1000)
    }

    // MARK: Results

    /// Indices of columns with dates or times, except those of hours, days and months, which are numbers.
    var columns: Set<Int> { Set(candidates.filter { $0.isAlive && isConvincing($0) && !Self.isHour($0.column, header) }.map(\.column)) }

    /// The rows' times for each possible interpretation, the first column's first. Times of day are combined with dates that have none.
    var series: [TimeSeries] {
        let alive = candidates.filter { $0.isAlive && isConvincing($0) }
        var found: [TimeSeries] = []
        if !partColumns.isEmpty {
            let names = partColumns.compactMap { $0.map { header.names[$0] } }
            found.append(TimeSeries(name: names.joined(separator: ", "), hasTimeOfDay: partColumns[3] != nil, isAmbiguous: false, times: partTimes))
        }
        for candidate in alive where candidate.form != .timeOfDay {
            let timeOfDay = candidate.hasTimeOfDay ? nil : alive.first { $0.form == .timeOfDay }
            let name = ([candidate.column] + (timeOfDay.map { [$0.column] } ?? [])).map(name(ofColumn:)).joined(separator: ", ")
            let isAmbiguous = candidate.isDayFirst && candidate.isMonthFirst
            for (isRead, times) in [(candidate.isDayFirst, candidate.dayFirst), (candidate.isMonthFirst, candidate.monthFirst)] where isRead {
                found.append(TimeSeries(
                    name: name, hasTimeOfDay: candidate.hasTimeOfDay || timeOfDay != nil, isAmbiguous: isAmbiguous,
                    times: timeOfDay.map { Self.sums(times, $0.dayFirst) } ?? times))
            }
        }
        return found
    }

    private static func sums(_ dates: [Int], _ times: [Int]) -> [Int] {
        zip(dates, times).map { $0 == unknown || $1 == unknown ? unknown : $0 + $1 }
    }

    private func name(ofColumn column: Int) -> String {
        let name = column < header.names.count ? header.names[column] : ""
        return name.isEmpty ? "column \(column + 1)" : name
    }

    /// Whether a column with only digits contains times: its name says so, or its numbers are monotonic in mostly equal steps.
    private func isConvincing(_ candidate: Candidate) -> Bool {
        switch candidate.form {
        case .date, .dayAndMonth, .timeOfDay: return true
        case .eightDigits where rowCount >= 20: return true
        case .eightDigits, .sixDigits, .year, .sinceEpoch:
            let words = name(ofColumn: candidate.column).lowercased().split { !$0.isLetter }.map(String.init)
            let telling =
                candidate.form == .year
                ? ["year", "yr", "date"] : ["date", "time", "datetime", "timestamp", "epoch", "unix", "ts", "ds", "month", "period", "day"]
            if words.contains(where: telling.contains) { return true }
            guard candidate.form != .year else { return false }
            return TimeOrder(TimeSeries(name: "", hasTimeOfDay: false, isAmbiguous: false, times: candidate.dayFirst)).isRegular
        }
    }
}

/// The time of each row, in one interpretation.
struct TimeSeries {
    /// The columns' names.
    let name: String
    let hasTimeOfDay: Bool
    /// Whether day and month could be swapped.
    let isAmbiguous: Bool
    /// Milliseconds since 1970, or ``TimeColumns/unknown``.
    var times: [Int]

    func text(_ row: Int) -> String { CalendarTime.text(times[row], showsTime: hasTimeOfDay) }
}
