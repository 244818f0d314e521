import Charts
import SeededRandomness
import Testing

@Suite("Ticks and scales")
struct TicksTests {
    @Test("linear ticks are multiples of 1, 2 or 5 times a power of ten, with no more digits than needed")
    func linear() {
        #expect(Ticks(Scale(.linear, from: 0, to: 1), count: 5).labels == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Ticks(Scale(.linear, from: -3, to: 12), count: 4).labels == ["0", "5", "10"])
        #expect(Ticks(Scale(.linear, from: 1.61, to: 1.68), count: 4).labels == ["1.62", "1.64", "1.66", "1.68"])
        #expect(Ticks(Scale(.linear, from: 0, to: 45_000), count: 5).labels == ["0", "10k", "20k", "30k", "40k"])
        #expect(Ticks(Scale(.linear, from: 0, to: 2_500_000), count: 5).labels == ["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"])
        #expect(Ticks(Scale(.linear, from: 0, to: 1_604), count: 4).labels == ["0", "500", "1,000", "1,500"])
        #expect(Ticks(Scale(.linear, from: 0, to: 0.0009), count: 5).labels == ["0", "2·10⁻⁴", "4·10⁻⁴", "6·10⁻⁴", "8·10⁻⁴"])
    }

    @Test("an axis of whole numbers has only whole ticks")
    func whole() {
        #expect(Ticks(Scale(.linear, from: 0, to: 2), count: 9, areWhole: true).values == [0, 1, 2])
        #expect(Ticks(Scale(.linear, from: 0.4, to: 0.6), count: 9, areWhole: true).values == [])
    }

    @Test("logarithmic ticks are powers of ten, with values between if there is room")
    func logarithmic() {
        #expect(Ticks(Scale(.logarithmic, from: 0.9, to: 110), count: 9).labels == ["1", "2", "5", "10", "20", "50", "100"])
        #expect(Ticks(Scale(.logarithmic, from: 1e-6, to: 1e6), count: 7).values.allSatisfy { $0 > 0 })
        #expect(Ticks(Scale(.logarithmic, from: 1e-6, to: 1e6), count: 7).labels == ["10⁻⁶", "0.0001", "0.01", "1", "100", "10,000", "1,000,000"])
        #expect(Ticks(Scale(.logarithmic, from: 1.6, to: 3.9), count: 5).labels == ["2.0", "2.5", "3.0", "3.5"])
    }

    @Test("on random scales there are at least two ticks, not many more than requested, all inside, ascending, with different labels")
    func random() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<5000 {
            let kind: ScaleKind = Bool.random(using: &generator) ? .linear : .logarithmic
            let size = Double.random(in: -30...30, using: &generator)
            let lower = kind == .linear ? Double.random(in: -1...1, using: &generator) * tenTo(size) : tenTo(size)
            let upper = lower + abs(lower) * tenTo(Double.random(in: -4...6, using: &generator))
            guard upper > lower else { continue }
            let scale = Scale(kind, from: lower, to: upper)
            let ticks = Ticks(scale, count: 6)
            let places = ticks.values.compactMap { scale.position(of: $0) }
            #expect(places.count == ticks.values.count && places.allSatisfy { (-1e-6...1 + 1e-6).contains($0) }, "\(scale): \(ticks)")
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "\(scale): \(ticks)")
            #expect((2...8).contains(places.count), "\(scale): \(ticks)")
            #expect(Set(ticks.labels).count == ticks.labels.count, "\(scale): \(ticks)")
        }
    }

    private func tenTo(_ exponent: Double) -> Double {
        var value = 1.0
        for _ in 0..<Int(abs(exponent)) { value *= 10 }
        return (exponent < 0 ? 1 / value : value) * (1 + exponent.magnitude.truncatingRemainder(dividingBy: 1))
    }

    @Test("a scale contains all its values; constants, no values, or values that it can't show give a valid scale too")
    func scales() {
        let scale = Scale(.linear, over: [3, -1, 7], isRoomy: false)
        #expect((scale.lower, scale.upper) == (-1, 7))
        #expect(scale.position(of: -1) == 0 && scale.position(of: 3) == 0.5 && scale.position(of: 7) == 1)
        #expect(Scale(.linear, over: [0.1, 7], isRoomy: true).lower == 0)
        let constant = Scale(.linear, over: [2, 2], isRoomy: true)
        #expect((constant.lower, constant.upper) == (0, 4))
        for values in [[], [.nan], [.infinity, -.infinity], [0], [-5.0], [1e308, -1e308], [.leastNonzeroMagnitude, 2024 * Double.leastNonzeroMagnitude]] {
            for kind in [ScaleKind.linear, .logarithmic] {
                let scale = Scale(kind, over: values, isRoomy: true)
                #expect(scale.lower < scale.upper && scale.lower.isFinite && scale.upper.isFinite, "\(values)")
                #expect(scale.position(of: .nan) == nil && scale.position(of: .infinity) == nil)
            }
        }
        #expect(Scale(.logarithmic, from: 1, to: 100).position(of: 10) == 0.5)
        #expect(Scale(.logarithmic, from: 1, to: 100).position(of: 0) == nil)
    }
}
