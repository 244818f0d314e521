import Glibc

/// The right to write in a run directory: `flock` on a file in it, which names its holder.
/// The kernel gives the lock back when the process ends in whatever way, so a dead holder's is free. The file stays; removing it would let two hold "it".
struct RunLock: ~Copyable, Sendable {
    private let file: OpenFile

    /// - Throws: ``CheckpointError/locked(path:holder:)`` when another process, or this one through another descriptor, holds it: at once if it is
    ///   named there, after a second if it isn't.
    init(path: String, run: String) throws(CheckpointError) {
        let file = try OpenFile(opening: path, flags: O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW)
        var attempts = 100
        while true {
            do {
                _ = try checked("lock", path) { flock(file.descriptor, LOCK_EX | LOCK_NB) }
                break
            } catch .system(_, _, let code) where code == EWOULDBLOCK {
                let holder = Self.holder(in: file)
                attempts -= 1
                // Who holds it and isn't named is about to write its name, or has taken it off and is closing the file: for a moment that may be
                // a child that it just forked.
                guard holder == nil, attempts > 0 else { throw .locked(path: run, holder: holder ?? "another process") }
                usleep(10_000)
            }
        }
        try file.cut(toByteCount: 0)
        try file.write("process \(getpid()) on host \(Self.hostName())\n".utf8Span.span.bytes)
        self.file = file
    }

    deinit {
        // Best effort: whoever reads an old name sees a free lock anyhow.
        _ = ftruncate(file.descriptor, 0)
    }

    /// What the holder wrote about itself; nil if nothing. The file may hold anything: only printable ASCII is shown.
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
