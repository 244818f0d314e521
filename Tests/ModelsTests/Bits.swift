/// Floats by their bits: equality tells -0 from 0, and NaN is itself.
struct Bits: Equatable, CustomStringConvertible {
    let patterns: [UInt32]

    init(_ values: some Sequence<Float>) { patterns = values.map(\.bitPattern) }

    /// FNV-1a over the patterns' bytes, the low one first.
    var hash: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for pattern in patterns {
            for shift in stride(from: 0, to: 32, by: 8) {
                hash = (hash ^ UInt64(pattern >> UInt32(shift) & 255)) &* 0x100_0000_01b3
            }
        }
        return hash
    }

    /// Short, for a failure that listed all floats would take minutes to print.
    var description: String { "\(patterns.count) floats of hash \(hash)" }
}
