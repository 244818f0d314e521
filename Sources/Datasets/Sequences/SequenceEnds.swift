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
    /// Ends of the first sequences that aren't blank lines, at most three, until bytes are dropped.
    private(set) var firstEnds: [Int] = []
    /// The last end; 0 for none.
    private(set) var last = 0
    private var place = 0
    private var isQuoted = false
    private var isBlankLine = true

    init(_ rule: Rule) { self.rule = rule }

    /// Looks at the bytes that weren't there the last time. Time: that of their number.
    mutating func find(in bytes: [UInt8]) {
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == 0x0A {
                let isEnd = rule == .line || rule == .record && !isQuoted || rule == .blankLine && isBlankLine
                if isEnd {
                    last = place
                    if firstEnds.count < 3, !isBlankLine { firstEnds.append(place) }
                }
                isBlankLine = true
            } else if byte == 0x22 {
                isQuoted.toggle()
                isBlankLine = false
            } else if byte != 0x20, byte != 0x09, byte != 0x0D {
                isBlankLine = false
            }
        }
    }

    /// Forgets the first `count` bytes, which end with a sequence.
    mutating func drop(_ count: Int) { (place, last, firstEnds) = (place - count, 0, []) }
}

extension SequenceForm {
    /// What ends a sequence in a file of this form; nil for forms whose sequences can't be told apart without the whole file.
    var end: SequenceEnds.Rule? {
        switch self {
        case .rows: .record
        case .jsonLines, .sets, .strokes: .line
        case .columns: .blankLine
        case .steps, .archive, .arrays, .audio: nil
        }
    }
}
