public import StrictJSON

extension Configuration {
    /// JSON Schema (draft 2020-12) of the file, generated from the table of keys.
    ///
    /// It covers all that the parser checks, also conditions between keys of a section (``ConfigurationCondition``), except some rules over several keys:
    /// the sum of the fractions, how texts of sequences are read without `data.text`, one kind of clipping, a minimum rate below the learning rate, `model.projection`, `model.layerNorm`, `model.initialState`,
    /// `model.recurrentDropout`, `model.zoneout` and `model.zoneoutCell` with each other and with a cell's options, and `model.embedding`, `model.embeddingFile`, `model.tied`, `model.head`, `model.bidirectional`,
    /// `model.newSymbols`, `training.labelSmoothing` and `training.loss` with the kind of data, `training.classWeights` with that and with label smoothing,
    /// `training.segmentLength` with `data.target` "transcript", `model.mixture`, `model.mixtureFamily` and `model.leastDeviation` with "next". JSON Schema accepts 1.0 as an integer;
    /// the parser doesn't.
    public static func schema() -> JSONValue {
        let sections = ConfigurationSection.allCases.map { section in
            JSONMember(key: section.rawValue, value: section == .data ? dataSchema() : objectSchema(section))
        }
        return .object([
            "$schema": .text("https://json-schema.org/draft/2020-12/schema"),
            "title": .text("lstm-train configuration"),
            "description": .text("What lstm-train learns from, the model, and how it is trained."),
            "type": .text("object"),
            "properties": JSONValue(.object([Self.schemaNameMember] + sections)),
            "required": .list([.text(ConfigurationSection.data.rawValue)]),
            "additionalProperties": .bool(false),
        ])
    }

    private static var schemaNameMember: JSONMember {
        JSONMember(
            key: ConfigurationReader.schemaName,
            value: .object(["description": .text("Where this schema lies, for editors."), "type": .text("string")]))
    }

    /// One branch per kind of data, each with its own keys.
    private static func dataSchema() -> JSONValue {
        .object([
            "description": .text(ConfigurationSection.data.meaning),
            "oneOf": .list(DataKind.allCases.map { objectSchema(.data, kind: $0) }),
        ])
    }

    /// The keys of `section`; with `kind`, only those that apply to it.
    private static func objectSchema(_ section: ConfigurationSection, kind: DataKind? = nil) -> JSONValue {
        let keys = section.keys.filter { key in kind.map(key.kinds.contains) ?? true }
        let properties = keys.map { key in
            JSONMember(key: key.name, value: JSONValue(.object(key.schemaMembers(kind: kind))))
        }
        let required = keys.filter(\.isRequired).map { JSONValue.text($0.name) }
        var members = [JSONMember(key: "type", value: .text("object"))]
        if let kind {
            members.insert(JSONMember(key: "title", value: .text(kind.rawValue)), at: 0)
        } else {
            members.insert(JSONMember(key: "description", value: .text(section.meaning)), at: 0)
        }
        members.append(JSONMember(key: "properties", value: JSONValue(.object(properties))))
        if !required.isEmpty { members.append(JSONMember(key: "required", value: .list(required))) }
        let conditions = conditionSchemas(keys)
        if !conditions.isEmpty { members.append(JSONMember(key: "allOf", value: .list(conditions))) }
        return JSONValue(.object(members + [JSONMember(key: "additionalProperties", value: .bool(false))]))
    }

    /// For each condition: where the other key, or its default, doesn't meet it, the keys that depend on it have their defaults.
    private static func conditionSchemas(_ keys: [ConfigurationKey]) -> [JSONValue] {
        keys.flatMap { key in
            key.conditions.map { condition -> JSONValue in
                let isMetByDefault = condition.isMet(by: Configuration(kind: .text))
                let property = JSONValue(.object([JSONMember(key: condition.name, value: condition.schema)]))
                let found: JSONValue = isMetByDefault
                    ? .object(["properties": property])
                    : .object(["properties": property, "required": .list([.text(condition.name)])])
                let standard: JSONValue = .object(["enum": .list(key.standard.map { [$0] } ?? [])])
                return .object(["if": found, "else": .object(["properties": JSONValue(.object([JSONMember(key: key.name, value: standard)]))])])
            }
        }
    }
}

extension ConfigurationKey {
    /// Meaning, type and range, and the default unless the key is required; the branch of `kind` allows only that `data.kind`.
    fileprivate func schemaMembers(kind: Configuration.DataKind?) -> [JSONMember] {
        var members = [JSONMember(key: "description", value: .text(meaning))] + field.schemaMembers(kind: kind)
        if let kind, dottedName == "data.kind" {
            members = members.map { $0.key == "enum" ? JSONMember(key: "enum", value: .list([.text(kind.rawValue)])) : $0 }
        }
        if let standard { members.append(JSONMember(key: "default", value: standard)) }
        return members
    }
}

extension ConfigurationField {
    fileprivate func schemaMembers(kind: Configuration.DataKind?) -> [JSONMember] {
        switch self {
        case .integer(_, let range, let narrowed):
            let range = kind.flatMap { narrowed[$0] } ?? range
            return range.schemaMembers
        case .real(_, let range):
            return range.schemaMembers
        case .bool:
            return members(["type": .text("boolean")])
        case .choice(let choice):
            return members(["type": .text("string"), "enum": .list(choice.words.map(JSONValue.text))])
        case .strings(_, let rule):
            return stringsSchema(rule)
        case .integers(_, let range):
            let integer: JSONValue = JSONValue(.object(range.schemaMembers))
            return members(["oneOf": .list([integer, .object(["type": .text("array"), "items": integer, "uniqueItems": .bool(true)])])])
        case .text:
            return members(["type": .text("string")])
        case .layers:
            return members(["oneOf": LayerStack.schema])
        case .classWeights:
            return members(["oneOf": ClassWeights.schema])
        }
    }

    private func stringsSchema(_ rule: StringsRule) -> [JSONMember] {
        let string: JSONValue = .object(["type": .text("string"), "minLength": .integer(1)])
        var list = members(["type": .text("array"), "items": string])
        if rule.leastCount > 0 { list += members(["minItems": .integer(rule.leastCount)]) }
        if rule.areUnique { list += members(["uniqueItems": .bool(true)]) }
        return rule.takesSingle ? members(["oneOf": .list([string, JSONValue(.object(list))])]) : list
    }

    private func members(_ pairs: KeyValuePairs<String, JSONValue>) -> [JSONMember] {
        pairs.map { JSONMember(key: $0.key, value: $0.value) }
    }
}

extension ClosedRange<Int> {
    /// Of an integer in this range.
    var schemaMembers: [JSONMember] {
        [
            JSONMember(key: "type", value: .text("integer")), JSONMember(key: "minimum", value: .integer(lowerBound)),
            JSONMember(key: "maximum", value: .integer(upperBound)),
        ]
    }
}

extension RealRange {
    /// Of a number in this range.
    var schemaMembers: [JSONMember] {
        let least = JSONMember(key: lower.isIncluded ? "minimum" : "exclusiveMinimum", value: .real(lower.value))
        let most = upper.map { [JSONMember(key: $0.isIncluded ? "maximum" : "exclusiveMaximum", value: .real($0.value))] } ?? []
        return [JSONMember(key: "type", value: .text("number")), least] + most
    }
}
