// Swift's `==` considers "é" equal to "e" followed by an accent. RFC 8259 compares keys code by code, and a vocabulary must distinguish the two,
// so strings are compared by their bytes here.

extension JSONValue: Equatable {
    /// Whether the contents are equal; positions are ignored.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        left.content == right.content
    }
}

extension JSONMember: Equatable {
    /// Whether key and value are equal; positions are ignored.
    public static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
    }
}

extension JSONValue.Content: Equatable {
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a.utf8.elementsEqual(b.utf8)
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }
}

/// A key as its bytes, for the set that finds duplicates.
struct ExactKey: Hashable {
    let key: String

    static func == (left: ExactKey, right: ExactKey) -> Bool {
        left.key.utf8.elementsEqual(right.key.utf8)
    }

    func hash(into hasher: inout Hasher) {
        for byte in key.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xFF))
    }
}
