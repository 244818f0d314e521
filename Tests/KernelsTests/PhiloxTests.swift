import Kernels
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct PhiloxTests {
    @Test("the ten rounds give Random123's known answers")
    func knownAnswers() {
        let answers: [(SIMD4<UInt32>, SIMD2<UInt32>, SIMD4<UInt32>)] = [
            (SIMD4(repeating: 0), SIMD2(repeating: 0), SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
            (SIMD4(repeating: .max), SIMD2(repeating: .max), SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
            (
                SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
                SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
            ),
        ]
        for (counter, key, answer) in answers { #expect(Philox.block(counter: counter, key: key) == answer) }
    }

    @Test("the seed is the key, low half first, and the purpose the counter's last word")
    func layout() {
        let philox = Philox(seed: 0x1122_3344_5566_7788, purpose: .sampling)
        let expected = Philox.block(
            counter: SIMD4(7, 8, 9, RandomPurpose.sampling.rawValue), key: SIMD2(0x5566_7788, 0x1122_3344))
        #expect(philox.block(7, 8, 9) == expected)
        #expect(philox.block(7) == philox.block(7, 0, 0))
    }

    @Test("seed, purpose and each counter change the bits")
    func everyArgumentCounts() {
        var seen: Set<SIMD4<UInt32>> = []
        var madeCount = 0
        for seed in [0, 1, 1 << 32] as [UInt64] {
            for purpose in RandomPurpose.allCases {
                for counters in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (Int(UInt32.max), 0, 0)] {
                    seen.insert(Philox(seed: seed, purpose: purpose).block(counters.0, counters.1, counters.2))
                    madeCount += 1
                }
            }
        }
        #expect(seen.count == madeCount)
    }

    @Test("uniform numbers lie in [0, 1), have mean 1/2 and variance 1/12")
    func uniform() {
        let philox = Philox(seed: 3, purpose: .examples)
        let count = 100_000
        for numbers in [
            (0..<count).map { Double(philox.uniformFloat($0)) }, (0..<count).map { philox.uniformDouble(1, $0) },
        ] {
            #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
            let (mean, variance) = moments(numbers)
            #expect(abs(mean - 0.5) < 0.004)
            #expect(abs(variance - 1.0 / 12) < 0.002)
        }
        #expect(UInt32.max.uniformFloat == 1 - 0x1p-24)
        #expect((UInt32(1) << 8).uniformFloat == 0x1p-24)
    }

    @Test("integers below n take each value equally often")
    func integers() {
        let philox = Philox(seed: 4, purpose: .exampleOrder)
        for bound in 1...13 {
            var counts = Array(repeating: 0, count: bound)
            let drawCount = 2_000 * bound
            for draw in 0..<drawCount { counts[philox.integer(below: bound, draw, bound)] += 1 }
            // Six standard deviations of a count of mean 2,000.
            #expect(counts.allSatisfy { abs($0 - 2_000) < 270 }, "below \(bound): \(counts)")
        }
        #expect((0..<100).allSatisfy { philox.integer(below: .max, $0) >= 0 })
    }

    @Test("normal deviates equal Box and Muller's formula with libm, within 2e-14")
    func normalFormula() {
        let philox = Philox(seed: 5, purpose: .parameters)
        for counter in 0..<20_000 {
            let bits = philox.block(counter, 1, 2)
            let u = 1 - Double((UInt64(bits.y) << 32 | UInt64(bits.x)) >> 11) * 0x1p-53
            let v = Double((UInt64(bits.w) << 32 | UInt64(bits.z)) >> 11) * 0x1p-53
            let radius = (-2 * log(u)).squareRoot()
            let (one, other) = philox.normalPair(counter, 1, 2)
            #expect(abs(one - radius * cos(2 * .pi * v)) < 2e-14, "counter \(counter)")
            #expect(abs(other - radius * sin(2 * .pi * v)) < 2e-14, "counter \(counter)")
        }
    }

    @Test("normal deviates have mean 0, variance 1, fourth moment 3, and the pair is uncorrelated")
    func normalMoments() {
        let philox = Philox(seed: 6, purpose: .parameters)
        let pairs = (0..<100_000).map { philox.normalPair($0) }
        for numbers in [pairs.map(\.0), pairs.map(\.1)] {
            let (mean, variance) = moments(numbers)
            #expect(abs(mean) < 0.015)
            #expect(abs(variance - 1) < 0.025)
            #expect(abs(numbers.map { $0 * $0 * $0 * $0 }.reduce(0, +) / Double(numbers.count) - 3) < 0.2)
        }
        #expect(abs(pairs.map { $0.0 * $0.1 }.reduce(0, +) / Double(pairs.count)) < 0.02)
    }

    @Test("draws are the blocks' words in order, and a copy repeats them")
    func draws() {
        let philox = Philox(seed: 7, purpose: .examples)
        var draws = RandomDraws(philox, 11, 12)
        var copy = draws
        for block in 0..<5 {
            let words = philox.block(11, 12, block)
            for lane in 0..<4 { #expect(draws.bits() == words[lane]) }
        }
        #expect(copy.bits() == philox.block(11, 12, 0).x)
        #expect((0..<1000).map { _ in copy.coin() }.filter { $0 }.count > 400)
        #expect((0..<1000).allSatisfy { _ in (0..<6).contains(copy.integer(below: 6)) })
        #expect((0..<1000).allSatisfy { _ in (0..<1).contains(copy.uniformFloat()) })
    }

    private func moments(_ numbers: [Double]) -> (mean: Double, variance: Double) {
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let variance = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(numbers.count)
        return (mean, variance)
    }
}
