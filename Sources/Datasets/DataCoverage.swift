/// How much of the data a judgement of a part covers.
public struct DataCoverage: Sendable, Equatable {
    public enum Unit: String, Sendable { case character, byte, row, sequence }

    /// Symbols or rows that are predicted, each counted once; or sequences.
    public let evaluatedCount: Int
    /// All that the files have, or that the part has where they are generated.
    public let totalCount: Int
    public let unit: Unit

    public init(evaluatedCount: Int, totalCount: Int, unit: Unit) {
        self.evaluatedCount = evaluatedCount
        self.totalCount = totalCount
        self.unit = unit
    }
}

extension EncodedText {
    func coverage(targetCount: Int) -> DataCoverage {
        DataCoverage(evaluatedCount: targetCount, totalCount: count, unit: vocabulary.unit == .byte ? .byte : .character)
    }
}

extension DataCoverage {
    /// Places that `windowCount` windows predict, each counted once: a window begins `stride` places behind the one before, and predicts `width`
    /// places in a row.
    static func placeCount(windowCount: Int, stride: Int, width: Int) -> Int {
        windowCount == 0 ? 0 : (windowCount - 1) * min(stride, width) + width
    }
}
