// Pieces of a text, within which byte pairs are merged.
extension TextReading {
    /// Longer pieces are cut, so that the cost of a piece is bounded in a text without blanks.
    static let largestPieceByteCount = 64

    /// Calls `visit` with each piece of `bytes` from `start` on, in order; together they are the text. They are those of GPT-2's pattern, except that letters are
    /// the ASCII ones and all characters beyond ASCII, so that they don't depend on a version of Unicode: one of 's 't 're 've 'm 'll 'd; a run of letters, of
    /// digits, or of other characters, each with the blank before it; or a run of blanks and line ends, whose last blank belongs to the next piece.
    /// As a regular expression over bytes:
    /// `'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z\x80-\xff]+| ?[0-9]+| ?[^\sA-Za-z0-9\x80-\xff]+|\s+(?!\S)|\s+`, and a match is cut every 64 bytes.
    /// - Parameters:
    ///   - end: pieces that begin here or later aren't visited; nil for all.
    ///   - file: its name in messages.
    /// - Throws: ``DatasetError/invalidUTF8(path:byteOffset:)``, before the first call.
    package func visitPieces(
        of bytes: [UInt8], from start: Int = 0, until end: Int? = nil, file: String, _ visit: ([UInt8]) -> Void
    ) throws(DatasetError) {
        let (text, range) = try converted(bytes, start..<(end ?? bytes.count), file: file)
        Self.visitPieces(of: text, in: range, visit)
    }

    /// The text in a range of `bytes`, with small letters and joined lines if the options say so, and its range in what is given back. `file` is its name in
    /// messages.
    func converted(_ bytes: [UInt8], _ range: Range<Int>, file: String) throws(DatasetError) -> (text: [UInt8], range: Range<Int>) {
        try checkUTF8(bytes, file: file)
        guard lowercase || joinLines else { return (bytes, range) }
        // Both conversions are of single characters, so the text may end anywhere between two.
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var place = range.lowerBound
        while place < range.upperBound {
            let (scalar, byteCount) = scalar(of: bytes, at: place)
            for small in converted(scalar) { text.append(contentsOf: Vocabulary.character(small).utf8) }
            place += byteCount
        }
        return (text, 0..<text.count)
    }

    private static func visitPieces(of text: [UInt8], in range: Range<Int>, _ visit: ([UInt8]) -> Void) {
        var place = range.lowerBound
        while place < range.upperBound {
            let runEnd = runEnd(text, from: place)
            while place < runEnd {
                let pieceEnd = min(runEnd, place + largestPieceByteCount)
                visit(Array(text[place..<pieceEnd]))
                place = pieceEnd
            }
        }
    }

    /// The end of the run that begins at `start`.
    private static func runEnd(_ text: [UInt8], from start: Int) -> Int {
        if let end = contractionEnd(text, from: start) { return end }
        guard isBlank(text[start]) else { return classEnd(text, from: start) }
        var end = start + 1
        while end < text.count, isBlank(text[end]) { end += 1 }
        if end == text.count { return end }
        if end - start > 1 { return end - 1 }
        return text[start] == 0x20 ? classEnd(text, from: end) : end
    }

    private static func contractionEnd(_ text: [UInt8], from start: Int) -> Int? {
        guard text[start] == 0x27, start + 1 < text.count else { return nil }
        switch text[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        default: break
        }
        guard start + 2 < text.count else { return nil }
        switch (text[start + 1], text[start + 2]) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")), (UInt8(ascii: "l"), UInt8(ascii: "l")): return start + 3
        default: return nil
        }
    }

    private enum ByteClass { case blank, letter, digit, other }

    private static func byteClass(_ byte: UInt8) -> ByteClass {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: .letter
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        default: isBlank(byte) ? .blank : .other
        }
    }

    private static func classEnd(_ text: [UInt8], from start: Int) -> Int {
        let found = byteClass(text[start])
        var end = start + 1
        while end < text.count, byteClass(text[end]) == found { end += 1 }
        return end
    }
}
