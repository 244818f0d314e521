import SeededRandomness
import StrictJSON

extension SeededGenerator {
    /// A random value of at most `depth` levels, with every kind of content.
    mutating func value(depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &self) {
        case 0: JSONValue(.null)
        case 1: .bool(Bool.random(using: &self))
        case 2: .integer(Int(truncatingIfNeeded: next()) >> Int.random(in: 0..<64, using: &self))
        case 3: .real(Double(bitPattern: next()))
        case 4, 5: .text(string())
        case 6: .list((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth - 1) })
        default:
            JSONValue(.object((0..<Int.random(in: 0..<14, using: &self)).map { index in
                JSONMember(key: "\(index) " + string(), value: value(depth: depth - 1))
            }))
        }
    }

    /// Up to 11 scalars, of every length in UTF-8, including control characters.
    mutating func string() -> String {
        let ranges: [ClosedRange<UInt32>] = [0...0x1F, 0x20...0x7F, 0x20...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<12, using: &self) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &self)) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
