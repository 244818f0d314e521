import Datasets
import Files
import Testing

@Suite("Series in NumPy's arrays")
struct ArrayRecordsTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func windows(
        _ path: String, columns: [String] = [], targets: [String] = [], id: String = "", scaling: SeriesScale = .global, missing: TableReading.Missing = .refuse
    ) throws -> SeriesWindows {
        try SeriesWindows(
            SeriesOptions(
                file: path, columns: columns, targets: targets, length: 3, horizon: 1, split: try SplitFractions(validation: 0.2), reading: TableReading(missing: missing),
                id: id, scaling: scaling), batchSize: 8, seed: 1)
    }

    private func archive(_ name: String, _ arrays: [(String, NumpyArray)]) throws -> String {
        var archive = ZipArchive()
        for (name, array) in arrays { archive.add(name + ".npy", array.bytes) }
        return try files.write(archive.finished(), to: name)
    }

    private func expectSame(_ one: SeriesWindows, _ other: SeriesWindows) {
        #expect(one.fingerprint == other.fingerprint && one.seriesNames == other.seriesNames && one.featureNames == other.featureNames)
        for part in DataPart.allCases { #expect(one.batches(of: .evaluation(part)).allColumns() == other.batches(of: .evaluation(part)).allColumns(), "\(part)") }
    }

    private static func value(_ series: Int, _ time: Int, _ column: Int) -> Double {
        let number: Int = (time * time + 7 * series + 3 * column * time) % 23
        let fraction: Double = column == 0 ? 0.1 : 0
        return Double(number) + fraction
    }

    @Test("an array [time] or [time, columns] is a table of columns without names, and arrays of a .npz columns of their names")
    func table() throws {
        let values: [Double] = (0..<20).flatMap { time in (0..<2).map { Self.value(0, time, $0) } }
        let csv = "column1,column2\n" + (0..<20).map { "\(values[2 * $0]),\(values[2 * $0 + 1])\n" }.joined()
        let table = try windows(files.write(csv, to: "t.csv"))
        expectSame(try windows(files.write(NumpyArray(values, shape: [20, 2]).bytes, to: "t.npy")), table)
        let one = try windows(files.write("column1\n" + (0..<20).map { "\(values[2 * $0])\n" }.joined(), to: "one.csv"))
        expectSame(try windows(files.write(NumpyArray((0..<20).map { values[2 * $0] }, shape: [20]).bytes, to: "one.npy")), one)
        let days = (0..<20).map { "2024-03-\($0 < 9 ? "0" : "")\($0 + 1)" }
        let dated = try windows(
            files.write("day,y,X 1,X 2\n" + (0..<20).map { "\(days[$0]),\($0 * $0 % 7),\(values[2 * $0]),\(values[2 * $0 + 1])\n" }.joined(), to: "d.csv"),
            columns: ["X 2", "y"], targets: ["y"])
        let path = try archive("d.npz", [
            ("day", NumpyArray(days)), ("y", NumpyArray((0..<20).map { Int64($0 * $0 % 7) }, shape: [20])), ("X", NumpyArray(values, shape: [20, 2])),
        ])
        let arrays = try windows(path, columns: ["X 2", "y"], targets: ["y"])
        expectSame(arrays, dated)
        #expect(arrays.rowNames == days && arrays.notes == [])
    }

    @Test("single numbers are left out beside arrays, which have rows; names that two series have are refused")
    func refused() throws {
        let empty = NumpyArray([Double](), shape: [0])
        let values = NumpyArray((0..<20).map { Double($0 * $0 % 7) }, shape: [20])
        let found = try windows(archive("some.npz", [("one", NumpyArray([3.5], shape: [])), ("y", values)]))
        #expect(found.featureNames == ["y"] && found.notes == ["arrays without rows are left out: 'one'"], "\(found.notes)")
        for path in [try archive("none.npz", [("none", empty)]), try files.write(NumpyArray([Double](), shape: [0, 2]).bytes, to: "none.npy")] {
            #expect { try windows(path) } throws: { "\($0)" == "\(path): the array has no rows; rows of numbers are wanted." }
        }
        let series = NumpyArray((0..<40).map { Double($0 % 9) }, shape: [2, 20, 1])
        #expect { try windows(archive("twice.npz", [("id", NumpyArray(["a", "a"])), ("y", series)]), id: "id") } throws: {
            "\($0)".contains("element 1 is a name that an earlier series has")
        }
    }

    @Test("arrays [series, time] and [series, time, columns] are series, with names, lengths and values of each, as in the long form")
    func series() throws {
        let (lengths, names) = ([20, 14, 17], ["north", "south", "west"])
        let wide: [Double] = (0..<3).flatMap { series -> [Double] in
            (0..<20).flatMap { time -> [Double] in (0..<2).map { time < lengths[series] ? Self.value(series, time, $0) : .nan } }
        }
        func long(_ names: [String]) -> String {
            "id,X 1,X 2,size\n" + (0..<3).flatMap { series -> [String] in
                (0..<lengths[series]).map { "\(names[series]),\(Self.value(series, $0, 0)),\(Self.value(series, $0, 1)),\(series + 5)\n" }
            }.joined()
        }
        let arrays = [
            ("id", NumpyArray(names)), ("X", NumpyArray(wide, shape: [3, 20, 2])), ("lengths", NumpyArray(lengths.map { Int64($0) }, shape: [3])),
            ("size", NumpyArray([5, 6, 7] as [Int64], shape: [3])),
        ]
        let table = try windows(files.write(long(names), to: "long.csv"), columns: ["X 1", "X 2", "size"], targets: ["X 1"], id: "id", scaling: .series)
        expectSame(try windows(archive("a.npz", arrays), columns: ["X 1", "X 2", "size"], targets: ["X 1"], id: "id", scaling: .series), table)
        let numbered = try windows(files.write(long(["1", "2", "3"]), to: "n.csv"), columns: ["X 1", "X 2"], id: "id")
        expectSame(try windows(archive("b.npz", Array(arrays[1...2])), columns: ["X 1", "X 2"], id: "which"), numbered)
        // [series, time], whose first dimension counts series, since data.id names no column.
        let flat: [Double] = (0..<3).flatMap { series in (0..<15).map { Self.value(series, $0, 0) } }
        let csv = "series,column1\n" + (0..<45).map { "\($0 / 15 + 1),\(flat[$0])\n" }.joined()
        expectSame(try windows(files.write(NumpyArray(flat, shape: [3, 15]).bytes, to: "f.npy"), id: "series"), try windows(files.write(csv, to: "f.csv"), id: "series"))
    }

    @Test("missing values, shapes that don't go together and other faults are named by array and row")
    func faults() throws {
        var values = (0..<20).map { Double($0 * $0 % 7) }
        values[7] = .nan
        let hole = try files.write(NumpyArray(values, shape: [20]).bytes, to: "hole.npy")
        #expect { try windows(hole) } throws: { "\($0)".hasPrefix("\(hole): 1 value is missing in 1 of 20 rows (column 'column1' 1); the first is \"nan\" in row 7.") }
        #expect(try windows(hole, missing: .fill).notes == ["1 value is missing in 1 of 20 rows (column 'column1' 1); the first is \"nan\" in row 7; the last known value stands in"])
        values[7] = .infinity
        let infinite = try files.write(NumpyArray(values, shape: [20]).bytes, to: "infinite.npy")
        #expect { try windows(infinite) } throws: { "\($0)".hasPrefix("\(infinite), row 7 counted from 0: column 'column1' is \"inf\" here; a finite number is wanted.") }
        let (cube, ten) = (NumpyArray((0..<24).map(Double.init), shape: [2, 4, 3]), NumpyArray((0..<10).map(Double.init), shape: [10]))
        let (names, rows) = (NumpyArray((0..<10).map { "s\($0)" }), NumpyArray((0..<50).map(Double.init), shape: [10, 5]))
        for (arrays, id, words) in [
            ([("a", ten), ("b", cube)], "", "data.id is left out; it must be \"series\", or an array with the series' names, since f.npz has arrays [series, time, columns]."),
            ([("a", ten), ("b", cube)], "id", "array 'b': its shape is [2, 4, 3], and that of 'a' [10]: all begin with as many series."),
            ([("a", ten), ("b", NumpyArray([1, 2] as [Double], shape: [2]))], "", "array 'b': its shape is [2], and that of 'a' [10]: all begin with as many rows."),
            ([("id", names), ("X", rows)], "id", "array 'X': each of its rows would be a time step of another series"),
            ([("X", cube), ("id", NumpyArray(["a", "a"]))], "id", "array 'id': element 1 is a name that an earlier series has."),
            ([("X", cube), ("lengths", NumpyArray([4, 5] as [Int64], shape: [2]))], "id", "array 'lengths': series 1, counted from 0, has the length 5; up to 4 is possible."),
            ([("X", ten)], "id", "it has no array [series, time] or [series, time, columns], as data.id says."),
        ] as [([(String, NumpyArray)], String, String)] {
            let path = try archive("f.npz", arrays)
            let error = fault { _ = try windows(path, id: id) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "taken")")
        }
        let four = try files.write(NumpyArray((0..<16).map(Double.init), shape: [2, 2, 2, 2]).bytes, to: "four.npy")
        #expect { try windows(four) } throws: { "\($0)".contains("an array has 4 dimensions; up to 3 are read.") }
    }
}
