/// What the patterns of tokenizers tell apart: `\p{L}`, `\p{N}`, `\s`, and the rest.
enum CharacterClass {
    case letter, number, space, other

    /// Of Unicode 16, whose classes tokenizers 0.23 has: characters that came later are others there, so that tokens don't depend on the version of Unicode
    /// that this program is built with.
    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            switch scalar {
            case "a"..."z", "A"..."Z": self = .letter
            case "0"..."9": self = .number
            default: self = scalar.value == 0x20 || (0x09...0x0D).contains(scalar.value) ? .space : .other
            }
            return
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = scalar.isKnown ? .letter : .other
        case .decimalNumber, .letterNumber, .otherNumber: self = scalar.isKnown ? .number : .other
        default: self = properties.isWhitespace ? .space : .other
        }
    }
}

extension Unicode.Scalar {
    private static let newestVersion = 16

    /// Whether it came with Unicode 16 or before.
    fileprivate var isKnown: Bool { properties.age.map { $0.major <= Self.newestVersion } ?? false }

    /// Whether it is part of a word, `\w`: letters, marks, digits, connecting punctuation and joiners.
    var isOfWord: Bool {
        guard !isASCII else { return CharacterClass(self) == .letter || CharacterClass(self) == .number || self == "_" }
        if properties.isAlphabetic || properties.isJoinControl { return isKnown }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return isKnown
        default: return false
        }
    }
}

/// The scalars of valid UTF-8.
extension [UInt8] {
    /// The scalar at `place`, and where the next one begins.
    func scalar(at place: Int) -> (scalar: Unicode.Scalar, next: Int) {
        let lead = self[place]
        guard lead >= 0x80 else { return (Unicode.Scalar(lead), place + 1) }
        let byteCount = (~lead).leadingZeroBitCount
        var value = UInt32(lead & (0x7F >> UInt8(byteCount)))
        for byte in self[place + 1..<place + byteCount] { value = value << 6 | UInt32(byte & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", place + byteCount)
    }

    /// The scalar that ends at `place`, and where it begins.
    func scalar(before place: Int) -> (scalar: Unicode.Scalar, start: Int) {
        var start = place - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return (scalar(at: start).scalar, start)
    }

    /// The end of the run of scalars at `place` whose class is `wanted`.
    func runEnd(of wanted: CharacterClass, from place: Int, to end: Int) -> Int {
        var place = place
        while place < end {
            let (scalar, next) = scalar(at: place)
            guard CharacterClass(scalar) == wanted else { return place }
            place = next
        }
        return place
    }
}
