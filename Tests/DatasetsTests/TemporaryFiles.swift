import Foundation

/// A directory for one test, removed with this object.
final class TemporaryFiles {
    private let directory: URL

    /// - Parameter inMemory: on a file system in memory if the machine has one: for tests that write thousands of files.
    init(inMemory: Bool = false) throws {
        let memory = URL(filePath: "/dev/shm", directoryHint: .isDirectory)
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: memory.path)
        directory = (isThere ? memory : FileManager.default.temporaryDirectory).appendingPathComponent("datasets-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// The path of a file in this directory, whether it exists or not.
    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// Writes the bytes to a new file and returns its path.
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    /// Writes the text in UTF-8 to a new file and returns its path.
    func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }
}
