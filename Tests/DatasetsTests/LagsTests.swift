import Batches
import Datasets
import Testing

@Suite("Values that lie a lag before the rows to forecast")
struct LagsTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(_ lags: [Int], columns: [String] = ["x", "y"], relative: Bool = false, scaling: WindowScaling = .none) throws -> SeriesOptions {
        let csv = "x,y\n" + (0..<60).map { "\($0 % 9),\(Self.y($0))\n" }.joined()
        return SeriesOptions(
            file: try files.write(csv, to: "series.csv"), columns: columns, targets: ["y"], length: 4, horizon: 3, relative: relative,
            split: try SplitFractions(validation: 0.2), windowScaling: scaling, lags: lags)
    }

    private static func y(_ row: Int) -> Int { row * row % 31 }

    @Test(
        "stand beside each time step: of the row one horizon later, less what is subtracted from the column; windows begin where the longest lag reaches",
        arguments: [(relative: false, scaling: WindowScaling.none), (true, .none), (false, .quartiles)], [["x", "y"], ["x"]])
    func values(base: (relative: Bool, scaling: WindowScaling), columns: [String]) throws {
        let (plain, lagged) = try (
            SeriesWindows(options([], columns: columns, relative: base.relative, scaling: base.scaling), batchSize: 64, seed: 1),
            SeriesWindows(options([3, 10], columns: columns, relative: base.relative, scaling: base.scaling), batchSize: 64, seed: 1)
        )
        let count = columns.count
        #expect(lagged.featureNames == columns + ["y, 3 rows before", "y, 10 rows before"] && lagged.scaling.neededColumns == ["x", "y"])
        #expect(lagged.scaling.pastRowCount == 11 && lagged.scaling.length == 4)
        // 48 rows of training: 11 past, 3 to forecast; those of validation look back.
        #expect(lagged.exampleCount(of: .training) == 35 && lagged.exampleCount(of: .validation) == 10 && plain.exampleCount(of: .training) == 42)
        for (part, first) in [(DataPart.training, 0), (.validation, 37)] {
            for example in [0, lagged.exampleCount(of: part) - 1] {
                let target = lagged.firstTargetRow(ofExample: example, in: part)
                #expect(target == first + example + 11)
                // The window of the other with the same targets.
                let other = (0..<plain.exampleCount(of: part)).first { plain.firstTargetRow(ofExample: $0, in: part) == target }
                let (own, wanted) = (lagged.batch(ofExamples: [example], in: part), plain.batch(ofExamples: [try #require(other)], in: part))
                #expect(own.target == wanted.target)
                guard case .vectors(let numbers, let width) = own.input, case .vectors(let before, _) = wanted.input else { continue }
                #expect(width == count + 2 && numbers.count == 4 * width)
                let restored = lagged.past(ofExample: example, in: part).map { $0[0] }
                #expect(zip(restored, (target - 4..<target).map { Double(Self.y($0)) }).allSatisfy { abs($0 - $1) < 1e-4 })
                let frame = lagged.scaling.frame(columnCount: 2) { row, column in
                    Float(lagged.statistics.columns[column].standardised(column == 0 ? Double((target - 11 + row) % 9) : Double(Self.y(target - 11 + row))))
                }
                for time in 0..<4 {
                    #expect(Array(numbers[time * width..<time * width + count]) == Array(before[time * count..<(time + 1) * count]))
                    for (place, lag) in [3, 10].enumerated() {
                        let value = Float(lagged.statistics.columns[1].standardised(Double(Self.y(target - 4 + time + 3 - lag))))
                        let wanted = (value - frame.bases[1]) / frame.scales[1]
                        #expect(abs(numbers[time * width + count + place] - wanted) < 1e-5)
                    }
                }
            }
        }
        #expect(lagged.fingerprint != plain.fingerprint)
        #expect(lagged.scaling.firstDifferenceOfNames(from: plain.scaling) == "data.lags is [3, 10] here, and [] there")
    }

    @Test("a lag that is shorter than the horizon is refused, and so is a file that is too short for the longest")
    func refusals() throws {
        #expect(fault { _ = try SeriesWindows(self.options([24, 2]), batchSize: 4, seed: 1) }
            == .optionOutOfRange(
                key: "data.lags", found: "2", wanted: "a list of integers from data.horizon, 3, on: what is less far back isn't known of each row to forecast"))
        let short = fault { _ = try SeriesWindows(self.options([48]), batchSize: 4, seed: 1) }
        guard case .seriesTooShort(_, _, let rowCount, let neededCount, _, _)? = short else {
            Issue.record("\(short as Any)")
            return
        }
        #expect(rowCount == 48 && neededCount == 52)
        #expect(fault { _ = try SeriesPast.all(
            of: TableFile(path: self.options([]).files[0]), scaling: SeriesWindows(self.options([30]), batchSize: 4, seed: 1).scaling, reading: TableReading()) } == nil)
    }
}
