import Datasets
import Testing

@Suite("The order of a table's rows")
struct TimeOrderTests {
    let tables: Tables

    init() throws { tables = try Tables() }

    private func table(_ times: [String], header: String = "when,a") -> String {
        "\(header)\n" + times.enumerated().map { "\($1),\($0)\n" }.joined()
    }

    /// The same twelve times, a day or an hour apart, in all accepted notations.
    private static let writtenForms: [[String]] = [
        (8...19).map { "2016-07-\($0 < 10 ? "0" : "")\($0)" }, (8...19).map { "2016/7/\($0)" }, (8...19).map { "201607\($0 < 10 ? "0" : "")\($0)" },
        (8...19).map { "\($0)/07/2016" }, (8...19).map { "7/\($0)/2016" }, (8...19).map { "\($0).7.16" }, (8...19).map { "\($0)-Jul-16" },
        (8...19).map { "\"July \($0), 2016\"" }, (1...12).map { "2016-\($0 < 10 ? "0" : "")\($0)" }, (8...19).map { "2016-07-01 \($0 < 10 ? "0" : "")\($0):00" },
        (8...19).map { "2016-07-01T\($0 < 10 ? "0" : "")\($0):00:00.000Z" }, 
        (8...19).map { "01/07/2016 \($0 > 12 ? $0 - 12 : $0):00 \($0 < 12 ? "AM" : "PM")" }, (0..<12).map { "\(1_467_331_200 + 3600 * $0)" },
        (0..<12).map { "\(1_467_331_200_000 + 3_600_000 * $0)" }, (0..<12).map { "\(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][$0])-49" },
        (8...15).map { "2016-07-01T10:00:00-0\($0 - 8):00" },
    ]

    @Test("dates and times in usual notations show that the newest row is first, and sort the rows", arguments: writtenForms.indices)
    func forms(_ index: Int) throws {
        let times = Self.writtenForms[index]
        #expect(try tables.values(table(times), columns: ["a"]) == times.indices.map(Double.init))
        #expect(try tables.notes(table(times), columns: ["a"]) == [], "\(times[0])")
        let newestFirst = table(times.reversed())
        #expect(tables.message(newestFirst, columns: ["a"]).hasPrefix("series.csv: the newest row is first: column 'when' is "), "\(times[0])")
        #expect(try tables.values(newestFirst, columns: ["a"], reading: TableReading(order: .ascending)) == times.indices.reversed().map(Double.init))
        #expect(try tables.notes(newestFirst, columns: ["a"], reading: TableReading(order: .ascending)) == ["the newest row is first in the file: they are sorted by 'when'"])
        #expect(try tables.values(newestFirst, columns: ["a"], reading: TableReading(order: .file)) == times.indices.map(Double.init))
    }

