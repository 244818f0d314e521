/// The type of a NumPy array's elements, as the header's 'descr' names it: '<f4' is a little-endian float of four bytes.
package struct NumpyType: Equatable, Sendable {
    package enum Kind: Character, Sendable {
        case boolean = "b", signed = "i", unsigned = "u", float = "f"
        /// Fixed-width texts: of code points of four bytes each, and of bytes.
        case unicode = "U", bytes = "S"
    }

    package let kind: Kind
    /// Of one element.
    package let byteCount: Int
    let isBigEndian: Bool
    /// As the file has it.
    package let code: String

    /// Numbers and booleans, as opposed to texts.
    package var isNumeric: Bool { kind != .unicode && kind != .bytes }

    /// The bytes whose order ``isBigEndian`` says.
    var wordByteCount: Int {
        switch kind {
        case .unicode: 4
        case .bytes: 1
        default: byteCount
        }
    }

    init(code: String) throws(NumpyFault) {
        var characters = code[...]
        guard let order = characters.popFirst(), "<>|".contains(order), let letter = characters.popFirst() else { throw .typeUnknown(code: code) }
        guard let kind = Kind(rawValue: letter), characters.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Self.refusal(of: letter, code: code)
        }
        guard let number = Int(characters), let byteCount = Self.byteCount(of: kind, number) else { throw Self.refusal(of: letter, code: code) }
        self.kind = kind
        self.byteCount = byteCount
        self.code = code
        isBigEndian = order == ">"
        // '|' stands where the order doesn't matter.
        guard order != "|" || wordByteCount == 1 || byteCount == 0 else { throw .typeUnknown(code: code) }
    }

    /// Nil where NumPy has no such type, or it isn't read here.
    private static func byteCount(of kind: Kind, _ number: Int) -> Int? {
        switch kind {
        case .boolean: number == 1 ? 1 : nil
        case .signed, .unsigned: [1, 2, 4, 8].contains(number) ? number : nil
        case .float: [2, 4, 8].contains(number) ? number : nil
        case .bytes: number
        case .unicode: number <= .max / 4 ? 4 * number : nil
        }
    }

    private static func refusal(of letter: Character, code: String) -> NumpyFault {
        switch letter {
        case "O": .objects
        case "c": .typeUnsupported(code: code, kind: "complex numbers", advice: "Save array.real and array.imag")
        case "f": .typeUnsupported(code: code, kind: "floats of another width", advice: "Save array.astype('float64')")
        case "M", "m": .typeUnsupported(code: code, kind: "dates or durations", advice: "Save numbers: array.astype('int64')")
        case "V": .typeUnsupported(code: code, kind: "raw bytes, as which NumPy also saves bfloat16", advice: "Save array.astype('float32')")
        default: .typeUnknown(code: code)
        }
    }
}
