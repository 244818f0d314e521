import Batches
import Datasets
import Distributions
import Testing

@Suite("Errors of forecasts in the file's units")
struct ForecastErrorsTests {
    private let files: TemporaryFiles
    private let length = 5
    private let horizon = 3
    /// Of a column without a season of 4 rows, so that no forecast is right by chance.
    private let values: [Double] = (0..<40).map { (row: Int) -> Double in Double(row * row % 17) + 0.5 * Double(row) + 100 }

    init() throws { files = try TemporaryFiles() }

    private func windows(season: Int, relative: Bool, lag: Int = 0, loss: Loss = .squaredError) throws -> SeriesWindows {
        let csv = "y,other\n" + values.enumerated().map { "\($1),\($0 % 3)\n" }.joined()
        let options = SeriesOptions(
            file: try files.write(csv, to: "series.csv"), columns: ["other", "y"], targets: ["y"], length: length, horizon: horizon, relative: relative,
            split: try SplitFractions(), rowCounts: PartRowCounts(training: 0, validation: 6, test: 10), loss: loss, season: season, lag: lag)
        return try SeriesWindows(options, batchSize: 4, seed: 1)
    }

    /// The forecast of row `last + ahead`.
    private func naive(_ forecast: NaiveForecast, last: Int, ahead: Int) -> Double {
        switch forecast {
        case .lastRow: return values[last]
        case .drift: return values[last] + Double(ahead) * (values[last] - values[0]) / Double(last)
        case .mean: return values[..<24].reduce(0, +) / 24
        case .windowMean: return values[last - length + 1...last].reduce(0, +) / Double(length)
        case .season(let count):
            var row = last + ahead
            while row > last { row -= count }
            return values[row]
        // This column has no season.
        case .adjustedLastRow: return values[last]
        }
    }

