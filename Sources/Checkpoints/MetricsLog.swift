import Glibc
import StrictJSON

/// `metrics.jsonl`: a JSON object a line, each with an integer `step`; lines are only ever added at its end.
public struct MetricsLog: ~Copyable, Sendable {
    /// What was left out when the log was opened to go on from a step.
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
        let byteCount = try file.byteCount()
        do {
            try file.write((line.serialized() + "\n").utf8Span.span.bytes)
        } catch {
            try? file.cut(toByteCount: byteCount)
            throw error
        }
    }

    /// Returns when all lines are on disk.
    public mutating func synchronize() throws(CheckpointError) {
        try file.synchronize()
    }
}

extension LockedRun {
    /// Opens the metrics to go on from `step`: lines of later steps, and lines that can't be read, are left out first, and counted.
    /// What stays keeps its bytes. The log is rewritten beside the old one and put in its place, so that a crash loses no line of it.
    public func openMetrics(goingOnFrom step: Int) throws(CheckpointError) -> MetricsLog {
        let path = directory.metricsPath
        let omission = try alone { () throws(CheckpointError) in
            guard exists(path) else {
                _ = try OpenFile(creating: path, in: fileSystem)
                try fileSystem.synchronizeDirectory(directory.path)
                return MetricsLog.Omission()
            }
            let old = try OpenFile.reading(path)
            let (kept, omission) = try Self.lines(of: old.bytes(at: 0, byteCount: old.byteCount()), through: step)
            guard omission != MetricsLog.Omission() else { return omission }
            try replaceFile(named: "metrics.jsonl") { (file) throws(CheckpointError) in try file.write(kept.span.bytes) }
            return omission
        }
        return MetricsLog(file: try OpenFile(opening: path, flags: O_WRONLY | O_APPEND | O_NOFOLLOW, in: fileSystem), omission: omission)
    }

    /// The lines up to `step`, whole lines only.
    private static func lines(of bytes: [UInt8], through step: Int) -> (kept: [UInt8], omission: MetricsLog.Omission) {
        var kept: [UInt8] = []
        var omission = MetricsLog.Omission()
        var begin = 0
        while begin < bytes.count {
            let newline = bytes[begin...].firstIndex(of: UInt8(ascii: "\n"))
            let end = newline ?? bytes.count
            let line = try? JSONValue.parse(Array(bytes[begin..<end]))
            if let lineStep = line?["step"]?.integerValue, newline != nil {
                if lineStep <= step { kept += bytes[begin...end] } else { omission.laterLineCount += 1 }
            } else {
                omission.unreadableLineCount += 1
            }
            begin = end + 1
        }
        return (kept, omission)
    }
}
