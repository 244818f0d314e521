/// Reads a document line by line.
struct BlockParser {
    private let notes: [String: String]
    private var unusedNotes: Set<String>
    private var blocks: [Block] = []
    private var faults: [String] = []
    private var open: (language: String, line: Int, lines: [String])?
    /// The latest comment that doesn't belong to a block yet.
    private var comment: (content: Substring, line: Int)?

    init(notes: [String: String]) {
        self.notes = notes
        unusedNotes = Set(notes.keys)
    }

    mutating func read(_ line: String, number: Int) {
        if open != nil {
            if line.hasPrefix("```") { close() } else { open?.lines.append(line) }
        } else if line.hasPrefix("```") {
            open = (String(line.drop { $0 == "`" }), number + 1, [])
        } else if line.hasPrefix("<!-- "), line.hasSuffix(" -->") {
            refuseComment()
            comment = (line.dropFirst(5).dropLast(4), number)
        } else if !line.isEmpty {
            refuseComment()
        }
    }

    mutating func finish() -> ([Block], faults: [String]) {
        refuseComment()
        if let open { faults.append("line \(open.line - 1): the block isn't closed.") }
        faults += unusedNotes.sorted().map { "no block begins with '\($0)'; remove its note." }
        return (blocks, faults)
    }

    private mutating func close() {
        guard let block = open else { return }
        open = nil
        let first = block.lines.first ?? ""
        if comment == nil, let beginning = notes.keys.filter({ first.hasPrefix($0) }).max(by: { $0.count < $1.count }), let note = notes[beginning] {
            unusedNotes.remove(beginning)
            comment = (note[...], block.line - 1)
        }
        let file = take("file:")
        let reason = take("not run:")
        comment = nil
        let kind = Block.kind(language: block.language, lines: block.lines, file: file)
        blocks.append(Block(kind: kind, line: block.line, lines: block.lines, reason: reason))
    }

    /// The text after `name` in the comment before the block.
    private mutating func take(_ name: String) -> String? {
        guard let comment, comment.content.hasPrefix(name) else { return nil }
        let text = comment.content.dropFirst(name.count).drop { $0 == " " }
        // A single word isn't a reason.
        if name == "not run:", !text.contains(" ") { faults.append("line \(comment.line): say why the block isn't run.") }
        self.comment = nil
        return String(text)
    }

    /// Reports a comment that isn't followed by its block.
    private mutating func refuseComment() {
        guard let comment else { return }
        self.comment = nil
        guard ["not run", "file:"].contains(where: comment.content.hasPrefix) else { return }
        faults.append("line \(comment.line): no block follows '\(comment.content)'.")
    }
}
