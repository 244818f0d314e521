import CVector
import Kernels
import Testing

/// bfloat16 against plain implementations, on numbers of every kind. On a processor without the instruction they test its software version.
@Suite("bfloat16")
struct BFloat16Tests {
    /// Random words; exponents are drawn so that overflow, underflow and cancellation are frequent.
    private struct Numbers {
        private let random: Philox
        private var drawn = 0

        init(seed: UInt64) { random = Philox(seed: seed, purpose: .examples) }

        mutating func bits() -> UInt32 {
            drawn += 1
            return UInt32(random.integer(below: 1 << 16, drawn)) << 16 | UInt32(random.integer(below: 1 << 16, drawn, 1))
        }

        /// A float of random sign and fraction, with an exponent in `exponents`.
        mutating func float(_ exponents: ClosedRange<UInt32>) -> Float {
            let exponent = exponents.lowerBound + bits() % UInt32(exponents.count)
            return Float(bitPattern: bits() & 0x807f_ffff | exponent << 23)
        }
    }

    /// Exponents of the factors and of the sum: any; near 1; products that underflow; denormal factors; sums that overflow.
    static let exponents: [(factors: ClosedRange<UInt32>, sum: ClosedRange<UInt32>)] = [
        (0...255, 0...255), (120...130, 118...134), (55...75, 0...24), (62...65, 0...3), (0...2, 0...30), (185...195, 240...254), (62...65, 1...1),
    ]

    /// fma(x, y, sum) with denormals flushed to zero and one rounding, computed in Double and with integers, independent of the processor's modes.
    private func plainFMA(_ x: Float, _ y: Float, _ sum: Float) -> Float {
        func flushed(_ value: Float) -> Float { value.isSubnormal ? (value.sign == .minus ? -0.0 : 0) : value }
        let (x, y, sum) = (flushed(x), flushed(y), flushed(sum))
        let fused = sum.addingProduct(x, y)
        guard fused.magnitude <= .leastNormalMagnitude, fused != 0 else { return fused }
        // Near the least normal number the result depends on its size after rounding to 24 bits with unbounded exponent. Scaled by 2¹⁰⁰, a
        // power of two, the sum keeps its bits and is far from denormal.
        let scale = Float(sign: .plus, exponent: 50, significand: 1)
        let scaled = (sum * scale * scale).addingProduct(x * scale, y * scale)
        let least = Float.leastNormalMagnitude * scale * scale
        if scaled.magnitude < least { return scaled.sign == .minus ? -0.0 : 0 }
        return scaled.sign == .minus ? -Float.leastNormalMagnitude : .leastNormalMagnitude
    }

    private func areTwins(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }

    @Test("A pair is added by two FMAs, the upper numbers first, each rounded to nearest even, with denormals flushed to zero", arguments: exponents.indices)
    func pairs(range: Int) {
        let seed = UInt64.random(in: 0...UInt64.max)
        var numbers = Numbers(seed: seed)
        let (factors, sums) = Self.exponents[range]
        var differences = 0
        for _ in 0..<40_000 {
            let given = (0..<4).map { _ in Float(bitPattern: numbers.float(factors).bitPattern & 0xffff_0000) }
            let sum = numbers.float(sums)
            func word(_ upper: Float, _ lower: Float) -> Lane { Lane(repeating: Float(bitPattern: upper.bitPattern | lower.bitPattern >> 16)) }
            let (x, y) = (word(given[0], given[1]), word(given[2], given[3]))
            let found = withDenormalsFlushed { lanePairFMA(x, y, Lane(repeating: sum)) }
            let byHalves = withDenormalsFlushed { lanePairFMAOfHalves(x, y, Lane(repeating: sum)) }
            let wanted = plainFMA(given[1], given[3], plainFMA(given[0], given[2], sum))
            guard (0..<laneCount).allSatisfy({ areTwins(found[$0], wanted) && areTwins(byHalves[$0], wanted) }) else {
                differences += 1
                if differences == 1 { Issue.record("\(given) + \(sum): \(found[0]), not \(wanted); seed \(seed), exponents \(factors), \(sums)") }
                continue
            }
        }
        #expect(differences == 0, "of 40,000; seed \(seed)")
    }

