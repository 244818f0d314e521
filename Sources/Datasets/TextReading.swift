/// Options for converting the bytes of a text to symbols.
public struct TextReading: Sendable, Equatable {
    public var unit: TextUnit
    /// Converts letters to lower case: by Unicode's mapping for characters and words, only A to Z for bytes.
    public var lowercase: Bool
    /// Reads a newline (U+000A) as a blank. A carriage return is unchanged.
    public var joinLines: Bool

    public init(unit: TextUnit = .character, lowercase: Bool = false, joinLines: Bool = false) {
        self.unit = unit
        self.lowercase = lowercase
        self.joinLines = joinLines
    }

    /// Length of a byte order mark at the start of `bytes`, which isn't a symbol in a text of characters; 0 if there is none.
    func byteCountOfMark(_ bytes: some Sequence<UInt8>) -> Int {
        unit != .byte && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Calls `visit` with each symbol of `bytes` from `start` on, in order. `file` is its name in messages.
    /// - Throws: ``DatasetError/invalidUTF8(path:byteOffset:)``, before the first call, if the unit is characters and `bytes` aren't UTF-8.
    @inline(__always)
    func visitSymbols(of bytes: [UInt8], from start: Int = 0, file: String, _ visit: (UInt32) -> Void) throws(DatasetError) {
        if unit == .character { try checkUTF8(bytes, file: file) }
        var place = start
        while place < bytes.count {
            let byte = UInt32(bytes[place])
            if unit == .byte || byte < 0x80 {
                visit(simple(byte))
                place += 1
            } else {
                let (scalar, byteCount) = longScalar(bytes, at: place)
                place += byteCount
                if lowercase {
                    for small in lowercased(scalar) { visit(small) }
                } else {
                    visit(scalar)
                }
            }
        }
    }

    /// Calls `visit` with each word of `bytes` from `start` on, in order: what stands between blanks, tabs and line ends, and ``Vocabulary/lineEnd`` for a
    /// line feed unless lines are joined. `file` is its name in messages.
    /// - Throws: ``DatasetError/invalidUTF8(path:byteOffset:)``, before the first call.
    func visitWords(of bytes: [UInt8], from start: Int = 0, file: String, _ visit: ([UInt8]) -> Void) throws(DatasetError) {
        try checkUTF8(bytes, file: file)
        let lineEnd = Array(Vocabulary.lineEnd.utf8)
        var wordStart = start
        for place in start...bytes.count {
            guard place == bytes.count || Self.isBlank(bytes[place]) else { continue }
            if wordStart < place { visit(lowercase ? smallWord(bytes[wordStart..<place]) : Array(bytes[wordStart..<place])) }
            if place < bytes.count, bytes[place] == 0x0A, !joinLines { visit(lineEnd) }
            wordStart = place + 1
        }
    }

    /// Whether a byte separates words: a blank, a tab, a line feed, a vertical tab, a form feed or a carriage return.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Whether `text` can be a word.
    static func isWord(_ text: String) -> Bool { !text.isEmpty && !text.utf8.contains(where: isBlank) }

    private func smallWord(_ word: ArraySlice<UInt8>) -> [UInt8] {
        var small = String.UnicodeScalarView()
        for scalar in String(decoding: word, as: UTF8.self).unicodeScalars { small.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars) }
        return Array(String(small).utf8)
    }

    func checkUTF8(_ bytes: [UInt8], file: String) throws(DatasetError) {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw .invalidUTF8(path: file, byteOffset: error.byteOffsets.lowerBound)
        }
    }

    /// The scalar of two to four bytes at `place` of valid UTF-8, and its length in bytes.
    private func longScalar(_ bytes: [UInt8], at place: Int) -> (scalar: UInt32, byteCount: Int) {
        let lead = bytes[place]
        let byteCount = (~lead).leadingZeroBitCount
        var scalar = UInt32(lead & (0x7F >> UInt8(byteCount)))
        for byte in bytes[place + 1..<place + byteCount] { scalar = scalar << 6 | UInt32(byte & 0x3F) }
        return (scalar, byteCount)
    }

    /// The scalar at `place` of valid UTF-8, and its length in bytes.
    func scalar(of bytes: [UInt8], at place: Int) -> (scalar: UInt32, byteCount: Int) {
        bytes[place] < 0x80 ? (UInt32(bytes[place]), 1) : longScalar(bytes, at: place)
    }

    /// The scalars that a scalar of a text of characters is read as, according to the options.
    func converted(_ scalar: UInt32) -> [UInt32] {
        if scalar < 0x80 { return [simple(scalar)] }
        return lowercase ? lowercased(scalar) : [scalar]
    }

    private func lowercased(_ scalar: UInt32) -> [UInt32] {
        Unicode.Scalar(scalar)?.properties.lowercaseMapping.unicodeScalars.map(\.value) ?? [scalar]
    }

    /// Lowercases and joins a byte or an ASCII character, according to the options.
    private func simple(_ symbol: UInt32) -> UInt32 {
        if joinLines && symbol == 0x0A { return 0x20 }
        return lowercase && symbol >= 0x41 && symbol <= 0x5A ? symbol | 0x20 : symbol
    }
}
