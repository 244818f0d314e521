import Glibc

extension OpenFile {
    /// Locks the file for this process, without waiting. The kernel unlocks it when the file is closed, or the process ends in whatever way.
    /// - Returns: false where another process, or this one through another descriptor, holds the lock.
    package func tryLock() throws(FileError) -> Bool { try lockWithoutWaiting(descriptor, path) }

    /// Removes the file's contents, if that is possible.
    package func clear() { _ = ftruncate(descriptor, 0) }
}

extension HeldDirectory {
    /// Locks the directory for this process, as ``OpenFile/tryLock()`` locks a file. Some file systems lock no directories.
    package func tryLock() throws(FileError) -> Bool { try lockWithoutWaiting(descriptor, path) }
}

private func lockWithoutWaiting(_ descriptor: Int32, _ path: String) throws(FileError) -> Bool {
    do {
        _ = try checked("lock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
        return true
    } catch .system(_, _, let code) where code == EWOULDBLOCK {
        return false
    }
}
