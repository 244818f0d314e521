import Batches
import Datasets
import Testing

@Suite("Several series in a table")
struct ManySeriesTests {
    private let files: TemporaryFiles
    private let rowCounts = ["a": 30, "b": 45, "c": 24, "short": 9]

    init() throws { files = try TemporaryFiles() }

    private func value(_ name: String, _ row: Int) -> Double {
        let size = rowCounts[name] ?? 1
        return Double(size * 10) + Double((row * row + size) % 13)
    }

    /// Rows of all series, one of each in turn.
    private var mixed: String {
        var text = "unique_id,y,other\n"
        for row in 0..<45 {
            for name in ["b", "a", "short", "c"] where row < rowCounts[name] ?? 0 { text += "\(name),\(value(name, row)),\(row % 3)\n" }
        }
        return text
    }

    private func options(_ file: String, id: String = "", scaling: SeriesScale = .global, relative: Bool = false, rows: Bool) throws -> SeriesOptions {
        SeriesOptions(
            file: file, columns: ["y", "other"], targets: ["y"], length: 4, horizon: 2, relative: relative, split: try SplitFractions(validation: 0.2, test: 0.2),
            rowCounts: rows ? PartRowCounts(training: 0, validation: 3, test: 4) : nil, id: id, scaling: scaling)
    }

    private func alone(_ name: String, relative: Bool, rows: Bool) throws -> SeriesWindows {
        let csv = "y,other\n" + (0..<(rowCounts[name] ?? 0)).map { "\(value(name, $0)),\($0 % 3)\n" }.joined()
        return try SeriesWindows(options(files.write(csv, to: "\(name).csv"), relative: relative, rows: rows), batchSize: 8, seed: 1)
    }

    @Test("each by its own scale, they have the windows of files with one series each, in the same order", arguments: [false, true], [false, true])
    func likeAlone(relative: Bool, rows: Bool) throws {
        let together = try SeriesWindows(
            options(files.write(mixed, to: "mixed.csv"), id: "unique_id", scaling: .series, relative: relative, rows: rows), batchSize: 8, seed: 1)
        #expect(together.seriesNames == ["b", "a", "c"] && together.statistics.series.map(\.name) == together.seriesNames)
        for part in DataPart.allCases {
            let found = together.batches(of: .evaluation(part)).allColumns()
            var place = 0
            for name in together.seriesNames {
                let own = try alone(name, relative: relative, rows: rows)
                for column in own.batches(of: .evaluation(part)).allColumns() {
                    #expect(found[place].vectors == column.vectors && found[place].targetNumbers == column.targetNumbers, "\(name), \(part), window \(column.index)")
                    let restored = together.restored(found[place].targetNumbers, ofExample: place, in: part)
                    #expect(restored == own.restored(column.targetNumbers, ofExample: column.index, in: part))
                    place += 1
                }
                #expect(together.lastWindows(in: part).first { $0.name == name }?.example == place - 1)
            }
            #expect(place == found.count && place == together.exampleCount(of: part))
        }
    }

