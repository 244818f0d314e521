import StrictJSON

/// Observations on one column of a table.
struct ColumnFacts {
    var example: String?
    private var numberCount = 0
    private var textCount = 0
    /// Fields with a mark of a missing value, such as NA, which as a category is one like others.
    private var markCount = 0
    private var first = 0.0
    private var isConstant = true
    private var countsRows = true
    /// Different texts, and different numbers, as many as a category may have and one more.
    private var texts: Set<String> = []
    private var numbers: Set<Double> = []
    private static let (largestValueCount, leastRowsOfValue) = (32, 20)

    mutating func add(_ content: FieldContent, _ text: String, row: Int) {
        switch content {
        case .missing:
            countsRows = false
            guard !text.isEmpty else { return }
            markCount += 1
            insert(text)
        case .text, .notFinite:
            textCount += 1
            if textCount == 1 { example = text }
            insert(text)
        case .number(let value):
            if numberCount == 0 { first = value }
            numberCount += 1
            if numbers.count <= Self.largestValueCount { numbers.insert(value) }
            if value != first { isConstant = false }
            if value != first + Double(row) { countsRows = false }
        }
    }

    private mutating func insert(_ text: String) {
        if texts.count <= Self.largestValueCount { texts.insert(text) }
    }

    /// Whether all fields are texts of few values.
    func isCategory(rowCount: Int) -> Bool { texts.count > 1 && hasFewTexts && emptyCount(rowCount: rowCount) == 0 }

    /// Whether all fields that aren't empty are texts of few values, and some are empty.
    func isCategoryWithGaps(rowCount: Int) -> Bool { hasFewTexts && emptyCount(rowCount: rowCount) > 0 }

    /// Whether all fields are numbers of few values, which may stand for categories.
    func hasFewNumbers(rowCount: Int) -> Bool {
        numberCount == rowCount && (2...Self.largestValueCount).contains(numbers.count)
    }

    private func emptyCount(rowCount: Int) -> Int { rowCount - textCount - markCount - numberCount }

    private var hasFewTexts: Bool {
        textCount > 0 && numberCount == 0 && texts.count <= Self.largestValueCount && texts.count * Self.leastRowsOfValue <= textCount + markCount
    }

    /// - Parameter isOfCodes: whether its numbers stand for categories.
    func content(rowCount: Int, isOfCodes: Bool) -> TableSurvey.Content {
        let example = JSONValue.printable(example ?? "", scalarCount: 20)
        if numberCount == 0 {
            guard textCount > 0 || !example.isEmpty else { return .nothing }
            let emptyCount = emptyCount(rowCount: rowCount)
            return textCount > 0 && emptyCount > 0 ? .textWithGaps(example, emptyCount: emptyCount) : .text(example)
        }
        if textCount > 0 { return .mixed(example) }
        if numberCount * 2 < rowCount { return .mostlyMissing }
        // With few rows, even a constant column is used, since there may be no better one.
        if rowCount > 2, isConstant { return .constant }
        if isOfCodes { return .codes }
        return rowCount > 2 && countsRows ? .rowCounter : .numbers
    }
}
