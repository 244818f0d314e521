import Files
import Foundation
import Runs
import Training

/// The folder of an export while it is written: it has a temporary name that begins with a dot, and is renamed when complete.
/// An existing export stays until then.
struct ExportFolder {
    /// Final path.
    let path: String
    /// Temporary path.
    let partialPath: String
    private let parentPath: String
    private let replaces: Bool
    private let fileSystem = FileSystem()

    /// Makes the folder, empty, next to `path`.
    /// - Parameter force: whether to replace an earlier export even if files in it were changed.
    /// - Throws: ``OutputError`` for a link, or a path among a run's own files; ``ExportError/folderInUse(path:)`` or
    ///   ``ExportError/exportChanged(path:names:)`` if something would be lost; `FileError` if the disk refuses.
    init(_ path: String, force: Bool) throws {
        self.path = Self.plainPath(path)
        let parentPath = "/" + self.path.split(separator: "/").dropLast().joined(separator: "/")
        try OutputPlace.requireNoLink(self.path)
        try OutputPlace.requireOutsideRun(self.path)
        self.parentPath = parentPath
        let leftovers = ExportLeftovers(of: self.path, in: parentPath)
        try leftovers.restore(using: fileSystem)
        replaces = try Self.isReplaceable(self.path, force: force)
        partialPath = leftovers.partialPath(ofProcess: getpid())
        try leftovers.remove(using: fileSystem)
        try fileSystem.makeDirectories(parentPath)
        try fileSystem.makeDirectory(partialPath)
    }

    /// The temporary path of the file `name`.
    func partialPath(of name: String) -> String { partialPath + "/" + name }

    func write(_ bytes: [UInt8], _ name: String) throws(FileError) { try fileSystem.writeFile(partialPath(of: name), bytes) }

    /// Gives the folder its final name; the export that it replaces is removed afterwards.
    func commit() throws(FileError) {
        try fileSystem.synchronizeDirectory(partialPath)
        let replacedPath = partialPath + ExportLeftovers.replacedSuffix
        if replaces { try fileSystem.rename(path, to: replacedPath) }
        do {
            try fileSystem.rename(partialPath, to: path)
        } catch {
            if replaces { try? fileSystem.rename(replacedPath, to: path) }
            throw error
        }
        try fileSystem.synchronizeDirectory(parentPath)
        guard replaces else { return }
        // The partly removed export must never be restored under its name. The new export is complete; the next export removes what couldn't be removed here.
        guard (try? fileSystem.rename(replacedPath, to: partialPath)) != nil else { return }
        try? fileSystem.removeTree(partialPath)
    }

    /// Removes the folder after a failure.
    func discard() { try? fileSystem.removeTree(partialPath) }

    /// The absolute path, without redundant parts. Keeps "..", since after a link it doesn't lead back to the link's folder.
    private static func plainPath(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let plain = "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        guard plain.hasSuffix("/.."), let resolved = realpath(plain, nil) else { return plain }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

// MARK: - Existing exports

extension ExportFolder {
    /// Whether something at `path` must be replaced; false if nothing is there.
    private static func isReplaceable(_ path: String, force: Bool) throws(ExportError) -> Bool {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return false }
        guard isDirectory.boolValue else { throw .folderInUse(path: path) }
        // Python's bytecode cache isn't anybody's work.
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw .folderInUse(path: path) }
        let names = found.filter { $0 != "__pycache__" }
        if names.isEmpty { return true }
        guard let record = ExportRecord(path: path + "/" + ExportRecord.fileName) else { throw .folderInUse(path: path) }
        let changed = record.changedNames(in: path, among: names)
        guard force || changed.isEmpty else { throw .exportChanged(path: path, names: changed) }
        return true
    }
}
