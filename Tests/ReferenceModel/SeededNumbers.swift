/// Pseudo-random numbers for tests, a function of the seed alone (SplitMix64: Steele, Lea & Flood 2014).
public struct SeededNumbers: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// `count` numbers uniform in ±`bound`, each one that Float can hold, so that a Float network can start from the very same.
    public mutating func uniform(count: Int, within bound: Double) -> [Double] {
        (0..<count).map { _ in Double(Float(Double.random(in: -bound...bound, using: &self))) }
    }

    /// `count` whole numbers, uniform in 0..<`bound`; `bound` is at least 1.
    public mutating func integers(count: Int, below bound: Int) -> [Int] {
        (0..<count).map { _ in Int.random(in: 0..<bound, using: &self) }
    }
}
