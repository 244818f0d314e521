import Batches
import NumberText
import StrictJSON

/// Classes as targets: one of each sequence, or one of each time step.
struct ClassTargets: SequenceTargets {
    /// Names in the order of the outputs.
    let classes: [String]
    /// Whether each time step has a class.
    let isEveryStep: Bool
    /// Classes of all rows, one after the other.
    private let indices: [Int32]
    /// Where each row begins in `indices`; at the end, their count.
    private let starts: [Int]

    /// - Parameter stored: the classes of an earlier run, which replace those of the table.
    /// - Throws: ``DatasetError`` for a class that isn't among `stored`, for a single class, and for too many.
    init(_ table: SequenceTable, _ kind: SequenceTargetKind, stored: [String]?) throws(DatasetError) {
        let classes = stored ?? SequenceClasses.sorted(table.targets.flatMap(\.names))
        let owner = kind == .class ? "rows" : "time steps"
        guard classes.count > 1 else {
            throw table.error(
                "all \(owner) have the class '\(classes.first ?? "")'; at least two classes are needed. Is data.label the right column", at: table.positions[0])
        }
        (self.classes, isEveryStep) = (classes, kind == .classes)
        (indices, starts) = try SequenceClasses.indices(of: table, in: classes, owner: owner)
    }

    var strata: (classes: [Int32], count: Int) {
        isEveryStep ? (Array(repeating: 0, count: starts.count - 1), 1) : (indices, classes.count)
    }

    var byteCount: Int { MemoryLayout<Int32>.stride * indices.count + (isEveryStep ? MemoryLayout<Int>.stride * starts.count : 0) }

    func targetCount(ofRow row: Int) -> Int { starts[row + 1] - starts[row] }
    private func classes(ofRow row: Int) -> ArraySlice<Int32> { indices[starts[row]..<starts[row + 1]] }

    func check(against inputs: SequenceEncoding, of table: SequenceTable) throws(DatasetError) {
        guard isEveryStep else { return }
        for row in 0..<inputs.rowCount where targetCount(ofRow: row) != inputs.timeCount(ofRow: row) {
            let steps = inputs.vocabulary.map { counted(inputs.timeCount(ofRow: row), $0.unit.noun) } ?? counted(inputs.timeCount(ofRow: row), "time step")
            throw table.error(
                "the sequence has \(steps) and \(counted(targetCount(ofRow: row), "class", plural: "classes")); each has one. "
                    + "Fix them, or leave the sequence out", at: table.positions[row])
        }
    }

    func meaning(ofRows rows: [Int], _ inputs: SequenceEncoding, stored: SequenceMeaning?) -> SequenceMeaning {
        SequenceMeaning(
            target: isEveryStep ? .classes : .class, classes: classes, counts: stored?.counts ?? counts(ofRows: rows), vocabulary: inputs.vocabulary,
            scale: inputs.scale, tokenClasses: stored == nil ? tokenClasses(ofRows: rows, inputs) : stored?.tokenClasses,
            followsRules: stored?.followsRules ?? followsRules(rows))
    }

    /// Whether tags of these rows follow their scheme; true without one.
    private func followsRules(_ rows: [Int]) -> Bool {
        guard isEveryStep, let rules = LabelRules(classes: classes) else { return true }
        return rows.allSatisfy { rules.allows(classes(ofRow: $0)) }
    }

    var noteWords: (owner: String, label: String) { (isEveryStep ? "time steps" : "sequences", "class") }

    /// Number of sequences, or of time steps, of each class.
    private func counts(ofRows rows: [Int]) -> [Int] {
        var counts = Array(repeating: 0, count: classes.count)
        for row in rows { for index in classes(ofRow: row) { counts[Int(index)] += 1 } }
        return counts
    }

    /// How often each token has each class; nil unless time steps of tokens have classes.
    private func tokenClasses(ofRows rows: [Int], _ inputs: SequenceEncoding) -> [TokenClass]? {
        guard isEveryStep, let vocabulary = inputs.vocabulary else { return nil }
        var counts = Array(repeating: [Int32: Int](), count: vocabulary.count)
        for row in rows {
            for (token, index) in zip(inputs.tokens[inputs.starts[row]..<inputs.starts[row + 1]], classes(ofRow: row)) { counts[Int(token)][index, default: 0] += 1 }
        }
        return counts.map(TokenClass.init)
    }

    func target(ofRows rows: [Int]) -> Batch.Target {
        isEveryStep ? .tokenEveryStep(TokenColumns(rows.map(classes(ofRow:))).tokens) : .classAtEnd(rows.map { indices[starts[$0]] })
    }

    func add(to fingerprint: inout Fingerprint, _ table: SequenceTable) {
        guard isEveryStep else {
            for target in table.targets { fingerprint.add(target.name) }
            return
        }
        for start in starts { fingerprint.add(start) }
        for index in indices { fingerprint.add(Int(index)) }
    }
}

/// The most frequent class of a token's time steps.
public struct TokenClass: Sendable, Hashable {
    public let index: Int
    /// Time steps of this class, and all of the token; both 0 for a token that training doesn't have.
    public let count: Int
    public let total: Int

    public init(index: Int, count: Int, total: Int) {
        (self.index, self.count, self.total) = (index, count, total)
    }

    /// The first class on a tie.
    fileprivate init(_ counts: [Int32: Int]) {
        let best = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
        self.init(index: Int(best?.key ?? 0), count: best?.value ?? 0, total: counts.values.reduce(0, +))
    }
}
