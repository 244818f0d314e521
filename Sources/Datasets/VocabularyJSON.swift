import StrictJSON

/// `{"unit": "character", "symbols": ["\n", " ", …]}`, `{"unit": "byte", "symbols": [10, 32, …]}`, or `{"unit": "word", "symbols": ["the", "<eos>", …]}`;
/// token k is the k-th symbol. Of byte pairs `{"unit": "bpe", "merges": [[116, 104], [256, 101], …]}`: token 256 + k stands for the k-th pair of tokens.
/// Of a tokenizer's file `{"unit": "bpe", "tokenizer": {…}}`, with a `tokenizer.json` that gives the same tokens.
extension Vocabulary {
    /// The vocabulary as JSON text, which ``init(json:file:)`` reads back.
    public var json: String {
        // A line for each of thousands of numbers would be hard to read.
        value.serialized(indented: pairs == nil) + "\n"
    }

    /// The same as a value, which ``init(stored:_:)`` reads back.
    var value: JSONValue {
        if let pairs { return pairs.value }
        let list = values.map { unit == .byte ? JSONValue.integer(Int($0)) : JSONValue.text(Self.character($0)) } + words.map(JSONValue.text)
        return .object(["unit": .text(unit.rawValue), "symbols": .list(list)])
    }

    /// Reads a stored vocabulary. `file` is its name in messages.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` at the first error.
    public init(json bytes: [UInt8], file: String) throws(DatasetError) {
        let reader = StoredJSON(file: file)
        try self.init(stored: reader.parse(bytes), reader)
    }

    /// Reads a stored vocabulary that is part of a file.
    init(stored: JSONValue, _ reader: StoredJSON) throws(DatasetError) {
        if stored["unit"]?.stringValue == TextUnit.bpe.rawValue {
            self.init(pairs: try BytePairs(stored: stored, reader))
            return
        }
        let members = try reader.members(of: stored, named: ["unit", "symbols"])
        guard let unit = members[0].stringValue.flatMap(TextUnit.init(rawValue:)) else {
            throw reader.error(members[0], "unit must be \"character\", \"byte\", \"word\" or \"bpe\"")
        }
        guard let list = members[1].arrayValue, !list.isEmpty else {
            throw reader.error(members[1], "symbols must be a list of at least one symbol")
        }
        if unit == .word {
            let words = try Self.distinct(list, reader, key: { Array($0.utf8) }) { value in
                value.stringValue.flatMap { TextReading.isWord($0) ? $0 : nil }
            } wanted: { "a string without blanks" }
            self.init(words: words)
            return
        }
        let values = try Self.distinct(list, reader, key: { $0 }) { Self.value(of: $0, unit: unit) } wanted: {
            unit == .byte ? "an integer of 0 to 255" : "a string of one Unicode scalar"
        }
        self.init(unit: unit, values: values)
    }

    /// The symbols of a list, which must all be right and different.
    private static func distinct<Found, Key: Hashable>(
        _ list: [JSONValue], _ reader: StoredJSON, key: (Found) -> Key, _ symbol: (JSONValue) -> Found?, wanted: () -> String
    ) throws(DatasetError) -> [Found] {
        var found: [Found] = []
        var seen: Set<Key> = []
        for value in list {
            guard let symbol = symbol(value) else { throw reader.error(value, "a symbol must be \(wanted())") }
            guard seen.insert(key(symbol)).inserted else { throw reader.error(value, "a symbol stands here for the second time") }
            found.append(symbol)
        }
        return found
    }

    /// A scalar value or byte.
    private static func value(of value: JSONValue, unit: TextUnit) -> UInt32? {
        if unit == .byte { return value.integerValue.flatMap(UInt8.init(exactly:)).map(UInt32.init) }
        guard let scalars = value.stringValue?.unicodeScalars, scalars.count == 1 else { return nil }
        return scalars.first?.value
    }
}

/// Reads files that this module wrote, with full validation.
struct StoredJSON {
    let file: String

    func parse(_ bytes: [UInt8]) throws(DatasetError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue.parse(bytes)
        } catch {
            throw .malformedFile(path: file, line: error.position.line, column: error.position.column, reason: error.message)
        }
    }

    /// The values of the members `names`, in that order; other members are an error.
    func members(of value: JSONValue, named names: [String]) throws(DatasetError) -> [JSONValue] {
        let wanted = "an object with exactly the members \(names.joined(separator: ", ")) must stand here"
        guard let members = value.objectValue, members.count == names.count else { throw error(value, wanted) }
        var values: [JSONValue] = []
        for name in names {
            guard let member = value[name] else { throw error(value, wanted) }
            values.append(member)
        }
        return values
    }

    func error(_ value: JSONValue, _ reason: String) -> DatasetError {
        .malformedFile(path: file, line: value.position.line, column: value.position.column, reason: reason)
    }
}
