/// A command's output as shown in a document. A line `...` stands for any number of lines.
///
/// The comparison ignores values that depend on machine or time: times, speeds, sizes of pages, and lines that describe the machine.
/// Progress lines and lines about saves depend on the clock, so those that aren't shown are skipped.
struct ShownOutput {
    private let lines: [String]
    private static let gap = "..."

    init(_ lines: [String]) {
        self.lines = Self.comparable(lines.last == "" ? lines.dropLast() : lines)
    }

    /// The first shown line that differs from the output, and the output's line; nil if there is none.
    func difference(from output: [String]) -> String? {
        let shown = Set(lines)
        let found = Self.comparable(output).filter { shown.contains($0) || !Self.comesByTheClock($0) }
        var longest = 0
        guard !Self.matches(lines[...], found[...], reached: &longest) else { return nil }
        let place = min(longest, lines.count - 1)
        return "'\(lines.isEmpty ? "" : lines[place])' isn't what is printed there; the output is\n" + output.joined(separator: "\n")
    }

    private static func matches(_ shown: ArraySlice<String>, _ found: ArraySlice<String>, reached: inout Int) -> Bool {
        reached = max(reached, shown.startIndex)
        guard let first = shown.first else { return found.isEmpty }
        if first == gap {
            return (found.startIndex...found.endIndex).contains { matches(shown.dropFirst(), found[$0...], reached: &reached) }
        }
        return found.first == first && matches(shown.dropFirst(), found.dropFirst(), reached: &reached)
    }

    // MARK: Comparison

    /// Beginnings of fields, and of the warning that mpirun's default binding leaves cores idle.
    private static let beginnings = ["group  ", "arithmetic  ", "memory  ", "time  ", "slowest  ", "lstm-train: mpirun binds each rank"]

    private static func tellsOfMachine(_ line: String) -> Bool { beginnings.contains { line.hasPrefix($0) } }

    private static func comparable(_ lines: [String]) -> [String] {
        var kept: [String] = []
        var isOfMachine = false
        for line in lines {
            // A field's continuation lines begin with blanks.
            if !line.hasPrefix("            ") { isOfMachine = tellsOfMachine(line) }
            if !isOfMachine { kept.append(masked(line)) }
        }
        return kept
    }

    private static func masked(_ line: String) -> String {
        // Keeps the line up to the learning rate and the gradient's norm, without speed and time left.
        let progress = line.firstMatch(of: /^ +\d+ +\d+\/\d+ .*?\d\.\d\de[+-]\d\d +[^ ]+/)
        var text = progress.map { String(line[$0.range]) + (line.hasSuffix("*") ? " *" : "") } ?? line
        text.replace(/[\d.,]+( [kMGT])? (steps|tokens|seqs|sequences)\/s/, with: "SPEED")
        text.replace(/\d[\d.,]* (ms|s|min|kB)\b/, with: "FIGURE")
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    private static func comesByTheClock(_ line: String) -> Bool {
        line.hasPrefix("saved   ") || line.firstMatch(of: #/^ +\d+ +\d+/\d+ /#) != nil
    }
}
