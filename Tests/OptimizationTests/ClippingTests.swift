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

    // MARK: By ranges and by value

    private static let ranges = [0..<5, 5..<4101, 4101..<4104, 4104..<9000]

    private static func clipped(_ rule: GradientClipping.Rule, _ gradient: [Float], threadCount: Int) -> (gradient: [Float], result: GradientClipping.Result) {
        let memory = FloatMemory(count: gradient.count)
        memory.view.copy(gradient)
        let team = team(threadCount)
        let norm = GradientNorm(count: gradient.count, team: team).norm(of: memory.view)
        let result = GradientClipping(rule, team: team).clip(memory.view, norm: norm)
        return (memory.view.array(), result)
    }

    private static func gradient() -> [Float] {
        var numbers = SeededNumbers(seed: 7800)
        // The second range is long, the third short.
        return zip(0..., numbers.floats(count: 9000, exponents: -8, 2)).map { ranges[2].contains($0) ? $1 / 1024 : $1 }
    }

    @Test("clipping by ranges scales each as its own norm asks, to the bit, and leaves short ones, with 1 to 3 threads")
    func byRanges() {
        let gradient = Self.gradient()
        let wanted = Self.ranges.flatMap { range in
            let own = Array(gradient[range])
            let scale = GradientNorm.scale(norm: Self.plainNorm(own), limit: 2)
            return own.map { scale < 1 ? $0 * scale : $0 }
        }
        #expect(bits(Array(wanted[4101..<4104])) == bits(Array(gradient[4101..<4104])) && wanted != gradient)
        for threadCount in 1...3 {
            let (found, result) = Self.clipped(.rangeNorms(limit: 2, ranges: Self.ranges), gradient, threadCount: threadCount)
            #expect(bits(found) == bits(wanted), "\(threadCount) threads")
            #expect(result.scale == 1 && result.bound == Self.plainNorm(gradient))
            for range in Self.ranges { #expect(Self.plainNorm(Array(found[range])) < 2.00001) }
        }
    }

    @Test("clipping by value sets larger elements to the limit, of either sign, in vectors and behind them", arguments: counts)
    func byValue(count: Int) {
        var numbers = SeededNumbers(seed: 7900)
        let gradient = numbers.floats(count: count, exponents: -3, 3)
        for threadCount in 1...3 {
            let (found, result) = Self.clipped(.value(limit: 0.75), gradient, threadCount: threadCount)
            #expect(bits(found) == bits(gradient.map { abs($0) > 0.75 ? ($0 > 0 ? 0.75 : -0.75) : $0 }))
            #expect(result.scale == 1 && result.bound == min(0.75, Self.norm(gradient)))
        }
    }

    @Test("clipping by the whole norm, or none, leaves the gradient to the optimizer's factor")
    func byNorm() {
        let gradient = Self.gradient()
        let norm = Self.plainNorm(gradient)
        let (kept, result) = Self.clipped(.norm(limit: 2), gradient, threadCount: 2)
        #expect(kept == gradient && result.scale == GradientNorm.scale(norm: norm, limit: 2) && result.bound == norm)
        let (same, none) = Self.clipped(.none, gradient, threadCount: 2)
        #expect(same == gradient && none.scale == 1 && none.bound == norm)
    }
}
