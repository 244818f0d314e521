import Batches
import Datasets
import Testing

@Suite("Parts by numbers of rows")
struct SeriesSplitTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(_ rowCount: Int, _ counts: (Int, Int, Int), evaluated: EvaluatedRange? = nil) throws -> SeriesOptions {
        let csv = "t\n" + (0..<rowCount).map { "\($0)\n" }.joined()
        return SeriesOptions(
            file: try files.write(csv, to: "series.csv"), length: 4, horizon: 2, split: try SplitFractions(validation: 0.1),
            rowCounts: PartRowCounts(training: counts.0, validation: counts.1, test: counts.2), evaluated: evaluated)
    }

    /// The rows that the targets of a part are, first and last.
    private func targetRows(_ windows: SeriesWindows, _ part: DataPart) -> [Int] {
        let count = windows.exampleCount(of: part)
        return count == 0 ? [] : [windows.firstTargetRow(ofExample: 0, in: part), windows.firstTargetRow(ofExample: count - 1, in: part) + 1]
    }

    @Test("with rows to train on, the parts follow each other and the rest is left out; without, validation and test are the last rows", arguments: [
        ((20, 8, 6), [[4, 19], [20, 27], [28, 33]]), ((0, 8, 6), [[4, 25], [26, 33], [34, 39]]), ((20, 0, 0), [[4, 19], [], []]),
        ((0, 0, 6), [[4, 33], [], [34, 39]]), ((26, 8, 6), [[4, 25], [26, 33], [34, 39]]),
    ] as [((Int, Int, Int), [[Int]])])
    func parts(counts: (Int, Int, Int), wanted: [[Int]]) throws {
        let windows = try SeriesWindows(options(40, counts), batchSize: 4, seed: 0)
        #expect(DataPart.allCases.map { targetRows(windows, $0) } == wanted)
        // Statistics are of the training part alone.
        let trainingCount = wanted[0][1] + 1
        #expect(abs(windows.statistics.columns[0].mean - Double(trainingCount - 1) / 2) < 1e-9)
    }

    @Test("with rows left out, windows are those of a file without them, also with shares; another file is judged as a whole", arguments: [(0, 8, 6), (12, 8, 6), (0, 0, 0)])
    func leftOut(counts: (Int, Int, Int)) throws {
        var own = try options(40, counts)
        let shares = SeriesSplit.shares(try SplitFractions(validation: 0.2, test: 0.2))
        if counts == (0, 0, 0) { own.split = shares }
        own.leftOutRowCount = 7
        let windows = try SeriesWindows(own, batchSize: 4, seed: 0)
        var shorter = try options(33, counts)
        if counts == (0, 0, 0) { shorter.split = shares }
        let wanted = try SeriesWindows(shorter, batchSize: 4, seed: 0)
        #expect(windows.statistics == wanted.statistics && windows.fingerprint != wanted.fingerprint)
        for part in DataPart.allCases {
            #expect(windows.exampleCount(of: part) == wanted.exampleCount(of: part) && windows.exampleCount(of: part) > 0)
            let all = Array(0..<wanted.exampleCount(of: part))
            #expect(windows.batch(ofExamples: all, in: part) == wanted.batch(ofExamples: all, in: part))
        }
        let whole = SeriesOptions(
            files: own.files, length: 4, horizon: 2, split: try SplitFractions(validation: 0.1), evaluated: .whole, leftOutRowCount: 7)
        #expect(try SeriesWindows(whole, batchSize: 4, seed: 0).exampleCount(of: .test) > windows.exampleCount(of: .training))
        own.leftOutRowCount = 30
        #expect(fault { _ = try SeriesWindows(own, batchSize: 4, seed: 0) } != nil)
    }

    @Test("they are the parts that shares of the same rows are, but for the fingerprint")
    func shares() throws {
        let rows = try SeriesWindows(options(40, (24, 8, 8)), batchSize: 4, seed: 0)
        let shares = try SeriesWindows(
            SeriesOptions(file: files.path("series.csv"), length: 4, horizon: 2, split: SplitFractions(validation: 0.2, test: 0.2)), batchSize: 4, seed: 0)
        for part in DataPart.allCases { #expect(targetRows(rows, part) == targetRows(shares, part)) }
        #expect(rows.statistics == shares.statistics && rows.fingerprint != shares.fingerprint)
    }

    @Test("a file with fewer rows is refused, unless it is evaluated as a whole")
    func tooFew() throws {
        #expect { try SeriesWindows(options(33, (20, 8, 6)), batchSize: 4, seed: 0) } throws: {
            "\($0)".hasSuffix("series.csv has 33 rows, too few for data.trainingRows 20, data.validationRows 8 and data.testRows 6. Give more rows, or lower these numbers.")
        }
        #expect { try SeriesWindows(options(14, (0, 8, 6)), batchSize: 4, seed: 0) } throws: {
            "\($0)".hasSuffix("series.csv has 14 rows, too few for data.validationRows 8 and data.testRows 6 and at least one to train on. Give more rows, or lower these numbers.")
        }
        #expect(try SeriesWindows(options(33, (20, 8, 6), evaluated: .whole), batchSize: 4, seed: 0).exampleCount(of: .test) == 28)
    }

    @Test("a part that is too short for a window is named")
    func noWindow() throws {
        #expect { try SeriesWindows(options(40, (20, 1, 6)), batchSize: 4, seed: 0) } throws: { "\($0)".contains("the validation part has 1 row") }
        #expect { try SeriesWindows(options(40, (5, 8, 6)), batchSize: 4, seed: 0) } throws: { "\($0)".contains("the training part has 5 rows") }
    }
}
