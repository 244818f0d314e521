import Foundation

/// A small file system, mounted in a folder; needs root.
struct SmallDisk {
    static let canMount = geteuid() == 0 && (try? SmallDisk(in: Folder(), kibibytes: 64)).map { $0.unmount() } != nil

    let folder: Folder

    init(in folder: Folder, kibibytes: Int) throws {
        self.folder = folder
        let code = try command("mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "lstm-train-test", folder.url.path)
        guard code == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    func unmount() {
        _ = try? command("umount", "--lazy", folder.url.path)
        folder.remove()
    }

    /// Fills it except for `kibibytes`. Repeats, since a run may write meanwhile.
    func fill(leaving kibibytes: Int) throws {
        for attempt in 1... {
            let free = try FileManager.default.attributesOfFileSystem(forPath: folder.url.path)[.systemFreeSize] as? Int ?? 0
            do { return try folder.write([UInt8](repeating: 1, count: max(0, free - kibibytes << 10)), "filler") } catch where attempt < 100 {
                try? empty()
            }
        }
    }

    func empty() throws { try FileManager.default.removeItem(at: folder.url.appending(path: "filler")) }
}

/// Runs a system command without output, to its end.
func command(_ words: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}
