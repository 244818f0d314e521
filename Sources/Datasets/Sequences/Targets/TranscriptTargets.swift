import Batches
import NumberText
import StrictJSON

/// Transcripts as targets: the symbols of each sequence in order, characters or words, which aren't aligned with its time steps.
///
/// Symbols are those of the training part. A sequence whose transcript no alignment can say is refused, or left out: one with another symbol, or with more symbols than
/// the model has outputs for, where two that are alike need a blank between them.
struct TranscriptTargets: SequenceTargets {
    private let unit: TranscriptUnit
    private let skipsUnalignable: Bool
    /// Time steps at which the model has outputs, of a sequence of so many.
    private let outputSteps: @Sendable (Int) -> Int
    /// In the order of the outputs, which begin with the blank.
    private(set) var symbols: [String] = []
    /// Outputs of all rows, one after the other; 0 for a symbol that isn't among `symbols`.
    private var outputs: [Int32] = []
    /// Where each row begins in `outputs`; at the end, their count.
    private var starts = [0]
    /// Rows that are left out.
    private var leftOut: [Int] = []
    /// What is said of them.
    private(set) var notes: [String] = []

    init(_ table: SequenceTable, _ options: SequenceOptions, outputSteps: @escaping @Sendable (Int) -> Int) {
        (unit, skipsUnalignable, self.outputSteps) = (options.transcriptUnit, options.skipsUnalignable, outputSteps)
        for target in table.targets { starts.append(starts[starts.count - 1] + target.names.count) }
    }

    var strata: (classes: [Int32], count: Int) { (Array(repeating: 0, count: starts.count - 1), 1) }
    var byteCount: Int { MemoryLayout<Int32>.stride * outputs.count + MemoryLayout<Int>.stride * starts.count }
    var noteWords: (owner: String, label: String) { ("occurrences", "symbol") }

    /// Symbols, by which the loss is divided; an empty transcript counts as one, as in torch's mean.
    func targetCount(ofRow row: Int) -> Int { max(1, starts[row + 1] - starts[row]) }
    private func outputs(ofRow row: Int) -> ArraySlice<Int32> { outputs[starts[row]..<starts[row + 1]] }
    func target(ofRows rows: [Int]) -> Batch.Target { .transcripts(rows.map { Array(outputs(ofRow: $0)) }) }

    func check(against inputs: SequenceEncoding, of table: SequenceTable) throws(DatasetError) {}

    /// Takes the symbols of the training part, or those that a run stored, and numbers all transcripts.
    /// - Returns: the parts without the rows that are left out.
    /// - Throws: ``DatasetError`` for a sequence that no alignment can say, unless such ones are left out; and for a training part without a symbol.
    mutating func align(_ split: StratifiedSplit, _ inputs: SequenceEncoding, of table: SequenceTable, stored: [String]?) throws(DatasetError) -> StratifiedSplit {
        let used = split.parts.joined().map(Int.init).sorted()
        let tooLong = try unalignable(used, of: table) { row in
            let (stepCount, names) = (outputSteps(inputs.timeCount(ofRow: row)), table.targets[row].names)
            let least = CTC.leastStepCount(names)
            guard least > stepCount else { return nil }
            let own = stepCount == inputs.timeCount(ofRow: row) ? "" : " after the layers that make them fewer"
            return "the transcript needs \(counted(least, "time step")), one for each symbol and one between two that are alike, and the sequence has \(stepCount)\(own). "
                + "Fix it, let the layers keep more time steps, or set data.unalignable to \"skip\""
        }
        let training = split.parts[DataPart.training.rawValue].map(Int.init).filter { !tooLong.contains($0) }
        guard !training.isEmpty || stored != nil || tooLong.isEmpty else {
            throw table.error("all transcripts of the training part are longer than the time steps that the layers leave. Let them keep more", at: table.positions[0])
        }
        symbols = stored ?? SequenceClasses.sorted(training.flatMap { table.targets[$0].names })
        guard !symbols.isEmpty else { throw table.error("no transcript of the training part has a symbol. Is data.label the right column", at: table.positions[0]) }
        let places = Dictionary(uniqueKeysWithValues: symbols.enumerated().map { ($1, Int32($0 + 1)) })
        outputs = table.targets.flatMap { $0.names.map { places[$0] ?? CTC.blank } }
        let unknown = try unalignable(used.filter { !tooLong.contains($0) }, of: table) { row in
            guard let name = table.targets[row].names.first(where: { places[$0] == nil }) else { return nil }
            return "the transcript has the symbol '\(JSONValue.printable(name, scalarCount: 40))', which is none of the training part's \(symbols.count): "
                + "\(DatasetError.list(symbols)). Fix it, leave the sequence out, or set data.unalignable to \"skip\""
        }
        leftOut = tooLong.union(unknown).sorted()
        if !tooLong.isEmpty { notes.append("\(counted(tooLong.count, "sequence")) left out: the transcript is too long for the time steps") }
        if !unknown.isEmpty { notes.append("\(counted(unknown.count, "sequence")) left out: the transcript has a symbol that the training part doesn't have") }
        guard !leftOut.isEmpty else { return split }
        let all = Set(leftOut)
        return StratifiedSplit(parts: split.parts.map { $0.filter { !all.contains(Int($0)) } })
    }

    /// The rows that `fault` has something against.
    private func unalignable(_ rows: [Int], of table: SequenceTable, _ fault: (Int) -> String?) throws(DatasetError) -> Set<Int> {
        var found: Set<Int> = []
        for row in rows {
            guard let reason = fault(row) else { continue }
            guard skipsUnalignable else { throw table.error(reason, at: table.positions[row]) }
            found.insert(row)
        }
        return found
    }

    func meaning(ofRows rows: [Int], _ inputs: SequenceEncoding, stored: SequenceMeaning?) -> SequenceMeaning {
        var meaning = SequenceMeaning(
            target: .transcript, classes: symbols, counts: stored?.counts ?? counts(ofRows: rows), vocabulary: inputs.vocabulary, scale: inputs.scale)
        meaning.transcripts = stored?.transcripts ?? TranscriptMeaning(unit: unit, usual: usual(ofRows: rows))
        return meaning
    }

    private func counts(ofRows rows: [Int]) -> [Int] {
        var counts = Array(repeating: 0, count: symbols.count)
        for row in rows { for output in outputs(ofRow: row) { counts[Int(output) - 1] += 1 } }
        return counts
    }

    /// Rows by which the most frequent transcript is judged.
    private static let judgedCount = 1000

    /// The most frequent transcript, the first one of equals; the empty one if that has fewer errors on the first rows.
    private func usual(ofRows rows: [Int]) -> [Int32] {
        var counts: [[Int32]: (count: Int, first: Int)] = [:]
        for row in rows { counts[Array(outputs(ofRow: row)), default: (0, row)].count += 1 }
        guard let best = counts.max(by: { ($0.value.count, -$0.value.first) < ($1.value.count, -$1.value.first) }), best.value.count > 1 else { return [] }
        let judged = rows.prefix(Self.judgedCount)
        let errors = judged.reduce(0) { $0 + EditCounts(from: outputs(ofRow: $1), to: best.key).errorCount }
        return errors < judged.reduce(0) { $0 + outputs(ofRow: $1).count } ? best.key : []
    }

    func add(to fingerprint: inout Fingerprint, _ table: SequenceTable) {
        for start in starts { fingerprint.add(start) }
        for output in outputs { fingerprint.add(Int(output)) }
        for row in leftOut { fingerprint.add(row) }
    }
}
