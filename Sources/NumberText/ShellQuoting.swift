/// `text` as one word of a POSIX shell: as it is where that is one already, else between single quotes.
public func shellQuoted(_ text: String) -> String {
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%"
    if !text.isEmpty, text.unicodeScalars.allSatisfy({ plain.unicodeScalars.contains($0) }) { return text }
    return "'" + text.replacing("'", with: #"'\''"#) + "'"
}
