/// A digest of its inputs, in order: 64-bit FNV-1a (Fowler, Noll and Vo).
/// It detects accidental differences; it isn't a cryptographic hash. Cost: about 1 ns a byte.
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

    /// Adds the text after its length, so that adjacent texts stay separate.
    mutating func add(_ text: String) {
        add(text.utf8.count)
        add(text.utf8)
    }
}