    @Test("shuffled rows are rejected with the first one that is out of order, and sorted on request")
    func shuffled() throws {
        let csv = table(["2020-01-03", "2020-01-01", "2020-01-04", "2020-01-02"])
        #expect(
            tables.message(csv, columns: ["a"])
                == "series.csv:3: the rows aren't in order of time: column 'when' goes back in 2 of 4 rows, first from 2020-01-03 to 2020-01-01. "
                + "Set data.order to \"ascending\" to sort the rows by that column, or to \"file\" if their order is meant. "
                + "If the file has several series, name the column that tells them apart in data.id.")
        #expect(try tables.values(csv, columns: ["a"], reading: TableReading(order: .ascending)) == [1, 3, 0, 2])
    }

    @Test("numbers count as times only if their name or their steps show it")
    func numbers() {
        for values in [["1993", "1991", "1994"], ["20160703", "20160701", "20160702"], ["1467331200", "1467300000", "1467339999"], ["201607", "201601", "201603"]] {
            #expect(tables.error(table(values, header: "sold,a")) == nil, "\(values)")
            #expect(tables.message(table(values, header: "date,a")).contains("aren't in order of time"), "\(values)")
        }
        #expect(tables.error(table(["12.5", "1-01", "17"], header: "x,a"), columns: ["a"]) == nil)
    }

    @Test("dates and times of day in two columns, or years, months, days and hours in separate columns, are combined")
    func joined() throws {
        let hours = (0..<40).map { "\(10 + $0 / 24)/03/2004,\($0 % 24 < 10 ? "0" : "")\($0 % 24).00.00" }
        #expect(try tables.notes(table(hours, header: "Date,Time,a"), columns: ["a"]) == [])
        #expect(tables.message(table(hours.reversed(), header: "Date,Time,a"), columns: ["a"]).contains("column 'Date, Time' is 2004-03-11 15:00 in line 2"))
        let parts = (0..<40).map { "2010,1,\(1 + $0 / 24),\($0 % 24)" }
        #expect(try tables.notes(table(parts, header: "year,month,day,hour,a"), columns: ["a"]) == [])
        #expect(tables.message(table(parts.reversed(), header: "year,month,day,hour,a"), columns: ["a"]).contains("the newest row is first"))
    }

    @Test("repeated dates and gaps are noted, with their lines")
    func told() throws {
        func day(_ number: Int) -> String { "2020-\(number < 31 ? "01" : "03")-\((number % 31 + 1) < 10 ? "0" : "")\(number % 31 + 1)" }
        let days = (0..<25).map(day) + (10..<13).map { day($0 + 31) }
        #expect(try tables.notes(table(days), columns: ["a"]) == ["'when' has a gap of 46 days, before 2020-03-11 in line 27"])
        #expect(try tables.notes(table((0..<25).flatMap { $0 < 3 ? [day($0), day($0)] : [day($0)] }), columns: ["a"]) == ["'when' repeats a date in 3 rows, first in line 3"])
        let months = (0..<40).filter { $0 != 17 }.map { "\(1949 + $0 / 12)-\($0 % 12 < 9 ? "0" : "")\($0 % 12 + 1)" }
        #expect(try tables.notes(table(months), columns: ["a"]) == ["'when' has a gap of 2 months, before 1950-07-01 in line 19"])
        // Weekends aren't gaps.
        let weekdays = (0..<28).filter { $0 % 7 < 5 }.map(day)
        #expect(try tables.notes(table(weekdays), columns: ["a"]) == [])
        // A clock that is set back in autumn.
        let autumn = (0..<200).map { "2020-10-25 0\($0 / 60 - ($0 >= 180 ? 1 : 0)):\($0 % 60 < 10 ? "0" : "")\($0 % 60)" }
        #expect(try tables.notes(table(autumn), columns: ["a"])[0].hasPrefix("'when' goes back by an hour at the most in 1 row, first in line 182"))
    }

    @Test("checking the dates takes linear time")
    func linear() throws {
        func seconds(_ count: Int) throws -> Double {
            let csv = table((0..<count).map { "\(1_400_000_000 + 60 * $0)" }, header: "time,a")
            return try ContinuousClock().measure { _ = try tables.series(csv, columns: ["a"]) } / .seconds(1)
        }
        let few = try (0..<3).map { _ in try seconds(10_000) }.min() ?? 0
        let many = try seconds(160_000)
        #expect(many < 5 * 16 * max(few, 0.005), "10,000 rows took \(few) s, 160,000 \(many) s; quadratic would be 256 times as long")
    }

    @Test("rows that can't be sorted are rejected with the reason")
    func unsortable() {
        let sorted = TableReading(missing: .fill, order: .ascending)
        #expect(tables.message("a\n1\n2\n", reading: sorted).contains("no column holds dates or times that are read"))
        #expect(tables.message(table(["2020-01-02", "", "2020-01-01"]), columns: ["a"], reading: sorted).contains("column 'when' has no time in line 3"))
        #expect(
            tables.message(table(["3/4/2020", "1/2/2020", "2/5/2020"]), columns: ["a"], reading: sorted).contains("the day or the month could be first"))
    }
}
