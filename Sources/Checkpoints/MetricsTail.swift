package import Files
import Glibc

/// The lines of a metrics log from its end towards its beginning: what is looked at is what is read.
struct MetricsTail: ~Copyable {
    private static let pieceByteCount = 1 << 20

    private let file: OpenFile
    /// The part of the file before the returned lines.
    private(set) var byteCount: Int
    /// The file's bytes from `pieceStart` on.
    private var piece: [UInt8] = []
    private var pieceStart: Int

    init(_ file: consuming OpenFile) throws(FileError) {
        byteCount = try file.byteCount()
        pieceStart = byteCount
        self.file = file
    }

    /// The last line in front of those that were returned; nil at the beginning of the file.
    mutating func next() throws(FileError) -> MetricsLines.Line? {
        guard byteCount > 0 else { return nil }
        let end = byteCount
        var isTooLong = false
        // The line's own line feed doesn't begin it.
        var searched = end - 1
        while true {
            if let newline = Self.lastLineFeed(in: piece, before: searched - pieceStart) {
                byteCount = pieceStart + newline + 1
                break
            }
            guard pieceStart > 0 else {
                byteCount = 0
                break
            }
            searched = min(searched, pieceStart)
            isTooLong = isTooLong || end - pieceStart > MetricsLines.largestLineByteCount
            try readPiece(before: end, dropping: isTooLong)
        }
        guard !isTooLong, end - byteCount <= MetricsLines.largestLineByteCount else { return .unreadable }
        let line = Array(piece[byteCount - pieceStart..<end - pieceStart])
        return line.last == UInt8(ascii: "\n") ? MetricsLines.evaluated(line) : .unreadable
    }

    /// The place of the last line feed in front of `end`. Eight bytes at a time: a crash can leave gigabytes of zeros.
    private static func lastLineFeed(in bytes: [UInt8], before end: Int) -> Int? {
        bytes.withUnsafeBytes { all in
            var place = min(max(0, end), all.count)
            while place >= 8 {
                let word = all.loadUnaligned(fromByteOffset: place - 8, as: UInt64.self) ^ 0x0A0A_0A0A_0A0A_0A0A
                // Above 0 where a byte of it is 0.
                if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { break }
                place -= 8
            }
            while place > 0 {
                place -= 1
                if all[place] == UInt8(ascii: "\n") { return place }
            }
            return nil
        }
    }

    /// Takes in the piece before; what is `dropping` isn't kept, but for its place.
    private mutating func readPiece(before end: Int, dropping: Bool) throws(FileError) {
        let start = max(0, pieceStart - Self.pieceByteCount)
        let earlier = try file.bytes(at: start, byteCount: pieceStart - start)
        piece = dropping ? earlier : earlier + piece.prefix(end - pieceStart)
        pieceStart = start
    }

    /// Removes what lies behind the first `byteCount` bytes.
    func cut(toByteCount byteCount: Int) throws(FileError) {
        try file.cut(toByteCount: byteCount)
        try file.synchronize()
    }
}

extension LockedRun {
    /// Largest file that is read whole, so that a resume takes a few seconds.
    package static let largestWholeMetricsByteCount = 32 << 20

    /// Of a log at `path` that is too large to be read whole: cuts off what lies behind its last whole line up to `step`. All in front of it was
    /// looked through when the log was smaller.
    /// - Parameter largestByteCount: of a log that is left as it is.
    /// - Returns: what was left out; nil for a smaller log.
    package func cutLargeMetrics(_ path: String, through step: Int, largestByteCount: Int = largestWholeMetricsByteCount) throws(FileError) -> MetricsLog.Omission? {
        var tail = try MetricsTail(try OpenFile(opening: path, flags: O_RDWR | O_NOFOLLOW, in: fileSystem))
        guard tail.byteCount > largestByteCount, step >= 0 else { return nil }
        var omission = MetricsLog.Omission()
        while let line = try tail.next() {
            switch line {
            case .unreadable: omission.unreadableLineCount += 1
            case .ofStep(let lineStep, let bytes, _):
                guard lineStep > step else {
                    // It stays, and so does all in front of it.
                    if omission != MetricsLog.Omission() { try tail.cut(toByteCount: tail.byteCount + bytes.count) }
                    return omission
                }
                omission.laterLineCount += 1
            }
        }
        try tail.cut(toByteCount: 0)
        return omission
    }
}
