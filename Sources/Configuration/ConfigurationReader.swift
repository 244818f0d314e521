import StrictJSON

/// Fills a configuration key by key and collects errors.
struct ConfigurationReader {
    let fileName: String
    /// Defaults, replaced by the values read so far. The kind is meaningless until `data.kind` was read.
    private(set) var configuration = Configuration(kind: .text)
    /// Position of each given key, valid or not.
    private var places: [String: ConfigurationFault.Place] = [:]
    /// Positions of the elements of each list in the file.
    private var elementPositions: [String: [JSONPosition]] = [:]
    /// Keys whose value, or whose section, was invalid: no rule is checked against their defaults, or reports them as missing.
    private var refusedKeys: Set<String> = []
    /// Position of each section in the file.
    private var sectionPositions: [ConfigurationSection: JSONPosition] = [:]
    private var faults: [ConfigurationFault] = []
    private var omittedCount = 0
    var hasFaults: Bool { !faults.isEmpty }

    /// Maximum number of reported errors: more wouldn't help, and suggestions cost time.
    private static let faultLimit = 100

    init(fileName: String) {
        self.fileName = fileName
    }

    /// The configuration. - Throws: all errors, if there are any; those of the file sorted by position.
    func result() throws(ConfigurationError) -> Configuration {
        if faults.isEmpty { return configuration }
        let ofFile = faults.filter { isInFile($0.place) }.sorted(by: stands)
        throw .faults(ofFile + faults.filter { !isInFile($0.place) }, omittedCount: omittedCount)
    }

    private func isInFile(_ place: ConfigurationFault.Place) -> Bool {
        if case .file = place { true } else { false }
    }

    /// Whether the first error precedes the second in the file.
    private func stands(_ first: ConfigurationFault, before second: ConfigurationFault) -> Bool {
        guard case .file(_, let a) = first.place, case .file(_, let b) = second.place else { return false }
        return (a.line, a.column) < (b.line, b.column)
    }

    mutating func report(_ place: ConfigurationFault.Place, _ message: @autoclosure () -> String) {
        guard faults.count < Self.faultLimit else {
            omittedCount += 1
            return
        }
        faults.append(ConfigurationFault(place: place, message: message()))
    }
}

extension ConfigurationReader {
    mutating func read(_ document: JSONValue) {
        guard let sections = document.objectValue else {
            let place = ConfigurationFault.Place.file(name: fileName, document.position)
            refusedKeys.formUnion(ConfigurationKey.table.map(\.dottedName))
            return report(place, "the file holds \(document.shown); it must be an object of sections, as in {\"data\": {\"kind\": \"adding\"}}.")
        }
        for member in sections {
            if member.key == Self.schemaName { checkSchemaName(member) } else { read(section: member) }
        }
    }

    /// Editors use it to find the file's schema. It is ignored here.
    static let schemaName = "$schema"

    private mutating func checkSchemaName(_ member: JSONMember) {
        guard member.value.stringValue == nil else { return }
        report(
            .file(name: fileName, member.value.position),
            "\(Self.schemaName) is \(member.value.shown); it must be a string: where `lstm-train schema > schema.json` was written.")
    }

    private mutating func read(section member: JSONMember) {
        guard let section = ConfigurationSection(rawValue: member.key) else {
            return report(.file(name: fileName, member.keyPosition), ConfigurationSection.unknownSection(member.key))
        }
        sectionPositions[section] = member.value.position
        guard let keys = member.value.objectValue else {
            refusedKeys.formUnion(section.keys.map(\.dottedName))
            let message = "\(section.rawValue) is \(member.value.shown); it must be an object of keys, as in {\"\(section.keys[0].name)\": …}."
            return report(.file(name: fileName, member.value.position), message)
        }
        for member in keys {
            guard let key = section.keys.first(where: { $0.name == member.key }) else {
                report(.file(name: fileName, member.keyPosition), section.unknownKey(member.key))
                continue
            }
            take(member.value, for: key, from: .file(name: fileName, member.value.position))
        }
    }

    /// Writes `value` into the configuration, or reports an error.
    mutating func take(_ value: JSONValue, for key: ConfigurationKey, from place: ConfigurationFault.Place) {
        places[key.dottedName] = place
        elementPositions[key.dottedName] = isInFile(place) ? value.arrayValue?.map(\.position) : nil
        if key.field.write(value, into: &configuration) {
            refusedKeys.remove(key.dottedName)
        } else {
            refusedKeys.insert(key.dottedName)
            let faults = key.field.faults(of: value)
            if faults.isEmpty { report(place, "\(key.dottedName) is \(value.shown); it must be \(key.field.wanted()).") }
            // A fault inside the value has a place of its own, in a file.
            for fault in faults { report(isInFile(place) ? .file(name: fileName, fault.position) : place, "\(key.dottedName)\(fault.message)") }
        }
    }
}

extension JSONValue {
    /// The value as shown in a message: short, and safe to print.
    var shown: String {
        switch content {
        case .object: "an object"
        case .array(let values) where values.count > 20 || values.contains { $0.arrayValue != nil || $0.objectValue != nil }:
            "a list of \(values.count)"
        case .string(let text): "\"\(JSONValue.printable(text, scalarCount: 40))\""
        default: String(serialized().prefix(120))
        }
    }
}

extension ConfigurationReader {
    /// Position of `name`; nil if it wasn't given.
    func place(of name: String) -> ConfigurationFault.Place? { places[name] }

    /// Position of an element of the list that `name` has in the file; nil if it has none.
    func place(ofElement index: Int, of name: String) -> ConfigurationFault.Place? {
        guard let positions = elementPositions[name], positions.indices.contains(index) else { return nil }
        return .file(name: fileName, positions[index])
    }

    /// Whether `name` has a valid value: its default or a given one.
    func isSound(_ name: String) -> Bool { !refusedKeys.contains(name) }

    /// Position for reporting a key missing in `section`: that of the section, or of `document` if there is none.
    func place(of section: ConfigurationSection, orOf document: JSONPosition) -> ConfigurationFault.Place {
        .file(name: fileName, sectionPositions[section] ?? document)
    }
}
