import Kernels
import Optimization
import ReferenceModel
import Testing

@Suite("The gradient's norm and clipping by it")
struct ClippingTests {
    static let counts = [1, 7, 15, 16, 17, 31, 4095, 4096, 4097, 3 * 4096 + 5, 40_000]

    private static func norm(_ gradient: [Float], threadCount: Int = 1) -> Double {
        let memory = FloatMemory(count: gradient.count)
        memory.view.copy(gradient)
        return GradientNorm(count: gradient.count, team: team(threadCount)).norm(of: memory.view)
    }

    /// The order as stated: blocks of 4096, in each 16 chains of FMAs that meet in a tree, block sums as Doubles in a tree.
    private static func plainNorm(_ gradient: [Float]) -> Double {
        let blocks = stride(from: 0, to: gradient.count, by: 4096).map { start in
            var chains = [Float](repeating: 0, count: 16)
            for index in start..<min(start + 4096, gradient.count) {
                chains[(index - start) % 16].addProduct(gradient[index], gradient[index])
            }
            var half = 8
            while half > 0 {
                for lane in 0..<half { chains[lane] += chains[lane + half] }
                half /= 2
            }
            return Double(chains[0])
        }
        return tree(blocks).squareRoot()
    }

    /// Neighbours in pairs, level by level; an odd one moves up.
    private static func tree(_ values: [Double]) -> Double {
        guard values.count > 1 else { return values.first ?? 0 }
        return tree(stride(from: 0, to: values.count, by: 2).map { $0 + 1 < values.count ? values[$0] + values[$0 + 1] : values[$0] })
    }

    @Test("the norm is summed in its stated order, to the bit, by any number of threads", arguments: counts)
    func orderIsAsStated(count: Int) {
        var numbers = SeededNumbers(seed: 7600)
        let gradient = numbers.floats(count: count, exponents: -20, 6)
        let wanted = Self.plainNorm(gradient)
        for threadCount in 1...3 {
            let found = Self.norm(gradient, threadCount: threadCount)
            #expect(found.bitPattern == wanted.bitPattern, "\(threadCount) threads: \(found), not \(wanted)")
        }
    }

    /// All squares are positive, so a chain of 256 FMAs and the tree's 4 additions err by at most 260·2⁻²⁴ of the sum; the root halves that.
    @Test("the norm is that of Double within 8e-6 of itself", arguments: counts)
    func normIsRight(count: Int) {
        var numbers = SeededNumbers(seed: 7700)
        let gradient = numbers.floats(count: count, exponents: -8, 4)
        let wanted = ReferenceClipping.norm(of: ["g": gradient.map(Double.init)])
        #expect(abs(Self.norm(gradient) / wanted - 1) < 8e-6)
    }

    @Test("a number that isn't finite, wherever it stands, shows in the norm", arguments: [Float.nan, .infinity, -.infinity])
    func nonFiniteShows(value: Float) {
        for place in [0, 15, 16, 4095, 4096, 5000] {
            var gradient = [Float](repeating: 0.5, count: 5001)
            gradient[place] = value
            #expect(!Self.norm(gradient, threadCount: 2).isFinite, "at \(place)")
        }
    }

    @Test("the norm of nothing and of zeros is 0")
    func zeros() {
        #expect(Self.norm([]) == 0)
        #expect(Self.norm([Float](repeating: -0.0, count: 100)) == 0)
    }

    @Test("the scale is PyTorch's: min(1, limit / (norm + 1e-6)), and 1 without a limit")
    func scale() {
        for (norm, limit) in [(5.0, 1.0), (5, 5), (5, 5.1), (1e-7, 1), (1e30, 1e-3), (0, 1)] {
            var gradients = ["g": [norm]]
            ReferenceClipping.clip(&gradients, toNorm: limit)
            let wanted = norm == 0 ? 1 : Float((gradients["g"]?[0] ?? 0) / norm)
            #expect(abs(GradientNorm.scale(norm: norm, limit: limit) / wanted - 1) < 1e-6, "norm \(norm), limit \(limit)")
        }
        #expect(GradientNorm.scale(norm: 100, limit: 0) == 1)
        #expect(GradientNorm.scale(norm: 4, limit: 5) == 1)
    }
}

@Suite("The learning rate over the epochs")
struct LearningRateTests {
    @Test("constant is constant")
    func constant() {
        for epoch in [0, 1, 1000] { #expect(LearningRate.constant(0.002).rate(inEpoch: epoch) == 0.002) }
    }

    @Test("step decay holds, then multiplies every so many epochs", arguments: [0, 1, 3], [1, 2, 5])
    func stepDecay(holdEpochs: Int, everyEpochs: Int) {
        let schedule = LearningRate.stepDecay(initial: 0.5, factor: 0.25, everyEpochs: everyEpochs, holdEpochs: holdEpochs)
        var wanted = 0.5
        for epoch in 0..<20 {
            let since = epoch - holdEpochs
            if since > 0 && since % everyEpochs == 0 { wanted *= 0.25 }
            // Powers of two: every product is exact, so the order of the factors can't show.
            #expect(schedule.rate(inEpoch: epoch) == wanted, "epoch \(epoch)")
        }
    }

    @Test("a decay of 0.9 over a thousand epochs is the power within 1e-12")
    func longDecay() {
        let schedule = LearningRate.stepDecay(initial: 1, factor: 0.9, everyEpochs: 10, holdEpochs: 0)
        let wanted = (0..<100).reduce(1.0) { product, _ in product * 0.9 }
        #expect(abs(schedule.rate(inEpoch: 1005) / wanted - 1) < 1e-12)
    }
}
