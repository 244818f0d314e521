import Datasets
import Testing

@Suite("Names of rows")
struct RowNamesTests {
    @Test(
        "they are the first column of texts with digits in every row, and without one there are none",
        arguments: [
            ("date,x\n1949-01,1\n1949-02,2\n", ["1949-01", "1949-02"]), ("x,when\n1,Jan 49\n2,Feb 49\n", ["Jan 49", "Feb 49"]),
            ("t,x\n2020-01-01 00:00:00,1\n2020-01-02 00:00:00,2\n", ["2020-01-01", "2020-01-02"]),
            ("t,x\n2020-01-01 00:00:00,1\n2020-01-01 01:00:00,2\n", ["2020-01-01 00:00:00", "2020-01-01 01:00:00"]),
            ("a,b\n1,2\n3,4\n", nil), ("city,b\nParis,2\nRome,4\n", nil), ("date,x\n1949-01,1\n,2\n", nil), ("model,x\nA10,1\nA10,2\n", nil), ("date,x\n", nil),
        ] as [(String, [String]?)])
    func names(table: String, wanted: [String]?) throws {
        let files = try TemporaryFiles()
        #expect(try rowNames(ofFile: files.write(table, to: "a.csv")) == wanted)
    }
}
