import Datasets
import Testing

@Suite struct CSVTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func series(_ csv: [UInt8], columns: [String] = [], targets: [String] = []) throws -> SeriesWindows {
        let path = try files.write(csv, to: "series.csv")
        let options = SeriesOptions(
            file: path, columns: columns, targets: targets, length: 1, horizon: 1, split: try SplitFractions())
        return try SeriesWindows(options, batchSize: 8, seed: 0)
    }

    /// Means of the file's columns, as the statistics have them.
    private func means(_ csv: String, columns: [String] = []) throws -> [String: Double] {
        let columns = try series(Array(csv.utf8), columns: columns).statistics.columns
        return Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.mean) })
    }

    @Test("quotes, CR LF, blanks around numbers, a byte order mark and a missing last line end are read")
    func accepted() throws {
        let plain = ["a": 2.0, "b": -15.0]
        #expect(try means("a,b\n1,-10\n3,-2e1\n") == plain)
        #expect(try means("a,b\r\n1,-10\r\n3,-20") == plain)
        #expect(try means("\u{FEFF}\"a\",b\n\"1\", -10\n +3\t,\"-20.0\"\n") == plain)
        #expect(try means("\"a, \"\"b\"\"\nc\",d\n1,2\n3,2\n") == ["a, \"b\"\nc": 2, "d": 2])
        #expect(try means("when,a\n2016-07-01 00:00,1\n\"2016, July\",3\n", columns: ["a"]) == ["a": 2])
    }

    @Test("each malformed file has its own error with line and column")
    func malformed() throws {
        let cases: [(String, Int, Int, CSVFault)] = [
            ("a,b\n1,2\n3\n", 3, 1, .fieldCount(found: 1, wanted: 2)), ("a,b\n1,2,3\n", 2, 1, .fieldCount(found: 3, wanted: 2)),
            ("a,b\n1,x\n", 2, 3, .notANumber(text: "x", columnName: "b")),
            ("a,b\n1,1 2\n", 2, 3, .notANumber(text: "1 2", columnName: "b")), ("\"é\nx\",b\n1,2\nü,3\n", 4, 1, .notANumber(text: "ü", columnName: "é\nx")),
            ("a,b\n0x10,1\n", 2, 1, .notANumber(text: "0x10", columnName: "a")), ("a\ninf\n", 2, 1, .notFinite(text: "inf", columnName: "a")),
            ("a,b\n1,-inf\n", 2, 3, .notFinite(text: "-inf", columnName: "b")), ("a\n1e400\n", 2, 1, .notFinite(text: "1e400", columnName: "a")),
            ("a,b\n", 2, 1, .noRows), ("a,b", 1, 4, .noRows), ("a,b,a\n1,2,3\n", 1, 5, .duplicateColumn(name: "a")),
            ("a,,b\n1,2,3\n", 1, 3, .unnamedColumn(place: 2)), ("\u{FEFF}", 1, 1, .unnamedColumn(place: 1)),
            ("\n1\n", 1, 1, .unnamedColumn(place: 1)),
            ("a,b\n1,\"2\n", 2, 3, .unterminatedQuote), ("a,\"b", 1, 3, .unterminatedQuote), ("a,b\n1,\"2\"3\n", 2, 6, .textAfterQuote),
            ("a,b\n1,2\"3\n", 2, 4, .quoteInsideField), ("a,b\r1,2\r", 1, 4, .loneCarriageReturn),
            ("é,\"ü\"\"\",c\n1,2,3\n4,5,z\n", 3, 5, .notANumber(text: "z", columnName: "c")),
            ("ééé,b\"\n", 1, 6, .quoteInsideField),
        ]
        for (csv, line, column, wanted) in cases {
            let error = fault { _ = try series(Array(csv.utf8)) }
            #expect(
                error == .malformedCSV(path: files.path("series.csv"), line: line, column: column, fault: wanted), "\(csv.debugDescription)")
            #expect(error?.category == .badData)
        }
    }

    @Test("a field that isn't UTF-8, an empty file and a missing one are rejected")
    func unreadable() throws {
        let path = files.path("series.csv")
        #expect(
            fault { _ = try series(Array("a,b\n1,".utf8) + [0xFF, 0x0A]) }
                == .malformedCSV(path: path, line: 2, column: 3, fault: .notUTF8))
        #expect(fault { _ = try series([]) } == .emptyFile(path: path))
        let options = SeriesOptions(file: files.path("none.csv"), length: 1, horizon: 1, split: try SplitFractions())
        #expect(fault { _ = try SeriesWindows(options, batchSize: 1, seed: 0) }?.category == .noInput)
    }

    @Test("hostile bytes are rejected or read, and never trap")
    func hostile() throws {
        // A small alphabet of all characters with a meaning, in all strings of four.
        let alphabet: [UInt8] = [0x61, 0x31, 0x2C, 0x22, 0x0A, 0x0D, 0xC3]
        var readCount = 0
        for number in 0..<7 * 7 * 7 * 7 {
            var rest = number
            var csv: [UInt8] = Array("a\n".utf8)
            for _ in 0..<4 {
                csv.append(alphabet[rest % 7])
                rest /= 7
            }
            if fault({ _ = try series(csv) }) == nil { readCount += 1 }
        }
        // 1⏎1⏎, 1⏎11, 11⏎1, 1␍⏎1, 1⏎1, and 1,⏎1.
        #expect(readCount == 6)
    }

    @Test("unknown and repeated columns are rejected with a list of the available ones")
    func columns() throws {
        let csv = Array("date,HUFL,OT\nx,1,2\nx,3,4\n".utf8)
        let path = files.path("series.csv")
        #expect(
            fault { _ = try series(csv, columns: ["HULF"]) }
                == .unknownColumn(path: path, key: "data.columns", name: "HULF", available: ["date", "HUFL", "OT"]))
        #expect(
            fault { _ = try series(csv, columns: ["OT"], targets: ["ot"]) }
                == .unknownColumn(path: path, key: "data.targets", name: "ot", available: ["date", "HUFL", "OT"]))
        #expect(fault { _ = try series(csv, columns: ["OT", "OT"]) }?.category == .badConfiguration)
        let error = fault { _ = try series(csv) }
        #expect(error == .malformedCSV(path: path, line: 2, column: 1, fault: .notANumber(text: "x", columnName: "date")))
        #expect(error?.description.contains("data.columns") == true)
    }
}
