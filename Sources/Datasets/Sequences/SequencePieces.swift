import Audio
import Files

/// A file of sequences, or standard input, in pieces of whole sequences: so a file larger than memory can be read, and a pipe as its lines come.
///
/// Tables with a sequence a row, JSON Lines, CoNLL's columns and lines of sets are divided; other files are a single piece, and so is a text in UTF-16.
public final class SequencePieces {
    /// Bytes of a piece of a plain file, at least.
    public static let usualByteCount = 8 << 20

    private let name: String
    private let isStandardInput: Bool
    private let options: SequenceOptions
    private let byteCount: Int
    private var source: ArrivingBytes?
    private var hasEnded = false
    /// Bytes that belong to no piece yet, and where sequences end among them; nil for a file that isn't divided.
    private var rest: [UInt8] = []
    private var ends: SequenceEnds?
    /// What the next piece begins with; nil before the first.
    private var lead: TableFile.Lead?

    /// - Parameters:
    ///   - path: nil for standard input, which has the form of the run's files.
    ///   - options: the run's.
    ///   - byteCount: of a piece of a plain file, at least.
    public init(path: String?, options: SequenceOptions, byteCount: Int = usualByteCount) {
        (name, isStandardInput, self.options, self.byteCount) = (path ?? standardInputName, path == nil, options, byteCount)
        ends = (path ?? options.files.first).flatMap { SequenceForm(path: $0, options).ends(path: $0) }
    }

    /// Whether it is read in pieces, so that the memory taken doesn't grow with the file.
    public var areDivided: Bool { ends != nil }

    /// The next piece; nil after the last. Of a pipe it is what has come: at least one sequence.
    /// - Throws: ``DatasetError`` if the file can't be read, is empty, or has a sequence larger than half of the memory.
    public func next() throws(DatasetError) -> TableFile? {
        while !hasEnded || !rest.isEmpty {
            guard ends != nil else { return try undivided() }
            if let piece = try takePiece() { return piece }
            if !hasEnded { try readMore() }
            // UTF-16 is one piece, and so is a recording.
            if lead == nil, UTF16Text.isMarked(rest) || options.audio != nil && rest.areAudio { ends = nil }
        }
        return nil
    }

    // MARK: Reading

    private func readMore() throws(DatasetError) {
        do throws(FileError) {
            let source = if let source { source } else { try ArrivingBytes(isStandardInput ? nil : name) }
            self.source = source
            let bytes = try source.next(atMost: min(byteCount, 1 << 20))
            hasEnded = bytes.isEmpty
            rest += bytes
        } catch {
            throw DatasetError(error, path: name)
        }
        ends?.find(in: rest)
        if hasEnded, lead == nil, rest.isEmpty { throw .emptyFile(path: name) }
        if source?.kind == .device, rest.count > largestDeviceByteCount { throw .endlessDevice(path: name, limit: largestDeviceByteCount) }
        if rest.count > halfOfMemory { throw .fileTooLarge(path: name, limit: halfOfMemory) }
    }

    private func undivided() throws(DatasetError) -> TableFile {
        guard source != nil else {
            hasEnded = true
            return isStandardInput ? try .standardInput() : try TableFile(path: name)
        }
        while !hasEnded { try readMore() }
        defer { rest = [] }
        return try TableFile(rest, name: name, isUnnamed: isStandardInput, lead: nil)
    }

    // MARK: Dividing

    /// The sequences that were read whole; nil if there is none yet.
    private func takePiece() throws(DatasetError) -> TableFile? {
        guard let ends, hasEnded || rest.count >= byteCount || source?.kind != .plainFile, !rest.isEmpty else { return nil }
        if hasEnded, lead != nil, !ends.hasAny(in: rest) {
            rest = []
            return nil
        }
        // A table's first piece has its header, too.
        guard hasEnded || ends.last > 0 && (lead != nil || ends.rule != .record || ends.firstEnds.count > headCount(rest)) else { return nil }
        let count = hasEnded ? rest.count : ends.last
        let bytes = Array(rest[..<count])
        rest.removeFirst(count)
        self.ends?.drop(count)
        let lineCount = bytes.count { $0 == 0x0A }
        let piece = try TableFile(bytes, name: name, isUnnamed: isStandardInput, lead: lead)
        let known = if let lead { lead } else { try firstLead(of: bytes, ends) }
        lead = known.followed(byLines: lineCount)
        return piece
    }

    /// What the first piece says of those that follow.
    private func firstLead(of bytes: [UInt8], _ ends: SequenceEnds) throws(DatasetError) -> TableFile.Lead {
        guard ends.rule == .record else { return TableFile.Lead() }
        let format = try TableFormat(bytes, path: name, reading: options.reading)
        let count = headCount(bytes)
        let headEnd = count == 0 ? 0 : count <= ends.firstEnds.count ? ends.firstEnds[count - 1] : bytes.count
        return TableFile.Lead(format: format, head: Array(bytes[..<headEnd]))
    }

    /// Records of a table before its first row: a line that names the delimiter, and the header.
    private func headCount(_ bytes: [UInt8]) -> Int { (TableFormat.separatorLine(bytes) == nil ? 0 : 1) + (options.reading.header == .no ? 0 : 1) }
}
