import Checkpoints
import Foundation

/// What exports to a path that were killed left beside it: a folder that wasn't whole yet, or the export that it was about to replace.
struct ExportLeftovers {
    /// Of the name of what was replaced, behind that of the folder that replaces it.
    static let replacedSuffix = "-replaced"

    private let path: String
    private let parentPath: String
    private let prefix: String
    /// Names, but for those of processes that still live.
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

    /// The path of the folder that a process makes before it has its name.
    func partialPath(ofProcess process: pid_t) -> String { "\(parentPath)/\(prefix)\(process)" }

    /// An export that was moved aside gets its name back where nothing took its place.
    func restore(using fileSystem: FileSystem) throws(CheckpointError) {
        guard !FileManager.default.fileExists(atPath: path), let name = names.first(where: { $0.hasSuffix(Self.replacedSuffix) }) else { return }
        try fileSystem.rename("\(parentPath)/\(name)", to: path)
    }

    /// Removes the rest.
    func remove(using fileSystem: FileSystem) throws(CheckpointError) {
        for leftover in names.map({ "\(parentPath)/\($0)" }) where FileManager.default.fileExists(atPath: leftover) { try fileSystem.removeTree(leftover) }
    }

    /// Whether a process of that number lives that isn't this one.
    private static func isAtWork(_ process: pid_t) -> Bool { process != getpid() && (kill(process, 0) == 0 || errno == EPERM) }
}
