/// Files whose examples all belong to one part, beside the files that are divided by shares.
public struct PartFiles: Sendable, Equatable {
    /// Empty: validation has a share of the divided files.
    public var validation: [String]
    /// Empty: the test has a share of the divided files.
    public var test: [String]

    public init(validation: [String] = [], test: [String] = []) {
        (self.validation, self.test) = (validation, test)
    }

    /// In the order in which they are read: after the divided files.
    var all: [String] { validation + test }

    /// Whether `part` has files of its own.
    func has(_ part: DataPart) -> Bool {
        switch part {
        case .training: false
        case .validation: !validation.isEmpty
        case .test: !test.isEmpty
        }
    }
}

/// Where the parts lie among items that are read file by file: those of the divided files, of validation's own, of the test's own.
struct PartRanges: Sendable {
    private let split: SplitFractions
    private let files: PartFiles
    /// Items of the divided files.
    let dividedCount: Int
    private let validation: Range<Int>
    private let test: Range<Int>

    /// - Parameter ends: of each file, the number of items up to its end; of the divided files, then of `files`.
    init(_ split: SplitFractions, _ files: PartFiles, ends: [Int]) {
        let dividedFileCount = ends.count - files.all.count
        func end(fileCount: Int) -> Int { fileCount > 0 ? ends[fileCount - 1] : 0 }
        dividedCount = end(fileCount: dividedFileCount)
        validation = dividedCount..<end(fileCount: dividedFileCount + files.validation.count)
        test = validation.upperBound..<end(fileCount: ends.count)
        (self.split, self.files) = (split, files)
    }

    /// The items of `part`.
    func range(of part: DataPart) -> Range<Int> { ownRange(of: part) ?? split.range(of: part, count: dividedCount) }

    /// The items of the files that only `part` has; nil if it has none.
    func ownRange(of part: DataPart) -> Range<Int>? {
        guard files.has(part) else { return nil }
        return part == .validation ? validation : test
    }

    /// Items of the files from which `part` is taken.
    func totalCount(for part: DataPart) -> Int { ownRange(of: part)?.count ?? dividedCount }

    /// Parts that must have an example: those with a share or with files, or only the evaluated one.
    func neededParts(_ evaluated: EvaluatedRange?) -> [DataPart] {
        guard evaluated == nil else { return split.neededParts(evaluated) }
        return DataPart.allCases.filter { split.includes($0) || files.has($0) }
    }

    /// For a dataset's fingerprint; nil if all parts are shares, as they always were.
    var fingerprintText: String? { files == PartFiles() ? nil : "parts of their own: validation \(validation), test \(test)" }
}
