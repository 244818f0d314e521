import Batches
import NumberText

/// The inputs of labelled sequences as a model reads them: tokens, or standardised numbers.
struct SequenceEncoding {
    let vocabulary: Vocabulary?
    let scale: [SeriesStatistics.Column]
    private(set) var tokens: [Int32] = []
    private(set) var numbers: [Float] = []
    /// The numbers of a prepared form, which are standardised when they are read; nil for those in memory.
    private var mapped: MappedSequenceNumbers?
    /// Where each row begins, in time steps; at the end, their count.
    private(set) var starts = [0]
    /// For the user: words that the vocabulary doesn't have.
    private(set) var notes: [String] = []
    /// Of each token; nil unless characters are read beside words.
    private(set) var spellings: WordSpellings?
    /// The step before a sequence's first one, where the next step's numbers are predicted; and whether its last one is an input, too.
    private var start: (step: [Float], readsLast: Bool)?
    /// Sets of labels as inputs; then there is neither a vocabulary nor a scale.
    private let sets: SetTargets?

    /// - Parameters:
    ///   - trainingRows: rows from which the scale, or a vocabulary of words, is computed.
    ///   - stored: the meaning that an earlier run stored, whose vocabulary or scale is used.
    ///   - readsLast: whether a sequence's last step is an input, too, where the next step is predicted.
    /// - Throws: ``DatasetError`` for a symbol that a stored vocabulary lacks, and for values out of scale.
    init(
        _ table: SequenceTable, options: SequenceOptions, trainingRows: [Int], stored: SequenceMeaning?, readsLast: Bool = false
    ) throws(DatasetError) {
        sets = nil
        try options.checkMissing()
        guard options.text.isEmpty else {
            guard options.textReading.unit != .bpe || !options.target.isEveryStep else {
                throw .optionOutOfRange(
                    key: "data.unit", found: "\"bpe\"",
                    wanted: "\"word\", \"character\" or \"byte\" with data.target \"\(options.target.rawValue)\": each time step has a target there, and a word may be several "
                        + "tokens of byte pairs")
            }
            let own = stored?.inputVocabulary
            let vocabulary = if let own { own } else { try Self.vocabulary(of: table, options: options, trainingRows: trainingRows) }
            (self.vocabulary, scale) = (vocabulary, [])
            try encode(table, vocabulary, options)
            guard options.characterLimit > 0 else { return }
            spellings = try WordSpellings(table, options: options, trainingRows: trainingRows, vocabulary: stored?.characters)
            return
        }
        vocabulary = nil
        let features = try SequenceFeatures(table, options: options, trainingRows: trainingRows, stored: stored?.inputScale)
        (scale, notes) = (features.scale, features.notes)
        if options.target == .nextNumbers { start = (SequenceOptions.stepBeforeFirst(width: scale.count, hasPen: options.hasPen), readsLast || options.hasPen) }
        let source = MappedSequenceNumbers(table.numbers, starts: table.starts, features)
        let isMapped = table.numbers.file != nil
        if isMapped { mapped = source } else { numbers.reserveCapacity(table.numbers.count / table.width * scale.count) }
        starts = table.starts.map { $0 / table.width }
        for row in 0..<table.rowCount {
            do throws(DatasetError) {
                let own = try source.inputs(row: row, path: table.positions[row].path)
                if !isMapped { numbers += own }
            } catch {
                let owner = options.standardization == .training ? "the training part's" : "its"
                throw table.error("a number of this row lies more than 1e18 deviations from \(owner) mean. Fix the row, or leave it out", at: table.positions[row])
            }
        }
    }

    /// Sets of labels of which the next one is predicted.
    /// - Parameter readsLast: whether each row's last set is an input too, which has no target.
    init(_ sets: SetTargets, readsLast: Bool = false) {
        (vocabulary, scale, self.sets) = (nil, [], sets)
        for row in 0..<sets.rowCount { starts.append(starts[row] + sets.setCount(ofRow: row) - (readsLast ? 0 : 1)) }
    }

    /// Characters and bytes of all rows, so that each has a token; words and byte pairs of the training part, since others have tokens too.
    private static func vocabulary(of table: SequenceTable, options: SequenceOptions, trainingRows: [Int]) throws(DatasetError) -> Vocabulary {
        let reading = options.textReading
        if reading.unit == .bpe {
            guard options.tokenizer.isEmpty else { return try Vocabulary(tokenizer: options.tokenizer) }
            let size = try BytePairs.vocabularySize(options.wordLimit)
            var learner = BytePairLearner()
            for row in trainingRows { try reading.visitPieces(of: table.text(ofRow: row), file: table.positions[row].path) { learner.add($0) } }
            return Vocabulary(pairs: learner.pairs(vocabularySize: size))
        }
        guard reading.unit != .word else {
            var counts = WordCounts()
            for row in trainingRows { try reading.visitWords(of: table.text(ofRow: row), file: table.positions[row].path) { counts.add($0) } }
            return counts.vocabulary(limit: options.wordLimit, hasUnknown: true)
        }
        var symbols: Set<UInt32> = []
        for row in 0..<table.rowCount { try reading.visitSymbols(of: table.text(ofRow: row), file: table.positions[row].path) { symbols.insert($0) } }
        return Vocabulary(unit: reading.unit, values: symbols.sorted())
    }

