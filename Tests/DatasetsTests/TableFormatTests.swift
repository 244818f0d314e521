import Datasets
import Testing

@Suite("The format of a table")
struct TableFormatTests {
    let tables: Tables

    init() throws { tables = try Tables() }

    @Test("semicolons, tabs, decimal commas and a line sep= are detected and noted; a plain table has no note")
    func recognised() throws {
        let cases: [(csv: String, note: String?)] = [
            ("a,b\n1.5,2\n2.5,3\n", nil), ("a\n1.5\n2.5\n", nil),
            ("a;b\n1.5;2\n2.5;3\n", "fields are separated by semicolons, decimals by a point"),
            ("a;b\n1,5;2\n2,5;3\n", "fields are separated by semicolons, decimals by a comma"),
            ("a\tb\n1.5\t2\n2.5\t3\n", "fields are separated by tabs, decimals by a point"),
            ("sep=;\na;b\n1,5;2\n2,5;3\n", "fields are separated by semicolons, decimals by a comma"), ("sep=,\na,b\n1.5,2\n2.5,3\n", nil),
            ("\u{FEFF}\"sep=\t\"\r\na\tb\r\n1.5\t2\r\n2.5\t3\r\n", "fields are separated by tabs, decimals by a point"),
            ("a;x,b\n1.5,2\n2.5,3\n", nil),
            ("a;b;\n1,5;2;\n2,5;3;\n;;\n;;\n", "fields are separated by semicolons, decimals by a comma"),
        ]
        for (csv, note) in cases {
            #expect(try tables.values(csv, columns: [csv.contains("a;x") ? "a;x" : "a"]) == [1.5, 2.5], "\(csv)")
            #expect(try tables.notes(csv, columns: [csv.contains("a;x") ? "a;x" : "a"]) == [note].compactMap(\.self), "\(csv)")
        }
    }

    @Test("numbers with a decimal comma between commas, and other forms, are read according to the options")
    func told() throws {
        #expect(try tables.values("a,b\n\"1,5\",2\n\"2,5\",3\n", columns: ["a"], reading: TableReading(decimal: .comma)) == [1.5, 2.5])
        #expect(try tables.values("a;b\n1,250;2\n2,500;3\n", columns: ["a"], reading: TableReading(decimal: .comma)) == [1.25, 2.5])
        #expect(try tables.values("a;b,c\n1;2,5\n3;4,5\n", columns: ["b,c"], reading: TableReading(delimiter: .semicolon)) == [2.5, 4.5])
        #expect(try tables.values("a\n.001\n5.\n+.5e1\n-1\n") == [0.001, 5, 5, -1])
    }

    @Test("an ambiguous table is rejected, with the key that decides")
    func unclear() {
        let cases = [
            ("a;b,c\n1;2,5\n3;4,5\n", "series.csv: fields could be separated by commas or by semicolons. Set data.delimiter to \"comma\" or \"semicolon\"."),
            ("a, in °C;b\n1,5;2\n2,5;3\n", "series.csv: fields could be separated by commas or by semicolons. Set data.delimiter"),
            ("a;b\n1,250;2\n2,500;3\n", "series.csv:2: \"1,250\" could have decimals or thousands behind its comma. Set data.decimal to \"comma\""),
            ("a;b\n1,25;2.5\n", "series.csv:2: \"1,25\" has a decimal comma, 2.5 in line 2 a point. Set data.decimal"),
            ("a,b\n\"1,234\",2\n", "series.csv:2:1: column 'a' is \"1,234\" here, which is not a number. Thousands separators aren't read"),
            ("a,b\n\"1,234.5\",2\n", "series.csv:2:1: column 'a' is \"1,234.5\" here, which is not a number. Thousands separators aren't read: write it without."),
            ("a,b\n1 234 567,2\n", "series.csv:2:1: column 'a' is \"1 234 567\" here, which is not a number. Thousands separators"),
            ("a,b\n\"1,5\",2\n", "series.csv:2:1: column 'a' is \"1,5\" here, which is not a number. Set data.decimal to \"comma\""),
            ("a,b\n5 %,2\n", "series.csv:2:1: column 'a' is \"5 %\" here, which is not a number. Units"),
            ("a,b\n$5.10,2\n", "series.csv:2:1: column 'a' is \"$5.10\" here, which is not a number. Units"),
            ("@relation x\n@attribute a numeric\n@data\n1\n", "series.csv is an ARFF file, which isn't read. Convert it to a CSV file"),
            ("# made by hand\n@problemName x\n@timeStamps false\n@data\n1,2:0\n", "series.csv is a .ts file of the UEA and UCR archives"),
        ]
        for (csv, message) in cases { #expect(tables.message(csv).hasPrefix(message), "\(tables.message(csv))") }
    }

    @Test("a plain table keeps the fingerprint that runs of earlier versions stored")
    func fingerprint() throws {
        let csv = "x,y\n" + (0..<60).map { "\($0 * 37 % 101),\($0 * $0 % 53)\n" }.joined()
        let options = SeriesOptions(
            file: try tables.files.write(csv, to: "pin.csv"), columns: ["x"], targets: ["y"], length: 8, horizon: 1,
            split: try SplitFractions(validation: 0.1))
        #expect(try SeriesWindows(options, batchSize: 8, seed: 1).fingerprint == 0x33f1_e17c_221b_cf22)
    }

    @Test("a first line of numbers is rejected, and read as names or as a row on request")
    func header() throws {
        let cases = ["1.5,2\n2.5,3\n3.5,4\n", "2020-01-01,1.5\n2020-01-02,2.5\n2020-01-03,3\n", ",1,2\n0,1.5,2\n1,2.5,3\n2,3,4\n"]
        for csv in cases {
            #expect(tables.message(csv).contains(":1: the first line, ") && tables.message(csv).contains("Set data.header to \"no\" if"), "\(csv)")
        }
        #expect(try tables.values(cases[0], columns: ["column1"], reading: TableReading(header: .no)) == [1.5, 2.5, 3.5])
        #expect(try tables.values(cases[1], columns: ["column2"], reading: TableReading(header: .no)) == [1.5, 2.5, 3])
        #expect(try tables.values(cases[2], columns: ["1"], reading: TableReading(header: .yes)) == [1.5, 2.5, 3])
        for csv in ["a,1\n1,2\n2,3\n", "1a\n1\n2\n"] { #expect(tables.error(csv) == nil) }
    }
}
