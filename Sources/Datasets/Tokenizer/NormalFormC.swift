import Foundation

/// Unicode's normal form C, composed characters, as Hugging Face's tokenizers 0.23 make it: of Unicode 9, whose marks and composed characters are all that is
/// reordered and composed. Foundation's own is of a later version, and composes some characters beyond U+FFFF that have no composed form.
struct NormalFormC {
    private static let newestVersion = 9
    private static let shared = NormalFormC()

    private struct Pair: Hashable {
        let first: Unicode.Scalar
        let second: Unicode.Scalar
    }

    /// Of characters that aren't Hangul syllables.
    private var decompositions: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    private var compositions: [Pair: Unicode.Scalar] = [:]

    /// Cost: some 50 ms, once.
    private init() {
        for value in [0xC0..<0xAC00, 0xF900..<0xFB50, 0x1_1000..<0x1_2000, 0x1_D100..<0x1_D200, 0x2_F800..<0x2_FA20].joined() {
            guard let scalar = Unicode.Scalar(UInt32(value)), Self.isKnown(scalar) else { continue }
            let parts = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
            if parts != [scalar] { decompositions[scalar] = parts }
        }
        // A character that isn't its own normal form is never composed. The first part of one may be composed itself, of fewer parts.
        for (scalar, parts) in decompositions.sorted(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }) where parts.count > 1 {
            guard String(scalar).precomposedStringWithCanonicalMapping.unicodeScalars.elementsEqual([scalar]), let last = parts.last else { continue }
            let first = composed(Array(parts.dropLast()))
            if first.count == 1 { compositions[Pair(first: first[0], second: last)] = scalar }
        }
    }

    private static func isKnown(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.age.map { $0.major <= newestVersion } ?? false }

    /// Of valid UTF-8. An ASCII character never changes, and no character before one because of it; so only what follows one is composed, up to the next.
    static func composed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var composed: [UInt8] = []
        composed.reserveCapacity(text.count)
        var place = text.startIndex
        while let first = text[place...].firstIndex(where: { $0 >= 0x80 }) {
            let start = max(place, first - 1)
            let end = text[first...].firstIndex { $0 < 0x80 } ?? text.endIndex
            composed += text[place..<start]
            var characters = String.UnicodeScalarView()
            characters.append(contentsOf: shared.composed(shared.decomposed(String(decoding: text[start..<end], as: UTF8.self).unicodeScalars)))
            composed += String(characters).utf8
            place = end
        }
        return composed + text[place...]
    }

    // MARK: Decomposition

    /// The parts of all characters, marks in their canonical order.
    private func decomposed(_ scalars: String.UnicodeScalarView) -> [Unicode.Scalar] {
        var parts: [Unicode.Scalar] = []
        for scalar in scalars { parts += Hangul.parts(of: scalar) ?? decompositions[scalar] ?? [scalar] }
        var place = 0
        while place < parts.count {
            guard Self.order(parts[place]) > 0 else {
                place += 1
                continue
            }
            let end = parts[place...].firstIndex { Self.order($0) == 0 } ?? parts.count
            // Marks of equal order stay as they are.
            let sorted = parts[place..<end].enumerated().sorted { (Self.order($0.element), $0.offset) < (Self.order($1.element), $1.offset) }
            parts.replaceSubrange(place..<end, with: sorted.map(\.element))
            place = end
        }
        return parts
    }

    /// The canonical combining class: 0 of a character that no mark goes around.
    private static func order(_ scalar: Unicode.Scalar) -> UInt8 {
        let order = scalar.properties.canonicalCombiningClass.rawValue
        return order > 0 && isKnown(scalar) ? order : 0
    }

    // MARK: Composition

    /// Composes each character with the marks behind it, unless another is between.
    private func composed(_ parts: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var composed: [Unicode.Scalar] = []
        var (starter, lastOrder): (Int?, UInt8) = (nil, 0)
        for part in parts {
            let order = Self.order(part)
            if let place = starter, place == composed.count - 1 || lastOrder < order, let whole = whole(composed[place], part) {
                composed[place] = whole
                continue
            }
            if order == 0 { starter = composed.count }
            lastOrder = order
            composed.append(part)
        }
        return composed
    }

    private func whole(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        Hangul.whole(first, second) ?? compositions[Pair(first: first, second: second)]
    }
}

/// Syllables of Hangul, which are composed by their numbers.
private enum Hangul {
    private static let (syllable, lead, vowel, tail): (UInt32, UInt32, UInt32, UInt32) = (0xAC00, 0x1100, 0x1161, 0x11A7)
    private static let (leadCount, vowelCount, tailCount): (UInt32, UInt32, UInt32) = (19, 21, 28)
    private static let syllables = syllable..<syllable + leadCount * vowelCount * tailCount

    static func parts(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard syllables.contains(scalar.value) else { return nil }
        let number = scalar.value - syllable
        let values = [lead + number / (vowelCount * tailCount), vowel + number / tailCount % vowelCount, tail + number % tailCount]
        return values.filter { $0 != tail }.compactMap(Unicode.Scalar.init)
    }

    static func whole(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        let (one, two) = (first.value, second.value)
        if (lead..<lead + leadCount).contains(one), (vowel..<vowel + vowelCount).contains(two) {
            return Unicode.Scalar(syllable + ((one - lead) * vowelCount + two - vowel) * tailCount)
        }
        if syllables.contains(one), (one - syllable) % tailCount == 0, (tail + 1..<tail + tailCount).contains(two) { return Unicode.Scalar(one + two - tail) }
        return nil
    }
}
