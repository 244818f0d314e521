import Files
import Synchronization

/// A run directory that this process may write in, until the last reference to this goes.
/// Its functions may be called from any thread; they take turns.
public final class LockedRun: Sendable {
    public let directory: RunDirectory
    private let held: HeldDirectory
    private let lock: RunLock
    private let turn = Mutex(())

    /// - Parameter directory: of a file system that holds `held`.
    init(directory: RunDirectory, held: HeldDirectory, lock: consuming RunLock) {
        self.directory = directory
        self.held = held
        self.lock = lock
    }

    var fileSystem: FileSystem { directory.fileSystem }

    /// Current path of the run directory, which differs from the locked one if it was renamed since. The run continues to write in it.
    public var presentPath: String { held.presentPath }

    /// - Throws: if the run directory was removed, or another process may write in it.
    public func requireHeld() throws(CheckpointError) { try lock.requireHeld() }

    /// Runs `change` while no other change of this run is under way. Not to be nested.
    /// - Throws: also, before the change, if the run isn't this process's any more.
    func alone<Result: Sendable>(_ change: () throws(CheckpointError) -> Result) throws(CheckpointError) -> Result {
        try turn.withLock { (_) throws(CheckpointError) in
            try requireHeld()
            return try change()
        }
    }

    /// As ``alone(_:)``, for a change that only files can refuse.
    func aloneWithFiles<Result: Sendable>(_ change: () throws(FileError) -> Result) throws(CheckpointError) -> Result {
        try alone { () throws(CheckpointError) in try mappingErrors(try change()) }
    }

    /// Writes the text `name` (`config.json`, say) into the run: after a crash it is the old one or the new one, whole.
    /// - Precondition: `name` is a plain file name that doesn't begin with a point.
    public func writeText(_ text: String, named name: String) throws(CheckpointError) {
        precondition(!name.isEmpty && !name.hasPrefix(".") && !name.contains("/"), "'\(name)' is no plain file name")
        try aloneWithFiles { () throws(FileError) in
            try replaceFile(named: name) { (file) throws(FileError) in try file.write(text.utf8Span.span.bytes) }
        }
    }

    /// Writes the text `name` for other processes: readers see the old one or the new one, whole. Not put on disk: after a power cut it may be empty
    /// until it is written again.
    public func publishText(_ text: String, named name: String) throws(CheckpointError) {
        try aloneWithFiles { () throws(FileError) in
            try replaceFile(named: name, isDurable: false) { (file) throws(FileError) in try file.write(text.utf8Span.span.bytes) }
        }
    }

    private var stopRequestPath: String { directory.path + "/" + RunDirectory.stopRequestName }

    /// Whether a file or link ``RunDirectory/stopRequestName`` is there. A directory of that name is somebody's own, and requests nothing.
    public var stopIsRequested: Bool { fileSystem.exists(stopRequestPath) && !fileSystem.isDirectory(stopRequestPath) }

    /// Removes that file, if it is there: it was obeyed.
    public func clearStopRequest() throws(CheckpointError) {
        guard stopIsRequested else { return }
        try aloneWithFiles { () throws(FileError) in
            try fileSystem.removeFile(stopRequestPath)
            try fileSystem.synchronizeDirectory(directory.path)
        }
    }

    /// Writes a file beside `name`, puts it on disk and then in its place.
    func replaceFile(named name: String, isDurable: Bool = true, write: (borrowing OpenFile) throws(FileError) -> Void) throws(FileError) {
        let path = directory.path + "/" + name
        let draft = unusedPath(in: directory.path, name: LeftoverName.writing + name)
        do {
            let file = try OpenFile(creating: draft, in: fileSystem)
            try write(file)
            if isDurable { try file.synchronize() }
            try fileSystem.rename(draft, to: path)
        } catch {
            try? fileSystem.removeFile(draft)
            throw error
        }
        if isDurable { try fileSystem.synchronizeDirectory(directory.path) }
    }

    /// A path in `parent` that begins with `name` and has nothing at it.
    func unusedPath(in parent: String, name: String) -> String {
        var attempt = 0
        while fileSystem.exists("\(parent)/\(name)-\(attempt)") { attempt += 1 }
        return "\(parent)/\(name)-\(attempt)"
    }
}
