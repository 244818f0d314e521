/// What a terminal of `columnCount` columns shows of what is written to it: line feeds, carriage returns, and the few sequences that the program uses.
struct TerminalScreen {
    private let columnCount: Int
    /// All lines since the beginning, as if it were endlessly high.
    private(set) var lines: [[Character]] = [[]]
    private var row = 0
    private var column = 0
    /// Characters that went on in a new line since theirs was full.
    private(set) var wrappedCount = 0
    private(set) var hasColor = false
    /// Sequences that it doesn't know.
    private(set) var unknown: [String] = []

    init(columnCount: Int) { self.columnCount = columnCount }

    /// Lines without the blanks at their ends.
    var text: [String] {
        lines.map { line in String(line[..<((line.lastIndex { $0 != " " } ?? -1) + 1)]) }
    }

    mutating func write(_ output: String) {
        var rest = Substring(output.unicodeScalars.reduce(into: "") { $0.unicodeScalars.append($1) })
        // "\r\n" is one character for Swift, and two for a terminal.
        while let scalar = rest.unicodeScalars.first {
            rest = Substring(rest.unicodeScalars.dropFirst())
            switch scalar {
            case "\r": column = 0
            case "\n":
                row += 1
                if row == lines.count { lines.append([]) }
            case "\u{1B}":
                let sequence = rest.unicodeScalars.prefix { !($0.properties.isAlphabetic) }
                rest = Substring(rest.unicodeScalars.dropFirst(sequence.count))
                let letter = rest.unicodeScalars.first ?? " "
                rest = Substring(rest.unicodeScalars.dropFirst())
                obey(String(Substring(sequence)), letter)
            default: put(Character(scalar))
            }
        }
    }

    private mutating func obey(_ sequence: String, _ letter: Unicode.Scalar) {
        let number = Int(sequence.dropFirst())
        switch (sequence.first, letter) {
        case ("[", "m"): hasColor = true
        case ("[", "A"): row = max(0, row - (number ?? 1))
        case ("[", "J") where number == nil:
            lines.removeSubrange((row + 1)...)
            lines[row].removeSubrange(min(column, lines[row].count)...)
        default: unknown.append(sequence + String(letter))
        }
    }

    private mutating func put(_ character: Character) {
        if column == columnCount {
            wrappedCount += 1
            (row, column) = (row + 1, 0)
            if row == lines.count { lines.append([]) }
        }
        while lines[row].count <= column { lines[row].append(" ") }
        lines[row][column] = character
        column += 1
    }
}
