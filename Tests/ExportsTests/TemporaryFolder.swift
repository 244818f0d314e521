import Foundation

/// A directory for one test, removed with this object.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "exports-tests-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in this directory, whether it exists or not.
    func path(_ name: String) -> String { path + "/" + name }

    func write(_ text: String, _ name: String) throws {
        try FileManager.default.createDirectory(atPath: URL(filePath: path(name)).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: path(name)))
    }

    func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path(name)))) }
    func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
    /// Sorted names, including those that begin with a dot.
    func names(in name: String = "") throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted() }
}
