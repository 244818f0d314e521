/// How a tokenizer's file has a text cut into pieces: added tokens are taken out, the rest is normalised, and the pattern's matches are the pieces.
struct TokenizerRules: Sendable, Equatable {
    /// What a text is made of.
    enum Part {
        case token(Int32)
        /// Within which pairs are merged.
        case piece([UInt8])
    }

    let pattern: SplitPattern
    /// Whether the pattern is an element of its own in the file.
    let hasOwnSplit: Bool
    /// Whether each text between added tokens gets a blank before it if it has none.
    let addsPrefixSpace: Bool
    /// Whether a piece that is a token is that token, whatever the merges are.
    let ignoresMerges: Bool
    /// Whether a text is composed (Unicode's normal form C).
    let composes: Bool
    /// In the order of their numbers.
    let added: [AddedToken]
    private let rawFinder: AddedTokenFinder
    private let normalizedFinder: AddedTokenFinder
    private let onlyAdded: Set<Int32>

    init(pattern: SplitPattern, hasOwnSplit: Bool, addsPrefixSpace: Bool, ignoresMerges: Bool, composes: Bool, added: [AddedToken]) {
        (self.pattern, self.hasOwnSplit, self.addsPrefixSpace, self.ignoresMerges) = (pattern, hasOwnSplit, addsPrefixSpace, ignoresMerges)
        (self.composes, self.added) = (composes, added)
        rawFinder = AddedTokenFinder(added.filter { !$0.isNormalized }) { $0.content }
        normalizedFinder = AddedTokenFinder(added.filter(\.isNormalized)) { composes ? NormalFormC.composed($0.content[...]) : $0.content }
        onlyAdded = Set(added.filter { !$0.isOfModel }.map(\.token))
    }

    /// Whether a token isn't one of the byte pairs.
    func isOnlyAdded(_ token: Int32) -> Bool { onlyAdded.contains(token) }

    /// Calls `visit` with the parts of a range of valid UTF-8, in order.
    /// - Parameter begins: whether this is a text's start. A continuation gets no blank before it.
    func visitParts(of text: [UInt8], in range: Range<Int>, begins: Bool, _ visit: (Part) -> Void) {
        rawFinder.visitSections(of: text, in: range) { section in
            switch section {
            case .token(let token): visit(.token(token))
            case .text(let section):
                let (text, place) = composes ? Self.whole(NormalFormC.composed(text[section])) : (text, section)
                normalizedFinder.visitSections(of: text, in: place) { part in
                    switch part {
                    case .token(let token): visit(.token(token))
                    case .text(let own):
                        let isFirst = section.lowerBound == range.lowerBound && own.lowerBound == place.lowerBound
                        visitPieces(of: text, in: own, prefixed: addsPrefixSpace && (begins || !isFirst), visit)
                    }
                }
            }
        }
    }

    private static func whole(_ text: [UInt8]) -> ([UInt8], Range<Int>) { (text, 0..<text.count) }

    private func visitPieces(of text: [UInt8], in range: Range<Int>, prefixed: Bool, _ visit: (Part) -> Void) {
        var (text, place, end) = (text, range.lowerBound, range.upperBound)
        if prefixed, text[place] != 0x20 {
            text = [0x20] + text[range]
            (place, end) = (0, text.count)
        }
        while place < end {
            let next = pattern.matchEnd(text, from: place, to: end)
            visit(.piece(Array(text[place..<next])))
            place = next
        }
    }

    // MARK: Cutting

    /// Whether a text can be cut at ``cut(_:from:)``: not within an added token, nor between one and the blanks that it takes.
    var isDivisible: Bool { added.allSatisfy { !$0.stripsRight && !$0.content.contains(where: TextReading.isBlank) } }

    /// The last place in `bytes` where a text can be cut into two that are read as it is: before a blank behind a letter or a number, since a piece ends there
    /// whatever comes. 0 if there is none.
    func cut(_ bytes: [UInt8]) -> Int {
        for place in bytes.indices.dropFirst().reversed() where bytes[place] == 0x20 {
            // The text isn't known to be UTF-8 yet.
            let start = bytes[max(0, place - 4)..<place].lastIndex { $0 & 0xC0 != 0x80 } ?? place
            guard let before = String(validating: bytes[start..<place], as: UTF8.self)?.unicodeScalars.first else { continue }
            let found = CharacterClass(before)
            if found == .letter || found == .number { return place }
        }
        return 0
    }
}
