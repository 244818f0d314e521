import Files
import Glibc

/// The right to write in a run directory: `flock` on the directory itself, and on a file in it, which names its holder.
///
/// The kernel gives both back when the process ends in whatever way, so a dead holder's are free. The file stays. Where it was removed, the lock on the
/// directory still keeps others out; file systems that lock no directories (NFS) leave it to the file alone, and ``requireHeld()`` notices.
struct RunLock: ~Copyable, Sendable {
    private let file: OpenFile
    private let directory: HeldDirectory
    private let fileSystem: FileSystem
    private let directoryIsLocked: Bool

    /// - Parameter path: of the lock file, in `directory`.
    /// - Throws: ``CheckpointError/locked(path:holder:)`` when another process, or this one through another descriptor, holds it: at once if it is
    ///   named there, after a second if it isn't.
    init(path: String, in directory: HeldDirectory) throws(CheckpointError) {
        // The lock file's text isn't part of the run: it needs no flush.
        let fileSystem = FileSystem().holding(directory)
        var patience = Patience()
        // The directory first: who is refused it must not make a lock file in it.
        let directoryIsLocked = try Self.lockDirectory(directory, lockPath: path, through: fileSystem, &patience)
        while true {
            let file = try mappingErrors(try OpenFile(opening: path, flags: O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW, in: fileSystem))
            guard try mappingErrors(try file.tryLock()) else {
                try patience.wait(for: Self.holder(in: file), run: directory.path)
                continue
            }
            // Someone may have removed or replaced it between the opening and the locking.
            guard try mappingErrors(try file.identity()) == fileSystem.identity(path, followingLinks: false) else { continue }
            try mappingErrors(try Self.nameHolder(in: file))
            self.file = file
            break
        }
        self.directory = directory
        self.fileSystem = fileSystem
        self.directoryIsLocked = directoryIsLocked
    }

    deinit {
        // Best effort: a reader of an old name sees a free lock anyhow.
        file.clear()
    }

    /// - Throws: ``CheckpointError/runRemoved(path:)``, or ``CheckpointError/lockLost(path:)`` if another process may hold the run now. Cost: two system calls.
    func requireHeld() throws(CheckpointError) {
        if directory.isRemoved { throw .runRemoved(path: directory.path) }
        let found = fileSystem.identity(file.path, followingLinks: false)
        if found == nil && directoryIsLocked { return }
        guard try mappingErrors(try file.identity()) == found else { throw .lockLost(path: directory.path) }
    }

    /// - Returns: false where the file system locks no directories.
    private static func lockDirectory(
        _ directory: HeldDirectory, lockPath: String, through fileSystem: FileSystem, _ patience: inout Patience
    ) throws(CheckpointError) -> Bool {
        while true {
            do {
                if try mappingErrors(try directory.tryLock()) { return true }
            } catch .file(.system(_, _, let code)) where [EBADF, EINVAL, ENOLCK, EOPNOTSUPP, ENOSYS].contains(code) {
                return false
            }
            try patience.wait(for: holder(at: lockPath, through: fileSystem), run: directory.path)
        }
    }

    /// Writes this process's description into its lock file.
    private static func nameHolder(in file: borrowing OpenFile) throws(FileError) {
        let text = "process \(getpid()) on host \(hostName())\n"
        try file.cut(toByteCount: 0)
        try file.write(text.utf8Span.span.bytes)
    }

    private struct Patience {
        private var attempts = 100

        /// Waits a moment. Who holds the run and isn't named is about to write its name, or has taken it off and is closing the file: for a moment that
        /// may be a child that it just forked.
        mutating func wait(for holder: String?, run: String) throws(CheckpointError) {
            attempts -= 1
            guard holder == nil, attempts > 0 else { throw .locked(path: run, holder: holder ?? "another process") }
            usleep(10_000)
        }
    }

    private static func holder(at path: String, through fileSystem: FileSystem) -> String? {
        do { return holder(in: try OpenFile(opening: path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW, in: fileSystem)) } catch { return nil }
    }

    /// The holder's description of itself; nil if there is none. The file may contain anything: only printable ASCII is shown.
    private static func holder(in file: borrowing OpenFile) -> String? {
        guard let byteCount = try? file.byteCount(), let bytes = try? file.bytes(at: 0, byteCount: min(byteCount, 256)) else { return nil }
        let text = String(decoding: bytes.filter { (32...126).contains($0) }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        // One byte less than there is, so that a zero ends a name that was cut.
        let status = gethostname(&name, name.count - 1)
        return status == 0 ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "unknown"
    }
}
