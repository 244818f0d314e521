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
    private let beforeChange: @Sendable (FileOperation) throws(CheckpointError) -> Void

    package init(beforeChange: @escaping @Sendable (FileOperation) throws(CheckpointError) -> Void = { (_) throws(CheckpointError) in }) {
        self.beforeChange = beforeChange
    }

    func announce(_ kind: FileOperation.Kind, _ path: String, to destination: String? = nil) throws(CheckpointError) {
        try beforeChange(FileOperation(kind: kind, path: path, destination: destination))
    }

    /// Makes the directory `path`, with those above it; what exists stays, also a link to a directory. Each new one is on disk when this returns,
    /// and so is the one that was there already, if it may be: who made it may have been killed before it was.
    package func makeDirectories(_ path: String) throws(CheckpointError) {
        if path.isEmpty { return }
        let parent = parentDirectory(of: path)
        // Each is on disk before the next is made in it, so those above an existing one are.
        if leadsToDirectory(path) { return try synchronizeExisting(parent) }
        if parent != path { try makeDirectories(parent) }
        do {
            try makeDirectory(path)
        } catch .system(_, _, let code) where code == EEXIST && leadsToDirectory(path) {
            // Another process was faster. It may be killed before it has put the name on disk.
        }
        try synchronizeDirectory(parent)
    }

    /// As ``synchronizeDirectory(_:)``, for a directory that may be another's: where it can't be opened or synchronized at all, its names aren't ours.
    private func synchronizeExisting(_ path: String) throws(CheckpointError) {
        do {
            try synchronizeDirectory(path)
        } catch .system(_, _, let code) where [EACCES, EPERM, EINVAL, EROFS].contains(code) {}
    }

    /// Makes the directory `path`, whose parent exists.
    package func makeDirectory(_ path: String) throws(CheckpointError) {
        try announce(.makeDirectory, path)
        _ = try checked("make directory", path) { mkdir(path, 0o777) }
    }

    /// Puts the names in the directory `path` on disk.
    package func synchronizeDirectory(_ path: String) throws(CheckpointError) {
        try announce(.synchronize, path)
        try OpenFile(opening: path, flags: O_RDONLY | O_DIRECTORY).synchronizeUnannounced()
    }

    /// Makes the file `path`, which must not exist, of `bytes`; they are on disk when this returns.
    package func writeFile(_ path: String, _ bytes: [UInt8]) throws(CheckpointError) {
        let file = try OpenFile(creating: path, in: self)
        try file.write(bytes.span.bytes)
        try file.synchronize()
    }

    /// Gives `source` the name `destination`; a file there is replaced, a directory with files in it is not.
    package func rename(_ source: String, to destination: String) throws(CheckpointError) {
        try announce(.rename, source, to: destination)
        _ = try checked("rename \(source) to", destination) { Glibc.rename(source, destination) }
    }

    /// Removes what is at `path`, with everything in it; links are removed, not followed.
    package func removeTree(_ path: String) throws(CheckpointError) {
        guard isDirectory(path) else {
            try announce(.removeFile, path)
            _ = try checked("remove", path) { unlink(path) }
            return
        }
        for name in try names(in: path) { try removeTree(path + "/" + name) }
        try announce(.removeDirectory, path)
        _ = try checked("remove directory", path) { rmdir(path) }
    }
}

/// Whether a directory, and not a link to one, is at `path`.
func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether a directory, or a link that leads to one, is at `path`.
func leadsToDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The path that `path` lies in: "." for a bare name, "/" for what lies at the root.
func parentDirectory(of path: String) -> String {
    var trimmed = path[...]
    while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
}

/// The names in the directory `path`, sorted, without "." and "..".
func names(in path: String) throws(CheckpointError) -> [String] {
    guard let stream = opendir(path) else { throw .system(operation: "list", path: path, code: errno) }
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

/// Whether anything is at `path`, be it a link that leads nowhere.
func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}
