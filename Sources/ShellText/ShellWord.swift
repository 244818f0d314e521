// Names and paths as a shell takes them, so that a printed command can be pasted.

extension String {
    /// The text as one word of a POSIX shell: as it is where no character of it means anything to a shell, else in single quotes.
    /// Control characters, which a terminal would act upon, are written as in $'a\012b' (bash, zsh, ksh, and POSIX since 2024).
    public var shellWord: String {
        guard unicodeScalars.allSatisfy({ !$0.isControl }) else { return "$'" + unicodeScalars.map(\.escapedForShell).joined() + "'" }
        // A tilde is a home directory at a word's beginning only, but reads as one anywhere.
        let isPlain = !isEmpty && utf8.allSatisfy { $0.isPlainInShell }
        return isPlain ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The path as a word that no program takes for an option ("-x") or for a key with its value ("a=b.json"): "./" stands before such a name.
    public var shellPath: String {
        let beginsLikeKey = utf8.first == UInt8(ascii: "-") || prefix { $0 != "/" }.contains("=")
        return (beginsLikeKey ? "./" + self : self).shellWord
    }
}

extension UInt8 {
    fileprivate var isPlainInShell: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "@%+=:,./-_".utf8.contains(self)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }

    /// Within $'…': quotes and backslashes behind a backslash, the bytes of control characters in octal.
    fileprivate var escapedForShell: String {
        if self == "'" || self == "\\" { return "\\" + String(self) }
        guard isControl else { return String(self) }
        return String(self).utf8.map { byte in
            let octal = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }.joined()
    }
}
