/// Finds where sequences end in bytes that come piece by piece.
struct SequenceEnds {
    enum Rule {
        /// At a line's end.
        case line
        /// At a line's end outside quotes: a record of a table.
        case record
        /// At a blank line's end.
        case blankLine
    }

    let rule: Rule
    /// Beginnings of lines that belong to no sequence.
    private let ignored: [[UInt8]]
    /// Ends of the first sequences, at most three, until bytes are dropped.
    private(set) var firstEnds: [Int] = []
    /// The last end; 0 for none. Blank lines alone have none.
    private(set) var last = 0
    private var place = 0
    private var lineStart = 0
    private var isQuoted = false
    private var isBlankLine = true
    /// Whether a line of a sequence was found since the last end.
    private var hasLine = false

    init(_ rule: Rule, ignoring ignored: [String] = []) { (self.rule, self.ignored) = (rule, ignored.map { Array($0.utf8) }) }

    /// Reads the bytes that are new since the last call, in time linear in their number.
    mutating func find(in bytes: [UInt8]) {
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == 0x0A {
                endLine(of: bytes)
            } else if byte == 0x22 {
                isQuoted.toggle()
                isBlankLine = false
            } else if byte != 0x20, byte != 0x09, byte != 0x0D {
                isBlankLine = false
            }
        }
    }

    private mutating func endLine(of bytes: [UInt8]) {
        if isSequence(bytes) { hasLine = true }
        let isEnd = rule == .line || rule == .record && !isQuoted || rule == .blankLine && isBlankLine
        if isEnd, hasLine {
            last = place
            if firstEnds.count < 3 { firstEnds.append(place) }
            hasLine = false
        }
        (isBlankLine, lineStart) = (true, place)
    }

    /// Whether the present line belongs to a sequence.
    private func isSequence(_ bytes: [UInt8]) -> Bool { !isBlankLine && !ignored.contains { bytes[lineStart...].starts(with: $0) } }

    /// Whether there is a sequence in the bytes, which are the file's last.
    func hasAny(in bytes: [UInt8]) -> Bool { last > 0 || hasLine || isSequence(bytes) }

    /// Forgets the first `count` bytes, which end with a sequence.
    mutating func drop(_ count: Int) { (place, lineStart, last, firstEnds) = (place - count, lineStart - count, 0, []) }
}

extension SequenceForm {
    /// What ends a sequence in the file at `path`, of this form; nil for forms that can't be divided before the whole file is read.
    func ends(path: String) -> SequenceEnds? {
        switch self {
        case .rows: SequenceEnds(.record)
        case .jsonLines, .sets, .strokes: SequenceEnds(.line)
        case .columns: SequenceEnds(.blankLine, ignoring: ["-DOCSTART-"] + (SequenceColumns.isUniversal(path) ? ["#"] : []))
        case .steps, .archive, .arrays, .audio: nil
        }
    }
}
