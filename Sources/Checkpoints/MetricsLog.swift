import Files
import Glibc
public import StrictJSON

/// `metrics.jsonl`: a JSON object a line, each with an integer `step`; lines are only ever added at its end.
public struct MetricsLog: ~Copyable, Sendable {
    /// Lines removed when the log was opened to resume from a step.
    public struct Omission: Equatable, Sendable {
        /// Lines of later steps: the run will write them again.
        public var laterLineCount: Int
        /// Lines that aren't JSON objects with a step: a line that a crash cut off, say.
        public var unreadableLineCount: Int

        public init(laterLineCount: Int = 0, unreadableLineCount: Int = 0) {
            self.laterLineCount = laterLineCount
            self.unreadableLineCount = unreadableLineCount
        }
    }

    private let file: OpenFile
    public let omission: Omission

    fileprivate init(file: consuming OpenFile, omission: Omission) {
        self.file = file
        self.omission = omission
    }

    /// Adds a line, in one write; where the disk has no room for all of it, nothing of it stays.
    /// - Precondition: `line` is an object with an integer `step`.
    public mutating func append(_ line: JSONValue) throws(CheckpointError) {
        precondition(line["step"]?.integerValue != nil, "a line of metrics has an integer step: \(line.serialized())")
        let text = line.serialized() + "\n"
        try mappingErrors(try file.append(text.utf8Span.span.bytes))
    }

    /// Returns when all lines are on disk.
    public mutating func synchronize() throws(CheckpointError) {
        try mappingErrors(try file.synchronize())
    }
}

extension LockedRun {
    /// Opens the metrics to go on from `step`: lines of later steps, and lines that can't be read, are left out first, and counted.
    /// Kept lines keep their bytes. The log is rewritten beside the old one and put in its place, so that a crash loses no line of it.
    public func openMetrics(goingOnFrom step: Int) throws(CheckpointError) -> MetricsLog {
        let path = directory.metricsPath
        let omission = try aloneWithFiles { () throws(FileError) in
            guard fileSystem.exists(path) else {
                _ = try OpenFile(creating: path, in: fileSystem)
                try fileSystem.synchronizeDirectory(directory.path)
                return MetricsLog.Omission()
            }
            if let omission = try cutLargeMetrics(path, through: step) { return omission }
            let omission = try self.omission(from: path, through: step)
            guard omission != MetricsLog.Omission() else { return omission }
            try replaceFile(named: "metrics.jsonl") { (file) throws(FileError) in try copyLines(of: path, through: step, to: file) }
            return omission
        }
        let file = try mappingErrors(try OpenFile(opening: path, flags: O_WRONLY | O_APPEND | O_NOFOLLOW, in: fileSystem))
        return MetricsLog(file: file, omission: omission)
    }

    /// Returns when the contents of the run's logs are on disk, whichever process wrote them.
    func synchronizeLogs() throws(CheckpointError) {
        try mappingErrors { () throws(FileError) in
            for path in [directory.metricsPath] + (try eventPaths()) where fileSystem.exists(path) {
                try OpenFile(opening: path, flags: O_WRONLY | O_NOFOLLOW, in: fileSystem).synchronize()
            }
        }
    }

    /// The part of the log at `path` that isn't a whole line up to `step`.
    private func omission(from path: String, through step: Int) throws(FileError) -> MetricsLog.Omission {
        var lines = try MetricsLines(path, in: fileSystem)
        var omission = MetricsLog.Omission()
        while let line = try lines.next() {
            switch line {
            case .unreadable: omission.unreadableLineCount += 1
            case .ofStep(let lineStep, _, _): omission.laterLineCount += lineStep > step ? 1 : 0
            }
        }
        return omission
    }

    /// Writes the whole lines up to `step` of the log at `path`, some at a time.
    private func copyLines(of path: String, through step: Int, to file: borrowing OpenFile) throws(FileError) {
        var lines = try MetricsLines(path, in: fileSystem)
        var kept: [UInt8] = []
        while let line = try lines.next() {
            guard case .ofStep(let lineStep, let bytes, _) = line, lineStep <= step else { continue }
            kept += bytes
            if kept.count >= 1 << 20 {
                try file.write(kept.span.bytes)
                kept.removeAll(keepingCapacity: true)
            }
        }
        try file.write(kept.span.bytes)
    }
}
