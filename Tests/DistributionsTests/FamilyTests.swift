import Batches
import Distributions
import Testing

/// Figures of torch.distributions (losses and their derivatives by autograd) and of SciPy (quantiles; scores by integrating the distribution function) in float64.
private struct Figures: Sendable {
    let family: DistributionFamily
    let outputs: SIMD4<Float>
    var scale = 1.0
    let number: Double
    let loss: Double
    let derivatives: [Double]
    /// Of 10 %, and of 97.5 % (counts: 90 %).
    let quantiles: (Double, Double)
    let score: Double

    static let all: [Figures] = [
        .init(
            family: .gaussian, outputs: [0.3, -0.5, 0, 0], number: 1.2, loss: 1.9740142599298056, derivatives: [-4.002778598570145, -2.072116324119647],
            quantiles: (-0.30768225642123287, 1.229369811290828), score: 0.6430116168818699),
        .init(
            family: .gaussian, outputs: [-2, 3, 0, 0], number: 4, loss: 3.9702799758596155, derivatives: [-0.6455434404024608, -0.8977613746351073],
            quantiles: (-5.907050048265351, 3.975317409207337), score: 4.336335460597107),
        .init(
            family: .studentT, outputs: [0.3, -0.5, 1, 0], number: 1.2, loss: 1.8341739773021115,
            derivatives: [-2.496475516183806, -0.9927269338729948, 0.0051107781640610415], quantiles: (-0.45717720737026507, 1.7314523567602236),
            score: 0.6095727930442217),
        .init(
            family: .studentT, outputs: [-2, 1, -4, 0], number: 9, loss: 6.708936263893163,
            derivatives: [-0.26670424028854745, -1.0763844307508998, 0.018087738939438436], quantiles: (-4.4667172723804285, 3.6025163410032146),
            score: 9.703678888861143),
        .init(
            family: .studentT, outputs: [0.5, 0.2, 30, 0], number: -1, loss: 2.428523586983524,
            derivatives: [2.1864025813193204, -1.5702113205665322, 0.0008491743714853506], quantiles: (-0.544553666891219, 2.125959369089257),
            score: 1.0616085436347191),
        .init(
            family: .negativeBinomial, outputs: [0.3, -0.5, 0, 0], number: 2, loss: 2.017358261008704,
            derivatives: [-0.5482374984019602, 0.11602744453108747], quantiles: (0, 2), score: 0.8619308464493493),
        .init(
            family: .negativeBinomial, outputs: [1, 2, 0, 0], scale: 40, number: 0, loss: 8.702539071220459,
            derivatives: [1.5665790504247248, -2.4383975209645845], quantiles: (18, 95), score: 35.58893124770701),
        .init(
            family: .negativeBinomial, outputs: [0.2, -3, 0, 0], scale: 900, number: 1200, loss: 60.95674596996787,
            derivatives: [-152.87357856272138, -31.19791687731665], quantiles: (668, 769), score: 459.4017357261332),
        .init(
            family: .negativeBinomial, outputs: [-6, 3, 0, 0], scale: 2, number: 0, loss: 0.00492711120509733,
            derivatives: [0.004892999283483523, -8.147085706765932e-06], quantiles: (0, 0), score: 2.415860270138327e-05),
    ]
}

@Suite("Distributions of forecasts")
struct FamilyTests {
    /// float32 outputs such as 0.3 differ from the figures' by 1e-8, which derivatives of narrow distributions enlarge.
    private func isClose(_ found: Double, _ wanted: Double) -> Bool { abs(found - wanted) <= 2e-6 * max(1, abs(wanted)) }

