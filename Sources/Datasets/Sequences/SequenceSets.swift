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
