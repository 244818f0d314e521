extension TimeSeries {
    /// The times of the `count` rows after the last, if the last `stepCount` steps are alike: each of as many months, or as long as the others.
    ///
    /// A time on the last day of each month is followed by the last day of a month.
    /// - Returns: nil if the steps differ, a time is missing, day and month could be swapped, or a step isn't of whole seconds.
    func following(count: Int, stepCount: Int) -> [String]? {
        guard let next = followingTimes(count: count, stepCount: stepCount) else { return nil }
        let showsTime = hasTimeOfDay || (times.suffix(stepCount + 1) + next).contains { $0 % Self.day != 0 }
        return next.map { CalendarTime.text($0, showsTime: showsTime) }
    }

    /// The same in milliseconds since 1970.
    func followingTimes(count: Int, stepCount: Int) -> [Int]? {
        let last = Array(times.suffix(stepCount + 1))
        guard !isAmbiguous, last.count > 1, !last.contains(TimeColumns.unknown) else { return nil }
        guard let next = Self.byMonths(after: last, count: count) ?? Self.byLength(after: last, count: count) else { return nil }
        return (last + next).allSatisfy { $0 % 1000 == 0 } ? next : nil
    }

    /// Milliseconds of a day.
    private static let day = 86_400_000

    private static func byLength(after last: [Int], count: Int) -> [Int]? {
        let steps = Set(zip(last.dropFirst(), last).map { $0 - $1 })
        guard let step = steps.first, steps.count == 1, step > 0, let end = last.last else { return nil }
        return (1...count).map { end + $0 * step }
    }

    private static func byMonths(after last: [Int], count: Int) -> [Int]? {
        let dates = last.map(CalendarTime.civil)
        let months = dates.map { $0.year * 12 + $0.month - 1 }
        let steps = Set(zip(months.dropFirst(), months).map { $0 - $1 })
        let timesOfDay = Set(last.map { ($0 % day + day) % day })
        guard let step = steps.first, steps.count == 1, step > 0, timesOfDay.count == 1 else { return nil }
        let areLastDays = dates.allSatisfy { $0.day == CalendarTime.dayCount($0.year, $0.month) }
        guard areLastDays || Set(dates.map(\.day)).count == 1 else { return nil }
        return (1...count).map { place in
            let month = months[months.count - 1] + place * step
            let dayCount = CalendarTime.dayCount(month / 12, month % 12 + 1)
            let date = CalendarTime.milliseconds(month / 12, month % 12 + 1, areLastDays ? dayCount : min(dates[0].day, dayCount))
            return (date ?? 0) + (timesOfDay.first ?? 0)
        }
    }
}
