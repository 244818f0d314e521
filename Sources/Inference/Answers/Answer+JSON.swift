import StrictJSON

extension Answer {
    /// The answer as a JSON object in one line; a text that isn't known is left out.
    public var json: String { JSONValue(.object(fields.compactMap(\.member))).serialized() }
}

extension AnswerField {
    fileprivate var member: JSONMember? {
        switch value {
        case .integer(let value): JSONMember(key: name, value: .integer(value))
        case .number(let value): JSONMember(key: name, value: .literal(value))
        case .text(let text): text.map { JSONMember(key: name, value: .text($0)) }
        case .numbers(let values, let names): JSONMember(key: name, value: .named(names, values.map(JSONValue.literal)))
        case .texts(let texts): JSONMember(key: name, value: .list(texts.map(JSONValue.text)))
        case .floats(let values): JSONMember(key: name, value: .list(values.map(JSONValue.literal)))
        case .integers(let values): JSONMember(key: name, value: .list(values.map(JSONValue.integer)))
        case .doubles(let values, let names): JSONMember(key: name, value: .named(names, values.map(JSONValue.real)))
        }
    }
}

extension JSONValue {
    /// The shortest literal that reads back as the same finite float.
    fileprivate static func literal(_ value: Float) -> JSONValue { JSONValue(.number("\(value)")) }

    fileprivate static func named(_ names: NumberNames, _ values: [JSONValue]) -> JSONValue {
        JSONValue(.object(zip(names.list, values).map { JSONMember(key: $0, value: $1) }))
    }
}
