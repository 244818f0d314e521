package import Files
import StrictJSON

// The manifest guards itself: its last member, `manifestSHA256`, is the hash of all bytes before that member's value.
// What follows them has one form only, so that no bit of the file can change unseen.

extension CheckpointManifest {
    private static let formatName = "lstm-train checkpoint"
    private static let ownHashOpening = ",\n  \"manifestSHA256\": \""
    private static let ownHashClosing = "\"\n}\n"
    private static let hashDigitCount = 64

    /// The manifest as the bytes of `manifest.json`.
    package func text() throws(FileError) -> [UInt8] {
        let records = files.map { JSONValue.object(["name": .text($0.name), "byteCount": .integer($0.byteCount), "sha256": .text($0.sha256)]) }
        let value: JSONValue = .object([
            "format": .text(Self.formatName), "version": .integer(Self.formatVersion),
            "step": .integer(progress.step), "epoch": .integer(progress.epoch), "positionInEpoch": .integer(progress.positionInEpoch),
            "seed": JSONValue(.number(String(progress.seed))), "validationLoss": Self.json(ofLoss: progress.validationLoss),
            "weightsSHA256": .text(weightsSHA256), "progress": progress.other, "files": .list(records),
        ])
        let open = value.serialized(indented: true).dropLast("\n}".count)
        var bytes = Array(open.utf8) + Array(Self.ownHashOpening.utf8)
        bytes += try Array((SHA256.hex(of: bytes) + Self.ownHashClosing).utf8)
        return bytes
    }

    /// Reads what ``text()`` wrote; `path` is for messages.
    package init(text bytes: [UInt8], path: String) throws(CheckpointError) {
        try Self.requireOwnHash(bytes, path: path)
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch { throw .manifest(path: path, reason: "\(error).") }
        let fields = ManifestFields(value: value, path: path)

        let format = try fields.text("format")
        guard format == Self.formatName else { throw .manifest(path: path, reason: "the format is '\(JSONValue.printable(format))', not '\(Self.formatName)'.") }
        let version = try fields.count("version")
        guard version == Self.formatVersion else { throw .formatVersion(path: path, found: version, wanted: Self.formatVersion) }
        progress = try CheckpointProgress(
            step: fields.count("step"), epoch: fields.count("epoch"), positionInEpoch: fields.count("positionInEpoch"),
            seed: fields.seed("seed"), validationLoss: fields.loss("validationLoss"), other: fields.object("progress"))
        weightsSHA256 = try fields.hash("weightsSHA256")
        files = try fields.records("files")
    }

    /// The bytes end with their own hash.
    private static func requireOwnHash(_ bytes: [UInt8], path: String) throws(CheckpointError) {
        let closing = Array(ownHashClosing.utf8)
        let hashedCount = bytes.count - closing.count - hashDigitCount
        guard hashedCount > 0, bytes.suffix(closing.count).elementsEqual(closing), bytes.prefix(hashedCount).hasSuffix(ownHashOpening) else {
            throw .manifest(path: path, reason: "the manifest doesn't end with its own SHA-256; it is damaged or cut off.")
        }
        let wanted = JSONValue.printable(String(decoding: bytes[hashedCount..<hashedCount + hashDigitCount], as: UTF8.self))
        let found = try mappingErrors(try SHA256.hex(of: Array(bytes.prefix(hashedCount))))
        guard found == wanted else { throw .fileHash(path: path, found: found, wanted: wanted) }
    }

    /// JSON has no NaN and no infinity, and a loss can be either: they are texts.
    private static func json(ofLoss loss: Double?) -> JSONValue {
        guard let loss else { return JSONValue(.null) }
        if loss.isNaN { return .text("nan") }
        return loss.isFinite ? .real(loss) : .text(loss > 0 ? "inf" : "-inf")
    }
}

extension Collection where Element == UInt8 {
    fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}

/// The members of a manifest, each with the complaint that belongs to it.
private struct ManifestFields {
    let value: JSONValue
    let path: String

    func text(_ key: String) throws(CheckpointError) -> String { try member(key, "text", \.stringValue) }

    func hash(_ key: String) throws(CheckpointError) -> String {
        try member(key, "a SHA-256 of 64 digits, 0 to 9 and a to f") { value in
            value.stringValue.flatMap { text in
                text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) } ? text : nil
            }
        }
    }

    func count(_ key: String) throws(CheckpointError) -> Int {
        try member(key, "an integer, not below 0") { $0.integerValue.flatMap { $0 >= 0 ? $0 : nil } }
    }

    func seed(_ key: String) throws(CheckpointError) -> UInt64 {
        try member(key, "a 64-bit integer, not below 0") {
            guard case .number(let literal) = $0.content else { return nil }
            return UInt64(literal)
        }
    }

    /// A number, the text of one that JSON can't say, or null.
    func loss(_ key: String) throws(CheckpointError) -> Double? {
        try member(key, "a number, 'nan', 'inf', '-inf' or null") { (value) -> Double?? in
            if value.content == .null { return .some(nil) }
            // A nil of the inner kind would be taken for null.
            if let text = value.stringValue { return ["nan", "inf", "-inf"].contains(text) ? .some(Double(text)) : nil }
            return value.realValue.map { .some($0) }
        }
    }

    func object(_ key: String) throws(CheckpointError) -> JSONValue {
        try member(key, "an object") { $0.objectValue == nil ? nil : $0 }
    }

    func records(_ key: String) throws(CheckpointError) -> [CheckpointManifest.FileRecord] {
        var records: [CheckpointManifest.FileRecord] = []
        for element in try member(key, "a list", \.arrayValue) {
            let fields = ManifestFields(value: element, path: path)
            let record = try CheckpointManifest.FileRecord(name: fields.text("name"), byteCount: fields.count("byteCount"), sha256: fields.hash("sha256"))
            guard CheckpointFile.names.contains(record.name), !records.contains(where: { $0.name == record.name }) else {
                throw .manifest(
                    path: path,
                    reason: "'files' names \(JSONValue.printable(record.name, scalarCount: 60)); \(CheckpointFile.names.joined(separator: ", ")) are wanted, each at most once.")
            }
            records.append(record)
        }
        return records
    }

    private func member<Result>(_ key: String, _ wanted: String, _ convert: (JSONValue) -> Result?) throws(CheckpointError) -> Result {
        guard let member = value[key] else { throw .manifest(path: path, reason: "there is no '\(key)'; \(wanted) is wanted.") }
        guard let result = convert(member) else {
            throw .manifest(path: path, reason: "'\(key)' is \(JSONValue.printable(member.serialized())); \(wanted) is wanted.")
        }
        return result
    }
}
