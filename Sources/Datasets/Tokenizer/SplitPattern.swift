/// A regular expression whose matches are the pieces of a text within which pairs are merged. Those of the usual tokenizers are known, and matched by hand.
enum SplitPattern: Sendable, CaseIterable {
    /// Of GPT-2 and RoBERTa.
    case gpt2
    /// Of Llama 3, and of GPT-4.
    case llama3
    /// Of Qwen2, with each digit alone.
    case qwen2

    var expression: String {
        switch self {
        case .gpt2: #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        case .llama3: Self.later(numbers: #"\p{N}{1,3}"#)
        case .qwen2: Self.later(numbers: #"\p{N}"#)
        }
    }

    private static func later(numbers: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// The end of the match at `start`, in a text that ends at `end`. Every character is in a match.
    func matchEnd(_ text: [UInt8], from start: Int, to end: Int) -> Int {
        if let found = contractionEnd(text, from: start, to: end) { return found }
        return self == .gpt2 ? firstMatchEnd(text, from: start, to: end) : laterMatchEnd(text, from: start, to: end)
    }

    private func firstMatchEnd(_ text: [UInt8], from start: Int, to end: Int) -> Int {
        // A blank belongs to what follows it, unless that is blank.
        let first = text[start] == 0x20 && start + 1 < end ? start + 1 : start
        let found = CharacterClass(text.scalar(at: first).scalar)
        return found == .space ? spaceEnd(text, from: start, to: end) : text.runEnd(of: found, from: first, to: end)
    }

    private func laterMatchEnd(_ text: [UInt8], from start: Int, to end: Int) -> Int {
        let (scalar, next) = text.scalar(at: start)
        let found = CharacterClass(scalar)
        if found == .number { return numberEnd(text, from: next, to: end) }
        if found == .letter || !Self.isLineEnd(text[start]) && next < end && CharacterClass(text.scalar(at: next).scalar) == .letter {
            return text.runEnd(of: .letter, from: next, to: end)
        }
        let first = text[start] == 0x20 && next < end ? next : start
        guard CharacterClass(text.scalar(at: first).scalar) == .other else {
            return lineEnd(text, from: start, to: end) ?? spaceEnd(text, from: start, to: end)
        }
        var place = text.runEnd(of: .other, from: first, to: end)
        while place < end, Self.isLineEnd(text[place]) { place += 1 }
        return place
    }

    private func numberEnd(_ text: [UInt8], from start: Int, to end: Int) -> Int {
        var place = start
        for _ in 1..<(self == .llama3 ? 3 : 1) where place < end {
            let (scalar, next) = text.scalar(at: place)
            guard CharacterClass(scalar) == .number else { break }
            place = next
        }
        return place
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// The end of the last line end among the blanks at `start`; nil if there is none. `\s*[\r\n]+`.
    private func lineEnd(_ text: [UInt8], from start: Int, to end: Int) -> Int? {
        let blanksEnd = text.runEnd(of: .space, from: start, to: end)
        return text[start..<blanksEnd].lastIndex(where: Self.isLineEnd).map { $0 + 1 }
    }

    /// `\s+(?!\S)|\s+`: blanks without the last one, unless the text ends behind them or there is only one.
    private func spaceEnd(_ text: [UInt8], from start: Int, to end: Int) -> Int {
        let blanksEnd = text.runEnd(of: .space, from: start, to: end)
        guard blanksEnd < end else { return blanksEnd }
        let last = text.scalar(before: blanksEnd).start
        return last > start ? last : blanksEnd
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d`; in the later patterns also of capitals, and of ſ, which is a small s.
    private func contractionEnd(_ text: [UInt8], from start: Int, to end: Int) -> Int? {
        guard text[start] == 0x27, start + 1 < end else { return nil }
        let ignoresCase = self != .gpt2
        func letter(_ place: Int) -> UInt8 {
            guard place < end else { return 0 }
            let byte = text[place]
            return ignoresCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
        if ignoresCase, start + 2 < end, text[start + 1] == 0xC5, text[start + 2] == 0xBF { return start + 3 }
        switch (letter(start + 1), letter(start + 2)) {
        case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _), (UInt8(ascii: "d"), _): return start + 2
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")), (UInt8(ascii: "l"), UInt8(ascii: "l")): return start + 3
        default: return nil
        }
    }
}
