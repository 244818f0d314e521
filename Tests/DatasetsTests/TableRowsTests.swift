import Datasets
import Testing

@Suite("The rows of a table")
struct TableRowsTests {
    let tables: Tables

    init() throws { tables = try Tables() }

    @Test("blank lines, a footer, commas at line ends, and unused columns with no name or a repeated one are accepted")
    func asPeopleHaveThem() throws {
        let cases: [(csv: String, columns: [String])] = [
            ("a,b\n1,5\n2,6\n\n", []), ("a,b\r\n1,5\r\n2,6\r\n\r\n\r\n", []), ("a\n1\n2\n\n  \n", []), ("a,b\n1,5\n2,6\n,\n,\n", []),
            ("a,b,\n1,5,\n2,6,\n", []), ("a,b\n1,5,\n2,6,\n", []), ("a,b,,\n1,5\n2,6\n", []), (",a,b\n7,1,5\n8,2,6\n", ["a"]),
            ("a,b,b\n1,5,9\n2,6,9\n", ["a"]), ("a,b\n1,5\n2,6\n\nmade by hand, 1981-1990, and more\n", []), ("a,b\n1,5\n2,6\nSource: hand\n", []),
            ("d,a\nx,1\nx,2\n\nTwo thousand and ten\n\n", ["a"]),
        ]
        for (csv, columns) in cases { #expect(try tables.values(csv, columns: columns) == [1, 2], "\(csv.debugDescription)") }
        #expect(try tables.notes("a,b\n1,5\n2,6\n\nmade, by hand\nand eye\n") == ["a footer is left out: line 5 (\"made, by hand\") and 1 more line"])
        #expect(try tables.notes("a,b,\n1,5,7\n2,6,7\n") == ["columns behind the last that has a name are left out"])
    }

    @Test("a column with no name, or with a repeated one, is rejected if it is used")
    func headers() {
        #expect(tables.message(",a\n1,2\n").hasPrefix("series.csv:1:1: column 1 of the header has no name. Name the columns to read in data.columns"))
        #expect(tables.message("a,b,b\n1,2,3\n", columns: ["b"]).hasPrefix("series.csv:1:5: the header has a second column 'b'."))
    }

    static let holes = "t,a,b\n0,NA,1\n1,2,?\n2,null,3\n3,4,4\n4,,\n5,6,n/a\n6,7,7\n"

    @Test("missing values are counted by column, with the first position and the key to set")
    func refused() throws {
        #expect(
            tables.message(Self.holes, columns: ["a", "b"])
                == "series.csv:2:3: 6 values are missing in 5 of 7 rows (column 'a' 3, 'b' 3); the first is \"NA\" in line 2. "
                + "Set data.missing to \"fill\" to read the column's last known value there, to \"drop\" to leave those lines out, or to "
                + "\"mask\" to read where they are missing; or leave the columns out of data.columns, or of data.categories.")
        #expect(
            tables.message("a,b\n1,2\n\n3,4\n0.5 Dividend\n5,6\n")
                == "series.csv:3:1: 2 lines are not rows of numbers: line 3 (blank), line 5 (\"0.5 Dividend\"). Set data.missing to \"drop\" to leave them out.")
        #expect(tables.error("a,b\n1,2\n", columns: []) != nil)
    }

    @Test("rows with a missing value are dropped, or filled with the last known value; both are noted")
    func chosen() throws {
        #expect(try tables.values(Self.holes, columns: ["a", "b"], reading: TableReading(missing: .drop)) == [4, 7])
        #expect(try tables.values(Self.holes, columns: ["a"], reading: TableReading(missing: .fill)) == [2, 2, 4, 4, 6, 7])
        #expect(
            try tables.notes(Self.holes, columns: ["a"], reading: TableReading(missing: .fill)) == [
                "3 values are missing in 3 of 7 rows (column 'a' 3); the first is \"NA\" in line 2; the last known value stands in",
                "the first 1 row left out, before a column's first value",
            ])
        #expect(
            try tables.notes(Self.holes, columns: ["a"], reading: TableReading(missing: .drop)) == [
                "3 values are missing in 3 of 7 rows (column 'a' 3); the first is \"NA\" in line 2; those rows are left out"
            ])
        for missing in [TableReading.Missing.drop, .fill] {
            let csv = "a,b\n1,2\n\n2,4\n0.5 Dividend\n3,6\nsplit,,\n4,1\n"
            #expect(try tables.values(csv, reading: TableReading(missing: missing)) == [1, 2, 3, 4])
            #expect(try tables.notes(csv, reading: TableReading(missing: missing))[0].hasPrefix("3 lines are not rows of numbers and are left out: line 3 (blank)"))
        }
    }

    @Test(
        "usual markers for a missing value are recognised",
        arguments: ["", " ", "?", "?0.2", "? -3", "-", "--", ".", "NA", "na", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None", "nil"])
    func marks(_ mark: String) throws {
        // A blank between ? and a number is text.
        let isText = mark == "? -3"
        let csv = "a,b\n1,2\n\(mark),3\n4,5\n"
        guard case .missingValues(_, let missing)? = tables.error(csv) else {
            #expect(isText, "\(mark) was taken")
            return
        }
        #expect(!isText && missing.valueCount == 1 && missing.columns.map(\.name) == ["a"] && missing.columns.map(\.count) == [1] && missing.first?.line == 3)
    }

    @Test("filling happens after sorting: no value comes from a later time")
    func fillsForward() throws {
        let csv = "date,a\n2020-01-04,4\n2020-01-03,NA\n2020-01-02,2\n2020-01-01,1\n"
        #expect(try tables.values(csv, columns: ["a"], reading: TableReading(missing: .fill, order: .ascending)) == [1, 2, 2, 4])
    }

    @Test("texts in place of numbers aren't missing values: the first is rejected, with every option", arguments: TableReading.Missing.allCases)
    func texts(_ missing: TableReading.Missing) {
        let reading = TableReading(missing: missing)
        guard case .malformedCSV(_, line: 3, column: 1, fault: .notANumber(text: "x", columnName: "a"))? = tables.error("a,b\n1,2\nx,3\n", reading: reading),
            case .malformedCSV(_, line: 2, column: 1, fault: .notANumber)? = tables.error("a\nx\ny\n", reading: reading),
            case .malformedCSV(_, line: 3, column: 1, fault: .fieldCount(found: 1, wanted: 2))? = tables.error("a,b\n1,2\n3\n4,5\n", reading: reading)
        else {
            Issue.record("taken, or refused elsewhere")
            return
        }
        // A truncated last line isn't a footer.
        let cut = "date,a\n2020-01-01,1\n2020-01-02,2\n2020-0"
        #expect(missing != .refuse || tables.message(cut, columns: ["a"]).contains("1 line is not a row of numbers: line 4 (\"2020-0\")"))
    }
}
