import Glibc

/// A change to the file system, as a fault injector sees it before it happens.
package struct FileOperation: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case makeDirectory, create, write, synchronize, truncate, rename, removeFile, removeDirectory
    }
    package let kind: Kind
    package let path: String
    /// Of a rename: the new name.
    package let destination: String?
}

/// Everything that this room changes on disk, one function a change.
///
/// `beforeChange` runs before each of them and may refuse it: tests stop a commit there. In the program it does nothing.
package struct FileSystem: Sendable {
    private let beforeChange: @Sendable (FileOperation) throws(FileError) -> Void
    /// Paths that begin with this directory's are looked up from its descriptor, all others by their names.
    private let held: HeldDirectory?

    package init(beforeChange: @escaping @Sendable (FileOperation) throws(FileError) -> Void = { (_) throws(FileError) in }) {
        self.beforeChange = beforeChange
        held = nil
    }

    private init(_ other: FileSystem, holding directory: HeldDirectory) {
        beforeChange = other.beforeChange
        held = directory
    }

    /// The same file system, in which what lies in `directory` is reached through its descriptor.
    package func holding(_ directory: HeldDirectory) -> FileSystem { FileSystem(self, holding: directory) }

    /// The arguments of system calls for `path`: a directory's descriptor, and the path relative to it.
    func place(_ path: String) -> (directory: Int32, path: String) {
        if let held, let relative = held.relative(path) { return (held.descriptor, relative) }
        return (AT_FDCWD, path)
    }

    func announce(_ kind: FileOperation.Kind, _ path: String, to destination: String? = nil) throws(FileError) {
        try beforeChange(FileOperation(kind: kind, path: path, destination: destination))
    }

    /// Makes the directory `path`, with those above it; what exists stays, also a link to a directory. Each new one is on disk when this returns,
    /// and so is the one that was there already, if it may be: who made it may have been killed before it was.
    package func makeDirectories(_ path: String) throws(FileError) {
        if path.isEmpty { return }
        let parent = parentDirectory(of: path)
        // Each is on disk before the next is made in it, so those above an existing one are.
        if leadsToDirectory(path) { return try synchronizeExisting(parent) }
        if parent != path { try makeDirectories(parent) }
        do {
            try makeDirectory(path)
        } catch .system(let operation, _, EEXIST) {
            // Another process was faster, and may be killed before it has put the name on disk; or something else has the name.
            guard leadsToDirectory(path) else { throw .system(operation: operation, path: path, code: ENOTDIR) }
        }
        try synchronizeDirectory(parent)
    }

    /// As ``synchronizeDirectory(_:)``, for a directory that may be another's: where it can't be opened or synchronized at all, its names aren't ours.
    private func synchronizeExisting(_ path: String) throws(FileError) {
        do {
            try synchronizeDirectory(path)
        } catch .system(_, _, let code) where [EACCES, EPERM, EINVAL, EROFS].contains(code) {}
    }

    /// Makes the directory `path`, whose parent exists.
    package func makeDirectory(_ path: String) throws(FileError) {
        try announce(.makeDirectory, path)
        let place = place(path)
        _ = try checked("make directory", path) { mkdirat(place.directory, place.path, 0o777) }
    }

    /// Puts the names in the directory `path` on disk.
    package func synchronizeDirectory(_ path: String) throws(FileError) {
        try announce(.synchronize, path)
        try OpenFile(opening: path, flags: O_RDONLY | O_DIRECTORY, in: self).synchronizeUnannounced()
    }

    /// Makes the file `path`, which must not exist, of `bytes`; they are on disk when this returns.
    package func writeFile(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        let file = try OpenFile(creating: path, in: self)
        try file.write(bytes.span.bytes)
        try file.synchronize()
    }

    /// Gives `source` the name `destination`; a file there is replaced, a directory with files in it is not.
    package func rename(_ source: String, to destination: String) throws(FileError) {
        try announce(.rename, source, to: destination)
        let (old, new) = (place(source), place(destination))
        _ = try checked("rename \(source) to", destination) { renameat(old.directory, old.path, new.directory, new.path) }
    }

    /// Removes the file or link `path`; a directory is refused.
    package func removeFile(_ path: String) throws(FileError) {
        try announce(.removeFile, path)
        let place = place(path)
        _ = try checked("remove", path) { unlinkat(place.directory, place.path, 0) }
    }

    /// Removes the empty directory `path`.
    package func removeDirectory(_ path: String) throws(FileError) {
        try announce(.removeDirectory, path)
        let place = place(path)
        _ = try checked("remove directory", path) { unlinkat(place.directory, place.path, AT_REMOVEDIR) }
    }

    /// Removes what is at `path`, with everything in it; links are removed, not followed.
    package func removeTree(_ path: String) throws(FileError) {
        guard isDirectory(path) else { return try removeFile(path) }
        for name in try names(in: path) { try removeTree(path + "/" + name) }
        try removeDirectory(path)
    }
}

// MARK: Looking

extension FileSystem {
    private func status(_ path: String, followingLinks: Bool) -> stat? {
        var status = stat()
        let place = place(path)
        return fstatat(place.directory, place.path, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Whether anything is at `path`, be it a link that leads nowhere.
    package func exists(_ path: String) -> Bool { status(path, followingLinks: false) != nil }

    /// Whether a directory, and not a link to one, is at `path`.
    package func isDirectory(_ path: String) -> Bool { status(path, followingLinks: false).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// Whether a directory, or a link that leads to one, is at `path`.
    package func leadsToDirectory(_ path: String) -> Bool { status(path, followingLinks: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// The file at `path`: a link itself, or its destination; nil if there is none.
    package func identity(_ path: String, followingLinks: Bool = true) -> FileIdentity? {
        status(path, followingLinks: followingLinks).map { FileIdentity($0) }
    }

    /// The names in the directory `path`, sorted, without "." and "..".
    package func names(in path: String) throws(FileError) -> [String] {
        let place = place(path)
        let descriptor = try checked("list", path) { openat(place.directory, place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw .system(operation: "list", path: path, code: code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .system(operation: "list", path: path, code: errno) }
                return names.sorted()
            }
            // The entry lives until the next readdir; its name ends with a zero byte inside `d_name`.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
    }
}

/// The path that `path` lies in: "." for a bare name, "/" for what lies at the root.
func parentDirectory(of path: String) -> String {
    var trimmed = path[...]
    while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
}
