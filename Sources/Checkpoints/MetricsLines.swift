import Files
public import StrictJSON

/// The lines of a metrics log, one after the other, read in pieces: a log of any size takes the memory of a piece and a line.
struct MetricsLines: ~Copyable {
    enum Line {
        /// A whole line with its line feed: an object with this step.
        case ofStep(Int, bytes: [UInt8], object: JSONValue)
        /// No object with a step, or cut off, or longer than any that a run writes.
        case unreadable
    }

    private static let pieceByteCount = 1 << 20
    static let largestLineByteCount = 1 << 20

    private let file: OpenFile
    private let fileByteCount: Int
    private var piece: [UInt8] = []
    /// End of the piece in the file, and the part of it that is read.
    private var pieceEnd = 0
    private var place = 0

    init(_ path: String, in fileSystem: FileSystem) throws(FileError) {
        let file = try OpenFile.reading(path, in: fileSystem)
        fileByteCount = try file.byteCount()
        self.file = file
    }

    /// The next line; nil at the end of the file.
    mutating func next() throws(FileError) -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            if place == piece.count {
                guard pieceEnd < fileByteCount else { return line.isEmpty && !isTooLong ? nil : .unreadable }
                try readPiece()
            }
            let rest = piece[place...]
            let newline = rest.firstIndex(of: UInt8(ascii: "\n"))
            let part = rest[..<(newline.map { $0 + 1 } ?? rest.endIndex)]
            isTooLong = isTooLong || part.count > Self.largestLineByteCount - line.count
            // Lines that are too long are skipped.
            line = isTooLong ? [] : line + part
            place = part.endIndex
            if newline != nil { return isTooLong ? .unreadable : Self.evaluated(line) }
        }
    }

    private mutating func readPiece() throws(FileError) {
        piece = try file.bytes(at: pieceEnd, byteCount: min(Self.pieceByteCount, fileByteCount - pieceEnd))
        pieceEnd += piece.count
        place = 0
    }

    static func evaluated(_ line: [UInt8]) -> Line {
        guard let object = try? JSONValue.parse(Array(line.dropLast())), let step = object["step"]?.integerValue else { return .unreadable }
        return .ofStep(step, bytes: line, object: object)
    }
}

extension RunDirectory {
    /// Tells `body` each line of the metrics, an object with an integer `step`, in order; nothing where the run has none yet.
    /// A run that is being trained may go on meanwhile. Cost: one pass, in the memory of a line.
    /// - Returns: how many lines can't be read: the last of a run that was cut off, say.
    public func visitMetrics(_ body: (_ step: Int, _ line: JSONValue) -> Void) throws(CheckpointError) -> Int {
        guard fileSystem.exists(metricsPath) else { return 0 }
        return try mappingErrors { () throws(FileError) in
            var lines = try MetricsLines(metricsPath, in: fileSystem)
            var unreadableCount = 0
            while let line = try lines.next() {
                switch line {
                case .unreadable: unreadableCount += 1
                case .ofStep(let step, _, let object): body(step, object)
                }
            }
            return unreadableCount
        }
    }
}
