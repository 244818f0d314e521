import Batches
import Datasets
import Foundation
import StrictJSON
import Testing

@Suite("Missing values that are masked")
struct MissingMarksTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    /// y lacks rows 0, 4 and 9, p lacks row 5, and q nothing.
    private static let csv = "y,p,q\n" + (0..<16).map { "\([0, 4, 9].contains($0) ? "" : "\($0 * $0 % 11)"),\($0 == 5 ? "NA" : "\($0 % 4)"),\($0)\n" }.joined()

    private func options(_ csv: String = csv, _ change: (inout SeriesOptions) -> Void = { _ in }) throws -> SeriesOptions {
        var options = SeriesOptions(
            file: try files.write(csv, to: "t.csv"), columns: ["y", "p", "q"], targets: ["y"], length: 3, horizon: 2, split: try SplitFractions(validation: 0.25),
            reading: TableReading(missing: .mask))
        change(&options)
        return options
    }

    private func windows(_ options: SeriesOptions, statistics: SeriesStatistics? = nil) throws -> SeriesWindows {
        try SeriesWindows(options, batchSize: 100, seed: 0, statistics: statistics)
    }

    private func targets(_ windows: SeriesWindows, _ part: DataPart = .training) -> [[Float]] {
        windows.batches(of: .evaluation(part)).indices(windows.exampleCount(of: part)).flatMap { batch -> [[Float]] in
            guard case .vectorAtEnd(let values, let width)? = batch.target else { return [] }
            return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
        }
    }

    @Test("inputs are filled from before, at first with the mean, and marked; targets are NaN, and don't count")
    func marks() throws {
        let found = try windows(options())
        #expect(found.featureNames == ["y", "p", "q", "y missing", "p missing"] && found.targetNames == ["y"])
        // Of the 12 rows of training those that are known.
        let known = (0..<12).filter { ![0, 4, 9].contains($0) }.map { Double($0 * $0 % 11) }
        let y = found.statistics.columns[0]
        #expect(abs(y.mean - known.reduce(0, +) / Double(known.count)) < 1e-12 && found.statistics.columns.suffix(2).allSatisfy { $0.mean == 0 && $0.deviation == 1 })
        let inputs = found.batches(of: .evaluation(.training)).allColumns().map(\.vectors)
        for (start, input) in inputs.enumerated() {
            for time in 0..<3 {
                let row = start + time
                let value: Float? = row == 0 ? 0 : y.number(Double([4: 9, 9: 64 % 11][row] ?? row * row % 11))
                #expect(input[time * 5] == value, "row \(row)")
                #expect(Array(input[time * 5 + 3..<time * 5 + 5]) == [[0, 4, 9].contains(row) ? 1 : 0, row == 5 ? 1 : 0])
            }
        }
        for part in [DataPart.training, .validation] {
            let first = part == .training ? 3 : 12
            for (example, target) in targets(found, part).enumerated() {
                let wanted = (0..<2).map { [0, 4, 9].contains(first + example + $0) ? nil : y.number(Double((first + example + $0) * (first + example + $0) % 11)) }
                #expect(zip(target, wanted).allSatisfy { $1 == nil ? $0.isNaN : $0 == $1 }, "\(part), \(example): \(target)")
                #expect(found.targetCount(ofExample: example, in: part) == wanted.compactMap(\.self).count)
            }
        }
        #expect(found.notes.contains { $0.contains("4 values are missing in 4 of 16 rows") && $0.hasSuffix("the model reads where, and they don't count as targets") })
    }

    @Test("forecasts without a model, and errors, are of the known values alone")
    func errors() throws {
        let found = try windows(options { $0.horizon = 1 })
        var comparison = ForecastComparison(found, part: .training)
        var (sum, count) = (0.0, 0)
        for example in 0..<found.exampleCount(of: .training) {
            let (last, truth) = (found.past(ofExample: example, in: .training)[2][0], found.truth(ofExample: example, in: .training)[0])
            comparison.add([0], ofExample: example)
            guard !truth.isNaN else { continue }
            (sum, count) = (sum + abs(last - truth), count + 1)
        }
        let lastRow = try #require(comparison.naive.first { $0.forecast == .lastRow })
        // Rows 3 to 11 without 4 and 9.
        #expect(count == 7 && lastRow.errors.figures().count == 7 && comparison.model.figures().count == 7)
        #expect(abs(lastRow.errors.figures().meanAbsoluteError - sum / Double(count)) < 1e-5)
        #expect(found.naiveLosses(of: .training).allSatisfy { $0.loss.isFinite })
    }

    static let forms: [@Sendable (inout SeriesOptions) -> Void] = [
        { _ in }, { $0.relative = true }, { $0.lag = 2 }, { $0.loss = .quantiles(interval: 0.8) }, { $0.loss = .likelihood(.negativeBinomial, interval: 0.8) },
        { $0.targets = ["y", "q"] }, { ($0.columns, $0.targets) = (["p"], ["y"]) }, { $0.leftOutRowCount = 3 },
    ]

    @Test("stored statistics and the binary form give the same windows", arguments: 0..<forms.count)
    func stored(form: Int) throws {
        let options = try options(Self.csv, Self.forms[form])
        let wanted = try windows(options)
        let reading = PreparedReading(kind: "series", settings: [], sources: [PreparedSource(key: "data.files", path: options.files[0])])
        _ = try SeriesPreparation(options, reading: reading).write(to: files.path("t.prepared"), command: "")
        let prepared = try #require(try SeriesWindows(options, prepared: files.path("t.prepared"), reading: reading, batchSize: 100, seed: 0))
        let again = try windows(options, statistics: wanted.statistics)
        for found in [prepared, again] {
            #expect(found.fingerprint == wanted.fingerprint && found.featureNames == wanted.featureNames)
            for part in [DataPart.training, .validation] {
                #expect(found.batches(of: .evaluation(part)).allColumns().map(\.vectors) == wanted.batches(of: .evaluation(part)).allColumns().map(\.vectors))
                #expect(targets(found, part).map { $0.map(\.bitPattern) } == targets(wanted, part).map { $0.map(\.bitPattern) })
            }
        }
    }

    @Test("rows that are left out change nothing, neither marks nor statistics")
    func noLeak() throws {
        let lines = Self.csv.split(separator: "\n").map { $0 + "\n" }
        // Rows of later have values missing where none were before.
        let cut = try windows(options(lines.prefix(14).joined()))
        let whole = try windows(options(lines.prefix(14).joined() + "5,,\n,7,\n,,3\n") { $0.leftOutRowCount = 3 })
        #expect(whole.featureNames == cut.featureNames && whole.statistics == cut.statistics)
        #expect(whole.batches(of: .evaluation(.training)).allColumns().map(\.vectors) == cut.batches(of: .evaluation(.training)).allColumns().map(\.vectors))
    }

    @Test("what follows a file is forecast from its last rows with their marks")
    func past() throws {
        let found = try windows(options())
        let file = try files.write("q,p,y\n1,2,\n2,,5\n3,1,\n", to: "next.csv")
        let past = try SeriesPast.all(of: TableFile(path: file), scaling: found.scaling, reading: TableReading(missing: .mask))[0]
        #expect(past.rows.map { Array($0[1...]) } == [[2, 1, 1, 0], [2, 2, 0, 1], [1, 3, 1, 0]] && past.rows[0][0].isNaN && past.rows[1][0] == 5 && past.rows[2][0] == 5)
    }

    private static let faults: [(csv: String, change: @Sendable (inout SeriesOptions) -> Void, words: String)] = [
        (csv, { $0.future = ["p"] }, "data.future is \"p\", which has missing values"),
        (csv.replacing("q\n", with: "y missing\n"), { $0.columns = ["y", "p", "y missing"] }, "so is called where another one lacks values"),
        (csv.replacing("q\n", with: "p missing\n"), { $0.columns = ["y", "p missing", "p"] }, "the column 'p missing' of"),
        ("y,p,q\n" + (0..<16).map { "\($0 < 12 ? "\($0)" : ""),1,2\n" }.joined(), { _ in }, "in the validation part all values to forecast are missing"),
    ]

    @Test("what can't be is refused", arguments: 0..<faults.count)
    func refused(place: Int) throws {
        let (csv, change, words) = Self.faults[place]
        #expect { try windows(options(csv, change)) } throws: { "\($0)".contains(words) }
    }

    @Test("an empty category is none of them")
    func categories() throws {
        let csv = "y,kind\n" + (0..<12).map { "\($0 % 5),\(["a", "", "b"][$0 % 3])\n" }.joined()
        let found = try windows(options(csv) { ($0.columns, $0.categories) = (["y"], ["kind"]) })
        #expect(found.featureNames == ["y", "kind=a", "kind=b", "y missing"])
        #expect(Array(found.batches(of: .evaluation(.training)).allColumns()[0].vectors[5..<8]) == [0, 0, 0])
    }
}

extension BatchSequence {
    /// All batches of `count` sequences in their order.
    fileprivate func indices(_ count: Int) -> [Batch] {
        (0..<batchCount).map { sequences(at: 0..<sequenceCount(ofBatch: $0), ofBatch: $0) }
    }
}
