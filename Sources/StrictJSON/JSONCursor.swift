/// A position in the bytes of a text, with its line and column.
struct JSONCursor {
    let bytes: [UInt8]
    private(set) var offset = 0
    private(set) var position = JSONPosition(line: 1, column: 1)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The current byte; nil at the end.
    var byte: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Skips the current byte. - Precondition: it is ASCII.
    mutating func advance() {
        let isLineFeed = bytes[offset] == UInt8(ascii: "\n")
        offset += 1
        position.line += isLineFeed ? 1 : 0
        position.column = isLineFeed ? 1 : position.column + 1
    }

    /// Skips the current scalar, which takes `byteCount` bytes and isn't a line feed.
    mutating func advance(overScalarOf byteCount: Int) {
        offset += byteCount
        position.column += 1
    }

    mutating func skipWhitespace() {
        while let byte, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\t") {
            advance()
        }
    }

    /// Skips `expected` if it is next.
    mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: expected) else { return false }
        advance()
        return true
    }

    /// Length of the well-formed UTF-8 sequence that starts here (Unicode's table 3-7); nil if there is none.
    var scalarByteCount: Int? {
        guard let lead = byte else { return nil }
        let count: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: count = 2
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: count = 3
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: count = 4
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard offset + count <= bytes.count, second.contains(bytes[offset + 1]) else { return nil }
        return bytes[(offset + 2)..<max(offset + 2, offset + count)].allSatisfy { $0 & 0xC0 == 0x80 } ? count : nil
    }
}

extension JSONCursor {
    /// An error at this position: "found …, expected …", or that the bytes aren't UTF-8.
    func unexpected(_ expected: String) -> JSONError {
        JSONError(position: position, message: notUTF8 ?? "found \(found), expected \(expected)")
    }

    /// Describes invalid UTF-8 at this position; nil if it is valid.
    var notUTF8: String? {
        guard let byte, scalarByteCount == nil else { return nil }
        let digits = String(byte, radix: 16, uppercase: true)
        return "found the byte 0x\(digits) at offset \(offset), which is not UTF-8 there, expected a text that is UTF-8 throughout"
    }

    /// The text at this position, for a message: a whole word if it starts with a letter.
    private var found: String {
        guard let byte, let count = scalarByteCount else { return "the end of the text" }
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): return "the end of the line"
        case 0x00...0x1F, 0x7F: return "the control character U+\(JSONValue.hexadecimal(UInt32(byte)))"
        case UInt8(ascii: "/"), UInt8(ascii: "#"): return "'\(Character(Unicode.Scalar(byte)))' (JSON has no comments)"
        case UInt8(ascii: "'"): return "a single quote (JSON has only double ones)"
        case _ where isWordByte(byte): return "'\(word)'"
        case 0x20...0x7E: return "'\(Character(Unicode.Scalar(byte)))'"
        default:
            let text = String(decoding: bytes[offset..<offset + count], as: UTF8.self)
            let code = text.unicodeScalars.first.map { JSONValue.hexadecimal($0.value) } ?? ""
            return "'\(JSONValue.printable(text))' (U+\(code))"
        }
    }

    /// The letters, digits and underscores starting here, at most 24.
    private var word: String {
        String(decoding: bytes[offset...].prefix(24).prefix(while: isWordByte), as: UTF8.self)
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
