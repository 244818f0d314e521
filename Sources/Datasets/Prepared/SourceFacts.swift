import Files
import StrictJSON

/// What shows whether a file is the one that a prepared form was made from.
struct SourceFacts: Sendable, Equatable {
    /// The key that names it: "data.files".
    let key: String
    /// Without folders: moved files are the same.
    let name: String
    let byteCount: Int
    /// Nanoseconds since 1970.
    let modificationTime: Int
    let sha256: String

    var value: JSONValue {
        .object([
            "key": .text(key), "name": .text(name), "bytes": .integer(byteCount), "modified": .integer(modificationTime), "sha256": .text(sha256),
        ])
    }

    init(_ value: JSONValue, _ reader: StoredJSON) throws(DatasetError) {
        let members = try reader.members(of: value, named: ["key", "name", "bytes", "modified", "sha256"])
        guard let key = members[0].stringValue, let name = members[1].stringValue, let byteCount = members[2].integerValue,
            let time = members[3].integerValue, let sha256 = members[4].stringValue
        else { throw reader.error(value, "a source must have names, numbers and a SHA-256") }
        (self.key, self.name, self.byteCount, modificationTime, self.sha256) = (key, name, byteCount, time, sha256)
    }

    /// Reads all of the file, which must be a plain one.
    init(_ source: PreparedSource) throws(DatasetError) {
        do throws(FileError) {
            let file = try OpenFile.reading(source.path)
            (key, name) = (source.key, fileName(source.path))
            (byteCount, modificationTime) = (try file.byteCount(), try file.modificationTime())
            sha256 = try file.sha256()
        } catch {
            throw DatasetError(error, path: source.path)
        }
    }

    /// How the file at `path` differs; nil if it doesn't. One of the same size and time of change counts as the same; of the same size and another time its
    /// SHA-256 decides.
    func change(at path: String) -> String? {
        do throws(FileError) {
            let file = try OpenFile.reading(path)
            let found = try file.byteCount()
            guard found == byteCount else { return "\(path) has \(found) bytes now, and had \(byteCount)" }
            if try file.modificationTime() == modificationTime { return nil }
            return try file.sha256() == sha256 ? nil : "\(path) has other contents than then"
        } catch {
            return "\(path) can't be read: \(error.reason)"
        }
    }
}

/// A file that a prepared form is made from.
public struct PreparedSource: Sendable, Equatable {
    /// The key that names it: "data.files".
    public let key: String
    public let path: String

    public init(key: String, path: String) { (self.key, self.path) = (key, path) }
}
