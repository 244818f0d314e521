import Glibc

/// Locks the open file or directory `descriptor` for this process, without waiting.
/// - Returns: false where another process, or this one through another descriptor, holds the lock.
func isLocked(_ descriptor: Int32, _ path: String) throws(FileError) -> Bool {
    do {
        _ = try checked("lock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
        return true
    } catch .system(_, _, let code) where code == EWOULDBLOCK {
        return false
    }
}
