import Foundation

/// The folder of an export while it is made: written beside its place under a name that begins with a point, and renamed when it is whole.
/// What was there before stays until then.
struct ExportFolder {
    /// Where it will be.
    let path: String
    /// Where it is being made.
    let partialPath: String
    private let replaces: Bool

    /// Makes the folder, empty, beside `path`.
    /// - Parameter force: whether an earlier export is replaced even if files in it were changed.
    /// - Throws: ``ExportError/folderInUse(path:)`` or ``ExportError/exportChanged(path:names:)`` for what would be lost.
    init(_ path: String, force: Bool) throws(ExportError) {
        let url = URL(filePath: path, directoryHint: .isDirectory).standardizedFileURL
        self.path = Self.plainPath(url)
        replaces = try Self.isReplaceable(self.path, force: force)
        let name = ".\(url.lastPathComponent).partial-\(ProcessInfo.processInfo.processIdentifier)"
        partialPath = Self.plainPath(url.deletingLastPathComponent().appending(path: name))
        try attempt("make directory", partialPath) {
            try? FileManager.default.removeItem(atPath: partialPath)
            try FileManager.default.createDirectory(atPath: partialPath, withIntermediateDirectories: true)
        }
    }

    /// The path of the file `name` while the folder is being made.
    func partialPath(of name: String) -> String { partialPath + "/" + name }

    func write(_ bytes: [UInt8], _ name: String) throws(ExportError) {
        let path = partialPath(of: name)
        try attempt("write", path) { try Data(bytes).write(to: URL(filePath: path)) }
    }

    /// Gives the folder its name; what it replaces is removed after.
    func commit() throws(ExportError) {
        let files = FileManager.default
        guard replaces else {
            return try attempt("rename \(partialPath) to", path) { try files.moveItem(atPath: partialPath, toPath: path) }
        }
        let oldPath = partialPath + "-replaced"
        try attempt("rename", path) { try files.moveItem(atPath: path, toPath: oldPath) }
        try attempt("rename \(partialPath) to", path) {
            do { try files.moveItem(atPath: partialPath, toPath: path) } catch {
                try? files.moveItem(atPath: oldPath, toPath: path)
                throw error
            }
        }
        try attempt("remove", oldPath) { try files.removeItem(atPath: oldPath) }
    }

    /// Removes what was made; for an export that failed.
    func discard() { try? FileManager.default.removeItem(atPath: partialPath) }

    private func attempt(_ operation: String, _ path: String, _ work: () throws -> Void) throws(ExportError) {
        do { try work() } catch { throw .system(operation, path, error) }
    }

    private static func plainPath(_ url: URL) -> String {
        let path = url.path
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
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
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0 != "__pycache__" }
        if names.isEmpty { return true }
        guard let record = ExportRecord(path: path + "/" + ExportRecord.fileName) else { throw .folderInUse(path: path) }
        let changed = record.changedNames(in: path, among: names)
        guard force || changed.isEmpty else { throw .exportChanged(path: path, names: changed) }
        return true
    }
}
