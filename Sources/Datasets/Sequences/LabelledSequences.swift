public import Batches
import NumberText

/// Labelled sequences of a table, one a row: numbers, or the characters of a text; the class is to be named at the end.
///
/// Sequences may have different lengths. Parts are drawn by class, see ``StratifiedSplit``. Numbers are standardised with the training part's statistics.
public struct LabelledSequences: ExampleSet {
    public let batchSize: Int
    public let seed: UInt64
    public let fingerprint: UInt64
    private let sequenceMeaning: SequenceMeaning
    private let file: String
    /// The class of each row.
    private let labels: [Int32]
    private let inputs: SequenceEncoding
    private let split: StratifiedSplit

    /// - Parameter stored: the meaning that an earlier run stored, which replaces this file's.
    /// - Throws: ``DatasetError`` for a file that can't be read or is invalid, for unknown columns, classes and symbols, and for a part without a sequence.
    public init(_ options: SequenceOptions, batchSize: Int, seed: UInt64, meaning stored: SequenceMeaning? = nil) throws(DatasetError) {
        try check([("data.features", options.featureCount, 1), ("training.batch", batchSize, 1)])
        let table = try SequenceTable(options, from: CSVRecords(path: options.file, reading: options.reading))
        let classes = stored?.classes ?? SequenceClasses.sorted(table.labels)
        guard classes.count > 1 else {
            throw table.error(
                "all rows have the class '\(classes.first ?? "")'; at least two classes are needed. Is data.label the right column", at: table.positions[0])
        }
        let labels = try SequenceClasses.indices(of: table, in: classes)
        let split = StratifiedSplit(labels, classCount: classes.count, split: options.split, seed: seed)
        let rows = split.parts[DataPart.training.rawValue].map(Int.init)
        let encoding = try SequenceEncoding(table, options: options, trainingRows: rows, stored: stored)
        var counts = Array(repeating: 0, count: classes.count)
        for row in rows { counts[Int(labels[row])] += 1 }
        sequenceMeaning = SequenceMeaning(
            classes: classes, counts: stored?.counts ?? counts, vocabulary: encoding.vocabulary, scale: encoding.scale)
        (self.batchSize, self.seed, self.labels, self.split, file) = (batchSize, seed, labels, split, options.file)
        inputs = encoding
        fingerprint = Self.fingerprint(of: table, options: options, meaning: sequenceMeaning, batchSize: batchSize, seed: seed, split: split)
        for part in options.split.neededParts(options.evaluated) where split.parts[part.rawValue].isEmpty {
            throw .optionOutOfRange(
                key: part == .test ? "data.testFraction" : "data.validationFraction",
                found: "\(part == .test ? options.split.test : options.split.validation)",
                wanted: "large enough for a sequence of the \(counted(labels.count, "row")) of \(fileName(options.file)), or 0 for no \(part) part")
        }
    }

    public var task: any LearningTask { ClassificationTask(names: sequenceMeaning.classes, counts: sequenceMeaning.counts) }
    public var vocabulary: Vocabulary? { sequenceMeaning.inputVocabulary }
    public var meaning: (any DataMeaning)? { sequenceMeaning }
    public var featureNames: [String] { sequenceMeaning.inputScale.map(\.name) }

    public var input: InputKind {
        if let vocabulary { .tokens(vocabularyCount: vocabulary.count) } else { .vectors(featureCount: sequenceMeaning.inputScale.count) }
    }

    public var description: String {
        let lengths = labels.indices.map(inputs.timeCount)
        let (least, most) = (lengths.min() ?? 0, lengths.max() ?? 0)
        return "\(fileName(file)): \(counted(labels.count, "sequence")) of \(least == most ? "" : "\(least) to ")\(counted(most, "step")), "
            + counted(sequenceMeaning.classes.count, "class", plural: "classes")
    }

    public var notes: [String] {
        let missing = zip(sequenceMeaning.classes, sequenceMeaning.counts).filter { $1 < 5 }
        guard let first = missing.first else { return [] }
        let others = missing.count > 1 ? " and \(counted(missing.count - 1, "more class", plural: "more classes"))" : ""
        return ["class '\(first.0)'\(others): fewer than 5 sequences to train on"]
    }

    public var longestTimeCount: Int { labels.indices.map(inputs.timeCount).max() ?? 0 }
    public var byteCount: Int { inputs.byteCount + MemoryLayout<Int32>.stride * labels.count + orderByteCount }

    public func exampleCount(of part: DataPart) -> Int { split.parts[part.rawValue].count }
    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { 1 }

    public func coverage(of part: DataPart) -> DataCoverage {
        DataCoverage(evaluatedCount: exampleCount(of: part), totalCount: labels.count, unit: .sequence)
    }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let rows = examples.map { Int(split.parts[part.rawValue][$0]) }
        return inputs.batch(ofRows: rows, target: .classAtEnd(rows.map { labels[$0] }), globalIndices: examples)
    }

    private static func fingerprint(
        of table: SequenceTable, options: SequenceOptions, meaning: SequenceMeaning, batchSize: Int, seed: UInt64, split: StratifiedSplit
    ) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(
            "labelled sequences, \(options.featureCount) features, \(options.split), batch \(batchSize), seed \(seed)"
                + ExampleOrder.fingerprintText(exampleCount: split.parts[DataPart.training.rawValue].count))
        for line in meaning.digestLines { fingerprint.add(line) }
        for label in table.labels { fingerprint.add(label) }
        for start in table.starts { fingerprint.add(start) }
        for number in table.numbers { fingerprint.add(number) }
        for symbol in table.symbols { fingerprint.add(Int(symbol)) }
        return fingerprint.value
    }
}
