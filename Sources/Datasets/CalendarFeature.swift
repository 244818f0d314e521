import Kernels
import StrictJSON

/// Where a time lies in a period of the calendar, which a model reads as cosine and sine: so the end of a period lies beside its begin.
public enum CalendarFeature: String, Sendable, Hashable, CaseIterable {
    /// The time of day, minutes and seconds included.
    case hourOfDay
    /// Monday to Sunday.
    case dayOfWeek
    case dayOfMonth
    case dayOfYear

    /// Numbers of a feature.
    static let width = 2

    /// The features of `data.calendar`.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a word that is none.
    public static func list(_ words: [String]) throws(DatasetError) -> [CalendarFeature] {
        var features: [CalendarFeature] = []
        for word in words {
            guard let feature = CalendarFeature(rawValue: word) else {
                throw .optionOutOfRange(
                    key: "data.calendar", found: "\"\(JSONValue.printable(word, scalarCount: 40))\"",
                    wanted: "a list of " + allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
            }
            features.append(feature)
        }
        return features
    }

    /// The part of the period that has passed, in [0, 1).
    /// - Parameter milliseconds: since 1970.
    func phase(_ milliseconds: Int) -> Double {
        let length = 86_400_000
        let days = (milliseconds - ((milliseconds % length + length) % length)) / length
        let (year, month, day) = CalendarTime.civil(milliseconds)
        switch self {
        case .hourOfDay: return Double(milliseconds - days * length) / Double(length)
        // 1 January 1970 was a Thursday.
        case .dayOfWeek: return Double(((days + 3) % 7 + 7) % 7) / 7
        case .dayOfMonth: return Double(day - 1) / Double(CalendarTime.dayCount(year, month))
        case .dayOfYear:
            let before = (1..<month).reduce(0) { $0 + CalendarTime.dayCount(year, $1) }
            return Double(before + day - 1) / Double(CalendarTime.dayCount(year, 2) == 29 ? 366 : 365)
        }
    }
}

extension [CalendarFeature] {
    /// Numbers of a time.
    var width: Int { count * CalendarFeature.width }

    /// Names of the numbers.
    var names: [String] { flatMap { ["\($0.rawValue), cosine", "\($0.rawValue), sine"] } }

    /// The numbers of a time, in milliseconds since 1970.
    func values(at milliseconds: Int) -> [Float] {
        flatMap { feature in
            let (cosine, sine) = cosineAndSine(ofTurns: feature.phase(milliseconds))
            return [Float(cosine), Float(sine)]
        }
    }

    /// The numbers of the times of a table's rows: `[row, width]`.
    /// - Throws: ``DatasetError`` unless each row has a date.
    func values(of times: TimeSeries?, path: String) throws(DatasetError) -> [Float] {
        guard !isEmpty else { return [] }
        guard let times, !times.times.contains(TimeColumns.unknown) else {
            throw .unusableFile(
                path: path, reason: times == nil ? "no column has dates, which data.calendar reads. Add one, or leave out data.calendar."
                    : "not every row has a date, and data.calendar reads them. Fill them in, or leave out data.calendar.")
        }
        guard !times.isAmbiguous else {
            throw .unusableFile(
                path: path,
                reason: "in the dates of '\(JSONValue.printable(times.name, scalarCount: 40))' day and month could be swapped, and data.calendar reads "
                    + "them. Write the year first: 2016-07-01.")
        }
        return times.times.flatMap(values(at:))
    }
}
