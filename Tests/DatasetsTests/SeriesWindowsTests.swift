import Batches
import Datasets
import Testing

@Suite struct SeriesWindowsTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    /// Columns: t counts rows, s is its square, c is constant.
    private func options(
        _ rowCount: Int, columns: [String] = [], targets: [String] = [], length: Int = 3, horizon: Int = 2, stride: Int = 1, relative: Bool = false,
        validation: Double = 0, test: Double = 0
    ) throws -> SeriesOptions {
        let csv = "t,s,c\n" + (0..<rowCount).map { "\($0),\($0 * $0),0.1\n" }.joined()
        return SeriesOptions(
            file: try files.write(csv, to: "series.csv"), columns: columns, targets: targets, length: length, horizon: horizon, stride: stride,
            relative: relative, split: try SplitFractions(validation: validation, test: test))
    }

    @Test("values are standardised with the training part's mean and deviation over n; a constant column has deviation 1")
    func statistics() throws {
        let windows = try SeriesWindows(options(20, validation: 0.5), batchSize: 4, seed: 0)
        let columns = windows.statistics.columns
        #expect(columns.map(\.name) == ["t", "s", "c"])
        #expect(abs(columns[0].mean - 4.5) < 1e-12 && abs(columns[0].deviation - 8.25.squareRoot()) < 1e-12)
        #expect(abs(columns[1].mean - 28.5) < 1e-12)
        #expect(columns[2].mean == 0.1 && columns[2].deviation == 1)
        #expect(columns[0].restored(columns[0].standardised(123)) == 123)
    }

    @Test("training values have mean 0 and variance 1")
    func standardisedValues() throws {
        let windows = try SeriesWindows(options(400, columns: ["s"], length: 1, horizon: 1), batchSize: 400, seed: 0)
        let values = windows.batches(of: .evaluation(.training)).allColumns().map { Double($0.vectors[0]) }
        // All rows except the last belong to a window's past.
        let last = windows.statistics.columns[0].standardised(399 * 399)
        let sum = values.reduce(last, +)
        #expect(abs(sum / 400) < 1e-6)
        #expect(abs(values.reduce(last * last) { $0 + $1 * $1 } / 400 - 1) < 1e-6)
    }

    @Test("windows belong to the part of their targets; only those of later parts extend back")
    func parts() throws {
        for (length, horizon, stride) in [(3, 2, 1), (1, 1, 1), (5, 1, 2), (2, 4, 3), (6, 3, 5)] {
            let windows = try SeriesWindows(
                options(60, columns: ["t"], length: length, horizon: horizon, stride: stride, validation: 0.2, test: 0.2), batchSize: 5, seed: 0)
            let split = try SplitFractions(validation: 0.2, test: 0.2)
            for part in DataPart.allCases {
                let own = split.range(of: part, count: 60)
                let first = part == .training ? 0 : own.lowerBound - length
                let starts = Array(Swift.stride(from: first, through: own.upperBound - length - horizon, by: stride))
                let found = windows.batches(of: .evaluation(part)).allColumns()
                #expect(found.count == starts.count && windows.exampleCount(of: part) == starts.count)
                for (column, start) in zip(found, starts) {
                    #expect(rows(column.vectors, windows) == Array(start..<start + length))
                    #expect(rows(column.targetNumbers, windows) == Array(start + length..<start + length + horizon))
                }
            }
        }
    }

    /// The rows that values of column t come from.
    private func rows(_ values: [Float], _ windows: SeriesWindows) -> [Int] {
        values.map { Int(windows.statistics.columns[0].restored(Double($0)).rounded()) }
    }

    @Test("targets are flattened [horizon, targets], in the requested order, and needn't be inputs")
    func targets() throws {
        let windows = try SeriesWindows(options(20, columns: ["t"], targets: ["s", "t"]), batchSize: 4, seed: 0)
        #expect(windows.task.output == OutputDescription(count: 4, isEveryStep: false, loss: .squaredError) && windows.input == .vectors(featureCount: 1))
        #expect(windows.targetNames == ["s", "t"])
        let column = windows.batches(of: .evaluation(.training)).allColumns()[2]
        let restored = windows.restored(column.targetNumbers, ofExample: 2, in: .training)
        for (value, wanted) in zip(restored, [25, 5, 36, 6]) { #expect(abs(value - Double(wanted)) < 1e-4) }
        #expect(windows.batches(of: .training(epoch: 0)).targetCount(ofBatch: 0) == 16)
    }

    @Test("relative windows are the plain ones minus their last past row, and restored undoes it")
    func relative() throws {
        let plain = try SeriesWindows(options(30, targets: ["s", "t"], validation: 0.3), batchSize: 4, seed: 0)
        let relative = try SeriesWindows(options(30, targets: ["s", "t"], relative: true, validation: 0.3), batchSize: 4, seed: 0)
        #expect(plain.fingerprint != relative.fingerprint)
        for part in [DataPart.training, .validation] {
            let pairs = zip(plain.batches(of: .evaluation(part)).allColumns(), relative.batches(of: .evaluation(part)).allColumns())
            for (one, other) in pairs {
                let last = Array(one.vectors.suffix(3))
                #expect(other.vectors == one.vectors.enumerated().map { $1 - last[$0 % 3] })
                #expect(other.targetNumbers == one.targetNumbers.enumerated().map { $1 - last[$0 % 2 == 0 ? 1 : 0] })
                let restored = relative.restored(other.targetNumbers, ofExample: other.index, in: part)
                let wanted = plain.restored(one.targetNumbers, ofExample: one.index, in: part)
                for (value, plainValue) in zip(restored, wanted) { #expect(abs(value - plainValue) < 1e-3) }
            }
        }
    }

    @Test("statistics read back from JSON have the same bits, and are then used")
    func storedStatistics() throws {
        let first = try SeriesWindows(options(20, validation: 0.5), batchSize: 4, seed: 0)
        let stored = try SeriesStatistics(json: Array(first.statistics.json.utf8), file: "statistics.json")
        #expect(stored == first.statistics)
        let other = try SeriesWindows(options(40), batchSize: 4, seed: 0, statistics: stored)
        #expect(other.statistics == stored)
        #expect(other.fingerprint != (try SeriesWindows(options(40), batchSize: 4, seed: 0)).fingerprint)
        #expect(
            fault { _ = try SeriesWindows(options(20, columns: ["s"]), batchSize: 4, seed: 0, statistics: stored) }
                == .columnsDiffer(path: files.path("series.csv"), found: ["s"], stored: ["t", "s", "c"]))
    }

    @Test("malformed statistics are rejected with a position")
    func malformedStatistics() {
        let cases = [
            ("{}", 1, 1), ("{\"columns\": []}", 1, 13), ("{\"columns\": [{\"name\": \"a\", \"mean\": 1}]}", 1, 14),
            ("{\"columns\": [{\"name\": 1, \"mean\": 1, \"deviation\": 1}]}", 1, 23),
            ("{\"columns\": [{\"name\": \"a\", \"mean\": \"1\", \"deviation\": 1}]}", 1, 36),
            ("{\"columns\": [{\"name\": \"a\", \"mean\": 1, \"deviation\": 0}]}", 1, 52),
        ]
        for (json, line, column) in cases {
            guard case .malformedFile("s.json", line, column, _)? = fault({ _ = try SeriesStatistics(json: Array(json.utf8), file: "s.json") })
            else {
                Issue.record("not refused there: \(json)")
                continue
            }
        }
    }

    @Test("parts without a window, options out of range and values out of scale are rejected")
    func refused() throws {
        #expect(fault { _ = try SeriesWindows(options(5), batchSize: 1, seed: 0) } == nil)
        #expect(
            fault { _ = try SeriesWindows(options(4), batchSize: 1, seed: 0) }
                == .seriesTooShort(path: files.path("series.csv"), part: .training, rowCount: 4, neededCount: 5, length: 3, horizon: 2))
        #expect(
            fault { _ = try SeriesWindows(options(10, validation: 0.1), batchSize: 1, seed: 0) }
                == .seriesTooShort(path: files.path("series.csv"), part: .validation, rowCount: 1, neededCount: 2, length: 3, horizon: 2))
        for (length, horizon, stride) in [(0, 1, 1), (1, 0, 1), (1, 1, 0), (Int.max, Int.max, 1)] {
            #expect(
                fault { _ = try SeriesWindows(options(9, length: length, horizon: horizon, stride: stride), batchSize: 1, seed: 0) }?.category
                    == .badConfiguration)
        }
        let path = try files.write("a\n1\n2\n3\n-1e19\n", to: "far.csv")
        let far = SeriesOptions(file: path, length: 1, horizon: 1, split: try SplitFractions(validation: 0.25))
        #expect(fault { _ = try SeriesWindows(far, batchSize: 1, seed: 0) } == .valueOutOfScale(path: path, row: 4, column: "a"))
        for csv in ["a\n1e308\n-1e308\n", "a\n1e-200\n2e-200\n"] {
            let path = try files.write(csv, to: "scale.csv")
            let options = SeriesOptions(file: path, length: 1, horizon: 1, split: try SplitFractions())
            #expect(fault { _ = try SeriesWindows(options, batchSize: 1, seed: 0) } == .columnOutOfScale(path: path, column: "a"))
        }
    }
}
