import Measurement
import Testing

@Suite("When a rate test ends")
struct RateTestRuleTests {
    @Test(
        "a mean loss at 4 times its lowest is diverged only above the first step's loss, so not near 0",
        arguments: [
            (mean: 2.5, lowest: 0.6, first: 2.3, isDiverged: true), (2.2, 0.5, 2.3, false), (1e-4, 1e-5, 2.3, false), (5, 2, 2.3, false), (9.3, 2.3, 2.3, true),
        ])
    func diverged(mean: Double, lowest: Double, first: Double, isDiverged: Bool) {
        #expect(RateTest.isDiverged(mean: mean, lowestMean: lowest, firstLoss: first) == isDiverged)
    }
}
