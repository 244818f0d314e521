extension JSONParser {
    /// Reads the string that starts with the quote here, and resolves its escapes.
    mutating func string() throws(JSONError) -> String {
        let opening = cursor.position
        cursor.advance()
        var bytes: [UInt8] = []
        // Runs without an escape are copied at once, since most strings are a single run.
        var runStart = cursor.offset
        while true {
            switch cursor.byte {
            case UInt8(ascii: "\""):
                let run = cursor.bytes[runStart..<cursor.offset]
                cursor.advance()
                return bytes.isEmpty ? String(decoding: run, as: UTF8.self) : String(decoding: bytes + run, as: UTF8.self)
            case UInt8(ascii: "\\"):
                bytes += cursor.bytes[runStart..<cursor.offset]
                if let encoded = UTF8.encode(try escape()) { bytes.append(contentsOf: encoded) }
                runStart = cursor.offset
            default:
                try advanceOverScalar(inStringFrom: opening)
            }
        }
    }

    /// Skips a scalar that a string may contain unescaped.
    private mutating func advanceOverScalar(inStringFrom opening: JSONPosition) throws(JSONError) {
        guard let byte = cursor.byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") else {
            throw cursor.unexpected("'\"' to close the string that begins at \(opening)")
        }
        guard byte >= 0x20 else {
            throw cursor.unexpected("it written as \\u\(JSONValue.hexadecimal(UInt32(byte))) in a string")
        }
        guard let count = cursor.scalarByteCount else { throw cursor.unexpected("UTF-8") }
        cursor.advance(overScalarOf: count)
    }

    /// Reads the escape here and returns its scalar.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let start = cursor.position
        cursor.advance()
        let scalar: Unicode.Scalar
        switch cursor.byte {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(from: start)
        default: throw cursor.unexpected("one of \" \\ / b f n r t u behind '\\'")
        }
        cursor.advance()
        return scalar
    }

    /// Reads `\uXXXX`, or a surrogate pair of two of them, and returns its scalar. The cursor is on the `u`.
    private mutating func unicodeEscape(from start: JSONPosition) throws(JSONError) -> Unicode.Scalar {
        let first = try fourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00 else {
            throw loneSurrogate(first, at: start, "expected a high one (\\uD800 to \\uDBFF) before it")
        }
        let expected = "expected a low one (\\uDC00 to \\uDFFF) behind it"
        guard cursor.take("\\"), cursor.byte == UInt8(ascii: "u") else { throw loneSurrogate(first, at: start, expected) }
        let second = try fourDigits()
        guard 0xDC00...0xDFFF ~= second, let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) else {
            throw loneSurrogate(first, at: start, expected)
        }
        return scalar
    }

    private func loneSurrogate(_ value: UInt32, at start: JSONPosition, _ expected: String) -> JSONError {
        JSONError(position: start, message: "found half of a surrogate pair, \\u\(JSONValue.hexadecimal(value)), \(expected)")
    }

    /// Reads the four digits after the `u` here.
    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        cursor.advance()
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = cursor.byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw cursor.unexpected("four hexadecimal digits behind '\\u'")
            }
            value = value << 4 | UInt32(digit)
            cursor.advance()
        }
        return value
    }
}
