import Datasets
import Files
import Testing

@Suite("Series in GluonTS's JSON Lines, and rows in JSON Lines")
struct SeriesLinesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(
        _ paths: [String], columns: [String] = ["target"], targets: [String] = ["target"], length: Int = 3, horizon: Int = 2, id: String = "item_id",
        scaling: SeriesScale = .series, missing: TableReading.Missing = .refuse, frequency: String = "", calendar: [CalendarFeature] = [], future: [String] = []
    ) throws -> SeriesOptions {
        SeriesOptions(
            files: paths, columns: columns, targets: targets, length: length, horizon: horizon, split: try SplitFractions(validation: 0.2),
            reading: TableReading(missing: missing, frequency: frequency), id: id, scaling: scaling, calendar: calendar, future: future)
    }

    private func windows(_ options: SeriesOptions) throws -> SeriesWindows { try SeriesWindows(options, batchSize: 8, seed: 1) }

    private func expectSame(_ one: SeriesWindows, _ other: SeriesWindows) {
        #expect(one.fingerprint == other.fingerprint && one.seriesNames == other.seriesNames && one.rowNames == other.rowNames)
        for part in DataPart.allCases { #expect(one.batches(of: .evaluation(part)).allColumns() == other.batches(of: .evaluation(part)).allColumns(), "\(part)") }
    }

    private static let starts = [("a", "2024-02-27 21:00", 26), ("b", "2023-12-31 23:00", 31)]
    private static func value(_ name: String, _ row: Int) -> Int { (row * row + 3 * row) % 17 + (name == "a" ? 100 : 0) }

    /// Hourly rows of both series from 21 and 23 o'clock on, with a feature.
    private static let table: String = {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
        let dates = ["a": ["2024-02-27", "2024-02-28", "2024-02-29"], "b": ["2023-12-31", "2024-01-01", "2024-01-02"]]
        let rows = starts.flatMap { name, _, count -> [String] in
            (0..<count).map { row -> String in
                let hour = (name == "a" ? 21 : 23) + row
                return "\(name),\(dates[name]?[hour / 24] ?? "") \(two(hour % 24)):00,\(row % 3),\(value(name, row))\n"
            }
        }
        return "item_id,timestamp,feat_dynamic_real,target\n" + rows.joined()
    }()

    private static func line(_ name: String, _ start: String, _ count: Int, freq: String? = "H", ahead: Int = 0, _ value: (Int) -> String) -> String {
        let feature = (0..<count + ahead).map { "\($0 % 3)" }.joined(separator: ", ")
        return #"{"start": "\#(start)", \#(freq.map { #""freq": "\#($0)", "# } ?? "")"target": [\#((0..<count).map(value).joined(separator: ", "))], "#
            + #""item_id": "\#(name)", "feat_dynamic_real": [[\#(feature)]], "feat_static_cat": [\#(count)]}"# + "\n"
    }

    @Test("series in lines have the windows, dates and fingerprint of the same rows in a table; their own frequency and data.frequency are the same")
    func likeTable() throws {
        let columns = ["target", "feat_dynamic_real"]
        let table = try windows(options([files.write(Self.table, to: "long.csv")], columns: columns, calendar: [.hourOfDay]))
        let lines = Self.starts.map { name, start, count in Self.line(name, start, count) { "\(Self.value(name, $0))" } }
        expectSame(try windows(options([files.write(lines.joined(separator: "\n"), to: "own.jsonl")], columns: columns, calendar: [.hourOfDay])), table)
        let without = Self.starts.map { name, start, count in Self.line(name, start, count, freq: nil) { "\(Self.value(name, $0)).0" } }.joined()
        expectSame(try windows(options([files.write("\u{FEFF}" + without, to: "key.json")], columns: columns, frequency: "h", calendar: [.hourOfDay])), table)
        // The columns are the target's if none are named, and a list of series is a column each.
        let usual = try windows(options([files.path("own.jsonl")], columns: [], targets: []))
        #expect(usual.featureNames == ["target"] && usual.targetNames == ["target"])
        let both = #"{"target": [[1, 2, 3, 4, 5, 6, 7, 8, 9], [9, 8, 7, 6, 5, 4, 3, 2, 1]], "feat_static_real": 2.5}"#
        #expect(try windows(options([files.write(both, to: "both.jsonl")], columns: [], targets: [], length: 1, horizon: 1, id: "", scaling: .global)).featureNames == ["target 1", "target 2"])
        #expect(usual.notes == [])
        #expect(try windows(options([files.path("key.json")])).notes == ["rows have no dates, since the lines have a start and no freq; data.frequency says it"])
    }

    @Test("rows in lines are those of a table, whatever the order of their keys; a missing key, null and NaN are missing values")
    func rows() throws {
        let table = try windows(options([files.write(Self.table, to: "long.csv")]))
        let lines = Self.table.split(separator: "\n").dropFirst().enumerated().map { place, row -> String in
            let fields = row.split(separator: ",")
            let own = [#""item_id": "\#(fields[0])""#, #""timestamp": "\#(fields[1])""#, #""target": \#(fields[3])"#, #""feat_dynamic_real": \#(fields[2])"#]
            return "{" + (place % 2 == 0 ? own : Array(own.reversed())).joined(separator: ", ") + "}"
        }
        expectSame(try windows(options([files.write(lines.joined(separator: "\r\n"), to: "rows.jsonl")])), table)
        let holes = ["{\"item_id\": \"a\", \"y\": 1}", "{\"item_id\": \"a\", \"y\": null}", "{\"item_id\": \"a\"}", "{\"y\": NaN, \"item_id\": \"a\"}"]
        let text = (holes + (0..<20).map { "{\"item_id\": \"a\", \"y\": \($0)}" }).joined(separator: "\n")
        let path = try files.write(text, to: "holes.jsonl")
        #expect { try self.windows(self.options([path], columns: ["y"], targets: [])) } throws: {
            "\($0)".hasPrefix("\(path):2:23: 3 values are missing in 3 of 24 rows (column 'y' 3); the first is empty in line 2.")
        }
        let filled = try windows(options([path], columns: ["y"], targets: [], missing: .fill))
        #expect(filled.coverage(of: .training).totalCount == 24)
    }

    @Test("a missing value of a target is refused with line and column, or filled as a table's is", arguments: ["null", "NaN", "\"NaN\"", "\"\""])
    func missing(mark: String) throws {
        let line = Self.line("a", "2024-02-27 21:00", 26) { $0 == 5 ? mark : "\(Self.value("a", $0))" } + Self.line("b", "2023-12-31 23:00", 31) { "\(Self.value("b", $0))" }
        let path = try files.write(line, to: "holes.jsonl")
        let column = try #require(line.firstRange(of: mark)).lowerBound
        let words = "\(path):1:\(line.distance(from: line.startIndex, to: column) + 1): 1 value is missing in 1 of 57 rows (column 'target' 1); the first is "
        #expect { try self.windows(self.options([path])) } throws: { "\($0)".hasPrefix(words) && "\($0)".contains("in line 1.") }
        let csv = Self.table.replacing("a,2024-02-28 02:00,2,\(Self.value("a", 5))\n", with: "a,2024-02-28 02:00,2,\n")
        expectSame(try windows(options([path], missing: .fill)), try windows(options([files.write(csv, to: "holes.csv")], missing: .fill)))
    }

    @Test("rows follow a series' start by its frequency, in pandas's words of old and new", arguments: [
        ("15min", "2024-02-28 23:30", 6, ["2024-02-29 01:00", "2024-02-29 01:15"]), ("30T", "2024-02-28T23:30:00", 2, ["2024-02-29 00:30", "2024-02-29 01:00"]),
        ("2h", "2024-02-28 20:00", 2, ["2024-02-29 00:00", "2024-02-29 02:00"]), ("30s", "2024-01-01", 2, ["2024-01-01 00:01", "2024-01-01 00:01:30"]),
        ("D", "2024-02-26", 4, ["2024-03-01", "2024-03-02"]), ("W-SUN", "2024-01-07", 4, ["2024-02-04", "2024-02-11"]),
        ("B", "2024-01-04", 12, ["2024-01-22", "2024-01-23"]), ("MS", "2023-11-01", 4, ["2024-03-01", "2024-04-01"]),
        ("ME", "2023-10-31", 4, ["2024-02-29", "2024-03-31"]), ("M", "1750-11-01 00:00:00", 3, ["1751-02-01", "1751-03-01"]),
        ("QS-JAN", "2023-01-01", 4, ["2024-01-01", "2024-04-01"]), ("Q", "2023-03-31", 4, ["2024-03-31", "2024-06-30"]), ("YE", "2019-12-31", 3, ["2022-12-31", "2023-12-31"]),
        ("A", "2019-01-01", 3, ["2022-01-01", "2023-01-01"]),
    ])
    func frequencies(word: String, start: String, count: Int, wanted: [String]) throws {
        let stored = try SeriesStatistics(json: Array(#"{"columns": [{"name": "target", "mean": 0, "deviation": 1}]}"#.utf8), file: "s")
        let scaling = try SeriesScaling(stored, columns: ["target"], targets: [], length: 2, horizon: 2, isRelative: false, file: "s")
        let text = #"{"start": "\#(start)", "freq": "\#(word)", "target": [\#((0..<count).map { "\($0)" }.joined(separator: ","))]}"#
        let past = try SeriesPast.all(of: TableFile(path: files.write(text, to: "past.jsonl")), scaling: scaling, reading: TableReading(), id: "item_id")
        #expect(past.map(\.series) == ["1"] && past[0].nextTimes == wanted && past[0].rows == [[Double(count - 2)], [Double(count - 1)]] && past[0].rowCount == count)
    }

    @Test("features that go on after the target are what is known ahead, without another file")
    func ahead() throws {
        let text = Self.line("a", "2024-02-27 21:00", 26, ahead: 2) { "\($0)" } + Self.line("b", "2023-12-31 23:00", 31, ahead: 3) { "\($0)" }
        let path = try files.write(text, to: "ahead.jsonl")
        let trained = try windows(options([path], columns: ["target", "feat_dynamic_real"], scaling: .global, future: ["feat_dynamic_real"]))
        let pasts = try SeriesPast.all(of: TableFile(path: path), scaling: trained.scaling, reading: TableReading(), id: "item_id")
        #expect(pasts.map(\.future) == [[[2], [0]], [[1], [2]]] && pasts.map(\.nextTimes) == [["2024-02-28 23:00", "2024-02-29 00:00"], ["2024-01-02 06:00", "2024-01-02 07:00"]])
        let short = try files.write(Self.line("a", "2024-02-27 21:00", 26) { "\($0)" }, to: "short.jsonl")
        #expect { try SeriesPast.all(of: TableFile(path: short), scaling: trained.scaling, reading: TableReading(), id: "item_id") } throws: { "\($0)".contains("--future next.csv") }
        let one = try files.write(Self.line("a", "2024-02-27 21:00", 26, ahead: 1) { "\($0)" }, to: "one.jsonl")
        #expect { try SeriesPast.all(of: TableFile(path: one), scaling: trained.scaling, reading: TableReading(), id: "item_id") } throws: {
            "\($0)".contains("it has fewer than 2 rows for the forecast of \(one), series 'a'. Add them.")
        }
    }

    private static let good = #"{"item_id": "a", "start": "2024-01-01", "freq": "D", "target": [1,2,3,4,5,6,7,8,9,10,11,12]}"# + "\n"
    private static let faults: [(String, String, String)] = [
        (good + good, "item_id", "x.jsonl:2:1: the series 'a' is in line 1 already."),
        (good + good.replacing("\"a\"", with: "\"b\""), "", "data.id is left out; it must be \"item_id\": x.jsonl has a series a line"),
        (good, "name", "data.id is \"name\"; it must be \"item_id\""),
        (good + #"{"target": [1]}"#, "item_id", "x.jsonl:2:1: the line has no 'item_id', and the first has one."),
        (good + good.replacing("\"a\"", with: "\"b\"").replacing("\"freq\": \"D\", ", with: ""), "item_id", "x.jsonl:2:1: the line has no start, or no freq, unlike the first."),
        (good.replacing("\"D\"", with: "\"fortnight\""), "item_id", "x.jsonl:1:49: 'freq' is \"fortnight\"; what is read is like \"15min\""),
        (good.replacing("2024-01-01", with: "01/02/2024"), "item_id", "'start' is no date. Write it as"),
        (good.replacing("2024-01-01", with: "9999-12-30"), "item_id", "go beyond the year 9999"),
        (good.replacing("\"D\"", with: "\"B\"").replacing("2024-01-01", with: "2024-01-06"), "item_id", "begin at a weekend"),
        (good.replacing("[1,", with: "[[1],"), "item_id", "x.jsonl:1:69: 'target' has something else than lists of numbers here."),
        (good.replacing(",3,", with: ",[3],"), "item_id", "'target' has something else than a number here."),
        (good.replacing(",3,", with: ",\"low\","), "item_id", "x.jsonl:1:69: column 'target' is \"low\" here, which is not a number."),
        (good.replacing(",3,", with: ",Infinity,"), "item_id", "x.jsonl:1:69: column 'target' is \"Infinity\" here; a finite number is wanted."),
        (good.replacing("[1,2,3,4,5,6,7,8,9,10,11,12]", with: "[]"), "item_id", "the line has no target"),
        (good.replacing("\"freq\"", with: "\"feat_dynamic_real\": [1,2], \"freq\""), "item_id", "'feat_dynamic_real' has 2 numbers, and the target 12."),
        (good + #"{"item_id": "b", "start": "2024-01-01", "freq": "D", "cat": 1, "target": [1]}"#, "item_id", "x.jsonl:2:1: the line has 'cat', 'target', and the first 'target'."),
        (good + "{\"item_id\": \"b\", \"target\": [1, 2", "item_id", "x.jsonl:2:33: found the end of the text"),
        (good + "[1]\n", "item_id", "x.jsonl:2:1: each line has to be a JSON object."), ("[{\"y\": 1}]", "", "it is one JSON array. Write an object a line"),
        ("{\"y\": 1}\n{\"z\": 2}\n", "", "x.jsonl:2:2: the field 'z' isn't one of the first line's."), ("{\"y\": [1]}\n", "", "x.jsonl:1:7: the field 'y' is a list, where a row has a single value."),
        ("{}\n", "", "the first line is an object without a field."),
    ]

    @Test("faults are named with line and column", arguments: faults.indices)
    func refused(index: Int) throws {
        let (text, id, words) = Self.faults[index]
        let path = try files.write(text, to: "x.jsonl")
        let error = fault { _ = try self.windows(self.options([path], columns: [], targets: [], length: 2, horizon: 1, id: id, scaling: .global)) }
        #expect(error?.description.replacing(path, with: "x.jsonl").contains(words) == true, "\(error?.description ?? "taken")")
    }

    @Test("data.frequency goes with series that have a start alone, and isn't another than theirs")
    func frequencyKey() throws {
        for (name, text, words) in [
            ("a.csv", "target\n1\n2\n3\n4\n5\n6\n7\n8\n9\n", "data.frequency is \"D\"; it must be left out"), ("b.jsonl", "{\"target\": 1}\n", "data.frequency is \"D\""),
            ("c.jsonl", Self.good.replacing("\"D\"", with: "\"H\""), "'freq' is \"H\", and data.frequency is \"D\""),
        ] {
            let path = try files.write(text, to: name)
            #expect { try self.windows(self.options([path], id: name == "c.jsonl" ? "item_id" : "", scaling: .global, frequency: "D")) } throws: { "\($0)".contains(words) }
        }
        let path = try files.write(Self.good.replacing("\"freq\": \"D\", ", with: ""), to: "d.jsonl")
        #expect { try self.windows(self.options([path], frequency: "daily")) } throws: { "\($0)".contains("data.frequency is \"daily\"; it must be like \"15min\"") }
    }
}
