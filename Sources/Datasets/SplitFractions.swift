/// The fractions of validation and test in a sequence of symbols or rows; training has the rest. Parts are contiguous, in the order
/// training, validation, test.
public struct SplitFractions: Sendable, Equatable {
    public let validation: Double
    public let test: Double

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` unless both are at least 0 and their sum is below 1.
    public init(validation: Double = 0, test: Double = 0) throws(DatasetError) {
        for (key, value) in [("data.validationFraction", validation), ("data.testFraction", test)] where !(value >= 0 && value < 1) {
            throw .optionOutOfRange(key: key, found: "\(value)", wanted: "at least 0 and less than 1")
        }
        guard validation + test < 1 else {
            throw .optionOutOfRange(
                key: "data.validation + data.test", found: "\(validation + test)",
                wanted: "less than 1, so that something is left to train on")
        }
        self.validation = validation
        self.test = test
    }

    /// No split: everything is one part, ``DataPart/test``, for evaluation without training.
    static let evaluatedWhole = SplitFractions(unchecked: (validation: 0, test: 1))

    private init(unchecked fractions: (validation: Double, test: Double)) {
        (validation, test) = fractions
    }

    /// The range of `part` in a sequence of `count` items.
    ///
    /// Training ends before ⌊(1 − validation − test) · count⌋, validation before ⌊(1 − test) · count⌋. A millionth of an item is added
    /// before rounding down, so that 0.9 of 10 is 9 although binary fractions make it slightly less.
    public func range(of part: DataPart, count: Int) -> Range<Int> {
        let trainingEnd = Self.end(fraction: 1 - validation - test, count: count)
        let validationEnd = Self.end(fraction: 1 - test, count: count)
        switch part {
        case .training: return 0..<trainingEnd
        case .validation: return trainingEnd..<validationEnd
        case .test: return validationEnd..<count
        }
    }

    /// Whether `part` was requested: its fraction isn't 0.
    func includes(_ part: DataPart) -> Bool {
        switch part {
        case .training: validation + test < 1
        case .validation: validation > 0
        case .test: test > 0
        }
    }

    private static func end(fraction: Double, count: Int) -> Int {
        min(count, max(0, Int((fraction * Double(count) + 1e-6).rounded(.down))))
    }
}
