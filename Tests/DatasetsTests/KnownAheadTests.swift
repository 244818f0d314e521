import Batches
import Datasets
import Files
import Foundation
import Testing

@Suite("What is known of the rows to forecast: the calendar, and columns known ahead")
struct KnownAheadTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func windows(
        _ csv: String, length: Int = 2, horizon: Int = 1, columns: [String] = [], targets: [String] = ["y"], calendar: [CalendarFeature] = [], future: [String] = [],
        id: String = "", relative: Bool = false
    ) throws -> SeriesWindows {
        let names = csv.prefix { $0 != "\n" }.split(separator: ",").map(String.init).filter { !["time", "id"].contains($0) }
        let options = SeriesOptions(
            file: try files.write(csv, to: "series.csv"), columns: columns.isEmpty ? names : columns, targets: targets, length: length, horizon: horizon, relative: relative,
            split: try SplitFractions(), id: id, calendar: calendar, future: future)
        return try SeriesWindows(options, batchSize: 100, seed: 0)
    }

    private func inputs(_ windows: SeriesWindows) -> [[Float]] {
        windows.batches(of: .evaluation(.training)).allColumns().map(\.vectors)
    }

    /// (cosine, sine) of a part of a turn.
    private func turn(_ part: Double) -> [Float] { [Float(cos(2 * .pi * part)), Float(sin(2 * .pi * part))] }

    private func isNear(_ found: [Float], _ wanted: [Float]) -> Bool { found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 } }

    private static let periods: [(CalendarFeature, String, Double)] = [
        (.hourOfDay, "2024-03-01 18:00", 0.75), (.hourOfDay, "2024-03-01 00:30", 0.5 / 24), (.dayOfWeek, "2024-03-04 23:00", 0.0),
        (.dayOfWeek, "2024-03-03 00:00", 6.0 / 7), (.dayOfWeek, "1969-12-31 12:00", 2.0 / 7), (.dayOfMonth, "2024-02-29 05:00", 28.0 / 29),
        (.dayOfMonth, "1960-01-01 00:00", 0.0), (.dayOfYear, "2024-12-31 23:00", 365.0 / 366), (.dayOfYear, "2023-03-01 01:00", 59.0 / 365),
    ]

    @Test("a feature is where the time to forecast lies in its period", arguments: periods)
    func features(feature: CalendarFeature, time: String, part: Double) throws {
        // Three rows, of which the last is the one to forecast.
        let csv = "time,y\n2020-01-01 00:00,1\n2020-01-01 00:00,2\n\(time),4\n"
        let options = SeriesOptions(
            file: try files.write(csv, to: "series.csv"), columns: ["y"], targets: ["y"], length: 2, horizon: 1, split: try SplitFractions(),
            reading: TableReading(order: .file), calendar: [feature])
        let found = try inputs(SeriesWindows(options, batchSize: 100, seed: 0))[0]
        #expect(found.count == 6 && isNear(Array(found[4...]), turn(part)), "\(found)")
    }

    @Test("beside each row stands the calendar of the time one horizon later; columns known ahead are those of that time")
    func shifted() throws {
        let csv = "time,y,promo\n" + (0..<8).map { "2024-03-0\($0 + 1),\($0 * $0),\($0 % 3)\n" }.joined()
        let plain = try windows(csv, length: 3, horizon: 2)
        let ahead = try windows(csv, length: 3, horizon: 2, calendar: [.dayOfWeek, .dayOfMonth], future: ["promo"])
        #expect(ahead.input == .vectors(featureCount: 6))
        #expect(ahead.featureNames == ["y", "promo", "dayOfWeek, cosine", "dayOfWeek, sine", "dayOfMonth, cosine", "dayOfMonth, sine"])
        let promo = ahead.statistics.columns[1]
        for (start, (found, before)) in zip(inputs(ahead), inputs(plain)).enumerated() {
            for time in 0..<3 {
                let row = Array(found[time * 6..<(time + 1) * 6])
                // 1 March 2024 was a Friday.
                let day = start + time + 2
                #expect(row[0] == before[time * 2] && row[1] == promo.number(Double(day % 3)))
                #expect(isNear(Array(row[2...]), turn(Double((day + 4) % 7) / 7) + turn(Double(day) / 31)), "\(start), \(time)")
            }
        }
        let others = try [windows(csv, length: 3, horizon: 2, calendar: [.dayOfWeek]), windows(csv, length: 3, horizon: 2, future: ["promo"])]
        #expect(Set(([plain, ahead] + others).map(\.fingerprint)).count == 4)
    }

    @Test("a series reads what is known of its own rows")
    func manySeries() throws {
        let rows = (0..<5).flatMap { (day: Int) -> [String] in ["a,2024-03-0\(day + 1),\(day),\(day)\n", "b,2024-03-0\(day + 1),\(day),\(10 * day)\n"] }
        let csv = "id,time,y,promo\n" + rows.joined()
        let found = try windows(csv, columns: ["y", "promo"], future: ["promo"], id: "id")
        let promo = found.statistics.columns[1]
        let wanted: [[Double]] = [[1, 2], [2, 3], [3, 4], [10, 20], [20, 30], [30, 40]]
        #expect(inputs(found).map { [$0[1], $0[3]] } == wanted.map { $0.compactMap(promo.number) })
    }

    private static let faults: [(String, [String], [CalendarFeature], Int, String)] = [
        ("time,y,p\n2024-01-01,1,2\n2024-01-02,1,2\n2024-01-03,2,3\n", ["q"], [], 1, "data.future is \"q\""),
        ("time,y,p\n2024-01-01,1,2\n2024-01-02,1,2\n2024-01-03,2,3\n", ["y"], [], 1, "which is predicted"),
        ("time,y,p\n2024-01-01,1,2\n2024-01-02,1,2\n2024-01-03,2,3\n", ["p"], [], 3, "data.length is 2; it must be at least data.horizon, 3"),
        ("y,p\n1,2\n2,3\n3,4\n", [], [.dayOfWeek], 1, "no column has dates"),
        ("time,y\n2024-01-01,1\n,2\n2024-01-03,2\n", [], [.dayOfWeek], 1, "not every row has a date"),
        ("time,y\n01/02/2024,1\n02/02/2024,2\n03/02/2024,2\n", [], [.dayOfWeek], 1, "day and month could be swapped"),
    ]

    @Test("what can't be is refused: unknown, predicted and missing columns, windows shorter than the forecast, rows without dates", arguments: faults)
    func refused(csv: String, future: [String], calendar: [CalendarFeature], horizon: Int, words: String) throws {
        #expect { try windows(csv, horizon: horizon, calendar: calendar, future: future) } throws: { "\($0)".contains(words) }
    }

    @Test("words that are no feature are refused with those that are")
    func words() throws {
        #expect(try CalendarFeature.list(["dayOfWeek", "hourOfDay"]) == [.dayOfWeek, .hourOfDay])
        #expect { try CalendarFeature.list(["weekday"]) } throws: { "\($0)".contains("data.calendar is \"weekday\"") && "\($0)".contains("\"dayOfYear\"") }
    }

    @Test("days of work go on with days of work, and where no dates follow those of the next rows are taken, if they are later")
    func datesThatFollow() throws {
        // From Monday, 4 March 2024, two weeks without weekends and a Monday to Thursday.
        let work = (0..<3).flatMap { week in (0..<5).map { 4 + 7 * week + $0 } }.dropLast().map { "2024-03-\($0 < 10 ? "0" : "")\($0),\($0),1\n" }.joined()
        let found = try past("time,y,promo\n" + work, future: "time,promo\n2024-03-22,7\n2024-03-25,8\n", calendar: [.dayOfWeek])
        #expect(found.nextTimes == ["2024-03-22", "2024-03-25"] && isNear(Array(found.calendar.suffix(4)), turn(4.0 / 7) + turn(0)))
        let uneven = "time,y,promo\n2024-03-01,1,2\n2024-03-02,1,2\n2024-03-05,2,3\n"
        let given = try past(uneven, future: "time,promo\n2024-03-09,7\n2024-03-20,8\n", calendar: [.dayOfMonth])
        #expect(given.nextTimes == ["2024-03-09", "2024-03-20"] && isNear(Array(given.calendar.suffix(4)), turn(8.0 / 31) + turn(19.0 / 31)))
        #expect { try past(uneven, future: "time,promo\n2024-03-05,7\n2024-03-20,8\n") } throws: { "\($0)".contains("row 1 isn't after the one before") }
        // A row that is left out moves no other one up.
        #expect { try past(Self.days, future: "time,promo\n2024-03-06,7\n2024-03-08,8\n") } throws: { "\($0)".contains("row 2 is of 2024-03-08") }
    }

    // MARK: After the end of a file

    private static let days = "time,y,promo\n" + (0..<5).map { "2024-03-0\($0 + 1),\($0),\($0 % 2)\n" }.joined()

    private func past(_ csv: String, future: String?, calendar: [CalendarFeature] = []) throws -> SeriesPast {
        let windows = try windows(Self.days, length: 3, horizon: 2, calendar: calendar, future: future == nil ? [] : ["promo"])
        let ahead = try future.flatMap { $0.isEmpty ? nil : try TableFile(path: files.write($0, to: "next.csv")) }
        return try SeriesPast.all(of: TableFile(path: files.write(csv, to: "past.csv")), scaling: windows.scaling, reading: TableReading(), future: ahead)[0]
    }

    @Test("the calendar goes on after the file's end, and the columns known ahead come from a file of the next rows")
    func next() throws {
        let found = try past(Self.days, future: "time,promo\n2024-03-06,7\n2024-03-07,8\n2024-03-08,9\n", calendar: [.dayOfMonth])
        #expect(found.nextTimes == ["2024-03-06", "2024-03-07"] && found.future == [[7], [8]])
        #expect(isNear(found.calendar, [4, 5, 6].flatMap { turn($0 / 31) }))
        let without = try past("y,promo\n1,2\n2,3\n3,4\n", future: "promo\n5\n6\n")
        #expect(without.future == [[5], [6]] && without.calendar == [])
    }

    private static let lacks: [(String, String?, [CalendarFeature], String)] = [
        (days, "", [], "--future next.csv"), (days, "promo\n1\n", [], "fewer than 2 rows"),
        (days, "time,promo\n2024-03-07,1\n2024-03-08,1\n", [], "row 1 is of 2024-03-07, and row 1 of the forecast"), (days, "price\n1\n2\n", [], "no column 'promo'"),
        ("time,y,promo\n2024-03-01,1,2\n2024-03-02,1,2\n2024-03-04,2,3\n", nil, [.dayOfWeek], "aren't evenly spaced"),
        ("y,promo\n1,2\n2,3\n3,4\n", nil, [.dayOfWeek], "no column has dates"),
    ]

    @Test("a file that lacks what the forecast needs is refused with what to do", arguments: lacks)
    func refusedNext(csv: String, future: String?, calendar: [CalendarFeature], words: String) throws {
        #expect { try past(csv, future: future, calendar: calendar) } throws: { "\($0)".contains(words) }
    }
}
