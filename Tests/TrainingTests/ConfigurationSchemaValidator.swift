import StrictJSON

/// A simple validator for the part of JSON Schema (draft 2020-12) that the configuration's schema uses. An unknown keyword is an error of the schema.
struct ConfigurationSchemaValidator {
    /// Errors of the schema itself.
    private(set) var schemaFaults: [String] = []

    mutating func accepts(_ value: JSONValue, _ schema: JSONValue) -> Bool {
        guard let keywords = schema.objectValue else {
            schemaFaults.append("a schema that is no object: \(schema.serialized())")
            return false
        }
        // Checks all keywords, so that an unknown one is found even after one that rejects the value.
        return keywords.map { accepts(value, keyword: $0.key, $0.value, within: schema) }.allSatisfy { $0 }
    }

    private mutating func accepts(_ value: JSONValue, keyword: String, _ argument: JSONValue, within schema: JSONValue) -> Bool {
        switch keyword {
        case "$schema", "title", "description", "default": return true
        case "type": return hasType(value, argument.stringValue ?? "")
        case "enum": return argument.arrayValue?.contains { $0 == value || $0.realValue != nil && $0.realValue == value.realValue } == true
        case "if": return accepts(value, argument) || accepts(value, schema["else"] ?? .object([:]))
        case "else": return true
        case "allOf": return all(argument.arrayValue ?? [], of: value)
        case "minimum": return order(value, argument) != -1
        case "exclusiveMinimum": return (order(value, argument) ?? 1) == 1
        case "maximum": return order(value, argument) != 1
        case "exclusiveMaximum": return (order(value, argument) ?? -1) == -1
        case "minLength": return value.stringValue.map { $0.unicodeScalars.count >= argument.integerValue ?? 0 } ?? true
        case "maxItems": return value.arrayValue.map { $0.count <= argument.integerValue ?? .max } ?? true
        case "minItems": return value.arrayValue.map { $0.count >= argument.integerValue ?? 0 } ?? true
        case "minProperties": return value.objectValue.map { $0.count >= argument.integerValue ?? 0 } ?? true
        case "uniqueItems": return argument.boolValue != true || hasUniqueItems(value)
        case "items": return all(value.arrayValue ?? [], argument)
        case "oneOf": return count(value, argument.arrayValue ?? []) == 1
        case "properties": return all(value, properties: argument)
        case "required": return (argument.arrayValue ?? []).allSatisfy { value.objectValue == nil || value[$0.stringValue ?? ""] != nil }
        case "additionalProperties":
            let known = schema["properties"]
            for member in value.objectValue ?? [] where known?[member.key] == nil {
                guard argument.objectValue != nil ? accepts(member.value, argument) : argument.boolValue == true else { return false }
            }
            return true
        default:
            schemaFaults.append("the keyword \(keyword)")
            return false
        }
    }

    private mutating func hasType(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        case "object": return value.objectValue != nil
        case "array": return value.arrayValue != nil
        case "string": return value.stringValue != nil
        case "boolean": return value.boolValue != nil
        case "integer":
            guard case .number(let literal) = value.content else { return false }
            return !literal.contains { ".eE".contains($0) }
        case "number":
            guard case .number = value.content else { return false }
            return true
        default:
            schemaFaults.append("the type \(type)")
            return false
        }
    }

    /// -1, 0 or 1 if `value` is below, equal to or above `bound`; nil if it isn't a number. Exact for integers, unlike Double near 2^63.
    private func order(_ value: JSONValue, _ bound: JSONValue) -> Int? {
        guard case .number(let literal) = value.content, let number = Double(literal), let limit = bound.realValue else { return nil }
        if let integer = value.integerValue, let limit = bound.integerValue { return integer < limit ? -1 : integer > limit ? 1 : 0 }
        if value.integerValue == nil, bound.integerValue != nil, !literal.contains(where: { ".eE".contains($0) }) { return literal.hasPrefix("-") ? -1 : 1 }
        return number < limit ? -1 : number > limit ? 1 : 0
    }

    private func hasUniqueItems(_ value: JSONValue) -> Bool {
        let items = value.arrayValue ?? []
        return items.indices.allSatisfy { index in !items[..<index].contains(items[index]) }
    }

    private mutating func all(_ values: [JSONValue], _ schema: JSONValue) -> Bool {
        values.map { accepts($0, schema) }.allSatisfy { $0 }
    }

    private mutating func all(_ schemas: [JSONValue], of value: JSONValue) -> Bool {
        schemas.map { accepts(value, $0) }.allSatisfy { $0 }
    }

    private mutating func all(_ value: JSONValue, properties: JSONValue) -> Bool {
        (value.objectValue ?? []).map { member in properties[member.key].map { accepts(member.value, $0) } ?? true }.allSatisfy { $0 }
    }

    private mutating func count(_ value: JSONValue, _ schemas: [JSONValue]) -> Int {
        schemas.map { accepts(value, $0) }.filter { $0 }.count
    }
}
