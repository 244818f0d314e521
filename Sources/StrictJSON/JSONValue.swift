/// A JSON value with its position in the text, so that an error about it can name line and column.
///
/// Two values are equal if their contents are, scalar by scalar; positions are ignored. Numbers compare by their literals: 1 is not 1.0.
public struct JSONValue: Sendable {
    public var content: Content
    /// Start of the value; (0, 0) for values made in memory.
    public var position: JSONPosition

    public enum Content: Sendable {
        case null
        case bool(Bool)
        /// The original literal, so that no digit is lost: "1e-3" stays "1e-3".
        case number(String)
        case string(String)
        case array([JSONValue])
        /// Members in order.
        case object([JSONMember])
    }

    public init(_ content: Content, at position: JSONPosition = .init(line: 0, column: 0)) {
        self.content = content
        self.position = position
    }
}

/// A key of an object with its value and the key's position.
public struct JSONMember: Sendable {
    public var key: String
    /// Position of the key's opening quote; (0, 0) for members made in memory.
    public var keyPosition: JSONPosition
    public var value: JSONValue

    public init(key: String, keyPosition: JSONPosition = .init(line: 0, column: 0), value: JSONValue) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}

extension JSONValue {
    public static func integer(_ value: Int) -> JSONValue {
        JSONValue(.number(String(value)))
    }

    /// The shortest literal that reads back as the same Double; `null` for NaN and infinities, which JSON can't represent.
    public static func real(_ value: Double) -> JSONValue {
        JSONValue(value.isFinite ? .number(value.description) : .null)
    }

    public static func bool(_ value: Bool) -> JSONValue {
        JSONValue(.bool(value))
    }

    public static func text(_ value: String) -> JSONValue {
        JSONValue(.string(value))
    }

    public static func list(_ values: [JSONValue]) -> JSONValue {
        JSONValue(.array(values))
    }

    /// An object with the members in the given order. - Precondition: no duplicate keys, since such text can't be read back.
    public static func object(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
        JSONValue(.object(pairs.map { JSONMember(key: $0.key, value: $0.value) }))
    }
}

extension JSONValue {
    /// The value of the member `key`; nil if there is none or this isn't an object. Cost: one pass over the members.
    public subscript(key: String) -> JSONValue? {
        objectValue?.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The number, if its literal is an integer (no point, no exponent) within Int.
    public var integerValue: Int? {
        guard case .number(let literal) = content else { return nil }
        return Int(literal)
    }

    /// The number, rounded to the nearest Double; nil if it is out of range.
    public var realValue: Double? {
        guard case .number(let literal) = content, let value = Double(literal), value.isFinite else { return nil }
        return value
    }

    public var stringValue: String? {
        guard case .string(let value) = content else { return nil }
        return value
    }

    public var arrayValue: [JSONValue]? {
        guard case .array(let values) = content else { return nil }
        return values
    }

    public var objectValue: [JSONMember]? {
        guard case .object(let members) = content else { return nil }
        return members
    }

    public var boolValue: Bool? {
        guard case .bool(let value) = content else { return nil }
        return value
    }
}
