import Files
import Glibc

/// Reads the bytes of the file at `path`, which may be a pipe.
///
/// Reads at most one byte more than the maximum size, so that the parser can detect a larger file.
/// - Throws: ``ConfigurationError/unreadable(path:reason:)`` with the system's own reason; ``ConfigurationError/mistakenFile(path:_:)`` for a directory.
func configurationBytes(at path: String) throws(ConfigurationError) -> [UInt8] {
    do {
        return try OpenFile.fromBeginning(path).readToEnd(atMost: configurationByteLimit + 1)
    } catch .system(_, _, EISDIR) {
        throw .mistakenFile(path: path, .directory)
    } catch {
        throw .unreadable(path: path, reason: error.reason)
    }
}
