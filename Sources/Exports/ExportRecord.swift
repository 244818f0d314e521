import Files
import Foundation
import StrictJSON

/// `export.json`: the files of an export, by which a later export recognises what it may replace.
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

    /// Records the files `names` in `folder`.
    init(of names: [String], in folder: String) throws {
        files = try names.sorted().map { name in
            let path = folder + "/" + name
            let byteCount = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return File(name: name, byteCount: byteCount ?? 0, sha256: try SHA256.hex(ofFile: path))
        }
    }

    /// The record at `path`; nil if there is none, or this program didn't write it.
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

    /// - Parameter facts: further facts, for readers that don't read the files.
    func json(_ facts: [JSONMember]) -> String {
        let list = files.map { JSONValue.object(["name": .text($0.name), "byteCount": .integer($0.byteCount), "sha256": .text($0.sha256)]) }
        let members = [JSONMember(key: "format", value: .text(Self.formatName))] + facts + [JSONMember(key: "files", value: .list(list))]
        return JSONValue(.object(members)).serialized(indented: true) + "\n"
    }

    /// The files among `names` in `folder` that aren't in the record, or have changed.
    func changedNames(in folder: String, among names: [String]) -> [String] {
        let known = Dictionary(files.map { ($0.name, $0.sha256) }, uniquingKeysWith: { first, _ in first })
        return names.filter { $0 != Self.fileName }.filter { (try? SHA256.hex(ofFile: folder + "/" + $0)) != known[$0] || known[$0] == nil }.sorted()
    }
}
