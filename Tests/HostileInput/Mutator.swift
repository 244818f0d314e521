import SeededRandomness

/// Corrupts documents at random: the same seed and documents give the same result everywhere.
public struct Mutator: RandomNumberGenerator {
    public let seed: UInt64
    private var generator: SeededGenerator

    /// Maximum size of a document, even if it is doubled repeatedly.
    private static let largestByteCount = 1 << 16

    public init(seed: UInt64) {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
    }

    public mutating func next() -> UInt64 { generator.next() }

    /// `document` after one to four changes. `other` is a valid document to take pieces from; `tokens` are tokens of the format.
    public mutating func spoilt(_ document: [UInt8], other: [UInt8], tokens: [[UInt8]]) -> [UInt8] {
        var bytes = document
        repeat { change(&bytes, other: other, tokens: tokens) } while Int.random(in: 0..<4, using: &self) != 0 && bytes.count < Self.largestByteCount
        return Array(bytes.prefix(Self.largestByteCount))
    }

    private mutating func change(_ bytes: inout [UInt8], other: [UInt8], tokens: [[UInt8]]) {
        let range = range(in: bytes)
        switch Int.random(in: 0..<10, using: &self) {
        case 0: if range.lowerBound < bytes.count { bytes[range.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &self) }
        case 1: if range.lowerBound < bytes.count { bytes[range.lowerBound] = hostileByte() }
        case 2: bytes.removeSubrange(range)
        case 3: bytes.insert(contentsOf: bytes[range], at: place(in: bytes))
        case 4: bytes = Array(bytes[..<range.lowerBound] + other[place(in: other)...])
        case 5: bytes.replaceSubrange(range, with: other[self.range(in: other)])
        case 6, 7: replaceNumber(in: &bytes, near: range.lowerBound)
        case 8: bytes.insert(contentsOf: tokens.randomElement(using: &self) ?? [], at: range.lowerBound)
        default: bytes.removeSubrange((Bool.random(using: &self) ? range.lowerBound : bytes.count - range.count)...)
        }
    }

    /// Replaces the first number after `place` by one that arithmetic may fail on.
    private mutating func replaceNumber(in bytes: inout [UInt8], near place: Int) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let begin = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[begin...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(begin..<end, with: (Self.boundaryNumbers.randomElement(using: &self) ?? "").utf8)
    }

    private static let boundaryNumbers = [
        "0", "-0", "-1", "1", "127", "128", "255", "256", "2147483647", "2147483648", "4294967295", "4294967296", "9007199254740993",
        "4611686018427387904", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "18446744073709551616", "1e308", "1e309", "-1e400", "1e-400", "0.1e1", "1.5", "00", "1e99999999999999999999",
        "340282350000000000000000000000000000000", "100000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    ]

    /// A byte that has a meaning in some format, ends a text, or isn't UTF-8.
    private mutating func hostileByte() -> UInt8 {
        let bytes: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x20, 0x22, 0x2C, 0x2D, 0x30, 0x5C, 0x7B, 0x7D, 0x7F, 0x80, 0xBF, 0xC0, 0xED, 0xF4, 0xFE, 0xFF]
        return bytes.randomElement(using: &self) ?? 0
    }

    private mutating func place(in bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &self) }

    /// A mostly short range, since a long one would destroy the whole document.
    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let begin = place(in: bytes)
        let longest = min(bytes.count - begin, Int.random(in: 0..<8, using: &self) == 0 ? bytes.count : 12)
        return begin..<begin + Int.random(in: 0...longest, using: &self)
    }
}
