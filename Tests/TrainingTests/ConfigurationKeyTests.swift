import Configuration
import StrictJSON
import Testing
import Training

@Suite("Configuration keys")
struct ConfigurationKeyTests {
    @Test("every key's default and range limits are read from the file and from the command line, and written again",
        arguments: Configuration.DataKind.allCases)
    func everyKey(kind: Configuration.DataKind) throws {
        for key in ConfigurationKey.table where key.kinds.contains(kind) && key.dottedName != "data.kind" {
            for value in try samples(of: key, kind: kind) {
                let document = configurationText(kind, setting: key, to: value)
                let read = try Configuration.parse(Array(document.utf8), name: "file")
                #expect(key.value(in: read).isSame(as: value), "\(key.dottedName) = \(value.serialized())")
                let text = value.stringValue ?? value.serialized()
                let overridden = try Configuration.parse(
                    Array(configurationText(kind, for: key).utf8), name: "file",
                    overrides: key.neededMembers(of: kind).map { "\(key.section.rawValue).\($0.0)=\($0.1.stringValue ?? $0.1.serialized())" } + ["\(key.dottedName)=\(text)"])
                #expect(overridden == read, "\(key.dottedName)=\(text)")
                let again = try Configuration.parse(Array(read.resolvedJSON().serialized(indented: true).utf8), name: "resolved")
                #expect(again == read, "\(key.dottedName) = \(value.serialized())")
            }
        }
    }

    @Test("a value just outside a key's range, or of another type, is rejected, and the message names the key and its position",
        arguments: Configuration.DataKind.allCases)
    func outside(kind: Configuration.DataKind) throws {
        for key in ConfigurationKey.table where key.kinds.contains(kind) {
            for value in try wrongValues(of: key, kind: kind) {
                let error = configurationError(configurationText(kind, setting: key, to: value))
                guard case .faults(let faults, _) = error else {
                    Issue.record("\(key.dottedName) = \(value.serialized()) was taken")
                    continue
                }
                #expect(faults.count == 1 && faults[0].message.hasPrefix("\(key.dottedName) is "), "\(faults)")
                guard case .file("config.json", let position) = faults[0].place else {
                    Issue.record("\(faults[0])")
                    continue
                }
                #expect(position.line == 2)
            }
        }
    }

    @Test("a key that doesn't apply to the kind of data is rejected even with its default", arguments: Configuration.DataKind.allCases)
    func otherKinds(kind: Configuration.DataKind) throws {
        for key in ConfigurationKey.table where !key.kinds.contains(kind) {
            let value = key.dottedName == "data.files" || key.dottedName == "data.label" ? .text("a") : key.value(in: Configuration(kind: kind))
            let error = configurationError(configurationText(kind, setting: key, to: value))
            #expect(error?.description.contains("\(key.dottedName) doesn't go with data.kind \"\(kind.rawValue)\"") == true)
        }
    }

    @Test("a key that depends on another one names a key of its section, and is refused without it unless it has its default; schema and parser agree")
    func conditions() throws {
        var seen = 0
        for key in ConfigurationKey.table {
            for condition in key.conditions {
                let other = try #require(key.section.keys.first { $0.dottedName == condition.key }, "\(key.dottedName)")
                let kind = try #require([Configuration.DataKind.adding, .text, .sequences, .series].first { key.kinds.contains($0) && other.kinds.contains($0) })
                let schema = try #require(schemaProperty(other, kind: kind))
                let standard = try #require(key.standard)
                let unmet: JSONValue
                switch condition.values {
                case .words(let words): unmet = try #require(schema["enum"]?.arrayValue?.first { !words.contains($0.stringValue ?? "") } ?? .text(words[0]))
                case .above(let bound): unmet = .real(bound)
                case .atLeast(let bound): unmet = .integer(bound - 1)
                case .anInteger: unmet = layerList
                case .integerFrom(let least): unmet = .integer(least - 1)
                case .zero: unmet = .integer(1)
                case .empty: unmet = .list([.text("a.txt")])
                case .filled: unmet = .text("")
                case .blank: unmet = .text("a")
                }
                guard !isMet(condition, by: unmet) else { continue }
                // Without those that depend on the other key themselves.
                let dependent = key.section.keys.filter { $0.conditions.contains { $0.key == other.dottedName } }.map(\.name)
                let others = key.neededMembers(of: kind).filter { $0.0 != other.name && !dependent.contains($0.0) } + [(other.name, unmet)]
                for value in try samples(of: key, kind: kind) {
                    let values = members(others + [(key.name, value)])
                    let document =
                        key.section == .data
                        ? "{\"data\": {\"kind\": \"\(kind.rawValue)\", \"files\": \"a.txt\", \(values)}}"
                        : "{\"data\": {\"kind\": \"adding\"}, \"\(key.section.rawValue)\": {\(values)}}"
                    let error = configurationError(document)
                    var validator = ConfigurationSchemaValidator()
                    #expect((error == nil) == validator.accepts(try JSONValue.parse(Array(document.utf8)), Configuration.schema()), "\(document)")
                    #expect((error == nil) == value.isSame(as: standard), "\(document)")
                    let isLayers = unmet.arrayValue?.first?.objectValue != nil
                    let shown = isLayers ? "a list of \(unmet.arrayValue?.count ?? 0)" : unmet.serialized()
                    let wanted = ["\(key.dottedName) is ", ", but \(other.dottedName) is \(shown); it goes with "]
                    #expect(wanted.allSatisfy { error?.description.contains($0) ?? true }, "\(error?.description ?? "")")
                    seen += 1
                }
            }
        }
        #expect(seen > 5)
    }

