extension JSONParser {
    /// Reads the literal of a number: `-`, digits without a leading zero, a fraction, an exponent.
    mutating func number() throws(JSONError) -> String {
        let start = cursor.offset
        _ = cursor.take("-")
        let startsWithZero = cursor.byte == UInt8(ascii: "0")
        try digits("a digit behind '-'")
        if startsWithZero, cursor.offset - start > (cursor.bytes[start] == UInt8(ascii: "-") ? 2 : 1) {
            throw leadingZero(since: start)
        }
        if cursor.take(".") { try digits("a digit behind the decimal point") }
        if cursor.take("e") || cursor.take("E") {
            if !cursor.take("+") { _ = cursor.take("-") }
            try digits("a digit in the exponent")
        }
        return String(decoding: cursor.bytes[start..<cursor.offset], as: UTF8.self)
    }

    /// Skips `NaN`, `Infinity` or `-Infinity`, where they are accepted, and returns it; nil if none is here.
    mutating func nonFinite() -> String? {
        guard acceptsNonFinite, let byte = cursor.byte, byte == UInt8(ascii: "N") || byte == UInt8(ascii: "I") || byte == UInt8(ascii: "-") else { return nil }
        let rest = cursor.bytes[cursor.offset...]
        for literal in ["NaN", "Infinity", "-Infinity"] where rest.starts(with: literal.utf8) {
            guard !isLetterOrDigit(rest.dropFirst(literal.utf8.count).first) else { return nil }
            for _ in literal.utf8 { cursor.advance() }
            return literal
        }
        return nil
    }

    /// Skips digits, at least one.
    private mutating func digits(_ expected: String) throws(JSONError) {
        guard isDigit(cursor.byte) else { throw cursor.unexpected(expected) }
        while isDigit(cursor.byte) { cursor.advance() }
    }

    func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    private func leadingZero(since start: Int) -> JSONError {
        let literal = String(decoding: cursor.bytes[start..<cursor.offset], as: UTF8.self)
        var position = cursor.position
        position.column -= cursor.offset - start
        let shown = JSONValue.printable(literal, scalarCount: 24)
        return JSONError(position: position, message: "found the number \(shown), expected no zero before its first digit")
    }
}
