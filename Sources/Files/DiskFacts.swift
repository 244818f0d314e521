import Glibc

/// A run directory's file system: type, free space, and write speed.
public struct DiskFacts: Sendable, Equatable {
    /// The directory tested: the run directory, or its nearest existing parent.
    public let path: String
    /// "ext4", "nfs4", "tmpfs" …, as the kernel calls it, or "unknown".
    public let fileSystemType: String
    /// Bytes that this user may still write.
    public let freeByteCount: Int
    /// To write ``writtenByteCount`` bytes and have them on the disk.
    public let writeSeconds: Double

    public static let writtenByteCount = 4 << 20

    /// Bytes a second, flushing included.
    public var byteRate: Double { writeSeconds > 0 ? Double(Self.writtenByteCount) / writeSeconds : 0 }

    package init(path: String, fileSystemType: String, freeByteCount: Int, writeSeconds: Double) {
        (self.path, self.fileSystemType, self.freeByteCount, self.writeSeconds) = (path, fileSystemType, freeByteCount, writeSeconds)
    }

    /// Writes a temporary file of 4 MB where `runDirectory` is or will be, flushes it, and removes it.
    /// - Throws: ``FileError/system(operation:path:code:)`` if it can't be written there.
    public init(runDirectory: String) throws(FileError) {
        var place = runDirectory
        while !FileSystem().leadsToDirectory(place), place != parentDirectory(of: place) { place = parentDirectory(of: place) }
        var facts = statvfs()
        _ = try checked("examine the file system of", place) { statvfs(place, &facts) }
        path = place
        fileSystemType = Self.fileSystemType(ofDirectory: place)
        // Some file systems say that they have no end.
        let (byteCount, overflows) = Int(clamping: facts.f_bavail).multipliedReportingOverflow(by: Int(clamping: facts.f_frsize))
        freeByteCount = overflows ? .max : byteCount
        writeSeconds = try Self.secondsToWrite(in: place)
    }

    private static func secondsToWrite(in directory: String) throws(FileError) -> Double {
        let fileSystem = FileSystem()
        let path = directory + "/.lstm-train-doctor-\(getpid())"
        // Not zeros: a file system that compresses would make nothing of them.
        let bytes = (0..<UInt64(writtenByteCount / 8)).map { ($0 &+ 1) &* 0x9E37_79B9_7F4A_7C15 }
        let clock = ContinuousClock()
        let file = try OpenFile(creating: path, in: fileSystem)
        // A file that stays must not hide why it couldn't be written.
        defer { _ = unlink(path) }
        let began = clock.now
        try file.write(bytes.span.bytes)
        try file.synchronize()
        return (clock.now - began) / .seconds(1)
    }

    /// As /proc/self/mountinfo has it: that of the innermost mount that the directory lies in.
    private static func fileSystemType(ofDirectory path: String) -> String {
        guard let resolved = realpath(path, nil) else { return "unknown" }
        defer { free(resolved) }
        // Far above any real one.
        guard let file = try? OpenFile.fromBeginning("/proc/self/mountinfo"), let text = try? file.readToEnd(atMost: 64 << 20) else { return "unknown" }
        return fileSystemType(ofDirectory: String(cString: resolved), mounts: String(decoding: text, as: UTF8.self))
    }

    /// - Parameter mounts: lines of proc(5)'s mountinfo, where the mount point is the fifth word, and the type the first behind " - ".
    package static func fileSystemType(ofDirectory path: String, mounts: String) -> String {
        var best = (point: "", type: "unknown")
        for line in mounts.split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            let words = halves[0].split(separator: " ")
            guard halves.count == 2, words.count > 4, let type = halves[1].split(separator: " ").first else { continue }
            let point = String(words[4])
            let holds = path == point || path.hasPrefix(point == "/" ? point : point + "/")
            // Of several at one point the last hides the others.
            if holds, point.utf8.count >= best.point.utf8.count { best = (point, String(type)) }
        }
        return best.type
    }

    /// Whether what is written there is gone with the machine's power.
    public var isVolatile: Bool { fileSystemType == "tmpfs" }
}
