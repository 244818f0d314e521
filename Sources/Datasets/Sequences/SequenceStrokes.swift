import NumberText
import StrictJSON

/// A file with a drawing a line, whose points stand between blanks: each "dx,dy,p", the offset from the last point, and 1 where the pen is lifted after it, else 0.
/// Stroke-3 of sketch-rnn is written so: "-1,25,0 -47,118,1 65,-95,1".
struct SequenceStrokes: SequenceReader {
    let file: TableFile

    /// Names of a point's numbers.
    static let names = ["dx", "dy", "pen"]

    func read(into table: inout SequenceTable) throws(DatasetError) {
        try table.setFeatureNames(Self.names)
        var lines = try TextLines(file)
        while let line = lines.next() {
            let points = line.split { $0 == 0x20 || $0 == 0x09 }
            guard !points.isEmpty else { continue }
            var numbers: [Double] = []
            numbers.reserveCapacity(points.count * 3)
            for point in points {
                guard let own = Self.point(point) else {
                    throw lines.error(
                        "here must stand a point as dx,dy,p: three numbers between commas, of which p is 1 where the pen is lifted after it, and else 0. "
                            + "Fix it, or leave the line out", column: point.startIndex - line.startIndex + 1)
                }
                numbers += own
            }
            table.add(.missing, line: lines.number, column: 1, numbers: numbers)
        }
    }

    /// Nil for something else than three finite numbers, the last 0 or 1.
    private static func point(_ bytes: ArraySlice<UInt8>) -> [Double]? {
        let fields = bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let numbers = fields.compactMap { Double(String(decoding: $0, as: UTF8.self)) }.filter(\.isFinite)
        return fields.count == 3 && numbers.count == 3 && (numbers[2] == 0 || numbers[2] == 1) ? numbers : nil
    }

    /// Lines that show whether a file is one of drawings.
    private static let shownLines = 50

    /// Whether a file's first lines are drawings, most of them of several points, and pens are lifted and aren't.
    static func looksLike(_ file: TableFile) -> Bool {
        guard FileFormat(bytes: file.bytes) == nil, var lines = try? TextLines(file) else { return false }
        var (lineCount, longCount, pens) = (0, 0, Set<Double>())
        while lineCount < shownLines, let line = lines.next() {
            let points = line.split { $0 == 0x20 || $0 == 0x09 }
            guard !points.isEmpty else { continue }
            lineCount += 1
            if points.count > 1 { longCount += 1 }
            for point in points {
                guard let own = Self.point(point) else { return false }
                pens.insert(own[2])
            }
        }
        return longCount * 2 > lineCount && pens.count == 2
    }
}

extension SequenceOptions {
    /// A sequence of numbers as a line of the form that the first file has, each with the decimals that a hundredth of its deviation has.
    package func line(ofSteps steps: [[Double]], scale: [SeriesStatistics.Column]) -> String {
        let decimals = scale.enumerated().map { place, column in hasPen && place == 2 ? 0 : max(0, min(15, 2 - decimalExponent(of: column.deviation * 3.1623))) }
        func text(_ step: [Double]) -> [String] { zip(step, decimals).map { plain(printed($0, "%.\($1)f")) } }
        guard let file = files.first, SequenceForm(path: file, self) == .jsonLines else {
            return steps.map { text($0).joined(separator: ",") }.joined(separator: " ")
        }
        let rows = steps.map { "[" + text($0).joined(separator: ", ") + "]" }
        guard columns.count > 1 else { return "{" + JSONValue.text(columns.first ?? "").serialized() + ": [" + rows.joined(separator: ", ") + "]}" }
        let lists = columns.enumerated().map { place, name in
            JSONValue.text(name).serialized() + ": [" + steps.map { text($0)[place] }.joined(separator: ", ") + "]"
        }
        return "{" + lists.joined(separator: ", ") + "}"
    }

    /// A zero without a sign.
    private func plain(_ text: String) -> String { text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) } ? String(text.dropFirst()) : text }
}