    @Test("by the scale of all, mean and deviation are those of all training rows of the series that have windows")
    func global() throws {
        let windows = try SeriesWindows(options(files.write(mixed, to: "mixed.csv"), id: "unique_id", rows: true), batchSize: 8, seed: 1)
        var values: [Double] = []
        for name in ["b", "a", "c"] { for row in 0..<(rowCounts[name] ?? 0) - 7 { values.append(value(name, row)) } }
        let mean = values.reduce(0, +) / Double(values.count)
        #expect(abs(windows.statistics.columns[0].mean - mean) < 1e-9 && windows.statistics.series.isEmpty)
        for part in DataPart.allCases {
            var place = 0
            for name in windows.seriesNames {
                let own = try alone(name, relative: false, rows: true)
                for column in own.batches(of: .evaluation(part)).allColumns() {
                    let found = windows.restored(windows.batch(ofExamples: [place], in: part).targetValues, ofExample: place, in: part)
                    for (one, other) in zip(found, own.restored(column.targetNumbers, ofExample: column.index, in: part)) { #expect(abs(one - other) < 1e-2) }
                    place += 1
                }
            }
        }
    }

    @Test("series that are too short are left out and named; if all are, the longest is")
    func short() throws {
        let windows = try SeriesWindows(options(files.write(mixed, to: "mixed.csv"), id: "unique_id", rows: true), batchSize: 8, seed: 1)
        #expect(windows.notes == ["1 of 4 series is too short for a window of 4 and 2 further rows in the training part, and left out: 'short'"])
        let path = try files.write("id,y,other\na,1,2\na,2,3\nb,3,4\n", to: "small.csv")
        #expect { try SeriesWindows(options(path, id: "id", rows: false), batchSize: 8, seed: 1) } throws: {
            "\($0)".contains("small.csv, its longest series 'a': the training part has 1 row; a window of 4 past and 2 further rows needs at least 6.")
        }
        #expect { try SeriesWindows(options(path, id: "id", rows: true), batchSize: 8, seed: 1) } throws: {
            "\($0)".contains("small.csv: the longest series, 'a', has 2 rows, too few for data.validationRows 3 and data.testRows 4")
        }
    }

    @Test("stored scales are used, also for another file; a series without one is refused")
    func stored() throws {
        let first = try SeriesWindows(options(files.write(mixed, to: "mixed.csv"), id: "unique_id", scaling: .series, rows: true), batchSize: 8, seed: 1)
        let statistics = try SeriesStatistics(json: Array(first.statistics.json.utf8), file: "statistics.json")
        #expect(statistics == first.statistics)
        let again = try SeriesWindows(
            options(files.path("mixed.csv"), id: "unique_id", scaling: .series, rows: true), batchSize: 8, seed: 1, statistics: statistics)
        #expect(again.fingerprint == first.fingerprint)
        let other = try files.write(mixed.replacing("\nc,", with: "\nd,"), to: "other.csv")
        #expect { try SeriesWindows(options(other, id: "unique_id", scaling: .series, rows: true), batchSize: 8, seed: 1, statistics: statistics) } throws: {
            "\($0)".contains("series 'd' can't be scaled: with data.scaling \"series\" each has the mean and deviation of its own training rows")
        }
        #expect(fault { _ = try SeriesStatistics(json: Array(#"{"columns": [{"name": "a", "mean": 1, "deviation": 1}], "series": []}"#.utf8), file: "s.json") } != nil)
    }

    @Test("order, repeated dates and gaps are those of each series", arguments: [
        (["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06", "2024-01-07"], []),
        (["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06", "2024-03-01"], ["dates or times have gaps in 1 series ('y')"]),
        (["2024-01-01", "2024-01-01", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-06", "2024-01-07"], ["a date or time is repeated in 1 series ('y')"]),
    ])
    func times(dates: [String], notes: [String]) throws {
        let plain = (1...7).map { "x,2024-01-0\($0),\($0)\n" }
        let csv = "id,ds,v\n" + plain.joined() + dates.enumerated().map { "y,\($1),\($0)\n" }.joined()
        func windows(_ csv: String, _ order: TableReading.Order) throws -> SeriesWindows {
            let options = SeriesOptions(
                file: try files.write(csv, to: "dates.csv"), columns: ["v"], length: 2, horizon: 1, split: try SplitFractions(), reading: TableReading(order: order),
                id: "id")
            return try SeriesWindows(options, batchSize: 8, seed: 1)
        }
        #expect(try windows(csv, .auto).notes == notes)
        let turned = "id,ds,v\n" + plain.joined() + dates.enumerated().reversed().map { "y,\($1),\($0)\n" }.joined()
        #expect { try windows(turned, .auto) } throws: { "\($0)".contains("the newest row of series 'y' is first: column 'ds'") }
        #expect(try windows(turned, .ascending).notes == ["the rows of 1 series ('y') are sorted by time"] + notes)
    }

    @Test("a row without an id, and a column that is read too, are refused with what to do")
    func refused() throws {
        let hole = try files.write("id,y,other\na,1,2\n,2,3\n", to: "hole.csv")
        #expect { try SeriesWindows(options(hole, id: "id", rows: false), batchSize: 8, seed: 1) } throws: {
            "\($0)".contains("hole.csv:3:1: column 'id' (data.id) is empty here. Say to which series the row belongs, or leave it out.")
        }
        #expect { try SeriesWindows(options(hole, id: "y", rows: false), batchSize: 8, seed: 1) } throws: { "\($0)".contains("data.id is a column that data.columns") }
    }

    @Test("the end of each series is forecast from, by its own scale; short ones are named")
    func pasts() throws {
        let first = try SeriesWindows(options(files.write(mixed, to: "mixed.csv"), id: "unique_id", scaling: .series, rows: true), batchSize: 8, seed: 1)
        let file = try TableFile(path: files.write(mixed.replacing("\nshort,", with: "\nc,"), to: "past.csv"))
        let pasts = try SeriesPast.all(of: file, scaling: first.scaling, reading: TableReading(), id: "unique_id")
        #expect(pasts.map(\.series) == ["b", "a", "c"] && pasts.map(\.rowCount) == [45, 30, 33])
        #expect(pasts[1].rows == (26..<30).map { [value("a", $0), Double($0 % 3)] })
    }
}

extension Batch {
    fileprivate var targetValues: [Float] {
        guard case .vectorAtEnd(let values, _)? = target else { return [] }
        return values
    }
}
