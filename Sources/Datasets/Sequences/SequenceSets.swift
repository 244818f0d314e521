import StrictJSON

/// A file with a sequence a line, whose time steps stand between blanks: each the labels that are on, between commas, or "-" for none. Piano rolls of polyphonic
/// music are written so: "60,64,67 60,65,69 -".
struct SequenceSets: SequenceReader {
    let file: TableFile
    let options: SequenceOptions

    func read(into table: inout SequenceTable) throws(DatasetError) {
        try table.setFeatureNames([])
        var lines = try TextLines(file)
        while let line = lines.next() {
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            guard let text = String(validating: line, as: UTF8.self) else { throw lines.error("the line isn't UTF-8. Fix it, or leave it out") }
            table.add(options.target(text), line: lines.number, column: 1, text: "")
        }
    }
}

extension SequenceSets {
    /// Lines that show whether a file is one of sets.
    private static let shownLines = 50

    /// Whether a file's first lines are sets of integers: several in most lines, some of them of several labels. A table has no blanks in place of commas.
    static func looksLike(_ file: TableFile) -> Bool {
        guard FileFormat(bytes: file.bytes) == nil, var lines = try? TextLines(file) else { return false }
        var (lineCount, longCount, hasSets) = (0, 0, false)
        while lineCount < Self.shownLines, let line = lines.next() {
            let steps = line.split { $0 == 0x20 || $0 == 0x09 }
            guard !steps.isEmpty else { continue }
            lineCount += 1
            if steps.count > 1 { longCount += 1 }
            for step in steps where step != [UInt8(ascii: "-")] {
                let labels = step.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                guard labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }) else { return false }
                hasSets = hasSets || labels.count > 1
            }
        }
        return lineCount > 1 && longCount * 2 > lineCount && hasSets
    }
}

/// A set of labels as such files have it.
public func setText(_ labels: [String]) -> String { labels.isEmpty ? "-" : labels.joined(separator: ",") }

extension SequenceOptions {
    /// A sequence of sets as a line of the form that the first file has.
    package func line(ofSets sets: [[String]]) -> String {
        guard let file = files.first, SequenceForm(path: file, self) == .jsonLines else { return sets.map(setText).joined(separator: " ") }
        let steps = sets.map { JSONValue.list($0.map(JSONValue.text)) }
        return JSONValue.object([label: .list(steps)]).serialized()
    }
}
