import Datasets
import Testing

@Suite("The end of a series' table")
struct SeriesPastTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func past(_ text: String, length: Int = 2, horizon: Int = 3) throws -> SeriesPast {
        let stored = #"{"columns": [{"name": "x", "mean": 0, "deviation": 1}]}"#
        let statistics = try SeriesStatistics(json: Array(stored.utf8), file: "statistics.json")
        let scaling = try SeriesScaling(statistics, columns: ["x"], targets: [], length: length, horizon: horizon, isRelative: false, file: "statistics.json")
        return try SeriesPast.all(of: TableFile(path: files.write(text, to: "past.csv")), scaling: scaling, reading: TableReading())[0]
    }

    @Test("the times that follow are evenly spaced, in months where the table's are", arguments: [
        (["2024-02-27", "2024-02-28", "2024-02-29"], ["2024-03-01", "2024-03-02", "2024-03-03"]),
        (["2023-10-01", "2023-11-01", "2023-12-01"], ["2024-01-01", "2024-02-01", "2024-03-01"]),
        (["2023-12-31", "2024-01-31", "2024-02-29"], ["2024-03-31", "2024-04-30", "2024-05-31"]),
        (["2023-10-30", "2023-11-30", "2023-12-30"], ["2024-01-30", "2024-02-29", "2024-03-30"]),
        (["1959", "1960", "1961"], ["1962-01-01", "1963-01-01", "1964-01-01"]),
        (["2024-03-01 22:00", "2024-03-01 23:00", "2024-03-02 00:00"], ["2024-03-02 01:00", "2024-03-02 02:00", "2024-03-02 03:00"]),
        // An earlier gap doesn't matter, since it lies before the rows that are read.
        (["2024-01-01", "2024-02-20", "2024-02-21", "2024-02-22"], ["2024-02-23", "2024-02-24", "2024-02-25"]),
        (["2024-02-20", "2024-02-22", "2024-02-23"], []), (["2024-02-20", "2024-02-21", ""], []),
        // Days or months could be first.
        (["01/02/2024", "02/02/2024", "03/02/2024"], []),
    ])
    func times(dates: [String], wanted: [String]) throws {
        let past = try past("year,x\n" + dates.enumerated().map { "\($1),\($0)\n" }.joined())
        #expect(past.nextTimes == wanted && past.rowCount == dates.count && past.rows == [[Double(dates.count - 2)], [Double(dates.count - 1)]])
        #expect(past.notes.contains { $0.contains("doesn't say which times follow") } == wanted.isEmpty)
    }

    @Test("a table without times has none, and the column is found by its name")
    func names() throws {
        let past = try past("note,y,x\na,9,1\nb,8,2\n")
        #expect(past.nextTimes == [] && past.rows == [[1], [2]] && past.notes == [])
    }

    @Test("too few rows, a missing column, a missing value and an empty file are refused with what to do", arguments: [
        ("x\n1\n", "past.csv has 1 row; a forecast is made from the last 2 (data.length of the run). Give more rows."),
        ("y\n1\n2\n", "past.csv has no column 'x'. Its columns are 'y'."), ("x,y\n1,1\n,2\n3,3\n", "past.csv:3:1: 1 value is missing"),
        ("x\n1\nlow\n", "past.csv:3:1: column 'x' is \"low\" here, which is not a number."), ("x\n", "past.csv:2:1: the file ends behind its header"),
        ("", "past.csv is empty."),
    ])
    func refused(text: String, words: String) {
        #expect { try past(text) } throws: { "\($0)".contains(words) }
    }
}
