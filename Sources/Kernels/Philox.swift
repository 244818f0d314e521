/// Purpose of a random number. Numbers of different purposes are independent, even with equal counters.
public enum RandomPurpose: UInt32, Sendable, CaseIterable {
    /// Initial weights. Counters: the parameter's index, and the element's index in two parts.
    case parameters = 1
    /// The order of examples in an epoch.
    case exampleOrder = 2
    /// Examples of generated datasets.
    case examples = 3
    /// Symbols drawn from a trained model.
    case sampling = 5
    /// Masks of layers: ``RandomMask``.
    case masks = 6
    /// Lengths of a text's chunks. Counters: epoch, chunk, and which number.
    case chunkLengths = 16
    /// Forecasts drawn from distributions. Counters: the series, the path, and which number of it.
    case forecasts = 17
    /// Noise added to recordings. Counters: the recording, a pair of samples, and the loudness.
    case recordingNoise = 18
}

/// Stateless random numbers: each is a function of a seed, a purpose and three counters, so there is no generator state to save, skip or share.
///
/// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
/// The seed is the key (its low half first); the counter is (first, second, third, purpose). A counter is in 0 ..< 2³².
/// All arithmetic is exact or rounded by IEEE 754, so every machine gives the same bits. A block costs about 20 ns.
public struct Philox: Sendable, Equatable {
    private let key: SIMD2<UInt32>
    private let purpose: UInt32

    public init(seed: UInt64, purpose: RandomPurpose) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.purpose = purpose.rawValue
    }

    /// 128 random bits for the given counters.
    /// - Precondition: each counter is in 0 ..< 2³².
    public func block(_ first: Int, _ second: Int = 0, _ third: Int = 0) -> SIMD4<UInt32> {
        Self.block(counter: SIMD4(UInt32(first), UInt32(second), UInt32(third), purpose), key: key)
    }

    /// Philox4x32-10 itself: the ten rounds over `counter` with `key`.
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        // Four scalars instead of a vector's lanes: moving between the two costs more than the round.
        var (first, second, third, fourth) = (counter.x, counter.y, counter.z, counter.w)
        var (low, high) = (key.x, key.y)
        for _ in 0..<10 {
            let even = UInt64(first) &* 0xD251_1F53
            let odd = UInt64(third) &* 0xCD9E_8D57
            first = UInt32(truncatingIfNeeded: odd >> 32) ^ second ^ low
            second = UInt32(truncatingIfNeeded: odd)
            third = UInt32(truncatingIfNeeded: even >> 32) ^ fourth ^ high
            fourth = UInt32(truncatingIfNeeded: even)
            low &+= 0x9E37_79B9
            high &+= 0xBB67_AE85
        }
        return SIMD4(first, second, third, fourth)
    }

    // MARK: Numbers from a block

    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    public func uniformFloat(_ first: Int, _ second: Int = 0, _ third: Int = 0) -> Float {
        block(first, second, third).x.uniformFloat
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    public func uniformDouble(_ first: Int, _ second: Int = 0, _ third: Int = 0) -> Double {
        block(first, second, third).lowHalf.uniformDouble
    }

    /// An integer in 0 ..< `bound`, which is at least 1: the high half of 64 random bits times `bound`.
    /// No value's probability differs from 1/`bound` by more than 2⁻⁶⁴, so no experiment can see the bias.
    public func integer(below bound: Int, _ first: Int, _ second: Int = 0, _ third: Int = 0) -> Int {
        block(first, second, third).lowHalf.integer(below: bound)
    }

    /// Two independent normal deviates of mean 0 and variance 1, at most 8.6 in size (Box and Muller, 1958).
    ///
    /// r = √(−2 ln u), (r cos 2πv, r sin 2πv). Logarithm, sine and cosine are this module's own, made of +, −, ×, ÷ and √ only, because libm
    /// implementations differ. Each deviate is within 2e-14 of the exact value.
    public func normalPair(_ first: Int, _ second: Int = 0, _ third: Int = 0) -> (Double, Double) {
        let bits = block(first, second, third)
        let radius = (-2 * naturalLogarithm(1 - bits.lowHalf.uniformDouble)).squareRoot()
        let (cosine, sine) = cosineAndSine(ofTurns: bits.highHalf.uniformDouble)
        return (radius * cosine, radius * sine)
    }
}

/// A sequence of random numbers, for an example that needs an unknown number of them: those of counters (first, second, 0), (first, second, 1), …
/// A copy repeats the same numbers.
public struct RandomDraws: Sendable {
    private let source: Philox
    private let first: Int
    private let second: Int
    private var drawCount = 0
    private var current: SIMD4<UInt32> = .zero

    public init(_ source: Philox, _ first: Int, _ second: Int = 0) {
        self.source = source
        self.first = first
        self.second = second
    }

    /// The next 32 random bits.
    public mutating func bits() -> UInt32 {
        if drawCount % 4 == 0 { current = source.block(first, second, drawCount / 4) }
        defer { drawCount += 1 }
        return current[drawCount % 4]
    }

    /// True or false, each with probability 1/2.
    public mutating func coin() -> Bool { bits() >> 31 == 1 }

    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    public mutating func uniformFloat() -> Float { bits().uniformFloat }

    /// An integer in 0 ..< `bound`, which is at least 1, from 64 random bits, as in ``Philox/integer(below:_:_:_:)``.
    public mutating func integer(below bound: Int) -> Int {
        let low = bits()
        return (UInt64(bits()) << 32 | UInt64(low)).integer(below: bound)
    }
}

extension SIMD4<UInt32> {
    fileprivate var lowHalf: UInt64 { UInt64(y) << 32 | UInt64(x) }
    fileprivate var highHalf: UInt64 { UInt64(w) << 32 | UInt64(z) }
}

extension UInt32 {
    /// The upper 24 bits as a number in [0, 1).
    public var uniformFloat: Float { Float(self >> 8) * 0x1p-24 }
}

extension UInt64 {
    fileprivate var uniformDouble: Double { Double(self >> 11) * 0x1p-53 }

    fileprivate func integer(below bound: Int) -> Int {
        precondition(bound > 0, "no integer lies in 0 ..< \(bound)")
        return Int(multipliedFullWidth(by: UInt64(bound)).high)
    }
}

/// cos 2πt and sin 2πt for t in [0, 1), each within 1e-15: the nearest quarter turn is subtracted exactly, then a Taylor series covers ±π/4.
package func cosineAndSine(ofTurns turns: Double) -> (cosine: Double, sine: Double) {
    let quarter = (turns * 4).rounded(.toNearestOrEven)
    let angle = (turns - quarter / 4) * 6.283185307179586477
    let square = angle * angle
    var cosine = 1.0
    var sine = 1.0
    for n in stride(from: 18, through: 2, by: -2) {
        cosine = 1 - cosine * square / Double(n * (n - 1))
        sine = 1 - sine * square / Double(n * (n + 1))
    }
    sine *= angle
    switch Int(quarter) & 3 {
    case 0: return (cosine, sine)
    case 1: return (-sine, cosine)
    case 2: return (-cosine, -sine)
    default: return (sine, -cosine)
    }
}
