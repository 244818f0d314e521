/// A token of a tokenizer's file that stands for a text of its own, found before a text is cut into pieces.
struct AddedToken: Sendable, Equatable {
    let token: Int32
    let content: [UInt8]
    /// Whether it is found only where no other character of a word is beside it.
    let isSingleWord: Bool
    /// Whether it takes the blanks before it, and behind it.
    let stripsLeft: Bool
    let stripsRight: Bool
    /// Whether it is looked for after the text has been normalised.
    let isNormalized: Bool
    let isSpecial: Bool
    /// Whether it is a token of the byte pairs too.
    let isOfModel: Bool
}

/// Finds added tokens in a text: from left to right, of several at a place the longest.
struct AddedTokenFinder: Sendable, Equatable {
    enum Section {
        case token(Int32)
        /// What is between them, which isn't empty.
        case text(Range<Int>)
    }

    private let tokens: [[UInt8]: AddedToken]
    /// Lengths of the tokens that begin with a byte, in descending order. `[byte]`.
    private let lengths: [[Int]]

    /// - Precondition: the contents aren't empty. Of equal ones the first counts.
    init(_ tokens: [AddedToken], content: (AddedToken) -> [UInt8]) {
        self.tokens = Dictionary(tokens.map { (content($0), $0) }) { first, _ in first }
        var lengths = Array(repeating: Set<Int>(), count: 256)
        for content in self.tokens.keys { lengths[Int(content[0])].insert(content.count) }
        self.lengths = lengths.map { $0.sorted(by: >) }
    }

    /// Calls `visit` with the sections of a range of `text`, in order.
    func visitSections(of text: [UInt8], in range: Range<Int>, _ visit: (Section) -> Void) {
        guard !tokens.isEmpty else {
            if !range.isEmpty { visit(.text(range)) }
            return
        }
        var (place, sectionStart) = (range.lowerBound, range.lowerBound)
        while place < range.upperBound {
            guard let (token, end) = match(text, at: place, in: range) else {
                place += 1
                continue
            }
            let start = place
            place = end
            if token.isSingleWord, !stands(alone: start..<end, text, in: range) { continue }
            var (from, to) = (start, end)
            if token.stripsLeft {
                while from > sectionStart, case let (scalar, first) = text.scalar(before: from), scalar.properties.isWhitespace { from = first }
            }
            if token.stripsRight { to = text.runEnd(of: .space, from: end, to: range.upperBound) }
            if sectionStart < from { visit(.text(sectionStart..<from)) }
            visit(.token(token.token))
            sectionStart = to
        }
        if sectionStart < range.upperBound { visit(.text(sectionStart..<range.upperBound)) }
    }

    private func match(_ text: [UInt8], at place: Int, in range: Range<Int>) -> (AddedToken, end: Int)? {
        for length in lengths[Int(text[place])] where place + length <= range.upperBound {
            if let token = tokens[Array(text[place..<place + length])] { return (token, place + length) }
        }
        return nil
    }

    private func stands(alone found: Range<Int>, _ text: [UInt8], in range: Range<Int>) -> Bool {
        (found.lowerBound == range.lowerBound || !text.scalar(before: found.lowerBound).scalar.isOfWord)
            && (found.upperBound == range.upperBound || !text.scalar(at: found.upperBound).scalar.isOfWord)
    }
}
