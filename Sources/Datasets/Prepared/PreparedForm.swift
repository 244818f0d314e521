import Files
import ShellText
public import StrictJSON

/// How data are read, as far as their prepared form depends on it.
public struct PreparedReading: Sendable {
    /// The form: "text" or "series".
    public let kind: String
    /// Keys with their values.
    public let settings: [JSONMember]
    public let sources: [PreparedSource]

    public init(kind: String, settings: [JSONMember], sources: [PreparedSource]) {
        (self.kind, self.settings, self.sources) = (kind, settings, sources)
    }
}

/// Data that `lstm-train prepare` wrote in binary, so that their files needn't be read again: numbers in a mapped file, and what a dataset must know of them.
struct PreparedForm: Sendable {
    let file: SectionFile
    /// What the dataset wrote.
    let content: JSONValue
    let reader: StoredJSON

    /// Opens the form at `path`, and refuses one that isn't of these data.
    /// - Throws: ``DatasetError/stalePrepared(path:change:command:)`` if a file or a setting has changed; ``DatasetError/unusableFile(path:reason:)`` for a
    ///   damaged one; ``DatasetError/unreadableFile(path:reason:)``.
    init(_ path: String, for reading: PreparedReading) throws(DatasetError) {
        do throws(FileError) { file = try SectionFile(path) } catch { throw DatasetError(ofPrepared: error, path: path) }
        reader = StoredJSON(file: path)
        let members = try reader.members(of: file.about, named: ["kind", "settings", "sources", "name", "command", "content"])
        guard let kind = members[0].stringValue, let settings = members[1].objectValue, let list = members[2].arrayValue, let name = members[3].stringValue,
            let command = members[4].stringValue
        else { throw reader.error(file.about, "the description of a prepared form must be here") }
        content = members[5]
        var sources: [SourceFacts] = []
        for value in list { sources.append(try SourceFacts(value, reader)) }
        let present = "lstm-train prepare with the configuration and keys of this command, and --output \(path.shellPath)"
        if let change = Self.change(of: kind, to: reading.kind) ?? Self.change(of: settings, to: reading.settings) {
            throw .stalePrepared(path: path, change: change, command: present)
        }
        guard let change = Self.change(of: sources, to: reading.sources) else { return }
        // The command that wrote it writes it again, unless it was copied since.
        throw .stalePrepared(path: path, change: change, command: name == fileName(path) ? command : present)
    }

    /// The error for numbers that can't have been written: of a damaged block, or else for `reason`.
    func damaged(_ reason: String) -> DatasetError {
        DatasetError(ofPrepared: file.fault ?? .sections(path: file.path, fault: .header(reason: reason)), path: file.path)
    }

    /// The section `name`.
    func section<Element: SectionElement>(_ name: String, of type: Element.Type) throws(DatasetError) -> StoredNumbers<Element> {
        do throws(FileError) { return StoredNumbers(try file.section(name, of: type)) } catch { throw DatasetError(ofPrepared: error, path: file.path) }
    }

    private static func change(of kind: String, to present: String) -> String? {
        kind == present ? nil : "it was made from data of kind \"\(JSONValue.printable(kind))\", and these are \"\(present)\""
    }

    private static func change(of settings: [JSONMember], to present: [JSONMember]) -> String? {
        for member in present {
            guard let old = settings.first(where: { $0.key == member.key })?.value else { return "\(member.key) was unknown then" }
            if old != member.value { return "\(member.key) is \(member.value.serialized()) now, and was \(JSONValue.printable(old.serialized()))" }
        }
        if let gone = settings.first(where: { old in !present.contains { $0.key == old.key } }) {
            return "\(JSONValue.printable(gone.key)) was \(JSONValue.printable(gone.value.serialized())), and isn't set now"
        }
        return nil
    }

    private static func change(of sources: [SourceFacts], to present: [PreparedSource]) -> String? {
        for key in ["data.files", "data.validationFiles", "data.testFiles"] {
            let (found, wanted) = (present.count { $0.key == key }, sources.count { $0.key == key })
            if found != wanted { return "\(key) names \(found) now, and named \(wanted)" }
        }
        for (source, facts) in zip(present, sources) {
            if let change = facts.change(at: source.path) { return change }
        }
        return nil
    }
}

extension DatasetError {
    /// - Parameter path: of a prepared form.
    init(ofPrepared error: FileError, path: String) {
        switch error {
        case .sections(_, let fault):
            let way = "Write it anew with lstm-train prepare; or remove it and leave out data.prepared, and the files are read."
            self = .unusableFile(path: path, reason: "\(fault) \(way)")
        default:
            let way = "data.prepared names it; lstm-train prepare writes it, and without data.prepared the files are read"
            self = .unreadableFile(path: path, reason: "\(error.reason). \(way)")
        }
    }
}

/// Whether `bytes`, a file's first ones, are those of a prepared form.
public func isPreparedForm(_ bytes: [UInt8]) -> Bool { SectionFile.isOwn(bytes) }

extension Dataset {
    /// Refuses data of which a part turned out to be damaged since they were opened. Batches made before may have zeros in place of it.
    /// - Throws: ``Dataset/fault``.
    public func requireSound() throws(DatasetError) {
        if let fault { throw fault }
    }
}

extension StoredNumbers {
    /// The first damage that was found in the mapped file.
    var fault: DatasetError? { file.flatMap { file in file.fault.map { DatasetError(ofPrepared: $0, path: file.path) } } }
}
