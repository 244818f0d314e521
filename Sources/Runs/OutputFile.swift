import Checkpoints
import Files
import Foundation

/// An output file of a command. It replaces only a file that the same command wrote: no other file, no link or its target,
/// no device or pipe, and no part of a run.
public struct OutputFile: Sendable {
    public let path: String

    /// Number of bytes read of an existing file.
    private static let beginningByteCount = 1 << 20

    /// Checks that the file may be written; writes nothing.
    /// - Parameters:
    ///   - verb: the command, for messages.
    ///   - isOwn: whether a file with these bytes, its first mebibyte, is an output of the command.
    /// - Throws: ``OutputError`` if an existing file must not be replaced.
    public init(_ path: String, of verb: String, isOwn: ([UInt8]) -> Bool) throws(OutputError) {
        guard !path.isEmpty else { throw .empty }
        self.path = path
        try OutputPlace.requireOutsideRun(path)
        switch OutputPlace.kind(of: path) {
        case .nothing: break
        case .link: throw .link(path: path)
        case .file:
            let file = FileHandle(forReadingAtPath: path)
            defer { try? file?.close() }
            guard let bytes = try? file?.read(upToCount: Self.beginningByteCount).map({ [UInt8]($0) }) ?? [] else { throw .foreign(path: path, verb: verb) }
            // An empty file has nothing to lose.
            guard bytes.isEmpty || isOwn(bytes) else { throw .foreign(path: path, verb: verb) }
        case .other(let name): throw .notAFile(path: path, kind: name)
        }
    }

    /// Writes the file under a temporary name and renames it, so it is complete or not there at all.
    public func write(_ text: String) throws(OutputError) { try write(Array(text.utf8)) }

    /// The same of bytes.
    public func write(_ bytes: [UInt8]) throws(OutputError) {
        let draft = try OutputDraft(of: self)
        try draft.append(bytes)
        try draft.finish()
    }
}

/// An output file that is written piece by piece under a temporary name. Unless it is finished, it goes with its owner.
public final class OutputDraft {
    private let path: String
    private let draft: String
    private let fileSystem = FileSystem()
    private let file: OpenFile
    private var isFinished = false

    /// - Throws: ``OutputError/notWritten(path:reason:)``.
    public init(of output: OutputFile) throws(OutputError) {
        path = output.path
        draft = path + ".\(UUID().uuidString).draft"
        do throws(FileError) { file = try OpenFile(creating: draft, in: fileSystem) } catch { throw .notWritten(path: output.path, reason: error.reason) }
    }

    deinit {
        if !isFinished { try? fileSystem.removeFile(draft) }
    }

    /// - Throws: ``OutputError/notWritten(path:reason:)``.
    public func append(_ bytes: [UInt8]) throws(OutputError) {
        do throws(FileError) { try file.write(bytes.span.bytes) } catch { throw .notWritten(path: path, reason: error.reason) }
    }

    /// Puts the file on disk, and gives it its name.
    /// - Throws: ``OutputError/notWritten(path:reason:)``.
    public func finish() throws(OutputError) {
        do throws(FileError) {
            try file.synchronize()
            try fileSystem.rename(draft, to: path)
            isFinished = true
        } catch {
            throw .notWritten(path: path, reason: error.reason)
        }
    }
}

/// Checks of a path before writing.
public enum OutputPlace {
    enum Kind {
        case nothing, link, file
        case other(String)
    }

    static func kind(of path: String) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .nothing }
        switch status.st_mode & S_IFMT {
        case S_IFLNK: return .link
        case S_IFREG: return .file
        case S_IFDIR: return .other("a directory")
        case S_IFIFO: return .other("a pipe")
        case S_IFSOCK: return .other("a socket")
        default: return .other("a device")
        }
    }

    /// Rejects a link: writing would change its target, or replace the link itself.
    public static func requireNoLink(_ path: String) throws(OutputError) {
        if case .link = kind(of: path) { throw .link(path: path) }
    }

    /// Rejects a name that a run uses in a run directory, and everything in its `checkpoints`, also through other path names.
    public static func requireOutsideRun(_ path: String) throws(OutputError) {
        let url = URL(filePath: path)
        var place = url.deletingLastPathComponent().path
        // A directory that doesn't exist yet counts as part of its nearest existing parent.
        while case .nothing = kind(of: place), place != "/", !place.isEmpty { place = URL(filePath: place).deletingLastPathComponent().path }
        if place == url.deletingLastPathComponent().path, RunDirectory(place).isRun, RunDirectory.usesName(url.lastPathComponent) { throw .partOfRun(path: path) }
        for _ in 0..<8 {
            let above = RunDirectory(place + "/..")
            if above.isRun, above.keepsCheckpoints(in: place) { throw .partOfRun(path: path) }
            place += "/.."
        }
    }
}
