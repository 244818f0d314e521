// Quoting of names and paths, so that a printed command can be pasted into a shell.

extension String {
    /// The text as one word of a POSIX shell: unchanged if no character is special, otherwise in single quotes.
    /// Control characters, which a terminal would act on, are written as in $'a\012b' (bash, zsh, ksh, and POSIX since 2024).
    public var shellWord: String {
        guard unicodeScalars.allSatisfy({ !$0.isControl }) else { return "$'" + unicodeScalars.map(\.escapedForShell).joined() + "'" }
        // A tilde means the home directory only at a word's start, but is quoted everywhere to be clear.
        let isPlain = !isEmpty && utf8.allSatisfy { $0.isPlainInShell }
        return isPlain ? self : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// The path as a word that no program mistakes for an option ("-x") or a key with its value ("a=b.json"): such names get the prefix "./".
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

    /// Escaped for $'…': quotes and backslashes after a backslash, control characters' bytes in octal.
    fileprivate var escapedForShell: String {
        if self == "'" || self == "\\" { return "\\" + String(self) }
        guard isControl else { return String(self) }
        return String(self).utf8.map { byte in
            let octal = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }.joined()
    }
}
