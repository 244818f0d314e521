import Datasets
import Testing

@Suite("A series in several files")
struct SeveralFilesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func windows(_ paths: [String], id: String = "", scaling: SeriesScale = .global, missing: TableReading.Missing = .refuse, order: TableReading.Order = .auto)
        throws -> SeriesWindows
    {
        try SeriesWindows(
            SeriesOptions(
                files: paths, columns: ["y"], length: 3, horizon: 1, split: try SplitFractions(validation: 0.2), reading: TableReading(missing: missing, order: order), id: id,
                scaling: scaling), batchSize: 8, seed: 1)
    }

    private func expectSame(_ one: SeriesWindows, _ other: SeriesWindows) {
        #expect(one.fingerprint == other.fingerprint && one.seriesNames == other.seriesNames)
        for part in DataPart.allCases { #expect(one.batches(of: .evaluation(part)).allColumns() == other.batches(of: .evaluation(part)).allColumns(), "\(part)") }
    }

    private static func rows(_ days: ClosedRange<Int>, _ factor: Int = 1) -> String {
        days.map { "2024-01-\($0 < 10 ? "0" : "")\($0),\($0 * $0 * factor % 19)\n" }.joined()
    }
    private static func table(_ days: ClosedRange<Int>, _ factor: Int = 1) -> String { "day,y\n" + rows(days, factor) }

    @Test("rows go on from file to file as in one file, with a footer and blank lines at the end of each; other delimiters don't matter")
    func goOn() throws {
        let whole = try windows([files.write(Self.table(1...29), to: "whole.csv")])
        let first = try files.write(Self.table(1...9) + "\n\nSource: the shop\n", to: "1.csv")
        let second = try files.write(Self.table(10...20).replacing(",", with: ";") + "\n", to: "2.csv")
        let third = try files.write(Self.rows(21...29).split(separator: "\n").map { "{\"day\": \"\($0.prefix(10))\", \"y\": \($0.dropFirst(11))}\n" }.joined(), to: "3.jsonl")
        let parts = try windows([first, second, third])
        expectSame(parts, whole)
        #expect(parts.description.hasPrefix("1.csv, 2.csv, 3.jsonl: windows of 3 rows"))
        #expect(parts.notes == ["fields are separated by semicolons, decimals by a point", "a footer is left out: line 13 of 1.csv (\"Source: the shop\")"], "\(parts.notes)")
    }

    @Test("with data.id \"file\" each file is a series called as it is; a column of that name is a column")
    func series() throws {
        let paths = try [files.write(Self.table(1...20), to: "north.csv"), files.write(Self.table(3...29, 3), to: "south.v2.tsv")]
        let found = try windows(paths, id: "file", scaling: .series)
        let long = "file,day,y\n" + Self.rows(1...20).split(separator: "\n").map { "north,\($0)\n" }.joined() + Self.rows(3...29, 3).split(separator: "\n").map { "south.v2,\($0)\n" }.joined()
        expectSame(found, try windows([files.write(long, to: "long.csv")], id: "file", scaling: .series))
        #expect(found.seriesNames == ["north", "south.v2"])
        let pasts = try SeriesPast.all(of: TableFile(path: paths[1]), scaling: found.scaling, reading: TableReading(), id: "file")
        #expect(pasts.map(\.series) == ["south.v2"] && pasts[0].nextTimes == ["2024-01-30"])
        let twin = try files.write(Self.table(1...20), to: "north.txt")
        #expect { try windows([paths[0], twin], id: "file") } throws: { "\($0)".contains("it would be the same series as \(paths[0]), 'north'") }
    }

    @Test("files of other columns, overlapping dates and missing values are named with their file and line")
    func faults() throws {
        let first = try files.write(Self.table(1...9), to: "1.csv")
        let other = try files.write(Self.table(10...20).replacing("day,y", with: "y,day"), to: "other.csv")
        #expect { try windows([first, other]) } throws: { "\($0)".contains("other.csv: its columns are 'y', 'day', and those of 1.csv 'day', 'y'.") }
        let overlapping = try files.write(Self.table(5...20), to: "2.csv")
        #expect { try windows([first, overlapping]) } throws: {
            "\($0)".contains("2.csv:2: the rows aren't in order of time") && "\($0)".contains("If each file is a series of its own, set data.id to \"file\"")
        }
        let hole = try files.write(Self.table(10...20).replacing("2024-01-12,\(144 % 19)\n", with: "2024-01-12,\n"), to: "hole.csv")
        #expect { try windows([first, hole]) } throws: { "\($0)".contains("hole.csv:4:12: 1 value is missing in 1 of 20 rows (column 'y' 1); the first is empty in line 4 of hole.csv.") }
        #expect(try windows([first, hole], missing: .fill).notes.contains { $0.contains("the first is empty in line 4 of hole.csv") })
        let low = try files.write(Self.table(10...20).replacing(",\(144 % 19)\n", with: ",low\n"), to: "low.csv")
        #expect { try windows([first, low]) } throws: { "\($0)".contains("low.csv:4:1: 1 line is not a row of numbers: line 4 of low.csv (") }
        #expect(try windows([overlapping, first], order: .ascending).coverage(of: .training).totalCount == 25)
    }
}
