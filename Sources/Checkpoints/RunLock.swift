import Glibc

/// The right to write in a run directory: `flock` on a file in it, which names its holder.
/// The kernel gives the lock back when the process ends in whatever way, so a dead holder's is free. The file stays; removing it would let two hold "it".
struct RunLock: ~Copyable, Sendable {
    private let file: OpenFile

    /// - Throws: ``CheckpointError/locked(path:holder:)`` at once when another process, or this one through another descriptor, holds it.
    init(path: String, run: String) throws(CheckpointError) {
        let file = try OpenFile(opening: path, flags: O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW)
        do {
            _ = try checked("lock", path) { flock(file.descriptor, LOCK_EX | LOCK_NB) }
        } catch .system(_, _, let code) where code == EWOULDBLOCK {
            throw .locked(path: run, holder: Self.holder(in: file))
        }
        try file.cut(toByteCount: 0)
        try file.write("process \(getpid()) on host \(Self.hostName())\n".utf8Span.span.bytes)
        self.file = file
    }

    deinit {
        // Best effort: whoever reads an old name sees a free lock anyhow.
        _ = ftruncate(file.descriptor, 0)
    }

    /// What the holder wrote about itself. It may be about to write it, and the file may hold anything: only printable ASCII is shown.
    private static func holder(in file: borrowing OpenFile) -> String {
        guard let byteCount = try? file.byteCount(), let bytes = try? file.bytes(at: 0, byteCount: min(byteCount, 256)) else { return "another process" }
        let text = String(decoding: bytes.filter { (32...126).contains($0) }, as: UTF8.self)
        return text.isEmpty ? "another process" : text
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        // One byte less than there is, so that a zero ends a name that was cut.
        let status = gethostname(&name, name.count - 1)
        return status == 0 ? String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "unknown"
    }
}
