package import Files
import Glibc

/// The directory with everything that outlives a run's process. As a value it is only a path, for reading, and needs no lock;
/// to change anything, take the lock: ``locked()``.
///
/// ```
/// config.json, vocabulary.json, …   small texts, each written whole or not at all
/// metrics.jsonl                     a JSON object a line, with an integer `step`
/// lock                              who writes here
/// STOP                              a file made by a user: the run saves and stops
/// checkpoints/step-00001200/        weights.safetensors, optimizer.safetensors, streams.safetensors, manifest.json
/// ```
/// Names that begin with a point are not finished, or no longer needed; the next who takes the lock clears them away.
public struct RunDirectory: Sendable {
    public let path: String
    let fileSystem: FileSystem

    public init(_ path: String) {
        self.init(path, fileSystem: FileSystem())
    }

    package init(_ path: String, fileSystem: FileSystem) {
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = trimmed
        self.fileSystem = fileSystem
    }

    /// A file of this name in it stops the run after the current step.
    public static let stopRequestName = "STOP"

    public var metricsPath: String { path + "/metrics.jsonl" }
    /// As much as the readers of JSON take, which all these texts are.
    private static let largestTextByteCount = 64 << 20
    var lockPath: String { path + "/lock" }
    var checkpointsPath: String { path + "/checkpoints" }

    /// Whether there is a run: its configuration and a place for checkpoints.
    public var isRun: Bool { fileSystem.exists(path + "/" + Self.configurationName) && fileSystem.leadsToDirectory(checkpointsPath) }

    /// Whether `place` is where the run keeps its checkpoints, by whatever name it is called.
    public func keepsCheckpoints(in place: String) -> Bool {
        fileSystem.identity(checkpointsPath).map { $0 == FileSystem().identity(place) } ?? false
    }

    /// Whether a run directory may have a file of that name that is the run's.
    public static func usesName(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasPrefix(eventsPrefix) || (fileNames + ["lock", "checkpoints", stopRequestName]).contains(name)
    }

    static let configurationName = "config.json"
    static let eventsPrefix = "events.out.tfevents."
    /// Files that a run writes anew or goes on with when it begins.
    private static let fileNames = [configurationName, "vocabulary.json", "statistics.json", "metrics.jsonl", "metrics.prom"]

    /// Refuses a directory that has files of a run's names and was never a run's: a run that began there would replace them.
    public func requireOwn() throws(CheckpointError) {
        if fileSystem.exists(checkpointsPath) { return }
        let found = Self.fileNames.first { fileSystem.exists(path + "/" + $0) }
        if let found { throw .foreignFile(path: path + "/" + found) }
    }

    /// The text `name`, as ``LockedRun/writeText(_:named:)`` wrote it; nil if there is none.
    /// - Throws: when it can't be read, is larger than any text of a run, or isn't UTF-8.
    public func readText(named name: String) throws(CheckpointError) -> String? {
        let textPath = path + "/" + name
        guard fileSystem.exists(textPath) else { return nil }
        let file = try mappingErrors(try OpenFile.reading(textPath, in: fileSystem))
        let byteCount = try mappingErrors(try file.byteCount())
        guard byteCount <= Self.largestTextByteCount else {
            throw .text(path: textPath, reason: "the file has \(byteCount) bytes; at most \(Self.largestTextByteCount) are allowed. Restore it from a copy.")
        }
        let bytes = try mappingErrors(try file.bytes(at: 0, byteCount: byteCount))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .text(path: textPath, reason: "the file is not UTF-8. Restore it from a copy.")
        }
        return text
    }

    /// Whether `checkpoint` lies in this run, by whatever names the two are called.
    public func holds(_ checkpoint: StoredCheckpoint) -> Bool {
        guard let own = fileSystem.identity(checkpointsPath) else { return false }
        return own == FileSystem().identity(checkpoint.path + "/..")
    }

    /// Takes the run for writing, and makes its directories if they aren't there; clears away what a dead writer left unfinished.
    /// The run is the directory that is locked here, whatever becomes of its name.
    /// - Throws: ``CheckpointError/locked(path:holder:)`` at once when another holds it.
    public func locked() throws(CheckpointError) -> LockedRun {
        // An empty path is no directory, but with a name behind it a file of the root's.
        guard !path.isEmpty else { throw .file(.system(operation: CheckpointError.directoryOperation, path: "''", code: ENOENT)) }
        try mappingErrors(try fileSystem.makeDirectories(path))
        let held = try mappingErrors(try HeldDirectory(path))
        let fileSystem = fileSystem.holding(held)
        let lock = try RunLock(path: lockPath, in: held)
        if !fileSystem.leadsToDirectory(checkpointsPath) { try mappingErrors(try fileSystem.makeDirectory(checkpointsPath)) }
        // A link in the run directory would lead its writes elsewhere.
        guard fileSystem.isDirectory(checkpointsPath) else { throw .file(.link(path: checkpointsPath)) }
        let run = LockedRun(directory: RunDirectory(path, fileSystem: fileSystem), held: held, lock: lock)
        // A dead writer's last names may not be on disk yet: what is built on them, or removed on their account, must wait until they are.
        try mappingErrors { () throws(FileError) in
            try fileSystem.synchronizeDirectory(path)
            try fileSystem.synchronizeDirectory(checkpointsPath)
        }
        try run.clearLeftovers()
        return run
    }
}

extension RunDirectory {
    /// Whether a run was trained here: it has metrics and checkpoints.
    public var holdsRun: Bool { fileSystem.isDirectory(checkpointsPath) && fileSystem.exists(metricsPath) }
}
