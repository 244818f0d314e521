import Foundation

/// A new directory in the system's temporary one; call `remove` when done.
struct Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "lstm-train-\(UUID().uuidString)", directoryHint: .isDirectory)

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, _ name: String) throws { try write(Array(text.utf8), name) }

    func write(_ bytes: [UInt8], _ name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url.appending(path: name))) }

    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// The absolute path of `name` in this folder, whether it exists or not.
    func path(_ name: String) -> String { url.appending(path: name).path }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url.appending(path: name).path) }

    /// Sorted names in the directory `name`; empty if it doesn't exist.
    func names(in name: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url.appending(path: name).path)) ?? []).sorted()
    }

    /// All files in it, or in one of its folders, as paths with contents. Excludes the lock, which records its last owner and isn't part of a run.
    /// - Parameter place: a folder, for when a job writes in another one meanwhile.
    func contents(of place: String? = nil) throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        let root = place.map { url.appending(path: $0) } ?? url
        for case let file as String in FileManager.default.enumerator(atPath: root.path) ?? .init() where !("/" + file).hasSuffix("/lock") {
            let name = place.map { "\($0)/\(file)" } ?? file
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: url.appending(path: name).path, isDirectory: &isDirectory)
            contents[name] = isDirectory.boolValue ? [] : try bytes(name)
        }
        return contents
    }

    /// Flips one bit in the middle of a file.
    func damage(_ name: String) throws {
        var bytes = try bytes(name)
        bytes[bytes.count / 2] ^= 4
        try write(bytes, name)
    }
}