    @Test("of forecasts without a model they are those of a plain computation over all windows of the test part", arguments: [1, 2, 4], [(false, 0), (true, 0), (true, 2)])
    func naiveForecasts(season: Int, base: (relative: Bool, lag: Int)) throws {
        let windows = try windows(season: season, relative: base.relative, lag: base.lag)
        var comparison = ForecastComparison(windows, part: .test)
        #expect(windows.exampleCount(of: .test) == 8 && comparison.naive.count == (season > 1 ? 6 : 4))
        for example in 0..<8 { comparison.add([0, 0, 0], ofExample: example) }
        let differences: [Double] = (season..<30).map { abs(values[$0] - values[$0 - season]) }
        let scale = differences.reduce(0, +) / Double(differences.count)
        for (forecast, errors) in comparison.naive {
            for ahead in [nil, 1, 2, 3] {
                var pairs: [(Double, Double)] = []
                for last in 29...36 {
                    for row in 1...horizon where ahead == nil || ahead == row { pairs.append((naive(forecast, last: last, ahead: row), values[last + row])) }
                }
                func mean(_ term: (Double, Double) -> Double) -> Double { pairs.reduce(0) { $0 + term($1.0, $1.1) } / Double(pairs.count) }
                let found = errors.figures(column: 0, ahead: ahead)
                #expect(found.count == pairs.count)
                expectClose(found.meanAbsoluteError, mean { abs($0 - $1) }, "\(forecast)")
                expectClose(found.rootMeanSquaredError, mean { ($0 - $1) * ($0 - $1) }.squareRoot(), "\(forecast)")
                expectClose(found.symmetricPercentageError, mean { 200 * abs($0 - $1) / ($0 + $1) }, "\(forecast)")
                expectClose(try #require(found.scaledError), mean { abs($0 - $1) } / scale, "\(forecast)")
            }
        }
    }

    private func expectClose(_ found: Double, _ wanted: Double, _ what: String) {
        #expect(abs(found - wanted) < 1e-4 * max(1, abs(wanted)), "\(what): \(found), not \(wanted)")
    }

    @Test("outputs that are all one deviation too high have that mean error, however the windows are taken", arguments: [false, true])
    func model(relative: Bool) throws {
        let windows = try windows(season: 0, relative: relative)
        #expect(windows.season == 1)
        var comparison = ForecastComparison(windows, part: .validation)
        for example in 0..<windows.exampleCount(of: .validation) {
            guard case .vectorAtEnd(let target, _)? = windows.batch(ofExamples: [example], in: .validation).target else { continue }
            comparison.add(target.map { $0 + 1 }, ofExample: example)
        }
        let (figures, deviation) = (comparison.model.figures(column: 0), windows.statistics.columns[1].deviation)
        #expect(figures.count == 12)
        expectClose(figures.meanAbsoluteError, deviation, "mean absolute error")
        expectClose(figures.standardisedSquaredError, 1, "standardised")
        expectClose(comparison.model.figures(ofSeries: 0, column: 0).meanAbsoluteError, deviation, "of the only series")
    }

    @Test("with a lag, targets are differences from the rows so many before, of which none lies after the window; a lag that is too long is refused", arguments: [1, 2, 4])
    func lags(lag: Int) throws {
        let windows = try windows(season: 0, relative: false, lag: lag)
        let column = windows.statistics.columns[1]
        for example in 0..<windows.exampleCount(of: .test) {
            guard case .vectorAtEnd(let target, 3)? = windows.batch(ofExamples: [example], in: .test).target else { continue }
            for ahead in 1...3 {
                let wanted = (values[29 + example + ahead] - naive(.season(lag), last: 29 + example, ahead: ahead)) / column.deviation
                #expect(abs(Double(target[ahead - 1]) - wanted) < 1e-5)
            }
            let restored = windows.restored(target, ofExample: example, in: .test)
            for ahead in 1...3 { expectClose(restored[ahead - 1], values[29 + example + ahead], "ahead \(ahead)") }
        }
        #expect(fault { _ = try self.windows(season: 0, relative: false, lag: 6) } == .optionOutOfRange(key: "data.lag", found: "6", wanted: "at most data.length, 5"))
    }

    @Test("with quantiles, errors are those of the median, and the coverage is the share of true values within the interval")
    func coverage() throws {
        let windows = try windows(season: 0, relative: true, loss: .quantiles(interval: 0.8))
        #expect(windows.task.output.count == 9 && windows.scaling.valueNames == ["y 10 %", "y 50 %", "y 90 %"])
        var comparison = ForecastComparison(windows, part: .test)
        for example in 0..<windows.exampleCount(of: .test) {
            guard case .vectorAtEnd(let target, 9)? = windows.batch(ofExamples: [example], in: .test).target else { continue }
            #expect(target[0] == target[1] && target[1] == target[2])
            // Half of the intervals hold the true value; all medians are one deviation too high.
            let shift: Float = example % 2 == 0 ? -0.5 : 0.5
            comparison.add(target.enumerated().map { $1 + ($0 % 3 == 0 ? shift : $0 % 3 == 1 ? 1 : 2) }, ofExample: example)
        }
        let figures = comparison.model.figures(column: 0)
        #expect(abs(try #require(comparison.interval) - 0.8) < 1e-12 && figures.count == 24 && figures.coverage == 0.5)
        expectClose(figures.meanAbsoluteError, windows.statistics.columns[1].deviation, "mean absolute error")
        let levels = [0.1, 0.5, 0.9]
        let wanted = (29...36).flatMap { last in
            (1...3).map { (ahead: Int) -> Double in
                let error = (values[last] - values[last + ahead]) / windows.statistics.columns[1].deviation
                return levels.reduce(0) { $0 + (error < 0 ? -$1 * error : (1 - $1) * error) } / 3
            }
        }
        expectClose(try #require(windows.naiveLosses(of: .test).first?.loss), wanted.reduce(0, +) / Double(wanted.count), "loss of the last row")
    }

    @Test("of distributions, scores and quantile losses are those of their quantiles in the file's units", arguments: [DistributionFamily.gaussian, .studentT])
    func distributions(family: DistributionFamily) throws {
        let windows = try windows(season: 0, relative: true, loss: .likelihood(family, interval: 0.8))
        let count = family.parameterCount
        #expect(windows.task.output.count == 3 * count && windows.targetCount(ofExample: 0, in: .test) == 3)
        var comparison = ForecastComparison(windows, part: .test)
        let deviation = windows.statistics.columns[1].deviation
        var (scores, losses, truths, covered): (Double, Double, Double, Double) = (0, 0, 0, 0)
        for example in 0..<windows.exampleCount(of: .test) {
            guard case .vectorAtEnd(let target, _)? = windows.batch(ofExamples: [example], in: .test).target else { continue }
            #expect(target.count == 3 * count && target[1] == 1)
            let outputs = target.indices.map { Float($0 % 5) / 3 - 0.5 }
            comparison.add(outputs, ofExample: example)
            for ahead in 0..<3 {
                var own = SIMD4<Float>.zero
                for place in 0..<count { own[place] = outputs[ahead * count + place] }
                let (truth, base) = (values[30 + example + ahead], values[29 + example])
                scores += family.rankedProbabilityScore(of: (truth - base) / deviation, outputs: own) * deviation / 24
                let quantiles = [0.1, 0.5, 0.9].map { (level: $0, value: base + deviation * family.quantile($0, outputs: own)) }
                losses += quantiles.reduce(0) { $0 + 2 * max($1.level * (truth - $1.value), ($1.level - 1) * (truth - $1.value)) } / 3
                truths += truth
                if quantiles[0].value <= truth, truth <= quantiles[2].value { covered += 1 / 24 }
            }
        }
        let figures = comparison.model.figures(column: 0)
        expectClose(figures.rankedProbabilityScore, scores, "CRPS")
        expectClose(figures.standardisedAbsoluteError, figures.meanAbsoluteError / deviation, "in deviations")
        expectClose(try #require(figures.weightedQuantileLoss), losses / truths, "quantile loss")
        expectClose(figures.coverage, covered, "coverage")
        #expect(comparison.hasDistributions && windows.naiveLosses(of: .test).isEmpty && windows.bestNaive(of: .test) == nil)
        for (forecast, errors) in comparison.naive {
            let figures = errors.figures(column: 0)
            #expect(figures.rankedProbabilityScore == figures.meanAbsoluteError, "\(forecast)")
            expectClose(try #require(figures.weightedQuantileLoss), figures.meanAbsoluteError * 24 / truths, "\(forecast)")
        }
    }

    @Test("counts are divided by 1 + their mean; targets are the counts and that scale, and quantiles are counts of the file", arguments: [SeriesScale.global, .series])
    func counts(scaling: SeriesScale) throws {
        func count(_ row: Int, _ place: Int) -> Double { Double((row * row % 7) * (1 + 50 * place)) }
        let csv = "id,n\n" + (0..<2).map { place in (0..<20).map { "\("ab".dropFirst(place).first!),\(Int(count($0, place)))\n" }.joined() }.joined()
        let options = SeriesOptions(
            file: try files.write(csv, to: "counts.csv"), columns: ["n"], length: 3, horizon: 2, split: try SplitFractions(),
            rowCounts: PartRowCounts(training: 0, validation: 4, test: 4), loss: .likelihood(.negativeBinomial, interval: 0.8), id: "id", scaling: scaling)
        let windows = try SeriesWindows(options, batchSize: 4, seed: 1)
        let means = (0..<2).map { place in (0..<12).reduce(0) { $0 + count($1, place) } / 12 }
        let scales = scaling == .series ? means.map { 1 + $0 } : Array(repeating: 1 + (means[0] + means[1]) / 2, count: 2)
        var comparison = ForecastComparison(windows, part: .test)
        for example in 0..<windows.exampleCount(of: .test) {
            let batch = windows.batch(ofExamples: [example], in: .test)
            guard case .vectorAtEnd(let target, 4)? = batch.target, case .vectors(let input, 1)? = batch.input as Batch.Input? else { continue }
            let (place, first) = (example / 3, 16 + example % 3)
            #expect(target[0] == Float(count(first, place)) && target[2] == Float(count(first + 1, place)))
            expectClose(Double(target[1]), scales[place], "scale")
            expectClose(Double(input[2]), count(first - 1, place) / scales[place], "input")
            let outputs: [Float] = [0.4, 0.2, 1, -1]
            let wanted = [0.1, 0.5, 0.9].map { DistributionFamily.negativeBinomial.quantile($0, outputs: [0.4, 0.2, 0, 0], scale: scales[place]) }
            #expect(Array(windows.restored(outputs, ofExample: example, in: .test)[..<3]) == wanted)
            #expect(windows.truth(ofExample: example, in: .test) == [count(first, place), count(first + 1, place)])
            comparison.add(outputs, ofExample: example)
        }
        // The training mean of each.
        let mean = try #require(comparison.naive.first { $0.forecast == .mean }).errors
        let wanted = (0..<2).flatMap { place in [16, 17, 17, 18, 18, 19].map { abs(count($0, place) - (scales[place] - 1)) } }
        expectClose(mean.figures(column: 0).meanAbsoluteError, wanted.reduce(0, +) / 12, "the training mean")
        for (value, row) in [("-1", 1), ("2.5", 1), ("8388609", 1)] {
            var wrong = options
            wrong.files = [try files.write("id,n\na,\(value)\n" + csv.split(separator: "\n").dropFirst().joined(separator: "\n"), to: "wrong.csv")]
            #expect(fault { _ = try SeriesWindows(wrong, batchSize: 1, seed: 0) } == .notACount(path: wrong.files[0], row: row, column: "n"))
        }
    }

    @Test("the loss of a forecast without a model is the model's own loss of the same numbers", arguments: [Loss.squaredError, .absoluteError, .huber(delta: 0.7)])
    func losses(loss: Loss) throws {
        let windows = try windows(season: 4, relative: false, loss: loss)
        let losses = windows.naiveLosses(of: .test)
        #expect(losses.map(\.forecast) == [.lastRow, .drift, .mean, .windowMean, .season(4), .adjustedLastRow(4)])
        let column = windows.statistics.columns[1]
        for (forecast, found) in losses {
            var errors: [Double] = []
            for last in 29...36 { for ahead in 1...3 { errors.append((naive(forecast, last: last, ahead: ahead) - values[last + ahead]) / column.deviation) } }
            let losses: [Double] = errors.map { (error: Double) -> Double in
                switch loss {
                case .absoluteError: return abs(error)
                case .huber: return abs(error) <= 0.7 ? error * error / 2 : 0.7 * (abs(error) - 0.35)
                default: return error * error
                }
            }
            expectClose(found, losses.reduce(0, +) / Double(losses.count), "\(forecast)")
        }
        #expect(windows.bestNaive(of: .test)?.loss == losses.map(\.loss).min())
    }

    @Test("a true value of 0 is 0 again, so that it has no share of itself to be wrong by")
    func zeros() throws {
        let csv = "y\n" + (0..<40).map { "\($0 % 3 == 0 ? 0 : 0.1 * Double($0) + 0.3)\n" }.joined()
        let options = SeriesOptions(file: try files.write(csv, to: "zeros.csv"), length: 4, horizon: 1, split: try SplitFractions(validation: 0.5))
        let windows = try SeriesWindows(options, batchSize: 1, seed: 0)
        var comparison = ForecastComparison(windows, part: .validation)
        var shares: [Double] = []
        for example in 0..<windows.exampleCount(of: .validation) {
            comparison.add([0], ofExample: example)
            let row = windows.firstTargetRow(ofExample: example, in: .validation)
            let (truth, said) = (row % 3 == 0 ? 0 : 0.1 * Double(row) + 0.3, windows.statistics.columns[0].mean)
            #expect((windows.truth(ofExample: example, in: .validation)[0] == 0) == (truth == 0))
            if truth != 0 { shares.append(100 * abs(said - truth) / truth) }
        }
        expectClose(try #require(comparison.model.figures(column: 0).percentageError), shares.reduce(0, +) / Double(shares.count), "MAPE")
    }

    @Test("a model that is less than 1 % better than a forecast without one is said to be that, and one that is no better, or gives no numbers, too")
    func words() {
        #expect(NaiveForecast.drift.words(loss: 2, modelsLoss: 2) == "no better than drift" && NaiveForecast.drift.words(loss: 2, modelsLoss: .nan) == "no better than drift")
        #expect(NaiveForecast.mean.words(loss: 2, modelsLoss: 1.99) == "less than 1 % better than the training mean")
        #expect(NaiveForecast.lastRow.words(loss: 2, modelsLoss: 1.97) == nil)
    }

    private static func twoDigits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

    private static let hours: [String] = (0..<72).map { "2024-01-0\(1 + $0 / 24) \($0 % 24):00" }
    private static let halfHours: [String] = (0..<96).map { "2024-01-0\(1 + $0 / 48) \($0 % 48 / 2):\($0 % 2 * 3)0" }
    private static let days: [String] = (1...28).map { "2024-02-\(twoDigits($0))" }
    private static let months: [String] = (0..<30).map { "\(2020 + $0 / 12)-\(twoDigits($0 % 12 + 1))-01" }
    private static let quarters: [String] = (0..<12).map { "\(2020 + $0 / 4)-\(["03", "06", "09", "12"][$0 % 4])-30" }
    private static let workdays: [String] = (0..<20).map { "2024-03-\(twoDigits($0 / 5 * 7 + $0 % 5 + 1))" }
    private static let years: [String] = (2000..<2030).map { "\($0)-01-01" }

    @Test("a season's rows follow from the dates", arguments: [
        (hours, 24), (halfHours, 48), (days, 7), (months, 12), (quarters, 4), (workdays, 5), (years, 1),
    ])
    func seasons(dates: [String], wanted: Int) throws {
        let csv = "date,x\n" + dates.enumerated().map { "\($1),\($0)\n" }.joined()
        let options = SeriesOptions(
            file: try files.write(csv, to: "dates.csv"), columns: ["x"], length: 2, horizon: 1, split: try SplitFractions(), reading: TableReading(order: .file))
        #expect(try SeriesWindows(options, batchSize: 1, seed: 0).season == wanted)
    }
}