    @Test("losses, derivatives, quantiles and scores are those of PyTorch and SciPy", arguments: Figures.all)
    private func figures(_ figures: Figures) {
        let (family, outputs, scale) = (figures.family, figures.outputs, figures.scale)
        let loss = family.loss(of: figures.number, outputs: outputs, scale: scale)
        #expect(isClose(loss.value, figures.loss))
        for (place, wanted) in figures.derivatives.enumerated() { #expect(isClose(loss.derivatives[place], wanted), "output \(place)") }
        #expect(isClose(family.quantile(0.1, outputs: outputs, scale: scale), figures.quantiles.0))
        #expect(isClose(family.quantile(family.isOfCounts ? 0.9 : 0.975, outputs: outputs, scale: scale), figures.quantiles.1))
        #expect(isClose(family.rankedProbabilityScore(of: figures.number, outputs: outputs, scale: scale), figures.score))
    }

    private static let outputs: [SIMD4<Float>] = [[0.5, 0.5, 0.5, 0], [-1, 2, -3, 0], [2, -2, 5, 0], [0, 4, 20, 0]]

    @Test("derivatives are those by differences", arguments: DistributionFamily.allCases)
    func derivatives(family: DistributionFamily) {
        for outputs in Self.outputs {
            for number in [0.0, 1, 7] {
                let found = family.loss(of: number, outputs: outputs, scale: 3).derivatives
                for place in 0..<family.parameterCount {
                    func moved(_ step: Float) -> (at: Double, value: Double) {
                        var outputs = outputs
                        outputs[place] += step
                        return (Double(outputs[place]), family.loss(of: number, outputs: outputs, scale: 3).value)
                    }
                    let (high, low) = (moved(0.01), moved(-0.01))
                    let wanted = (high.value - low.value) / (high.at - low.at)
                    #expect(abs(found[place] - wanted) < 2e-3 * max(1, abs(wanted)), "\(outputs), \(number), output \(place): \(found[place]), not \(wanted)")
                }
            }
        }
    }

    @Test("the score is twice the mean quantile loss over all levels, and quantiles ascend", arguments: DistributionFamily.allCases)
    func scores(family: DistributionFamily) {
        let count = 2000
        for outputs in Self.outputs {
            let quantiles = (0..<count).map { family.quantile((Double($0) + 0.5) / Double(count), outputs: outputs, scale: 20) }
            #expect(quantiles == quantiles.sorted())
            for number in [0.0, 3, 50] {
                let losses = quantiles.enumerated().map { place, quantile in
                    let level = (Double(place) + 0.5) / Double(count)
                    return 2 * (quantile < number ? level * (number - quantile) : (1 - level) * (quantile - number))
                }
                let (wanted, found) = (losses.reduce(0, +) / Double(count), family.rankedProbabilityScore(of: number, outputs: outputs, scale: 20))
                #expect(abs(found - wanted) < 5e-3 * max(1, wanted), "\(outputs), \(number): \(found), not \(wanted)")
            }
        }
    }

    @Test("large counts, taken in steps of many, have the quantiles of a normal distribution")
    func largeCounts() {
        let outputs: SIMD4<Float> = [0.5413, -20, 0, 0]
        // Dispersion 1e-5: variance m + 1e-5·m².
        let (mean, deviation) = (1e6, (1e6 + 1e-5 * 1e12).squareRoot())
        for (level, z) in [(0.1, -1.2815515655446004), (0.5, 0), (0.9, 1.2815515655446004)] {
            let found = DistributionFamily.negativeBinomial.quantile(level, outputs: outputs, scale: mean)
            #expect(abs(found - mean - z * deviation) < 0.02 * deviation, "\(level): \(found)")
        }
        let score = DistributionFamily.negativeBinomial.rankedProbabilityScore(of: mean, outputs: outputs, scale: mean)
        // σ·(2·φ(0) - 1/√π).
        #expect(abs(score / deviation - 0.233695) < 2e-3, "\(score / deviation)")
    }

    @Test("outputs that aren't numbers give a loss that isn't one, and no endless loop", arguments: DistributionFamily.allCases)
    func notANumber(family: DistributionFamily) {
        for outputs: SIMD4<Float> in [[.nan, 0, 0, 0], [0, .nan, 0, 0], [.infinity, .infinity, .infinity, 0], [3e38, 3e38, 3e38, 0], [-3e38, -3e38, -3e38, 0]] {
            let loss = family.loss(of: 1, outputs: outputs)
            if outputs.x.isNaN || outputs.y.isNaN { #expect(loss.value.isNaN) }
            for level in [0.001, 0.5, 0.999] { _ = family.quantile(level, outputs: outputs) }
            _ = family.rankedProbabilityScore(of: 1, outputs: outputs)
        }
    }

    @Test("a distribution that knows nothing is wide", arguments: DistributionFamily.allCases)
    func uninformed(family: DistributionFamily) {
        let (low, high) = (family.quantile(0.1, outputs: family.uninformed, scale: 100), family.quantile(0.9, outputs: family.uninformed, scale: 100))
        #expect(family.isOfCounts ? (50...85).contains(low) && (115...150).contains(high) : (-1.7 ... -1.2).contains(low) && (1.2...1.7).contains(high), "\(low), \(high)")
    }
}
