import Layers
import StrictJSON

/// A type of layer in the list `model.layers`: its word and its keys, from which the parser, its errors, the resolved file and the schema follow.
struct LayerType: Sendable {
    /// The word of "type".
    let name: String
    let keys: [LayerKey]
    /// A layer with every key's default.
    let initial: LayerDescription
    /// Whether a layer is of this type.
    let includes: @Sendable (LayerDescription) -> Bool

    static func of(_ layer: LayerDescription) -> LayerType {
        guard let type = all.first(where: { $0.includes(layer) }) else { preconditionFailure("each layer is of a type") }
        return type
    }

    func key(_ name: String) -> LayerKey? { keys.first { $0.name == name } }

    /// Keys of `layer` that have another value than the default, and no effect beside the other keys' values; each with the condition that isn't met.
    func keysWithoutEffect(in layer: LayerDescription) -> [(key: LayerKey, condition: LayerKey.Condition)] {
        keys.compactMap { key in
            guard let condition = key.condition, !condition.isMet(layer), key.value(layer) != key.value(initial) else { return nil }
            return (key, condition)
        }
    }

    /// The layer as the file has it: without keys that have their default.
    func json(_ layer: LayerDescription) -> JSONValue {
        let members = keys.compactMap { key -> JSONMember? in
            let value = key.value(layer)
            return key.isRequired || value != key.value(initial) ? JSONMember(key: key.name, value: value) : nil
        }
        return JSONValue(.object([JSONMember(key: "type", value: .text(name))] + members))
    }

    var schema: JSONValue {
        let properties = [JSONMember(key: "type", value: .object(["enum": .list([.text(name)])]))] + keys.map { key in
            let members = [JSONMember(key: "description", value: .text(key.meaning))] + key.values.schemaMembers
            return JSONMember(
                key: key.name, value: JSONValue(.object(members + (key.isRequired ? [] : [JSONMember(key: "default", value: key.value(initial))]))))
        }
        return .object([
            "type": .text("object"), "properties": JSONValue(.object(properties)),
            "required": .list((["type"] + keys.filter(\.isRequired).map(\.name)).map(JSONValue.text)), "additionalProperties": .bool(false),
        ])
    }
}

/// A key of a type of layer.
struct LayerKey: Sendable {
    /// Type and range of a key's values.
    enum Values: Sendable {
        case integer(ClosedRange<Int>)
        case real(RealRange)
        case bool
        case words([String])
    }

    let name: String
    /// A one-line description, without the range.
    let meaning: String
    let isRequired: Bool
    let values: Values
    let value: @Sendable (LayerDescription) -> JSONValue
    /// Returns false, and changes nothing, if the value isn't valid.
    let write: @Sendable (JSONValue, inout LayerDescription) -> Bool
    /// Where the key has an effect; nil for everywhere.
    private(set) var condition: Condition?

    struct Condition: Sendable {
        /// "bidirectional is true".
        let words: String
        let isMet: @Sendable (LayerDescription) -> Bool

        /// What follows the key where the condition isn't met.
        func fault(of value: JSONValue) -> String { " is \(value.shown); it has an effect only where \(words). Remove it." }
    }

    /// The same, of effect only where `isMet`; elsewhere it may have its default and no other value.
    func when(_ words: String, _ isMet: @escaping @Sendable (LayerDescription) -> Bool) -> LayerKey {
        var key = self
        key.condition = Condition(words: words, isMet: isMet)
        return key
    }
}

/// The settings of one kind of layer, as they stand in a ``LayerDescription``.
protocol LayerSettings: Sendable {
    init?(_ layer: LayerDescription)
    var layer: LayerDescription { get }
}

extension LayerKey {
    typealias Path<Settings, Value> = WritableKeyPath<Settings, Value> & Sendable

    static func integer<Settings: LayerSettings>(
        _ name: String, _ path: any Path<Settings, Int>, _ range: ClosedRange<Int>, isRequired: Bool = false, _ meaning: String
    ) -> LayerKey {
        key(name, path, .integer(range), isRequired, meaning, json: JSONValue.integer) { value in value.integerValue.flatMap { range.contains($0) ? $0 : nil } }
    }

    static func real<Settings: LayerSettings>(
        _ name: String, _ path: any Path<Settings, Double>, _ range: RealRange, isRequired: Bool = false, _ meaning: String
    ) -> LayerKey {
        key(name, path, .real(range), isRequired, meaning, json: JSONValue.real) { value in value.realValue.flatMap { range.contains($0) ? $0 : nil } }
    }

    static func bool<Settings: LayerSettings>(_ name: String, _ path: any Path<Settings, Bool>, _ meaning: String) -> LayerKey {
        key(name, path, .bool, false, meaning, json: JSONValue.bool, value: \.boolValue)
    }

    static func choice<Settings: LayerSettings, Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: any Path<Settings, Choice>, _ meaning: String
    ) -> LayerKey {
        key(name, path, .words(Choice.allCases.map(\.rawValue)), false, meaning, json: { .text($0.rawValue) }) { value in
            value.stringValue.flatMap(Choice.init(rawValue:))
        }
    }

    private static func key<Settings: LayerSettings, Value>(
        _ name: String, _ path: any Path<Settings, Value>, _ values: Values, _ isRequired: Bool, _ meaning: String,
        json: @escaping @Sendable (Value) -> JSONValue, value valid: @escaping @Sendable (JSONValue) -> Value?
    ) -> LayerKey {
        LayerKey(
            name: name, meaning: meaning, isRequired: isRequired, values: values,
            value: { layer in
                guard let settings = Settings(layer) else { preconditionFailure("\(name) is a key of another type of layer") }
                return json(settings[keyPath: path])
            },
            write: { json, layer in
                guard let value = valid(json), var settings = Settings(layer) else { return false }
                settings[keyPath: path] = value
                layer = settings.layer
                return true
            })
    }
}

extension LayerKey.Values {
    /// Follows "it must be".
    var wanted: String {
        switch self {
        case .integer(let range): "an integer " + range.words
        case .real(let range): "a number " + range.words
        case .bool: "true or false"
        case .words(let words): alternatives(words.map { "\"\($0)\"" })
        }
    }

    var schemaMembers: [JSONMember] {
        switch self {
        case .integer(let range): range.schemaMembers
        case .real(let range): range.schemaMembers
        case .bool: [JSONMember(key: "type", value: .text("boolean"))]
        case .words(let words): [JSONMember(key: "type", value: .text("string")), JSONMember(key: "enum", value: .list(words.map(JSONValue.text)))]
        }
    }
}
