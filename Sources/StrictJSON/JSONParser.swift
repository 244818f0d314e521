extension JSONValue {
    /// Parses `bytes` as strict RFC 8259: exactly one value, UTF-8 without byte order mark, no comments, no trailing comma,
    /// no duplicate key in an object, no unpaired surrogate. Cost: linear in the bytes.
    /// - Parameter acceptsNonFinite: whether `NaN`, `Infinity` and `-Infinity` are numbers, too, as Python's json module writes them.
    /// - Throws: ``JSONError`` for the first error, or if the text exceeds `limits`.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits(), acceptsNonFinite: Bool = false) throws(JSONError) -> JSONValue {
        let start = JSONPosition(line: 1, column: 1)
        guard bytes.count <= limits.byteCount else {
            throw JSONError(position: start, message: "found a text of \(bytes.count) bytes, expected at most \(limits.byteCount)")
        }
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
            throw JSONError(position: start, message: "found a byte order mark, expected UTF-8 without one. Save the file as plain UTF-8")
        }
        var parser = JSONParser(bytes, limits: limits, acceptsNonFinite: acceptsNonFinite)
        return try parser.document()
    }
}

/// A recursive descent parser. Each method starts at the first byte of its element and ends after its last.
struct JSONParser {
    var cursor: JSONCursor
    private let depthLimit: Int
    private let valueLimit: Int
    let acceptsNonFinite: Bool
    private var depth = 0
    private var valueCount = 0

    init(_ bytes: [UInt8], limits: JSONLimits, acceptsNonFinite: Bool) {
        cursor = JSONCursor(bytes)
        depthLimit = min(limits.depth, JSONLimits.deepest)
        valueLimit = limits.valueCount
        self.acceptsNonFinite = acceptsNonFinite
    }

    mutating func document() throws(JSONError) -> JSONValue {
        cursor.skipWhitespace()
        let value = try value()
        cursor.skipWhitespace()
        guard cursor.byte == nil else { throw cursor.unexpected("nothing behind the end of the value") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        let start = cursor.position
        valueCount += 1
        guard valueCount <= valueLimit else {
            throw JSONError(position: start, message: "found more values than \(valueLimit), expected at most that many in a text")
        }
        if let literal = nonFinite() { return JSONValue(.number(literal), at: start) }
        switch cursor.byte {
        case UInt8(ascii: "{"): return JSONValue(.object(try nested { parser throws(JSONError) in try parser.members() }), at: start)
        case UInt8(ascii: "["): return JSONValue(.array(try nested { parser throws(JSONError) in try parser.elements() }), at: start)
        case UInt8(ascii: "\""): return JSONValue(.string(try string()), at: start)
        case UInt8(ascii: "-"): return JSONValue(.number(try number()), at: start)
        case let byte? where isDigit(byte): return JSONValue(.number(try number()), at: start)
        default: return JSONValue(try constant(), at: start)
        }
    }

    /// Reads `true`, `false` or `null`, not followed by another letter.
    private mutating func constant() throws(JSONError) -> JSONValue.Content {
        let constants: [(text: StaticString, content: JSONValue.Content)] = [("true", .bool(true)), ("false", .bool(false)), ("null", .null)]
        let rest = cursor.bytes[cursor.offset...]
        for (text, content) in constants {
            let count = text.utf8CodeUnitCount
            guard text.withUTF8Buffer({ rest.starts(with: $0) }), !isLetterOrDigit(rest.dropFirst(count).first) else { continue }
            for _ in 0..<count { cursor.advance() }
            return content
        }
        throw cursor.unexpected("a value: an object, an array, a string in double quotes, a number, true, false or null")
    }

    func isLetterOrDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        let lowercase = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercase) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Calls `read` one level deeper and returns its result.
    private mutating func nested<Items>(_ read: (inout JSONParser) throws(JSONError) -> Items) throws(JSONError) -> Items {
        guard depth < depthLimit else {
            throw JSONError(
                position: cursor.position, message: "found arrays and objects nested deeper than \(depthLimit), expected at most that many levels")
        }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    private mutating func elements() throws(JSONError) -> [JSONValue] {
        cursor.advance()
        cursor.skipWhitespace()
        var elements: [JSONValue] = []
        if cursor.take("]") { return elements }
        while true {
            elements.append(try value())
            if try endsList(with: "]", expecting: "',' or ']' behind an element of the array", "another value") { return elements }
        }
    }

    private mutating func members() throws(JSONError) -> [JSONMember] {
        cursor.advance()
        cursor.skipWhitespace()
        var members = JSONMembers()
        if cursor.take("}") { return [] }
        while true {
            let keyPosition = cursor.position
            guard cursor.byte == UInt8(ascii: "\"") else { throw cursor.unexpected("a key in double quotes") }
            let key = try string()
            if let first = members.position(of: key) {
                throw JSONError(
                    position: keyPosition,
                    message: "found the key \"\(JSONValue.printable(key))\" a second time, expected it once: the first is at \(first). Remove one")
            }
            cursor.skipWhitespace()
            guard cursor.take(":") else { throw cursor.unexpected("':' behind the key \"\(JSONValue.printable(key))\"") }
            cursor.skipWhitespace()
            members.append(JSONMember(key: key, keyPosition: keyPosition, value: try value()))
            if try endsList(with: "}", expecting: "',' or '}' behind a member of the object", "another key") { return members.list }
        }
    }

    /// Whether the list ends here; otherwise moves to its next item.
    private mutating func endsList(with close: Unicode.Scalar, expecting expected: String, _ item: String) throws(JSONError) -> Bool {
        cursor.skipWhitespace()
        if cursor.take(close) { return true }
        let comma = cursor.position
        guard cursor.take(",") else { throw cursor.unexpected(expected) }
        cursor.skipWhitespace()
        guard cursor.byte != UInt8(ascii: close) else {
            throw JSONError(position: comma, message: "found a comma before '\(close)', expected \(item) behind it or no comma")
        }
        return false
    }
}
