import Checkpoints
import Foundation
import StrictJSON

/// `export.json`: which files an export has, by which a later one knows that it replaces nobody's work.
struct ExportRecord: Equatable {
    struct File: Equatable {
        let name: String
        let byteCount: Int
        let sha256: String
    }

    static let fileName = "export.json"
    private static let formatName = "lstm-train export"

    let files: [File]

    init(files: [File]) { self.files = files }

    /// The files `names` in `folder`, as they are.
    init(of names: [String], in folder: String) throws {
        files = try names.sorted().map { name in
            let path = folder + "/" + name
            let byteCount = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return File(name: name, byteCount: byteCount ?? 0, sha256: try SHA256.hex(ofFile: path))
        }
    }

    /// The record at `path`; nil if there is none, or none that this program wrote.
    init?(path: String) {
        guard let text = FileManager.default.contents(atPath: path), let value = try? JSONValue.parse(Array(text)),
            value["format"]?.stringValue == Self.formatName, let list = value["files"]?.arrayValue
        else { return nil }
        var files: [File] = []
        for entry in list {
            guard let name = entry["name"]?.stringValue, let byteCount = entry["byteCount"]?.integerValue, let sha256 = entry["sha256"]?.stringValue
            else { return nil }
            files.append(File(name: name, byteCount: byteCount, sha256: sha256))
        }
        self.files = files
    }

    /// - Parameter facts: what else is to be known without reading the files.
    func json(_ facts: [JSONMember]) -> String {
        let list = files.map { JSONValue.object(["name": .text($0.name), "byteCount": .integer($0.byteCount), "sha256": .text($0.sha256)]) }
        let members = [JSONMember(key: "format", value: .text(Self.formatName))] + facts + [JSONMember(key: "files", value: .list(list))]
        return JSONValue(.object(members)).serialized(indented: true) + "\n"
    }

    /// Of `names` in `folder`, those that aren't the record's, or no longer as it says.
    func changedNames(in folder: String, among names: [String]) -> [String] {
        let known = Dictionary(files.map { ($0.name, $0.sha256) }, uniquingKeysWith: { first, _ in first })
        return names.filter { $0 != Self.fileName }.filter { (try? SHA256.hex(ofFile: folder + "/" + $0)) != known[$0] || known[$0] == nil }.sorted()
    }
}
