/// The share of the data that an evaluation covers.
public struct DataCoverage: Sendable, Equatable {
    public enum Unit: String, Sendable { case character, byte, word, token, row, sequence }

    /// Number of predicted symbols or rows, each counted once; or of sequences.
    public let evaluatedCount: Int
    /// Number of symbols or rows in the files, or, for generated data, of sequences in the part.
    public let totalCount: Int
    public let unit: Unit

    public init(evaluatedCount: Int, totalCount: Int, unit: Unit) {
        self.evaluatedCount = evaluatedCount
        self.totalCount = totalCount
        self.unit = unit
    }
}

extension DataCoverage.Unit {
    fileprivate init(_ unit: TextUnit) {
        self =
            switch unit {
            case .character: .character
            case .byte: .byte
            case .word: .word
            case .bpe: .token
            }
    }
}

extension EncodedText {
    /// Of a text whose parts are counted in symbols, or of one of documents.
    func coverage(of part: DataPart, targetCount: Int) -> DataCoverage {
        DataCoverage(evaluatedCount: targetCount, totalCount: documents.isEmpty ? parts.totalCount(for: part) : count, unit: .init(vocabulary.unit))
    }
}

extension DataCoverage {
    /// Number of positions that `windowCount` windows predict, each counted once: windows start `stride` apart, and each predicts `width`
    /// consecutive positions.
    static func placeCount(windowCount: Int, stride: Int, width: Int) -> Int {
        windowCount == 0 ? 0 : (windowCount - 1) * min(stride, width) + width
    }
}
