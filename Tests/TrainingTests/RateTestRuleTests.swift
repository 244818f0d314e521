import Measurement
import Testing

@Suite("When a rate test ends")
struct RateTestRuleTests {
    @Test(
        "a mean loss at 4 times its lowest is diverged only above the first step's loss, so not near 0",
        arguments: [
            (mean: 2.5, lowest: 0.6, first: 2.3, isDiverged: true), (2.2, 0.5, 2.3, false), (1e-4, 1e-5, 2.3, false), (5, 2, 2.3, false), (9.3, 2.3, 2.3, true),
            // The loss of a distribution.
            (-0.9, -1, -0.5, false), (-0.4, -1, -0.5, false), (2.1, -1, -0.5, true), (0.2, -0.1, 0.5, false),
        ])
    func diverged(mean: Double, lowest: Double, first: Double, isDiverged: Bool) {
        #expect(RateTest.isDiverged(mean: mean, lowestMean: lowest, firstLoss: first) == isDiverged)
    }

    @Test("a tenth of the best rate is proposed if the loss fell by a twentieth of its size, below 0, too", arguments: [
        (first: 2.0, lowest: 1.8, isThere: true), (2, 1.95, false), (-1, -1.2, true), (-1, -1.01, false), (-1, -0.9, false),
    ])
    func proposal(first: Double, lowest: Double, isThere: Bool) throws {
        let losses = Array(repeating: first, count: 10) + Array(repeating: lowest, count: 10) + Array(repeating: first + 1, count: 10)
        let test = RateTest(steps: losses.enumerated().map { (rate: Double($0 + 1), loss: $1) }, isDiverged: false)
        #expect((test.proposal != nil) == isThere, "\(String(describing: test.proposal))")
    }
}
