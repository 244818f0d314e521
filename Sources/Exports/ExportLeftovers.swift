import Files
import Foundation

/// Leftovers of killed exports to a path: an incomplete folder, or the export that was to be replaced.
struct ExportLeftovers {
    /// Suffix of the replaced export's name, after the name of the folder that replaces it.
    static let replacedSuffix = "-replaced"

    private let path: String
    private let parentPath: String
    private let prefix: String
    /// Names of leftovers, except those of running processes.
    private let names: [String]

    /// - Parameter path: of the export, in the folder at `parentPath`.
    init(of path: String, in parentPath: String) {
        let prefix = ".\(URL(filePath: path).lastPathComponent).partial-"
        (self.path, self.parentPath, self.prefix) = (path, parentPath, prefix)
        names = ((try? FileManager.default.contentsOfDirectory(atPath: parentPath)) ?? []).filter { name in
            guard name.hasPrefix(prefix) else { return false }
            let rest = name.dropFirst(prefix.count)
            let number = rest.hasSuffix(Self.replacedSuffix) ? rest.dropLast(Self.replacedSuffix.count) : rest
            return pid_t(number).map { !Self.isAtWork($0) } ?? false
        }
    }

    /// The temporary path of a process's export.
    func partialPath(ofProcess process: pid_t) -> String { "\(parentPath)/\(prefix)\(process)" }

    /// Gives a replaced export its name back if nothing has taken its place.
    func restore(using fileSystem: FileSystem) throws(FileError) {
        guard !FileManager.default.fileExists(atPath: path), let name = names.first(where: { $0.hasSuffix(Self.replacedSuffix) }) else { return }
        try fileSystem.rename("\(parentPath)/\(name)", to: path)
    }

    /// Removes the other leftovers.
    func remove(using fileSystem: FileSystem) throws(FileError) {
        for leftover in names.map({ "\(parentPath)/\($0)" }) where FileManager.default.fileExists(atPath: leftover) { try fileSystem.removeTree(leftover) }
    }

    /// Whether another process with that number is running.
    private static func isAtWork(_ process: pid_t) -> Bool { process != getpid() && (kill(process, 0) == 0 || errno == EPERM) }
}
