/// Simulates a terminal of `columnCount` columns: line feeds, carriage returns, and the few escape sequences that the program uses.
struct TerminalScreen: Equatable {
    private var columnCount: Int
    /// For each line, whether it continues the one above, which was full.
    private var goesOn: [Bool] = [false]
    /// All lines since the beginning, as in an infinitely high window.
    private(set) var lines: [[Character]] = [[]]
    private var row = 0
    private var column = 0
    /// Number of characters that wrapped to a new line.
    private(set) var wrappedCount = 0
    private(set) var hasColor = false
    /// Unknown escape sequences.
    private(set) var unknown: [String] = []

    init(columnCount: Int) { self.columnCount = columnCount }

    /// Lines without trailing blanks.
    var text: [String] {
        lines.map { line in String(line[..<((line.lastIndex { $0 != " " } ?? -1) + 1)]) }
    }

    mutating func write(_ output: String) {
        var rest = Substring(output.unicodeScalars.reduce(into: "") { $0.unicodeScalars.append($1) })
        // "\r\n" is one character in Swift, and two for a terminal.
        while let scalar = rest.unicodeScalars.first {
            rest = Substring(rest.unicodeScalars.dropFirst())
            switch scalar {
            case "\r": column = 0
            case "\n":
                row += 1
                addLine(goesOn: false)
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
            goesOn.removeSubrange((row + 1)...)
            lines[row].removeSubrange(min(column, lines[row].count)...)
        default: unknown.append(sequence + String(letter))
        }
    }

    private mutating func put(_ character: Character) {
        if column == columnCount {
            wrappedCount += 1
            (row, column) = (row + 1, 0)
            addLine(goesOn: true)
        }
        while lines[row].count <= column { lines[row].append(" ") }
        lines[row][column] = character
        column += 1
    }

    private mutating func addLine(goesOn isRest: Bool) {
        guard row == lines.count else { return }
        lines.append([])
        goesOn.append(isRest)
    }

    /// Changes the width as most terminals do: lines are rewrapped, and the cursor keeps its position in the text.
    mutating func resize(columnCount: Int) {
        self.columnCount = columnCount
        let (oldLines, oldGoesOn, oldRow) = (lines, goesOn, row)
        (lines, goesOn) = ([], [])
        var first = 0
        while first < oldLines.count {
            var end = first + 1
            while end < oldLines.count && oldGoesOn[end] { end += 1 }
            let whole = oldLines[first..<end].flatMap { $0 }
            let place = oldLines[first..<max(first, min(oldRow, end))].reduce(column) { $0 + $1.count }
            let start = lines.count
            var rest = whole[...]
            repeat {
                lines.append(Array(rest.prefix(columnCount)))
                goesOn.append(lines.count - 1 > start)
                rest = rest.dropFirst(columnCount)
            } while !rest.isEmpty
            if (first..<end).contains(oldRow) {
                // After a full line the cursor stays in it.
                let isBehindFull = place > 0 && place % columnCount == 0
                row = min(lines.count - 1, start + place / columnCount - (isBehindFull ? 1 : 0))
                column = isBehindFull ? columnCount : place % columnCount
            }
            first = end
        }
    }
}
