/// Where the rows of labelled sequences stand in their files, in words.
struct SequencePlaces {
    private struct File {
        let name: String
        /// Rows up to its end, those of the files before it included.
        let end: Int
        /// Whether its rows are counted as sequences of an array, not by lines.
        let isArray: Bool
    }

    private let files: [File]
    /// Of each row the line or the number of its sequence, from 1.
    private let numbers: [UInt32]
    /// Of each row behind the files' the one that it is a copy of.
    private let copies: [UInt32]

    init(_ table: SequenceTable) {
        let ends = table.fileEnds
        copies = table.copies.map(UInt32.init)
        files = ends.enumerated().map { place, end in
            let first = table.positions[place == 0 ? 0 : ends[place - 1]]
            return File(name: fileName(first.path), end: end, isArray: first.place.isOfArray)
        }
        numbers = table.positions.map { position in
            switch position.place {
            case .text(let line, _): UInt32(clamping: line)
            case .array(let index): UInt32(clamping: index + 1)
            }
        }
    }

    /// In bytes.
    var byteCount: Int { MemoryLayout<UInt32>.stride * (numbers.count + copies.count) }

    /// "line 12", or of several files "line 12 of b.csv"; of an array "sequence 12".
    func words(ofRow row: Int) -> String {
        let place = row - (numbers.count - copies.count)
        guard place < 0 else { return words(ofRow: Int(copies[place])) + ", changed" }
        guard let file = files.first(where: { row < $0.end }) else { return "row \(row + 1)" }
        return (file.isArray ? "sequence" : "line") + " \(numbers[row])" + (files.count > 1 ? " of \(file.name)" : "")
    }
}

extension SequenceTable.Position.Place {
    fileprivate var isOfArray: Bool { if case .array = self { true } else { false } }
}
