import Batches
import Datasets
import Testing

@Suite("Windows that are divided by their own scale")
struct WindowFrameTests {
    private let files: TemporaryFiles
    private let length = 5
    private let horizon = 2

    init() throws { files = try TemporaryFiles() }

    /// Rows of a column that grows a thousandfold, of one that is often the same, and of a third that is predicted but not read.
    private static let rows: [[Double]] = (0..<40).map { row in
        let growth = Double(1 << (row / 4))
        return [growth * Double(3 + row * row % 7), Double(row % 11 / 6 * 10), Double(row * row % 13) - 4]
    }

    private func windows(_ scaling: WindowScaling, relative: Bool = false, lag: Int = 0, loss: Loss = .squaredError) throws -> SeriesWindows {
        let csv = "a,b,c\n" + Self.rows.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
        let options = SeriesOptions(
            file: try files.write(csv, to: "series.csv"), columns: ["a", "b"], targets: ["c", "a"], length: length, horizon: horizon, relative: relative,
            split: try SplitFractions(), loss: loss, lag: lag, windowScaling: scaling)
        return try SeriesWindows(options, batchSize: 100, seed: 1)
    }

    /// What is subtracted from a column in the file's units, and what it is divided by, by a plain computation.
    private func frame(_ scaling: WindowScaling, _ values: [Double], deviation: Double, relative: Bool) -> (base: Double, scale: Double) {
        func middle(_ share: Double) -> Double {
            let (sorted, place) = (values.sorted(), share * Double(values.count - 1))
            let below = Int(place)
            return sorted[below] + (below + 1 < sorted.count ? (place - Double(below)) * (sorted[below + 1] - sorted[below]) : 0)
        }
        let (base, scale): (Double, Double) = switch scaling {
        case .none: (.nan, deviation)
        case .mean: (0, values.reduce(0) { $0 + abs($1) } / Double(values.count))
        case .quartiles: (middle(0.5), middle(0.75) - middle(0.25))
        }
        return (relative ? values[values.count - 1] : base, max(scale, 0.01 * deviation))
    }

    @Test(
        "inputs and targets are the file's values in the window's frame, and a model that says the targets says the file's values",
        arguments: [WindowScaling.mean, .quartiles], [(false, 0), (true, 0), (false, 3), (true, 3)])
    func values(scaling: WindowScaling, base: (relative: Bool, lag: Int)) throws {
        let windows = try windows(scaling, relative: base.relative, lag: base.lag)
        #expect(windows.scaling.neededColumns == ["a", "b", "c"])
        let deviations = windows.statistics.columns.map(\.deviation)
        for start in [0, 7, 33] {
            let batch = windows.batch(ofExamples: [start], in: .training)
            guard case .vectors(let inputs, 2) = batch.input, case .vectorAtEnd(let targets, 4) = batch.target else {
                Issue.record("\(batch)")
                return
            }
            let frames = (0..<3).map { column in
                frame(scaling, Self.rows[start..<start + length].map { $0[column] }, deviation: deviations[column], relative: base.relative)
            }
            for (place, input) in inputs.enumerated() {
                let (row, column) = (start + place / 2, place % 2)
                let wanted = (Self.rows[row][column] - frames[column].base) / frames[column].scale
                #expect(abs(Double(input) - wanted) < 1e-4 * max(1, abs(wanted)), "\(input), not \(wanted)")
            }
            for (place, target) in targets.enumerated() {
                let (row, column) = (start + length + place / 2, [2, 0][place % 2])
                let from = base.lag > 0 ? Self.rows[row - base.lag][column] : frames[column].base
                let wanted = (Self.rows[row][column] - from) / frames[column].scale
                #expect(abs(Double(target) - wanted) < 1e-3 * max(1, abs(wanted)), "\(target), not \(wanted)")
            }
            let restored = windows.restored(targets, ofExample: start, in: .training)
            let truth = (0..<4).map { Self.rows[start + length + $0 / 2][[2, 0][$0 % 2]] }
            #expect(zip(restored, truth).allSatisfy { abs($0 - $1) < 1e-3 * max(1, abs($1)) }, "\(restored), not \(truth)")
            #expect(zip(windows.truth(ofExample: start, in: .training), truth).allSatisfy { abs($0 - $1) < 1e-3 * max(1, abs($1)) })
        }
    }

    @Test("a distribution's quantiles are in the file's units, whatever the window is divided by", arguments: [DistributionFamily.gaussian, .studentT])
    func distributions(family: DistributionFamily) throws {
        let windows = try windows(.mean, loss: .likelihood(family, interval: 0.8))
        // softplus(-30) + 0.0001: a distribution as narrow as there is, around the target.
        let targets = windows.batch(ofExamples: [20], in: .training).target
        guard case .vectorAtEnd(let numbers, let count) = targets else {
            Issue.record("\(targets as Any)")
            return
        }
        let places = family.parameterCount
        let outputs = (0..<count).map { $0 % places == 0 ? numbers[$0] : $0 % places == 1 ? -30 : 0 }
        let restored = windows.restored(outputs, ofExample: 20, in: .training)
        let truth = windows.truth(ofExample: 20, in: .training)
        for (value, wanted) in truth.enumerated() {
            for quantile in restored[value * 3..<value * 3 + 3] { #expect(abs(quantile - wanted) < 0.01 * max(1, abs(wanted)), "\(quantile), not \(wanted)") }
        }
        var comparison = ForecastComparison(windows, part: .training)
        comparison.add(outputs, ofExample: 20)
        let figures = comparison.model.figures(column: 1)
        #expect(figures.rankedProbabilityScore < 0.01 * abs(truth[1]) && figures.meanAbsoluteError < 0.01 * abs(truth[1]))
    }

    @Test("the order of examples is another, runs that differ in it don't go on from each other, and counts are refused")
    func meaning() throws {
        let (plain, mean) = (try windows(.none), try windows(.mean))
        #expect(try plain.fingerprint != mean.fingerprint && plain.fingerprint == windows(.none).fingerprint)
        #expect(mean.scaling.firstDifferenceOfNames(from: plain.scaling) == "data.windowScaling is \"mean\" here, and \"none\" there")
        #expect(fault { _ = try self.windows(.quartiles, loss: .likelihood(.negativeBinomial, interval: 0.8)) }
            == .optionOutOfRange(
                key: "data.windowScaling", found: "\"quartiles\"",
                wanted: "\"none\" with training.loss \"negativeBinomial\": the distribution is one of counts, and differences and shares aren't counts"))
    }
}
