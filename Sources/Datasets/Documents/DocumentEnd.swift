/// Where the documents of a text end. A document has the line that ends it; blank lines before the next one belong to none.
public enum DocumentEnd: Sendable, Equatable {
    /// Each file is one.
    case file
    /// Each line is one.
    case line
    case blankLine
    /// A line that is this text.
    case mark(String)

    /// As `data.document` says it; nil for an empty text: the text has no documents.
    public init?(_ text: String) {
        switch text {
        case "": return nil
        case "file": self = .file
        case "line": self = .line
        case "blankLine": self = .blankLine
        default: self = .mark(text)
        }
    }

    /// The bytes of each document of `bytes` from `start` on.
    func documents(in bytes: [UInt8], from start: Int) -> [Range<Int>] {
        guard self != .file else { return start < bytes.count ? [start..<bytes.count] : [] }
        var documents: [Range<Int>] = []
        var (lineStart, documentStart): (Int, Int?) = (start, nil)
        while lineStart < bytes.count {
            let lineEnd = bytes[lineStart...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            let line = bytes[lineStart..<lineEnd]
            let isBlank = line.allSatisfy(TextReading.isBlank)
            if documentStart == nil, !isBlank { documentStart = lineStart }
            if let first = documentStart, ends(at: line, isBlank: isBlank) {
                documents.append(first..<lineEnd)
                documentStart = nil
            }
            lineStart = lineEnd
        }
        return documents + (documentStart.map { [$0..<bytes.count] } ?? [])
    }

    /// The last place in the beginning of a text where a document has ended; 0 if there is none.
    func cut(_ bytes: [UInt8], from start: Int) -> Int {
        // What the last one's end is shows only behind it.
        self == .file ? 0 : documents(in: bytes, from: start).dropLast().last?.upperBound ?? 0
    }

    private func ends(at line: ArraySlice<UInt8>, isBlank: Bool) -> Bool {
        switch self {
        case .file: false
        case .line: true
        case .blankLine: isBlank
        case .mark(let mark):
            line.last == 0x0A ? Array(line.dropLast(line.dropLast().last == 0x0D ? 2 : 1)) == Array(mark.utf8) : Array(line) == Array(mark.utf8)
        }
    }
}
