/// The dictionary in the header of a NumPy array, which is written as in Python: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
///
/// Only this much of Python is read: the three keys, each once and in any order; texts without escapes; True and False; a tuple of integers.
struct NumpyLiteral {
    /// The 'descr'.
    private(set) var typeCode = ""
    private(set) var isFortranOrder = false
    private(set) var shape: [Int] = []

    /// NumPy's own.
    static let largestDimensionCount = 64
    private static let keys = ["descr", "fortran_order", "shape"]

    private let text: [UInt8]
    private var place = 0

    init(_ text: [UInt8]) throws(NumpyFault) {
        self.text = text
        var missing = Self.keys
        try take("{")
        while !tryTake("}") {
            let key = try string()
            guard let index = missing.firstIndex(of: key) else {
                throw Self.keys.contains(key) ? .keyTwice(key: key) : .keyUnknown(key: key)
            }
            missing.remove(at: index)
            try take(":")
            try readValue(of: key)
            if !tryTake(",") {
                try take("}")
                break
            }
        }
        skipBlanks()
        guard place == text.count else { throw malformed("the end") }
        if let key = missing.first { throw .keyMissing(key: key) }
    }

    private mutating func readValue(of key: String) throws(NumpyFault) {
        switch key {
        case "descr":
            // Fields with names, or an array in each element.
            if tryTake("[") || tryTake("(") { throw .structured }
            typeCode = try string()
        case "fortran_order": isFortranOrder = try boolean()
        default: shape = try tuple()
        }
    }

    private mutating func string() throws(NumpyFault) -> String {
        let quote: Character = tryTake("\"") ? "\"" : "'"
        if quote == "'" { try take("'") }
        let begin = place
        while place < text.count, text[place] != quote.asciiValue {
            guard (0x20..<0x7F).contains(text[place]), text[place] != UInt8(ascii: "\\") else { throw malformed("a text in ASCII") }
            place += 1
        }
        guard place < text.count else { throw malformed("a closing \(quote)") }
        defer { place += 1 }
        return String(decoding: text[begin..<place], as: UTF8.self)
    }

    private mutating func boolean() throws(NumpyFault) -> Bool {
        skipBlanks()
        for (word, value) in [("True", true), ("False", false)] where text[place...].starts(with: word.utf8) {
            place += word.utf8.count
            return value
        }
        throw malformed("True or False")
    }

    private mutating func tuple() throws(NumpyFault) -> [Int] {
        try take("(")
        var sizes: [Int] = []
        while !tryTake(")") {
            guard sizes.count < Self.largestDimensionCount else { throw .tooManyDimensions(limit: Self.largestDimensionCount) }
            sizes.append(try size())
            if tryTake(",") { continue }
            // (3) is a number in Python, and (3,) a tuple.
            guard sizes.count > 1 else { throw malformed("a comma") }
            try take(")")
            break
        }
        return sizes
    }

    private mutating func size() throws(NumpyFault) -> Int {
        skipBlanks()
        let begin = place
        if place < text.count, text[place] == UInt8(ascii: "-") { place += 1 }
        while place < text.count, (0x30...0x39).contains(text[place]) { place += 1 }
        let digits = String(decoding: text[begin..<place], as: UTF8.self)
        guard !digits.isEmpty, digits != "-" else { throw malformed("a size") }
        guard let size = Int(digits), size >= 0 else { throw .sizeImpossible(found: digits) }
        // As Python 2 wrote some integers.
        if place < text.count, text[place] == UInt8(ascii: "L") { place += 1 }
        return size
    }

    private mutating func skipBlanks() {
        while place < text.count, [0x20, 0x0A, 0x0D, 0x09].contains(text[place]) { place += 1 }
    }

    private mutating func tryTake(_ character: Character) -> Bool {
        skipBlanks()
        guard place < text.count, text[place] == character.asciiValue else { return false }
        place += 1
        return true
    }

    private mutating func take(_ character: Character) throws(NumpyFault) {
        guard tryTake(character) else { throw malformed("'\(character)'") }
    }

    private func malformed(_ wanted: String) -> NumpyFault {
        let found = String(decoding: text[place...].prefix(20), as: UTF8.self)
        return .headerMalformed(offset: place, found: found, wanted: wanted)
    }
}
