import Configuration
import StrictJSON
import Testing
import Training

@Suite("The configuration's JSON Schema")
struct ConfigurationSchemaTests {
    private let schema = Configuration.schema()

    private func accepts(_ value: JSONValue) -> Bool {
        var validator = ConfigurationSchemaValidator()
        let isAccepted = validator.accepts(value, schema)
        #expect(validator.schemaFaults.isEmpty)
        return isAccepted
    }

    @Test("the schema accepts the resolved defaults of each kind of data", arguments: Configuration.DataKind.allCases)
    func defaults(kind: Configuration.DataKind) throws {
        let configuration = try Configuration.parse(Array(configurationText(kind).utf8), name: "file")
        let resolved = configuration.resolvedJSON()
        #expect(accepts(resolved))
        let reread = try JSONValue.parse(Array(resolved.serialized(indented: true).utf8))
        #expect(reread == resolved)
        #expect(accepts(reread))
    }

    @Test("the schema is JSON, draft 2020-12, with a description of every key and the default of each optional one")
    func complete() throws {
        #expect(try JSONValue.parse(Array(schema.serialized(indented: true).utf8)) == schema)
        #expect(schema["$schema"]?.stringValue == "https://json-schema.org/draft/2020-12/schema")
        for key in ConfigurationKey.table {
            for kind in Configuration.DataKind.allCases {
                let property = schemaProperty(key, kind: kind, in: schema)
                // Only the data's keys have a branch for each kind.
                #expect((property != nil) == (key.section != .data || key.kinds.contains(kind)), "\(key.dottedName)")
                guard let property else { continue }
                #expect(property["description"]?.stringValue == key.meaning)
                #expect(property["default"] == key.standard)
                #expect((property["default"] == nil) == key.isRequired)
            }
        }
    }

    @Test("schema and parser agree on random configurations, valid and invalid")
    func agreement() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var maker = ConfigurationMaker(seed: seed)
        var takenCount = 0
        let runCount = 4_000
        for run in 0..<runCount {
            let document = maker.document()
            let text = document.serialized()
            let error = configurationError(text)
            #expect(accepts(document) == (error == nil), "run \(run) of seed \(seed): \(text)\n\(error?.description ?? "taken")")
            takenCount += error == nil ? 1 : 0
        }
        #expect(takenCount > runCount / 10 && takenCount < runCount * 9 / 10, "\(takenCount) of \(runCount) taken, seed \(seed)")
    }
}

/// Makes random configurations, about half of them invalid, but none that violate only a rule over two keys, which a schema can't express.
private struct ConfigurationMaker {
    private var state: UInt64
    private let schema = Configuration.schema()

    init(seed: UInt64) { state = seed }

    private mutating func below(_ count: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(count))
    }

    mutating func document() -> JSONValue {
        let kind = Configuration.DataKind.allCases[below(Configuration.DataKind.allCases.count)]
        let spoilsOneIn = [2, 40, 400, 1_000_000][below(4)]
        var sections: [JSONMember] = []
        for section in ConfigurationSection.allCases where section == .data || below(2) == 0 {
            var members: [JSONMember] = []
            for key in section.keys {
                let rules = [
                    "model.embedding", "model.embeddingDropout", "model.characters", "model.characterEmbedding", "model.characterUnits", "model.characterWidth",
                    "model.characterLimit", "model.mixture", "model.mixtureFamily", "model.leastDeviation", "model.head", "model.bidirectional", "model.projection", "model.layerNorm", "model.initialState",
                    "model.zoneout", "model.zoneoutCell", "model.newSymbols", "training.labelSmoothing", "training.classWeights", "training.loss", "training.huberDelta", "training.interval", "training.clipValue", "optimizer.minimumRate",
                ]
                let ofSequences = Configuration.textReadingKeys.map { "data.\($0)" } + ["training.segmentLength"]
                guard !rules.contains(key.dottedName), kind != .sequences || !ofSequences.contains(key.dottedName) else { continue }
                guard isChosen(key, kind, spoilsOneIn) else { continue }
                members.append(JSONMember(key: key.name, value: below(spoilsOneIn) == 0 ? anyValue() : soundValue(key, kind)))
            }
            if below(spoilsOneIn) == 0 { members.append(JSONMember(key: "extra", value: anyValue())) }
            sections.append(JSONMember(key: section.rawValue, value: below(spoilsOneIn * 4) == 0 ? anyValue() : JSONValue(.object(members))))
        }
        if below(spoilsOneIn * 4) == 0 { sections.removeFirst() }
        return below(spoilsOneIn * 8) == 0 ? anyValue() : JSONValue(.object(sections))
    }

    private mutating func isChosen(_ key: ConfigurationKey, _ kind: Configuration.DataKind, _ spoilsOneIn: Int) -> Bool {
        guard key.kinds.contains(kind) else { return below(spoilsOneIn * 4) == 0 }
        return key.isRequired ? below(spoilsOneIn * 4) != 0 : below(2) == 0
    }

    private mutating func soundValue(_ key: ConfigurationKey, _ kind: Configuration.DataKind) -> JSONValue {
        let schema = schemaProperty(key, kind: kind, in: schema)
        switch key.dottedName {
        case "data.kind": return .text(kind.rawValue)
        case "data.label", "data.text": return .text("a")
        case "data.files": return below(2) == 0 ? .text("a") : .list([.text("a"), .text("a")])
        case "data.validationFraction", "data.testFraction": return .real(Double(below(50)) / 101)
        default: break
        }
        if let words = schema?["enum"]?.arrayValue { return words[below(words.count)] }
        switch below(3) {
        case 0: return schema?["minimum"] ?? key.standard ?? JSONValue(.null)
        case 1: return schema?["maximum"] ?? key.standard ?? JSONValue(.null)
        default: return key.standard ?? JSONValue(.null)
        }
    }

    private mutating func anyValue() -> JSONValue {
        let values: [JSONValue] = [
            JSONValue(.null), .bool(true), .integer(0), .integer(1), .integer(-1), .integer(5), .integer(.max), .integer(70_000), .real(0.25), .real(1e-9),
            JSONValue(.number("9223372036854775808")), .text(""), .text("a"), .text("text"), .text("adding"), .text("step"), .list([]),
            .list([.text("a")]), .list([.text("a"), .text("a")]), .list([.text("")]), .list([.integer(1)]), .object([:]), .object(["kind": .text("adding")]),
        ]
        return values[below(values.count)]
    }
}