    @Test("The faster way to multiply pairs is measured once per process, in milliseconds")
    func measured() {
        let began = ContinuousClock.now
        let speed = PairSpeed.measured
        #expect(ContinuousClock.now - began < .milliseconds(100))
        // From half of float32's rate, or a third if other processes use the core, to twice as much.
        #expect((0.1...5).contains(speed.besideFloat32) && PairSpeed.measured.besideFloat32 == speed.besideFloat32)
        #expect(!speed.instructionIsFaster || hasBFloat16Products() != 0)
    }

    @Test("Numbers are rounded to the nearest bfloat16, ties to even, denormals to 0 with their sign; NaN and infinity stay")
    func rounding() {
        let lowerHalves: [UInt32] = [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff]
        for upper in UInt32(0)..<0x1_0000 {
            for lower in lowerHalves {
                let x = Float(bitPattern: upper << 16 | lower)
                let wanted = roundedPlainly(x)
                let found = [roundedToBFloat16(SIMD16(repeating: x))[3], laneRoundedToBFloat16(Lane(repeating: x))[laneCount - 1]] + stored(x) + pair(x)
                guard found.allSatisfy({ areTwins($0, wanted) }) else {
                    Issue.record("\(x), \(String(upper << 16 | lower, radix: 16)): \(found), not \(wanted)")
                    return
                }
            }
        }
    }

    /// `x` stored and read back, at an even and at an odd index.
    private func stored(_ x: Float) -> [Float] {
        let words = FloatMemory(count: 16)
        let numbers = OperandView(words: words.view, precision: .bfloat16)
        numbers.setLane(Lane(repeating: x), at: 0)
        return [Float(bitPattern: words.view[0].bitPattern & 0xffff_0000), Float(bitPattern: words.view[0].bitPattern << 16)]
    }

    /// `x` stored as a pair of two rows and read back.
    private func pair(_ x: Float) -> [Float] {
        let words = roundedPairs(SIMD16(repeating: x), SIMD16(repeating: x))
        return [upperNumbers(words)[7], lowerNumbers(words)[7]]
    }

    @Test("Rows are stored in order, the earlier number in a word's upper half, and padded with 0 to a multiple of 16; reading gives them back")
    func rows() {
        for width in [1, 2, 15, 16, 17, 31, 40] {
            let values = floats(count: 3 * width, seed: UInt64(width))
            let rounded = Precision.bfloat16.plainlyRounded(values)
            let operand = OperandMemory(values, width: width, .bfloat16)
            for row in 0..<3 {
                var found: [Float] = []
                for column in stride(from: 0, to: operand.rowStride, by: 16) {
                    let sixteen = operand.view.sixteen(at: row * operand.rowStride + column)
                    found += (0..<16).map { sixteen[$0] }
                }
                let wanted = Array(rounded[row * width..<(row + 1) * width]) + Array(repeating: 0, count: operand.rowStride - width)
                #expect(areSame(found, wanted), "row \(row) of \(width)")
            }
        }
    }

    @Test("Pairs of columns become pairs of rows, column by column")
    func rowPairs() {
        let values = floats(count: 32, seed: 3)
        let rounded = Precision.bfloat16.plainlyRounded(values)
        let words = FloatMemory(count: 16)
        let rows = OperandView(words: words.view, precision: .bfloat16)
        rows.setRows(values, width: 16)
        let pairs = words.view.withSpan { span in span.withUnsafeBytes { pairsOfRows($0.baseAddress, $0.baseAddress.map { $0 + 32 }) } }
        let (earlier, later) = (upperNumbers(pairs), lowerNumbers(pairs))
        #expect(areSame((0..<16).map { earlier[$0] } + (0..<16).map { later[$0] }, rounded))
        // The same for rows that are rounded and paired in one step.
        let (first, second) = (SIMD16(values[0..<16]), SIMD16(values[16..<32]))
        #expect(roundedPairs(first, second) == pairs)
    }
}
