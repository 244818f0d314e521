public import Batches
import NumberText

/// Labelled sequences: numbers, or a text; what is to be named is a class at the end, or a class of each time step.
///
/// Sequences may have different lengths. Parts are drawn by class, see ``StratifiedSplit``. Numbers are standardised with the training part's statistics.
public struct LabelledSequences: ExampleSet {
    public let batchSize: Int
    public let seed: UInt64
    public let fingerprint: UInt64
    public let isBucketed: Bool
    private let sequenceMeaning: SequenceMeaning
    private let fileNames: String
    public let notes: [String]
    private let targets: any SequenceTargets
    /// Of targets that are numbers.
    private let loss: Loss
    private let inputs: SequenceEncoding
    private let places: SequencePlaces
    /// The last rows are changed copies of others.
    private let copyCount: Int
    private let split: StratifiedSplit
    private let ranges: PartRanges

    /// - Parameters:
    ///   - stored: the meaning that an earlier run stored, which replaces this file's.
    ///   - outputSteps: the time steps at which the model has outputs, of a sequence of so many: what transcripts must fit into.
    /// - Throws: ``DatasetError`` for a file that can't be read or is invalid, for unknown columns, classes and symbols, and for a part without a sequence.
    public init(
        _ options: SequenceOptions, batchSize: Int, seed: UInt64, meaning stored: SequenceMeaning? = nil,
        outputSteps: @escaping @Sendable (Int) -> Int = { $0 }
    ) throws(DatasetError) {
        try check([("data.features", options.featureCount, 1), ("training.batch", batchSize, 1)])
        try self.init(SequenceTable(options), options, batchSize: batchSize, seed: seed, meaning: stored, outputSteps: outputSteps)
    }

    /// The same of what ``SequencePreparation`` wrote to `path`.
    /// - Throws: ``DatasetError/stalePrepared(path:change:command:)`` and other errors of the form, and as the other initialiser.
    public init(
        _ options: SequenceOptions, prepared path: String, reading: PreparedReading, batchSize: Int, seed: UInt64, meaning stored: SequenceMeaning? = nil,
        outputSteps: @escaping @Sendable (Int) -> Int = { $0 }
    ) throws(DatasetError) {
        try check([("data.features", options.featureCount, 1), ("training.batch", batchSize, 1)])
        try self.init(SequenceTable(prepared: path, reading: reading, options), options, batchSize: batchSize, seed: seed, meaning: stored, outputSteps: outputSteps)
    }

    private init(
        _ table: SequenceTable, _ options: SequenceOptions, batchSize: Int, seed: UInt64, meaning stored: SequenceMeaning?,
        outputSteps: @escaping @Sendable (Int) -> Int
    ) throws(DatasetError) {
        var targets = try options.targets(of: table, stored: stored?.classes, outputSteps: outputSteps)
        let ranges = PartRanges(options.split, options.partFiles, ends: table.fileEnds)
        let strata = targets.strata
        let divided: StratifiedSplit
        if options.needsDivision, let division = options.division {
            divided = try table.split(division, count: ranges.dividedCount, split: options.split, seed: seed)
        } else {
            divided = StratifiedSplit(strata.classes.prefix(ranges.dividedCount), classCount: strata.count, split: options.split, seed: seed)
        }
        var split = divided.adding(ranges).addingCopies(table.copies, after: table.fileEnds.last ?? 0)
        var rows = split.parts[DataPart.training.rawValue].map(Int.init)
        try targets.prepare(forRows: rows, of: table, stored: stored)
        let encoding =
            if let sets = targets as? SetTargets, sets.isNext { SequenceEncoding(sets) } else {
                try SequenceEncoding(table, options: options, trainingRows: rows, stored: stored)
            }
        if var next = targets as? NextNumberTargets {
            next.take(encoding)
            targets = next
        }
        try targets.check(against: encoding, of: table)
        var targetNotes: [String] = []
        if var transcripts = targets as? TranscriptTargets {
            split = try transcripts.align(split, encoding, of: table, stored: stored?.classes)
            rows = split.parts[DataPart.training.rawValue].map(Int.init)
            (targets, targetNotes) = (transcripts, transcripts.notes)
        }
        var meaning = targets.meaning(ofRows: rows, encoding, stored: stored)
        meaning.characters = encoding.spellings?.vocabulary
        sequenceMeaning = meaning
        notes = Self.notes(targets, sequenceMeaning) + targetNotes + encoding.notes
        (self.batchSize, self.seed, self.targets, self.split, fileNames) = (batchSize, seed, targets, split, options.fileNames)
        (self.ranges, loss) = (ranges, options.loss)
        places = SequencePlaces(table)
        copyCount = table.copies.count
        isBucketed = options.isBucketed
        inputs = encoding
        fingerprint = Self.fingerprint(
            of: table, encoding, targets, options: options, ranges, meaning: sequenceMeaning, batchSize: batchSize, seed: seed, split: split)
        try requireSound()
        if options.needsDivision, case .part(let column) = options.division {
            guard !split.parts[DataPart.training.rawValue].isEmpty else {
                throw .optionOutOfRange(key: "data.part", found: "'\(column)', which gives training no sequence", wanted: "a column that gives it some")
            }
            return
        }
        for part in ranges.neededParts(options.evaluated) where split.parts[part.rawValue].isEmpty {
            if options.needsDivision, options.division != nil {
                throw .optionOutOfRange(
                    key: part == .test ? "data.testFraction" : "data.validationFraction",
                    found: "\(part == .test ? options.split.test : options.split.validation)",
                    wanted: "such that each part has a whole group (data.group): a part takes a group of which at least half fits into its share, and training has the "
                        + "rest. Or 0 for no \(part) part")
            }
            throw .optionOutOfRange(
                key: part == .test ? "data.testFraction" : "data.validationFraction",
                found: "\(part == .test ? options.split.test : options.split.validation)",
                wanted: "large enough for one of the \(counted(table.rowCount, "sequence")) of \(options.fileNames), or 0 for no \(part) part")
        }
    }

