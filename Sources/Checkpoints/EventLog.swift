import Files
import Glibc
public import TensorBoard

/// The run's event file for TensorBoard: records that are only ever added at its end.
public struct EventLog: ~Copyable, Sendable {
    private let file: OpenFile

    fileprivate init(file: consuming OpenFile) { self.file = file }

    /// Adds an event, in one write; where the disk has no room for all of it, nothing of it stays.
    public mutating func append(_ event: TensorBoardEvent) throws(CheckpointError) {
        try mappingErrors(try file.append(event.record.span.bytes))
    }

    /// Returns when all events are on disk.
    public mutating func synchronize() throws(CheckpointError) { try mappingErrors(try file.synchronize()) }
}

extension LockedRun {
    /// As much as is read back: events of a long run with a histogram a minute stay well below.
    private static let largestEventsByteCount = 2 << 30

    /// Opens the event file to go on from `step`. Events of later steps, and what a crash cut off, are left out of a new file that takes the old one's
    /// place; it has a name of its own, so that a TensorBoard that looks on reads it anew.
    /// - Parameters:
    ///   - step: below 0 to begin anew.
    ///   - wallTime: seconds since 1970.
    public func openEvents(goingOnFrom step: Int, wallTime: Double) throws(CheckpointError) -> EventLog {
        let path = try aloneWithFiles { () throws(FileError) in
            let old = try eventPaths()
            if old.count == 1, let path = old.first, step >= 0, try self.records(of: path, through: step).isAll { return path }
            var records: [ArraySlice<UInt8>] = []
            // Of two, which a crash before the old one's removal leaves, the newer has all.
            if step >= 0, let newest = old.last { records = try self.records(of: newest, through: step).records }
            // A time of birth in the name, as TensorBoard's own writers have it; no two files of a run share one.
            // Later than that of the old one, whatever the clock says: TensorBoard reads on from name to name.
            var birth = max(Int(wallTime), 1 + (old.compactMap(Self.birth).max() ?? -1))
            while fileSystem.exists("\(directory.path)/\(RunDirectory.eventsPrefix)\(birth)") { birth += 1 }
            let name = RunDirectory.eventsPrefix + String(birth)
            try replaceFile(named: name) { (file) throws(FileError) in
                try file.write(TensorBoardEvent.beginning(wallTime: wallTime).span.bytes)
                for record in records where !EventRecord.isBeginning(record) { try file.write(record.span.bytes) }
            }
            for path in old { try fileSystem.removeFile(path) }
            if !old.isEmpty { try fileSystem.synchronizeDirectory(directory.path) }
            return directory.path + "/" + name
        }
        return EventLog(file: try mappingErrors(try OpenFile(opening: path, flags: O_WRONLY | O_APPEND | O_NOFOLLOW, in: fileSystem)))
    }

    /// The run's event files: one, or two where a crash came between the writing of the new one and the removal of the old.
    func eventPaths() throws(FileError) -> [String] {
        try fileSystem.names(in: directory.path).filter(Self.isEventsName).map { directory.path + "/" + $0 }
    }

    /// Whether it is a name that ``openEvents(goingOnFrom:wallTime:)`` gives: other tools' files are theirs.
    private static func isEventsName(_ name: String) -> Bool {
        let birth = name.dropFirst(RunDirectory.eventsPrefix.count)
        return name.hasPrefix(RunDirectory.eventsPrefix) && !birth.isEmpty && birth.allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static func birth(_ path: String) -> Int? { path.split(separator: ".").last.flatMap { Int($0) } }

    private func records(of path: String, through step: Int) throws(FileError) -> (records: [ArraySlice<UInt8>], isAll: Bool) {
        let file = try OpenFile.reading(path, in: fileSystem)
        let byteCount = try file.byteCount()
        // A file of that size isn't a run's.
        guard byteCount <= Self.largestEventsByteCount else { return ([], false) }
        return EventRecord.kept(of: try file.bytes(at: 0, byteCount: byteCount), through: step)
    }
}
