/// A digest of what was put in, in order: FNV-1a of 64 bits (Fowler, Noll and Vo).
/// It tells data that differ by accident apart; it isn't made against malice. Cost: about 1 ns a byte.
struct Fingerprint {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    mutating func add(_ number: UInt64) {
        add((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
    }

    mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

    mutating func add(_ number: Double) { add(number.bitPattern) }

    /// Text with its length before it, so that neighbours can't run together.
    mutating func add(_ text: String) {
        add(text.utf8.count)
        add(text.utf8)
    }
}
