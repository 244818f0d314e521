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
