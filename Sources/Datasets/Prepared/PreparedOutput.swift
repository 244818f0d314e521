import Files
import StrictJSON

/// A prepared form that is being written, and the facts of the files that it is made from.
struct PreparedOutput {
    let writer: SectionFileWriter
    private let path: String
    private let reading: PreparedReading
    private let sources: [SourceFacts]

    init(_ path: String, for reading: PreparedReading) throws(DatasetError) {
        var sources: [SourceFacts] = []
        for source in reading.sources { sources.append(try SourceFacts(source)) }
        (self.path, self.reading, self.sources) = (path, reading, sources)
        do throws(FileError) { writer = try SectionFileWriter(path) } catch { throw .notWritten(path: path, reason: error.reason) }
    }

    func begin<Element: SectionElement>(_ name: String, of type: Element.Type) throws(DatasetError) {
        do throws(FileError) { try writer.begin(name, of: type) } catch { throw .notWritten(path: path, reason: error.reason) }
    }

    func append<Element: SectionElement>(_ values: [Element]) throws(DatasetError) {
        do throws(FileError) { try writer.append(values) } catch { throw .notWritten(path: path, reason: error.reason) }
    }

    /// Refuses files that changed while they were read, and finishes the file otherwise.
    /// - Returns: bytes of the file.
    func finish(content: JSONValue, command: String) throws(DatasetError) -> Int {
        for (source, facts) in zip(reading.sources, sources) {
            if let change = facts.change(at: source.path) {
                throw .unusableFile(path: source.path, reason: "it was changed while it was read: \(change). Start again when it is complete.")
            }
        }
        let about = JSONValue.object([
            "kind": .text(reading.kind), "settings": JSONValue(.object(reading.settings)), "sources": .list(sources.map(\.value)),
            "name": .text(fileName(path)), "command": .text(command), "content": content,
        ])
        do throws(FileError) { return try writer.finish(about: about) } catch { throw .notWritten(path: path, reason: error.reason) }
    }
}

/// What `lstm-train prepare` wrote.
public struct PreparedFacts: Sendable, Equatable {
    /// Of the files that were read.
    public let sourceByteCount: Int
    /// Of the file that was written.
    public let byteCount: Int
    /// "1,115,394 characters, 65 different".
    public let description: String
}

extension PreparedOutput {
    var sourceByteCount: Int { sources.reduce(0) { $0 + $1.byteCount } }
}

/// A digest as 16 hexadecimal digits.
func fingerprintText(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

extension StoredJSON {
    /// A digest of ``fingerprintText(_:)``.
    func fingerprint(_ value: JSONValue) throws(DatasetError) -> UInt64 {
        guard let text = value.stringValue, text.utf8.count == 16, let number = UInt64(text, radix: 16) else {
            throw error(value, "a digest of 16 digits must be here")
        }
        return number
    }

    /// A number of at least 0.
    func count(_ value: JSONValue) throws(DatasetError) -> Int {
        guard let number = value.integerValue, number >= 0 else { throw error(value, "a number of at least 0 must be here") }
        return number
    }

    func texts(_ value: JSONValue) throws(DatasetError) -> [String] {
        guard let texts = value.arrayValue?.map(\.stringValue), !texts.contains(nil) else { throw error(value, "a list of texts must be here") }
        return texts.compactMap(\.self)
    }

    func flag(_ value: JSONValue) throws(DatasetError) -> Bool {
        guard let flag = value.boolValue else { throw error(value, "true or false must be here") }
        return flag
    }
}
