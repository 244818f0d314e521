/// The characters with which tokenizers' files write bytes, GPT-2's: those of Latin-1 that can be seen stand for themselves, and U+0100 onwards for the other
/// bytes in their order.
enum ByteAlphabet {
    /// `[byte]`.
    static let characters: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0...UInt8.max).map { byte in
            if isShown(byte) { return Unicode.Scalar(byte) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "\u{FFFD}"
        }
    }()

    private static let bytes = Dictionary(uniqueKeysWithValues: zip(characters, UInt8.min...UInt8.max))

    private static func isShown(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE }

    /// Bytes as text.
    static func text(of bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(characters[Int(byte)]) }
        return String(text)
    }

    /// The bytes of a text; nil if it has another character.
    static func bytes(of text: Substring) -> [UInt8]? {
        var found: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = bytes[scalar] else { return nil }
            found.append(byte)
        }
        return found
    }
}
