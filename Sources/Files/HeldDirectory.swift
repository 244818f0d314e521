import Glibc

/// A directory that is held open. What lies in it is reached through its descriptor: by the same directory, whatever name it has since been given
/// and whatever has taken its old name.
package final class HeldDirectory: Sendable {
    /// As it was opened, for messages.
    package let path: String
    let descriptor: Int32

    package init(_ path: String) throws(FileError) {
        descriptor = try checked("open", path) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        self.path = path
    }

    deinit { close(descriptor) }

    /// The path from this directory to `path`; nil if `path` doesn't begin with this directory's.
    func relative(_ path: String) -> String? {
        if path == self.path { return "." }
        return path.hasPrefix(self.path + "/") ? String(path.dropFirst(self.path.count + 1)) : nil
    }

    private var status: stat? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status : nil
    }

    /// Whether it no longer has a name.
    package var isRemoved: Bool { status.map { $0.st_nlink == 0 } ?? false }

    /// The path that leads to it now: the one that it was opened by, or the one that the kernel knows if it was renamed.
    package var presentPath: String {
        var named = stat()
        if let status, stat(path, &named) == 0, FileIdentity(named) == FileIdentity(status) { return path }
        var name = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(descriptor)", &name, name.count)
        return count > 0 && !isRemoved ? String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : path
    }
}

/// Identity of a file: two names with the same one lead to the same file.
package struct FileIdentity: Hashable {
    private let device: UInt64
    private let file: UInt64

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        file = UInt64(status.st_ino)
    }
}
