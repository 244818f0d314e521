import Kernels

/// `count` numbers uniform in ±1, a function of the seed.
func floats(count: Int, seed: UInt64) -> [Float] {
    let random = Philox(seed: seed, purpose: .examples)
    return (0..<count).map { 2 * random.uniformFloat($0) - 1 }
}

/// Memory that holds `values`.
func memory(_ values: [Float]) -> FloatMemory {
    let memory = FloatMemory(count: values.count)
    memory.view.copy(values)
    return memory
}

/// `values` as operands of a product, in rows of `width`.
struct OperandMemory: ~Copyable {
    private let words: FloatMemory
    private let precision: Precision
    let rowStride: Int

    init(_ values: [Float], width: Int, _ precision: Precision) {
        self.precision = precision
        rowStride = precision.rowStride(width)
        words = FloatMemory(count: precision.wordCount(width == 0 ? 0 : values.count / width * rowStride))
        if width > 0 { view.setRows(values, width: width) }
    }

    var view: OperandView { OperandView(words: words.view, precision: precision) }
    /// The raw words: floats, or bfloat16 pairs.
    var wordArray: [Float] { words.view.array() }
    var rows: RowsOperand { RowsOperand(view, rowStride: rowStride) }
}

extension Precision {
    static let all = [Precision.float32, .bfloat16]

    /// The plain implementation of rounding: to the nearest with 8 bits of significand, ties to even.
    func plainlyRounded(_ x: Float) -> Float { self == .float32 ? x : roundedPlainly(x) }
    func plainlyRounded(_ values: [Float]) -> [Float] { values.map(plainlyRounded) }
}

/// Rounds to bfloat16 with Swift's own arithmetic: x is between two neighbours, `down` towards 0 and `up`.
func roundedPlainly(_ x: Float) -> Float {
    guard x.isFinite else { return x }
    guard x.magnitude >= .leastNormalMagnitude else { return x.sign == .minus ? -0.0 : 0 }
    let down = Float(bitPattern: x.bitPattern & 0xffff_0000)
    let up = Float(bitPattern: down.bitPattern &+ 0x1_0000)
    // In Double, because the next step after the greatest finite number would be infinity in Float.
    let step = Double(x.ulp) * 65_536
    let isNearerUp = 2 * (Double(x) - Double(down)).magnitude > step
    let isTie = 2 * (Double(x) - Double(down)).magnitude == step
    return isNearerUp || (isTie && down.bitPattern & 0x1_0000 != 0) ? up : down
}

/// Whether the bits are the same: -0 differs from 0, and NaN equals itself.
func areSame(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}

/// The fixed tree over shards or ranks, level by level: neighbours in pairs; the last one of an odd level moves up unchanged.
func levelByLevel(_ leaves: [[Float]]) -> [Float] {
    var level = leaves
    while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 2).map { first in
            first + 1 < level.count ? zip(level[first], level[first + 1]).map { $0 + $1 } : level[first]
        }
    }
    return level.first ?? []
}

/// Shards of `sequenceCounts` sequences each.
func shards(_ sequenceCounts: [Int]) -> [Range<Int>] {
    var first = 0
    return sequenceCounts.map { count in
        defer { first += count }
        return first..<first + count
    }
}