    public var fault: DatasetError? { inputs.fault }
    public var task: any LearningTask { sequenceMeaning.task(loss: loss) }
    public var vocabulary: Vocabulary? { sequenceMeaning.inputVocabulary }
    public var meaning: (any DataMeaning)? { sequenceMeaning }
    public var featureNames: [String] { sequenceMeaning.featureNames }
    public var input: InputKind { sequenceMeaning.input }

    public var description: String {
        let lengths = (0..<inputs.rowCount - copyCount).map(inputs.timeCount)
        let (least, most) = (lengths.min() ?? 0, lengths.max() ?? 0)
        return "\(fileNames): \(counted(lengths.count, "sequence")) of \(least == most ? "" : "\(least) to ")\(counted(most, "step")), "
            + sequenceMeaning.targetWords
    }

    public var longestTimeCount: Int { (0..<inputs.rowCount).map(inputs.timeCount).max() ?? 0 }
    public var byteCount: Int { inputs.byteCount + places.byteCount + targets.byteCount + orderByteCount }

    public func exampleCount(of part: DataPart) -> Int { split.parts[part.rawValue].count }
    public func timeCount(ofExample example: Int, in part: DataPart) -> Int { inputs.timeCount(ofRow: Int(split.parts[part.rawValue][example])) }
    public var paddingShare: Double? { paddingShare { timeCount(ofExample: $0, in: .training) } }
    public func targetCount(ofExample example: Int, in part: DataPart) -> Int { targets.targetCount(ofRow: Int(split.parts[part.rawValue][example])) }

    public func coverage(of part: DataPart) -> DataCoverage {
        // Copies of recordings are more than the files have.
        let count = exampleCount(of: part)
        return DataCoverage(evaluatedCount: count, totalCount: max(count, ranges.totalCount(for: part)), unit: .sequence)
    }

    public func batch(ofExamples examples: [Int], in part: DataPart) -> Batch {
        let rows = examples.map { Int(split.parts[part.rawValue][$0]) }
        return inputs.batch(ofRows: rows, target: targets.target(ofRows: rows), globalIndices: examples)
    }

    /// Where an example stands in its file: "line 12", or of several files "line 12 of b.csv".
    public func place(ofExample example: Int, in part: DataPart) -> String { places.words(ofRow: Int(split.parts[part.rawValue][example])) }

    /// The outputs of an example's transcript, each at least 1; none for other targets.
    public func transcript(ofExample example: Int, in part: DataPart) -> [Int32] {
        guard case .transcripts(let list) = targets.target(ofRows: [Int(split.parts[part.rawValue][example])]) else { return [] }
        return list[0]
    }

    /// An example's text as the model reads it; nil for numbers.
    public func text(ofExample example: Int, in part: DataPart) -> String? {
        let row = Int(split.parts[part.rawValue][example])
        return vocabulary.map { $0.decode(inputs.tokens[inputs.starts[row]..<inputs.starts[row + 1]]) }
    }

    private static func fingerprint(
        of table: SequenceTable, _ encoding: SequenceEncoding, _ targets: any SequenceTargets, options: SequenceOptions, _ ranges: PartRanges,
        meaning: SequenceMeaning, batchSize: Int, seed: UInt64, split: StratifiedSplit
    ) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add(
            "labelled sequences, \(table.width) features, \(options.split), batch \(batchSize), seed \(seed)"
                + ExampleOrder.fingerprintText(exampleCount: split.parts[DataPart.training.rawValue].count))
        if let text = ranges.fingerprintText { fingerprint.add(text) }
        if options.needsDivision { for part in split.parts { for row in part { fingerprint.add(Int(row)) } } }
        if options.isBucketed { fingerprint.add("batches of like lengths") }
        if encoding.spellings != nil { fingerprint.add("\(options.characterLimit) characters of a word") }
        for line in options.featureLines + meaning.digestLines { fingerprint.add(line) }
        targets.add(to: &fingerprint, table)
        for start in encoding.starts { fingerprint.add(start * table.width) }
        table.numbers.visit { for number in $0 { fingerprint.add(number) } }
        guard let vocabulary = encoding.vocabulary else { return fingerprint.value }
        if vocabulary.unit == .word { table.texts.visit { fingerprint.add($0) } }
        for token in encoding.tokens { fingerprint.add(vocabulary.values.isEmpty ? Int(token) : Int(vocabulary.values[Int(token)])) }
        return fingerprint.value
    }

    /// Notes on classes with hardly a sequence, or a time step, to train on.
    private static func notes(_ targets: any SequenceTargets, _ meaning: SequenceMeaning) -> [String] {
        let unruly = meaning.followsRules
            ? [] : ["the tags don't follow each other as BIO or BIOES has it, so that a CRF may name any of them after any other"]
        let rare = zip(meaning.classes, meaning.counts).filter { $1 < 5 }
        guard let first = rare.first else { return unruly }
        let (owner, label) = targets.noteWords
        let others = rare.count > 1 ? " and \(counted(rare.count - 1, "more \(label)", plural: "more \(label == "class" ? "classes" : label + "s")"))" : ""
        return unruly + ["\(label) '\(first.0)'\(others): fewer than 5 \(owner) to train on"]
    }
}
