import NumberText

/// How the rows of a series are divided into parts, which are contiguous, in the order training, validation, test.
public enum SeriesSplit: Sendable, Equatable {
    case shares(SplitFractions)
    case rows(PartRowCounts)

    /// The range of `part` in a series of `count` rows.
    func range(of part: DataPart, count: Int) -> Range<Int> {
        switch self {
        case .shares(let fractions): fractions.range(of: part, count: count)
        case .rows(let counts): counts.range(of: part, count: count)
        }
    }

    /// Parts that must have an example: the requested ones, or only the evaluated one.
    func neededParts(_ evaluated: EvaluatedRange?) -> [DataPart] {
        switch self {
        case .shares(let fractions): fractions.neededParts(evaluated)
        case .rows(let counts): evaluated.map { [$0.part] } ?? DataPart.allCases.filter(counts.includes)
        }
    }

    /// `part` for messages; nil if it is the whole.
    func named(_ part: DataPart) -> DataPart? { self == .shares(.evaluatedWhole) ? nil : part }

    /// Everything that determines the ranges, for a dataset's fingerprint.
    var fingerprintText: String {
        switch self {
        case .shares(let fractions): "\(fractions)"
        case .rows(let counts): "rows \(counts.training), \(counts.validation), \(counts.test)"
        }
    }
}

/// Numbers of rows of the parts of a series.
public struct PartRowCounts: Sendable, Equatable {
    /// 0 for all rows before those of validation and test, which are then the last ones. Otherwise training has the first rows, validation and test
    /// those after them, and further rows are left out.
    public let training: Int
    public let validation: Int
    public let test: Int

    /// Nil if all are 0.
    public init?(training: Int, validation: Int, test: Int) {
        guard training > 0 || validation > 0 || test > 0 else { return nil }
        (self.training, self.validation, self.test) = (training, validation, test)
    }

    /// Number of rows that a series needs, whatever the windows are.
    var leastRowCount: Int { max(1, training) + validation + test }

    /// Whether `part` was requested.
    func includes(_ part: DataPart) -> Bool {
        switch part {
        case .training: true
        case .validation: validation > 0
        case .test: test > 0
        }
    }

    func range(of part: DataPart, count: Int) -> Range<Int> {
        let trainingEnd = min(count, training > 0 ? training : max(0, count - validation - test))
        let validationEnd = min(count, trainingEnd + validation)
        switch part {
        case .training: return 0..<trainingEnd
        case .validation: return trainingEnd..<validationEnd
        case .test: return validationEnd..<min(count, validationEnd + test)
        }
    }

    /// - Throws: ``DatasetError/tooFewRows(path:rowCount:counts:)`` if a series of `count` rows is shorter than the parts together.
    func check(count: Int, path: String) throws(DatasetError) {
        guard count >= leastRowCount else { throw .tooFewRows(path: path, rowCount: count, counts: self) }
    }
}

extension PartRowCounts {
    /// "data.trainingRows 8640, data.validationRows 2880 and data.testRows 2880".
    var inWords: String {
        let keys = [("data.trainingRows", training), ("data.validationRows", validation), ("data.testRows", test)]
        let given = keys.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        return given.count < 2 ? given.joined() : given.dropLast().joined(separator: ", ") + " and " + (given.last ?? "")
    }
}
