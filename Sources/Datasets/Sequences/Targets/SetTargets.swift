import Batches
import NumberText
import StrictJSON

/// Sets of labels as targets, one of each time step: those that are on, such as the notes of a chord. Or as inputs too, if the next step's set is predicted.
struct SetTargets: SequenceTargets {
    /// Names in the order of the outputs.
    let names: [String]
    /// Whether a step's target is the next step's set, so that a sequence has a step fewer than sets.
    let isNext: Bool
    /// Labels of all sets, one after the other; where each set begins there, and at the end their count.
    private let elements: [Int32]
    private let setStarts: [Int]
    /// Where each row's sets begin; at the end, their count.
    private let rowStarts: [Int]

    /// - Parameters:
    ///   - stored: the labels of an earlier run, which replace those of the table.
    ///   - needsNext: whether a row of one set is refused, where the next one is predicted.
    /// - Throws: ``DatasetError`` for a label that isn't among `stored`, for a file without any, and for a row too short.
    init(_ table: SequenceTable, _ kind: SequenceTargetKind, stored: [String]?, needsNext: Bool = true) throws(DatasetError) {
        let names = stored ?? SequenceClasses.sorted(table.targets.flatMap { $0.sets.flatMap(\.self) })
        guard !names.isEmpty else { throw table.error("no time step has a label. Is data.label the right field", at: table.positions[0]) }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
        var (elements, setStarts, rowStarts) = ([Int32](), [0], [0])
        for (row, target) in table.targets.enumerated() {
            for set in target.sets {
                var indices: Set<Int32> = []
                for name in set {
                    guard let place = places[name] else {
                        throw table.error(
                            "label '\(JSONValue.printable(name, scalarCount: 40))' is none of the run's \(names.count): \(DatasetError.list(names)). "
                                + "Fix it, or leave the row out", at: table.positions[row])
                    }
                    indices.insert(place)
                }
                elements += indices.sorted()
                setStarts.append(elements.count)
            }
            rowStarts.append(setStarts.count - 1)
            if kind == .next, needsNext, target.sets.count < 2 {
                throw table.error("the sequence has one time step; to predict the next one it needs two. Leave it out", at: table.positions[row])
            }
        }
        (self.names, isNext) = (names, kind == .next)
        (self.elements, self.setStarts, self.rowStarts) = (elements, setStarts, rowStarts)
    }

    var strata: (classes: [Int32], count: Int) { (Array(repeating: 0, count: rowStarts.count - 1), 1) }
    var byteCount: Int { MemoryLayout<Int32>.stride * elements.count + MemoryLayout<Int>.stride * (setStarts.count + rowStarts.count) }
    var rowCount: Int { rowStarts.count - 1 }

    func setCount(ofRow row: Int) -> Int { rowStarts[row + 1] - rowStarts[row] }
    /// The labels that are on at a row's time step, in order.
    func set(_ time: Int, ofRow row: Int) -> ArraySlice<Int32> {
        let set = rowStarts[row] + time
        return elements[setStarts[set]..<setStarts[set + 1]]
    }

    func targetCount(ofRow row: Int) -> Int { setCount(ofRow: row) - (isNext ? 1 : 0) }

    func check(against inputs: SequenceEncoding, of table: SequenceTable) throws(DatasetError) {
        for row in 0..<rowCount where targetCount(ofRow: row) != inputs.timeCount(ofRow: row) {
            throw table.error(
                "the sequence has \(counted(inputs.timeCount(ofRow: row), "time step")) and \(counted(setCount(ofRow: row), "set")) of labels; each has one. "
                    + "Fix them, or leave the sequence out", at: table.positions[row])
        }
    }

    func target(ofRows rows: [Int]) -> Batch.Target {
        let lengths = rows.map(targetCount)
        return .vectorEveryStep(values(ofRows: rows, from: isNext ? 1 : 0, lengths: lengths), outputCount: names.count)
    }

    /// Sets as numbers, 1 for each label that is on and 0 for the others, `[time, batch, labels]`.
    /// - Parameters:
    ///   - first: of each row, the first set.
    ///   - lengths: of each row, how many sets.
    func values(ofRows rows: [Int], from first: Int, lengths: [Int]) -> [Float] {
        var values = Array(repeating: Float(0), count: (lengths.max() ?? 0) * rows.count * names.count)
        for (sequence, row) in rows.enumerated() {
            for time in 0..<lengths[sequence] {
                for element in set(first + time, ofRow: row) { values[(time * rows.count + sequence) * names.count + Int(element)] = 1 }
            }
        }
        return values
    }

    func meaning(ofRows rows: [Int], _ inputs: SequenceEncoding, stored: SequenceMeaning?) -> SequenceMeaning {
        var counts = Array(repeating: 0, count: names.count)
        for row in rows {
            let sets = rowStarts[row] + (isNext ? 1 : 0)..<rowStarts[row + 1]
            for element in elements[setStarts[sets.lowerBound]..<setStarts[sets.upperBound]] { counts[Int(element)] += 1 }
        }
        return SequenceMeaning(
            target: isNext ? .next : .multiLabel, classes: names, counts: stored?.counts ?? counts, vocabulary: inputs.vocabulary, scale: inputs.scale,
            stepCount: stored?.stepCount ?? rows.reduce(0) { $0 + targetCount(ofRow: $1) })
    }

    var noteWords: (owner: String, label: String) { ("time steps", "label") }

    func add(to fingerprint: inout Fingerprint, _ table: SequenceTable) {
        for start in rowStarts { fingerprint.add(start) }
        for start in setStarts { fingerprint.add(start) }
        for element in elements { fingerprint.add(Int(element)) }
    }
}