    private mutating func encode(_ table: SequenceTable, _ vocabulary: Vocabulary, _ options: SequenceOptions) throws(DatasetError) {
        var unknownCount = 0
        var encoder = vocabulary.pairs.map(PairEncoder.init)
        for row in 0..<table.rowCount {
            let (bytes, position) = (table.text(ofRow: row), table.positions[row])
            var unknown: Symbol?
            if encoder != nil {
                try encoder?.visitTokens(of: bytes, reading: options.textReading, file: position.path) { tokens.append($0) }
            } else if vocabulary.unit == .word {
                try options.textReading.visitWords(of: bytes, file: position.path) { word in
                    if vocabulary.token(of: .word(String(decoding: word, as: UTF8.self))) == nil { unknownCount += 1 }
                    if let token = vocabulary.token(ofWord: word) { tokens.append(token) } else { unknown = .word(String(decoding: word, as: UTF8.self)) }
                }
            } else {
                try options.textReading.visitSymbols(of: bytes, file: position.path) { value in
                    if let token = vocabulary.token(ofValue: value) { tokens.append(token) } else { unknown = .value(value) }
                }
            }
            if let unknown {
                throw table.error(
                    "\(vocabulary.name(of: unknown)) in this row's text is none of the run's \(counted(vocabulary.count, "symbol")). "
                        + "Leave the row out", at: position)
            }
            guard tokens.count > starts[row] else { throw table.error("the text has no word here. Give it one, or leave the row out", at: position) }
            starts.append(tokens.count)
        }
        guard unknownCount > 0 else { return }
        notes = ["\(counted(unknownCount, "word")) of \(grouped(tokens.count)) read as \(Vocabulary.unknown): they aren't in the vocabulary"]
    }

    var rowCount: Int { starts.count - 1 }
    /// What is wrong with the mapped numbers; nil if nothing was found.
    var fault: DatasetError? { mapped?.fault }

    /// Standardised, `[time, features]`.
    func numbers(ofRow row: Int) -> ArraySlice<Float> {
        guard let mapped else { return numbers[starts[row] * scale.count..<starts[row + 1] * scale.count] }
        // All rows are in scale, as far as the file is sound.
        return ((try? mapped.inputs(row: row, path: "")) ?? Array(repeating: 0, count: timeCount(ofRow: row) * scale.count))[...]
    }

    var byteCount: Int { MemoryLayout<Int32>.stride * (tokens.count + numbers.count + starts.count * 2) + (spellings?.byteCount ?? 0) }

    /// Time steps of a row.
    func timeCount(ofRow row: Int) -> Int { starts[row + 1] - starts[row] + (start?.readsLast == true ? 1 : 0) }

    /// The labels that are on at each time step of a row; none unless sets of labels are inputs.
    func sets(ofRow row: Int) -> [[Int32]] { (0..<timeCount(ofRow: row)).map { Array(sets?.set($0, ofRow: row) ?? []) } }

    /// The sequences of `rows`, in that order.
    func batch(ofRows rows: [Int], target: Batch.Target?, globalIndices: [Int]) -> Batch {
        guard vocabulary == nil else {
            let columns = TokenColumns(rows.map { tokens[starts[$0]..<starts[$0 + 1]] })
            return Batch(
                timeCount: columns.timeCount, lengths: columns.lengths,
                inputs: [.tokens(columns.tokens)] + (spellings.map { [characters(ofRows: rows, $0, timeCount: columns.timeCount)] } ?? []), target: target,
                globalIndices: globalIndices)
        }
        let lengths = rows.map(timeCount)
        if let sets {
            return Batch(
                timeCount: lengths.max() ?? 0, lengths: lengths,
                input: .vectors(sets.values(ofRows: rows, from: 0, lengths: lengths), featureCount: sets.names.count), target: target, globalIndices: globalIndices)
        }
        let (timeCount, featureCount) = (lengths.max() ?? 0, scale.count)
        var input = Array(repeating: Float(0), count: timeCount * rows.count * featureCount)
        for (sequence, row) in rows.enumerated() {
            let own = start.map { $0.step + numbers(ofRow: row) } ?? numbers(ofRow: row)
            var from = own.startIndex
            for time in 0..<lengths[sequence] {
                let to = (time * rows.count + sequence) * featureCount
                for feature in 0..<featureCount { input[to + feature] = own[from + feature] }
                from += featureCount
            }
        }
        return Batch(
            timeCount: timeCount, lengths: lengths, input: .vectors(input, featureCount: featureCount), target: target, globalIndices: globalIndices)
    }

    private func characters(ofRows rows: [Int], _ spellings: WordSpellings, timeCount: Int) -> Batch.Input {
        .characters(WordCharacters((0..<timeCount).flatMap { time in rows.map { time < self.timeCount(ofRow: $0) ? spellings[starts[$0] + time] : [] } }))
    }
}
