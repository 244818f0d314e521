public import Batches
import NumberText

/// Labelled sequences: numbers, or a text; the class is to be named at the end.
///
/// Sequences may have different lengths. Parts are drawn by class, see ``StratifiedSplit``. Numbers are standardised with the training part's statistics.
public struct LabelledSequences: ExampleSet {
    public let batchSize: Int
    public let seed: UInt64
    public let fingerprint: UInt64
    private let sequenceMeaning: SequenceMeaning
    private let fileNames: String
    public let notes: [String]
    /// The class of each row.
    private let labels: [Int32]
    private let inputs: SequenceEncoding
    private let places: SequencePlaces
    private let split: StratifiedSplit
    private let ranges: PartRanges

    /// - Parameter stored: the meaning that an earlier run stored, which replaces this file's.
    /// - Throws: ``DatasetError`` for a file that can't be read or is invalid, for unknown columns, classes and symbols, and for a part without a sequence.
    public init(_ options: SequenceOptions, batchSize: Int, seed: UInt64, meaning stored: SequenceMeaning? = nil) throws(DatasetError) {
        try check([("data.features", options.featureCount, 1), ("training.batch", batchSize, 1)])
        let table = try SequenceTable(options)
        let classes = stored?.classes ?? SequenceClasses.sorted(table.labels)
        guard classes.count > 1 else {
            throw table.error(
                "all rows have the class '\(classes.first ?? "")'; at least two classes are needed. Is data.label the right column", at: table.positions[0])
        }
        let labels = try SequenceClasses.indices(of: table, in: classes)
        let ranges = PartRanges(options.split, options.partFiles, ends: table.fileEnds)
        let split = StratifiedSplit(labels.prefix(ranges.dividedCount), classCount: classes.count, split: options.split, seed: seed).adding(ranges)
        let rows = split.parts[DataPart.training.rawValue].map(Int.init)
        var counts = Array(repeating: 0, count: classes.count)
        for row in rows { counts[Int(labels[row])] += 1 }
        let encoding = try SequenceEncoding(table, options: options, trainingRows: rows, stored: stored)
        notes = Self.notes(classes, counts: stored?.counts ?? counts) + encoding.notes
        sequenceMeaning = SequenceMeaning(
            classes: classes, counts: stored?.counts ?? counts, vocabulary: encoding.vocabulary, scale: encoding.scale)
        (self.batchSize, self.seed, self.labels, self.split, fileNames) = (batchSize, seed, labels, split, options.fileNames)
        self.ranges = ranges
        places = SequencePlaces(table)
        inputs = encoding
        fingerprint = Self.fingerprint(of: table, encoding, options: options, ranges, meaning: sequenceMeaning, batchSize: batchSize, seed: seed, split: split)
        for part in ranges.neededParts(options.evaluated) where split.parts[part.rawValue].isEmpty {
            throw .optionOutOfRange(
                key: part == .test ? "data.testFraction" : "data.validationFraction",
                found: "\(part == .test ? options.split.test : options.split.validation)",
                wanted: "large enough for one of the \(counted(labels.count, "sequence")) of \(options.fileNames), or 0 for no \(part) part")
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
        return "\(fileNames): \(counted(labels.count, "sequence")) of \(least == most ? "" : "\(least) to ")\(counted(most, "step")), "
            + counted(sequenceMeaning.classes.count, "class", plural: "classes")
    }

    public var longestTimeCount: Int { labels.indices.map(inputs.timeCount).max() ?? 0 }
    public var byteCount: Int { inputs.byteCount + places.byteCount + MemoryLayout<Int32>.stride * labels.count + orderByteCount }

    public func exampleCount(of part: DataPart) -> Int { split.parts[part.rawValue].count }
    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { 1 }

    public func coverage(of part: DataPart) -> DataCoverage {
        DataCoverage(evaluatedCount: exampleCount(of: part), totalCount: ranges.totalCount(for: part), unit: .sequence)
    }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let rows = examples.map { Int(split.parts[part.rawValue][$0]) }
        return inputs.batch(ofRows: rows, target: .classAtEnd(rows.map { labels[$0] }), globalIndices: examples)
    }

    /// Where an example stands in its file: "line 12", or of several files "line 12 of b.csv".
    public func place(ofExample example: Int, in part: DataPart) -> String { places.words(ofRow: Int(split.parts[part.rawValue][example])) }

    /// An example's text as the model reads it; nil for numbers.
    public func text(ofExample example: Int, in part: DataPart) -> String? {
        let row = Int(split.parts[part.rawValue][example])
        return vocabulary.map { $0.decode(inputs.tokens[inputs.starts[row]..<inputs.starts[row + 1]]) }
    }

    private static func fingerprint(
        of table: SequenceTable, _ encoding: SequenceEncoding, options: SequenceOptions, _ ranges: PartRanges, meaning: SequenceMeaning, batchSize: Int,
        seed: UInt64, split: StratifiedSplit
    ) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(
            "labelled sequences, \(table.width) features, \(options.split), batch \(batchSize), seed \(seed)"
                + ExampleOrder.fingerprintText(exampleCount: split.parts[DataPart.training.rawValue].count))
        if let text = ranges.fingerprintText { fingerprint.add(text) }
        for line in meaning.digestLines { fingerprint.add(line) }
        for label in table.labels { fingerprint.add(label) }
        for start in encoding.starts { fingerprint.add(start * table.width) }
        for number in table.numbers { fingerprint.add(number) }
        guard let vocabulary = encoding.vocabulary else { return fingerprint.value }
        if vocabulary.unit == .word { fingerprint.add(table.texts[...]) }
        for token in encoding.tokens { fingerprint.add(vocabulary.unit == .word ? Int(token) : Int(vocabulary.values[Int(token)])) }
        return fingerprint.value
    }

    /// Notes on classes with hardly a sequence to train on.
    private static func notes(_ classes: [String], counts: [Int]) -> [String] {
        let rare = zip(classes, counts).filter { $1 < 5 }
        guard let first = rare.first else { return [] }
        let others = rare.count > 1 ? " and \(counted(rare.count - 1, "more class", plural: "more classes"))" : ""
        return ["class '\(first.0)'\(others): fewer than 5 sequences to train on"]
    }
}
