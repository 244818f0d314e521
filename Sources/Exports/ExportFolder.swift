import Checkpoints
import Foundation
import Runs
import Training

/// The folder of an export while it is made: written beside its place under a name that begins with a point, and renamed when it is whole.
/// What was there before stays until then.
struct ExportFolder {
    /// Where it will be.
    let path: String
    /// Where it is being made.
    let partialPath: String
    private let parentPath: String
    private let replaces: Bool
    private let fileSystem = FileSystem()

    /// Makes the folder, empty, beside `path`.
    /// - Parameter force: whether an earlier export is replaced even if files in it were changed.
    /// - Throws: ``OutputError`` for a link, or a place among a run's own files; ``ExportError/folderInUse(path:)`` or
    ///   ``ExportError/exportChanged(path:names:)`` for what would be lost; `CheckpointError` if the disk refuses.
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

    /// The path of the file `name` while the folder is being made.
    func partialPath(of name: String) -> String { partialPath + "/" + name }

    func write(_ bytes: [UInt8], _ name: String) throws(CheckpointError) { try fileSystem.writeFile(partialPath(of: name), bytes) }

    /// Gives the folder its name; what it replaces is removed after.
    func commit() throws(CheckpointError) {
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
        // What is half removed must never get its name back. The export is there: what the disk doesn't let go, the next one clears away.
        guard (try? fileSystem.rename(replacedPath, to: partialPath)) != nil else { return }
        try? fileSystem.removeTree(partialPath)
    }

    /// Removes what was made; for an export that failed.
    func discard() { try? fileSystem.removeTree(partialPath) }

    /// The whole path, without what says nothing. A ".." is left to the system: behind a link it doesn't lead back to where the link is.
    private static func plainPath(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        let plain = "/" + whole.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        guard plain.hasSuffix("/.."), let resolved = realpath(plain, nil) else { return plain }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

// MARK: - What stands there already

extension ExportFolder {
    /// Whether something at `path` is to be replaced; false where nothing is there.
    private static func isReplaceable(_ path: String, force: Bool) throws(ExportError) -> Bool {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return false }
        guard isDirectory.boolValue else { throw .folderInUse(path: path) }
        // Python's cache of what was imported is nobody's work.
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw .folderInUse(path: path) }
        let names = found.filter { $0 != "__pycache__" }
        if names.isEmpty { return true }
        guard let record = ExportRecord(path: path + "/" + ExportRecord.fileName) else { throw .folderInUse(path: path) }
        let changed = record.changedNames(in: path, among: names)
        guard force || changed.isEmpty else { throw .exportChanged(path: path, names: changed) }
        return true
    }
}