    @Test("a run's stored configuration may have a value without effect, which earlier versions accepted")
    func stored() throws {
        let text = Array(#"{"data": {"kind": "adding"}, "optimizer": {"schedule": "constant", "decayFactor": 0.2}}"#.utf8)
        #expect(throws: ConfigurationError.self) { try Configuration.parse(text, name: "config.json") }
        #expect(try Configuration.parse(text, name: "config.json", isStored: true).optimizer.decayFactor == 0.2)
    }

    private func isMet(_ condition: ConfigurationCondition, by value: JSONValue) -> Bool {
        if case .words(let words) = condition.values { words.contains(value.stringValue ?? "") } else { false }
    }

    @Test("keys have different names, and the sections contain all of them")
    func names() {
        let names = ConfigurationKey.table.map(\.dottedName)
        #expect(Set(names).count == names.count)
        #expect(ConfigurationSection.allCases.flatMap(\.keys).map(\.dottedName) == names)
        #expect(ConfigurationKey.table.filter(\.isRequired).map(\.dottedName) == ["data.kind", "data.files"])
        let relied = [
            "model.hidden", "model.layers", "training.batch", "training.steps", "training.epochs", "training.seed", "parallelism.threads",
            "parallelism.shards", "parallelism.gates", "parallelism.reduction", "checkpoint.everySteps", "checkpoint.keep",
        ]
        #expect(Set(relied).isSubset(of: names))
    }

    @Test("the manual's table has one line of four cells per key")
    func markdown() {
        let lines = Configuration.keyTableMarkdown().split(separator: "\n")
        #expect(lines.count == ConfigurationKey.table.count + 2)
        #expect(lines.allSatisfy { $0.split(separator: "|").count == 4 && $0.hasPrefix("|") && $0.hasSuffix("|") })
        #expect(lines.contains("| `model.hidden` | integer, from 1 to 65536 | `128` | Units of each recurrent layer. With model.layers as an integer. |"))
        #expect(lines.contains { $0.hasPrefix("| `data.kind` | `\"text\"`, ") && $0.contains("| required |") })
        #expect(lines.contains { $0.hasPrefix("| `data.stride` |") && $0.hasSuffix("(textWindows and series only) |") })
    }
}

/// Valid values of `key`: its default, the ends of its range according to the schema, each word of a choice.
private func samples(of key: ConfigurationKey, kind: Configuration.DataKind) throws -> [JSONValue] {
    let schema = try #require(schemaProperty(key, kind: kind))
    let standard = key.standard.map { [$0] } ?? []
    // Of the kinds with numbers only series have quantiles.
    if key.dottedName == "training.interval", kind != .series { return [] }
    // They go with data.target "next".
    if ["model.mixture", "model.mixtureFamily", "model.leastDeviation"].contains(key.dottedName) { return standard }
    let needsTokens = key.conditions.contains { $0.key == "model.embedding" }
    if needsTokens, !Configuration(kind: kind).data.hasTokens { return standard }
    switch schema["type"]?.stringValue {
    case nil where key.dottedName == "model.layers": return standard + [.integer(64), layerList]
    case nil where integerRanges[key.dottedName] != nil:
        let range = try #require(integerRanges[key.dottedName])
        return standard + [.list([.integer(range.lowerBound)]), .list([.integer(90), .integer(range.upperBound), .integer(60)])]
    case nil where key.dottedName == "training.classWeights" && kind != .sequences: return standard
    case nil where key.dottedName == "training.classWeights":
        return standard + [.text("balanced"), .object(["a": .real(2), "é \"": .real(1e6)]), .object(["a": .real(.leastNonzeroMagnitude)])]
    case "boolean" where key.dottedName == "model.bidirectional" && kind.usualHead == .every: return standard
    // With the widths that they need it is in LayerStackTests.
    case "boolean" where key.dottedName == "model.tied": return standard
    case "boolean": return [.bool(true), .bool(false)]
    case "string" where key.dottedName == "model.newSymbols" && ![.text, .textWindows].contains(kind): return standard
    case "string" where key.dottedName == "model.embeddingFile" && ![.text, .textWindows].contains(kind): return standard
    case "string" where schema["enum"] == nil: return standard + [.text("a b.safetensors"), .text("é \"")]
    case "string" where key.dottedName == "training.loss" && kind != .series: return [.text("squared"), .text("absolute"), .text("huber")]
    case "string": return (schema["enum"]?.arrayValue ?? []).filter { key.dottedName != "model.head" || mayBeHead($0, kind) }
    case "integer" where key.dottedName == "model.embedding" && !Configuration(kind: kind).data.hasTokens: return standard
    // Needs an embedding.
    case "number" where key.dottedName == "model.embeddingDropout": return standard
    case "number" where key.dottedName == "training.labelSmoothing" && [.series, .adding].contains(kind): return standard
    // At most the learning rate.
    case "number" where key.dottedName == "optimizer.minimumRate": return standard + [.real(1e-30), .real(0.001)]
    case "integer", "number":
        let fraction = key.dottedName.hasSuffix("Fraction")
        let edges = [schema["minimum"], schema["maximum"]].compactMap { $0 }
        let inside = schema["exclusiveMinimum"] != nil ? [JSONValue.real(.leastNonzeroMagnitude)] : []
        let below = schema["exclusiveMaximum"] != nil ? [JSONValue.real(fraction ? 0.75 : (1.0).nextDown)] : []
        return standard + edges + inside + below
    default: return standard + [.list([.text("a,b"), .text("é \"")])]
    }
}

/// Of keys that are lists of integers.
private let integerRanges = ["data.lags": 1...1_000_000, "data.speeds": 50...200, "data.noises": 0...100]

/// Invalid values of `key`.
private func wrongValues(of key: ConfigurationKey, kind: Configuration.DataKind) throws -> [JSONValue] {
    if key.dottedName == "training.interval", kind != .series { return [] }
    let schema = try #require(schemaProperty(key, kind: kind))
    let never: [JSONValue] = [JSONValue(.null), .object([:]), .list([.integer(1)]), .list([.text("")])]
    switch schema["type"]?.stringValue {
    case nil where key.dottedName == "model.layers": return [.integer(0), .integer(65), .real(1), .list([]), .object([:]), .text("2"), JSONValue(.null)]
    case nil where integerRanges[key.dottedName] != nil:
        let range = try #require(integerRanges[key.dottedName])
        return [
            JSONValue(.null), .object([:]), .list([.integer(range.lowerBound - 1)]), .list([.integer(60), .integer(60)]), .list([.text("")]),
            .integer(range.upperBound + 1), .real(60.5), .text("60"), .bool(true),
        ]
    case nil where key.dottedName == "training.classWeights":
        return never + [.text("Balanced"), .integer(1), .object(["a": .integer(0)]), .object(["a": .real(1), "b": .real(1_000_001)])]
    case "boolean": return never + [.integer(1), .text("true")]
    case "string" where schema["enum"] == nil: return never + [.integer(0), .bool(true)]
    case "string": return never + [.integer(0), .bool(true), .text(""), .text("Text")]
    case "integer":
        let (least, most) = (schema["minimum"]?.integerValue ?? 0, schema["maximum"]?.integerValue ?? 0)
        let above = most == .max ? JSONValue(.number("9223372036854775808")) : .integer(most + 1)
        return never + [.integer(least - 1), above, .real(Double(least) + 0.5), .real(Double(least)), .text("\(least)"), .bool(true)]
    case "number":
        let below: JSONValue = schema["minimum"].map { .real(($0.realValue ?? 0).nextDown) } ?? schema["exclusiveMinimum"] ?? JSONValue(.null)
        let above: JSONValue = schema["maximum"].map { .real(($0.realValue ?? 0).nextUp) } ?? schema["exclusiveMaximum"] ?? JSONValue(.number("1e400"))
        return never + [below, above, .text("0.5"), .bool(true)]
    default: return never + [.integer(1), .bool(true), .text("")]
    }
}

/// Layers of two kinds.
private let layerList: JSONValue = .list([
    .object(["type": .text("lstm"), "hidden": .integer(7), "forgetBias": .real(1.5)]), .object(["type": .text("gru"), "hidden": .integer(65_536)]),
])

private func mayBeHead(_ word: JSONValue, _ kind: Configuration.DataKind) -> Bool {
    word.stringValue == "auto" || kind.possibleHeads.contains { $0.rawValue == word.stringValue }
}

extension JSONValue {
    /// Whether both are the same number, however it is written, or are equal.
    fileprivate func isSame(as other: JSONValue) -> Bool {
        if let mine = realValue, let theirs = other.realValue { return mine == theirs }
        return self == other
    }
}

/// The schema of `key` in the branch of `kind`.
func schemaProperty(_ key: ConfigurationKey, kind: Configuration.DataKind, in schema: JSONValue = Configuration.schema()) -> JSONValue? {
    let section = schema["properties"]?[key.section.rawValue]
    let branch = section?["oneOf"]?.arrayValue?.first { $0["title"]?.stringValue == kind.rawValue } ?? section
    return branch?["properties"]?[key.name]
}

/// The smallest file for data of `kind`, with one more key, or another value for an existing one, in the second line.
func configurationText(_ kind: Configuration.DataKind, setting key: ConfigurationKey? = nil, to value: JSONValue = JSONValue(.null), for other: ConfigurationKey? = nil) -> String {
    let isOfNumbers = ["training.loss", "training.huberDelta", "training.interval"].contains((key ?? other)?.dottedName)
    var data: [(String, JSONValue)] = [("kind", .text(kind.rawValue))] + (kind.isGenerated ? [] : [("files", .text("a.txt"))])
        + (kind != .sequences ? [] : isOfNumbers ? [("target", .text("numbers")), ("targets", .text("y"))] : [("label", .text("class"))])
    guard let key else { return "{\"data\": {\(members(data))}}" }
    if key.section == .data {
        data.removeAll { $0.0 == key.name }
        data += key.neededMembers(of: kind)
        return "{\"data\": {\(data.isEmpty ? "" : members(data) + ",")\n\(members([(key.name, value)]))}}"
    }
    let neededMembers = key.neededMembers(of: kind)
    let needed = neededMembers.isEmpty ? "" : members(neededMembers) + ","
    return "{\"data\": {\(members(data))}, \"\(key.section.rawValue)\": {\(needed)\n\(members([(key.name, value)]))}}"
}

extension ConfigurationKey {
    /// Keys of its section, with values at which it is of effect for data of `kind`, as far as they go with those.
    fileprivate func neededMembers(of kind: Configuration.DataKind) -> [(String, JSONValue)] {
        let conditions = conditions.filter { condition in
            guard ConfigurationKey.table.contains(where: { $0.dottedName == condition.key && $0.kinds.contains(kind) }) else { return false }
            return !["model.embedding", "model.characters"].contains(condition.key) || Configuration(kind: kind).data.hasTokens
        }
        let text: [(String, JSONValue)] = kind == .sequences && section == .data && Configuration.textReadingKeys.contains(name) ? [("text", .text("a"))] : []
        return text + conditions.map { condition in
            switch condition.values {
            case .words(let words): (condition.name, .text(words[0]))
            case .above(let bound): (condition.name, .real(bound + 0.5))
            case .atLeast(let bound): (condition.name, .integer(bound + 1))
            case .anInteger: (condition.name, .integer(3))
            case .integerFrom(let least): (condition.name, .integer(least))
            case .zero: (condition.name, .integer(0))
            case .empty: (condition.name, .list([]))
            case .filled: (condition.name, .text("a"))
            case .blank: (condition.name, .text(""))
            }
        }
    }
}

private func members(_ pairs: [(String, JSONValue)]) -> String {
    pairs.map { "\"\($0.0)\": \($0.1.serialized())" }.joined(separator: ", ")
}
