extension TimeSeries {
    /// The times of the `count` rows after the last, in milliseconds since 1970, if the last `stepCount` steps are alike: each of as many months, as long as the
    /// others, or to the next day of work.
    ///
    /// A time on the last day of each month is followed by the last day of a month.
    /// - Returns: nil if the steps differ, a time is missing, day and month could be swapped, or a step isn't of whole seconds.
    func followingTimes(count: Int, stepCount: Int) -> [Int]? {
        let last = Array(times.suffix(stepCount + 1))
        guard !isAmbiguous, last.count > 1, !last.contains(TimeColumns.unknown) else { return nil }
        guard let next = Self.byMonths(after: last, count: count) ?? byWorkdays(count: count, stepCount: stepCount)
            ?? Self.byLength(after: last, count: count) else { return nil }
        return (last + next).allSatisfy { $0 % 1000 == 0 } ? next : nil
    }

    /// Times of later rows as text, with the time of day if these or the last `stepCount` have one.
    func texts(of next: [Int], stepCount: Int) -> [String] {
        let showsTime = hasTimeOfDay || (times.suffix(stepCount + 1) + next).contains { $0 % Self.day != 0 }
        return next.map { CalendarTime.text($0, showsTime: showsTime) }
    }

    /// The days of work after the last row, if all rows are of such days, and the last `stepCount` steps leave none out: Monday follows Friday.
    private func byWorkdays(count: Int, stepCount: Int) -> [Int]? {
        func weekday(_ time: Int) -> Int { (((time - ((time % Self.day + Self.day) % Self.day)) / Self.day + 3) % 7 + 7) % 7 }
        func next(_ time: Int) -> Int { time + (weekday(time) == 4 ? 3 : 1) * Self.day }
        guard times.count >= Self.leastWorkdays, let last = times.last, times.allSatisfy({ $0 != TimeColumns.unknown && weekday($0) < 5 }) else { return nil }
        let recent = times.suffix(stepCount + 1)
        guard zip(recent, recent.dropFirst()).allSatisfy({ next($0) == $1 }) else { return nil }
        var following = [next(last)]
        while following.count < count { following.append(next(following[following.count - 1])) }
        return following
    }

    /// Rows without a weekend from which on a table is one of days of work: two weeks.
    private static let leastWorkdays = 10

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
