import Datasets
import Testing

@Suite("Standardised values")
struct ScaleTests {
    let tables: Tables

    init() throws { tables = try Tables() }

    @Test("a column that varies only by rounding is constant: its deviation is 1, and a note says so")
    func rounding() throws {
        let csv = "a,b\n" + (0..<100).map { "\($0 < 80 ? ($0 % 2 == 0 ? "0.3" : "0.30000000000000004") : "0.4"),\($0)\n" }.joined()
        let series = try tables.series(csv, validation: 0.2)
        #expect(series.statistics.columns[0].deviation == 1)
        #expect(series.notes == ["column 'a' is 0.3 in the whole training part, but for rounding: it counts as constant and isn't scaled"])
        let exact = try tables.series("a,b\n" + (0..<100).map { "7,\($0)\n" }.joined(), validation: 0.2)
        #expect(exact.notes == ["column 'a' is 7 in the whole training part: it isn't scaled"])
        // Small compared with the mean, but far above rounding.
        let small = try tables.series("a\n" + (0..<100).map { "\(1e6 + Double($0 % 2) * 1e-6)\n" }.joined())
        #expect(small.statistics.columns[0].deviation < 1e-6 && small.notes == [])
    }

    @Test("a number that marks missing measurements gets a note; one among similar numbers doesn't")
    func marks() throws {
        func csv(_ value: (Int) -> Int) -> String { "a,b\n" + (0..<100).map { "\(value($0)),\($0)\n" }.joined() }
        #expect(
            try tables.series(csv { $0 % 9 == 0 ? -200 : $0 % 5 - 2 }).notes
                == ["column 'a' is −200 in 12 rows and nowhere else below −100: if that marks missing values, leave those fields empty"])
        for value in [{ (row: Int) in row % 9 == 0 ? -200 : -2 * row }, { $0 % 9 == 0 ? -50 : $0 % 5 }, { $0 == 9 ? -200 : $0 % 5 }] {
            #expect(try tables.series(csv(value)).notes == [])
        }
    }

    @Test("values beyond 1,000 deviations are counted, with the first one's line and column")
    func far() throws {
        let csv = "a,b\n" + (0..<100).map { "\($0 == 90 || $0 == 95 ? "-9999" : "\($0 % 5)"),\($0)\n" }.joined()
        #expect(
            try tables.series(csv, validation: 0.2).notes
                == ["column 'a': 2 values lie more than 1,000 deviations from the training part's mean, first −9,999 in line 92"])
    }
}
