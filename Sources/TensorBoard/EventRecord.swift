import ProtocolBuffers

/// A record of an event file, TensorFlow's TFRecord:
///
/// ```
/// 8 bytes   length of the event        4 bytes   masked CRC-32C of these
/// length    the event, a Protocol Buffers message
/// 4 bytes   masked CRC-32C of it       numbers are little-endian
/// ```
public enum EventRecord {
    /// Number of bytes before the event and after it.
    static let (headByteCount, tailByteCount) = (12, 4)
    /// Maximum size of an event when reading; a run's events are far smaller.
    static let largestByteCount = 64 << 20

    /// The record of an event.
    static func framed(_ event: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(event.count + headByteCount + tailByteCount)
        bytes.append(littleEndian: UInt64(event.count))
        bytes.append(littleEndian: CRC32C.masked(bytes))
        bytes += event
        bytes.append(littleEndian: CRC32C.masked(event))
        return bytes
    }

    /// The complete records of a file up to step `step`, and whether the file contains nothing else. Stops at a record that a crash truncated.
    public static func kept(of file: [UInt8], through step: Int) -> (records: [ArraySlice<UInt8>], isAll: Bool) {
        var records: [ArraySlice<UInt8>] = []
        var isAll = true
        var place = 0
        while let record = whole(of: file[place...]) {
            place = record.endIndex
            let event = record.dropFirst(headByteCount).dropLast(tailByteCount)
            if TensorBoardEvent.step(of: event) <= step { records.append(record) } else { isAll = false }
        }
        return (records, isAll && place == file.count)
    }

    /// Whether the record is one of ``TensorBoardEvent/beginning(wallTime:)``: it has no summary.
    public static func isBeginning(_ record: ArraySlice<UInt8>) -> Bool {
        let event = record.dropFirst(headByteCount).dropLast(tailByteCount)
        return !TensorBoardEvent.hasSummary(event)
    }

    /// The record at the start of `bytes`, if it is complete.
    private static func whole(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= headByteCount + tailByteCount else { return nil }
        let length = number(bytes.prefix(8))
        guard length <= UInt64(largestByteCount), bytes.count - headByteCount - tailByteCount >= Int(length) else { return nil }
        let record = bytes.prefix(headByteCount + Int(length) + tailByteCount)
        let event = record.dropFirst(headByteCount).dropLast(tailByteCount)
        guard number(record.dropFirst(8).prefix(4)) == UInt64(CRC32C.masked(record.prefix(8))),
            number(record.suffix(4)) == UInt64(CRC32C.masked(event))
        else { return nil }
        return record
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
