import Datasets
import Testing

/// The names of a table's rows.
@Suite struct RowNamesTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    @Test(
        "rows are named by their dates or times, in reading order; without a time in every row there are no names",
        arguments: [
            ("date,x\n1949-01-02,1\n1949-01-03,2\n1949-01-04,3\n", TableReading(), ["1949-01-02", "1949-01-03", "1949-01-04"]),
            ("date,x\n1949-01-04,1\n1949-01-03,2\n1949-01-02,3\n", TableReading(order: .ascending), ["1949-01-02", "1949-01-03", "1949-01-04"]),
            ("x,when\n1,2016-07-01 00:00:00\n2,2016-07-01 01:00:00\n3,2016-07-01 02:00:00\n", TableReading(), ["2016-07-01 00:00", "2016-07-01 01:00", "2016-07-01 02:00"]),
            ("x,y\n1,2\n3,4\n5,6\n", TableReading(), []),
            ("x,y\n1,a\n3,b\n5,c\n", TableReading(), []),
        ] as [(String, TableReading, [String])])
    func names(table: String, reading: TableReading, wanted: [String]) throws {
        let path = try files.write(Array(table.utf8), to: "a.csv")
        let series = try SeriesWindows(
            SeriesOptions(file: path, columns: ["x"], length: 1, horizon: 1, split: SplitFractions(), reading: reading), batchSize: 1, seed: 0)
        #expect(series.rowNames == wanted)
    }
}
