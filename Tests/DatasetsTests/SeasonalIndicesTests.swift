import Batches
import Datasets
import Testing

@Suite("Naive 2 and OWA of the M4 competition")
struct SeasonalIndicesTests {
    /// Of `statsmodels.tsa.seasonal.seasonal_decompose(x, model="multiplicative", period=m).seasonal[:m]` (statsmodels 0.14), for
    /// `x[t] = (100 + 2 * t + t * t % 7) * shares[t % m]`.
    private static let decomposed: [(season: Int, count: Int, shares: [Double], indices: [Double])] = [
        (4, 26, [1.2, 0.7, 1.0, 1.1], [1.204621172817, 0.702002442071, 0.99543683557, 1.097939549542]),
        (5, 31, [0.8, 1.3, 1.0, 0.9, 1.0], [0.798670895015, 1.30096242894, 1.000826802776, 0.899778121744, 0.999761751525]),
    ]

    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func comparison(_ values: [Double], season: Int, test: Int, horizon: Int) throws -> ForecastComparison {
        let options = SeriesOptions(
            file: try files.write("y\n" + values.map { "\($0)\n" }.joined(), to: "y.csv"), length: 3, horizon: horizon, split: try SplitFractions(),
            rowCounts: PartRowCounts(training: 0, validation: 0, test: test), season: season)
        return ForecastComparison(try SeriesWindows(options, batchSize: 4, seed: 1), part: .test)
    }

    @Test("Naive 2 is the last row with its season exchanged for that of the row to forecast, by the decomposition of the rows before", arguments: 0..<2)
    func naive2(place: Int) throws {
        let (season, count, shares, indices) = Self.decomposed[place]
        func level(_ row: Int) -> Double { 100 + 2 * Double(row) + Double(row * row % 7) }
        // Behind the rows that are decomposed come as many as are forecast at once.
        let values = (0..<count + 3).map { level($0) * shares[$0 % season] }
        var comparison = try comparison(values, season: season, test: 3, horizon: 3)
        comparison.add([0, 0, 0], ofExample: 0)
        let naive = try #require(comparison.naive.first { $0.forecast == .adjustedLastRow(season) })
        let last = count - 1
        for ahead in 1...3 {
            let forecast = values[last] / indices[last % season] * indices[(last + ahead) % season]
            let found = naive.errors.figures(column: 0, ahead: ahead).meanAbsoluteError
            let wanted = abs(forecast - values[last + ahead])
            #expect(abs(found - wanted) < 1e-4 * max(1, wanted), "\(ahead): \(found), not \(wanted)")
        }
        #expect(try abs(#require(comparison.overallWeightedAverage(of: naive.errors)) - 1) < 1e-12)
        // Half of the sum of both measures' quotients.
        let (own, base) = (comparison.model.figures(), naive.errors.figures())
        let wanted = try (own.symmetricPercentageError / base.symmetricPercentageError + #require(own.scaledError) / #require(base.scaledError)) / 2
        #expect(try abs(#require(comparison.overallWeightedAverage(of: comparison.model)) - wanted) < 1e-12 && wanted > 1)
    }

    @Test(
        "it is the last row itself where the season isn't significant, the rows are too few, or a value isn't above 0",
        arguments: ["noise", "short", "negative", "constant"])
    func noSeason(kind: String) throws {
        let values = (0..<40).map { (row: Int) -> Double in
            switch kind {
            case "noise": Double(row * row * 7919 % 101) + 1
            case "short": row < 31 ? 100 : Double([10, 5, 7, 1][row % 4])
            case "negative": Double([10, 5, 7, -1][row % 4])
            default: 5
            }
        }
        var comparison = try comparison(kind == "short" ? Array(values.suffix(13)) : values, season: 4, test: 2, horizon: 1)
        for example in 0..<2 { comparison.add([0], ofExample: example) }
        let (last, adjusted) = (comparison.naive[0], try #require(comparison.naive.first { $0.forecast == .adjustedLastRow(4) }))
        #expect(last.forecast == .lastRow && abs(last.errors.figures().meanAbsoluteError - adjusted.errors.figures().meanAbsoluteError) < 1e-6)
        if kind == "constant" { #expect(comparison.overallWeightedAverage(of: comparison.model) == nil) }
    }
}
