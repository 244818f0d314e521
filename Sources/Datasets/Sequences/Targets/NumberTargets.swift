import Batches
import NumberText
import StrictJSON

/// Numbers as targets: some of each sequence, or some of each time step. They are standardised with the training part's statistics.
struct NumberTargets: SequenceTargets {
    private let isEveryStep: Bool
    /// Names of the outputs.
    private let names: [String]
    /// Numbers of all rows, one after the other, as in the files. `[row, (time,) output]`.
    private let values: [Double]
    /// Where each row begins in `values`; at the end, their count.
    private let starts: [Int]
    /// One for each output; empty until they are known.
    private var scale: [SeriesStatistics.Column] = []

    /// - Throws: ``DatasetError`` for a row with another number of targets than the first.
    init(_ table: SequenceTable, _ kind: SequenceTargetKind) throws(DatasetError) {
        isEveryStep = kind == .numbersEveryStep
        names = table.targetNames
        var (values, starts) = ([Double](), [0])
        for (row, target) in table.targets.enumerated() {
            guard target.numbers.count % max(1, names.count) == 0, isEveryStep || target.numbers.count == names.count else {
                throw table.error(
                    "the sequence has \(counted(target.numbers.count, "target")), and \(names.count) \(isEveryStep ? "at each time step are" : "are") wanted. "
                        + "Fix the row, or leave it out", at: table.positions[row])
            }
            values += target.numbers
            starts.append(values.count)
        }
        (self.values, self.starts) = (values, starts)
    }

    var strata: (classes: [Int32], count: Int) { (Array(repeating: 0, count: starts.count - 1), 1) }
    var byteCount: Int { MemoryLayout<Double>.stride * values.count + MemoryLayout<Int>.stride * starts.count }
    var noteWords: (owner: String, label: String) { ("sequences", "target") }

    /// Counts numbers, by which the loss is divided.
    func targetCount(ofRow row: Int) -> Int { starts[row + 1] - starts[row] }

    func check(against inputs: SequenceEncoding, of table: SequenceTable) throws(DatasetError) {
        guard isEveryStep else { return }
        for row in 0..<inputs.rowCount where targetCount(ofRow: row) != inputs.timeCount(ofRow: row) * names.count {
            throw table.error(
                "the sequence has \(counted(inputs.timeCount(ofRow: row), "time step")), and targets of \(targetCount(ofRow: row) / names.count). "
                    + "Fix them, or leave the sequence out", at: table.positions[row])
        }
    }

    mutating func prepare(forRows rows: [Int], of table: SequenceTable, stored: SequenceMeaning?) throws(DatasetError) {
        if let stored {
            scale = stored.targetScale
        } else {
            scale = try names.indices.map { output throws(DatasetError) in
                let own = rows.flatMap { row in stride(from: starts[row] + output, to: starts[row + 1], by: names.count).map { values[$0] } }
                return try SeriesStatistics.Column(name: names[output], values: own, path: table.positions[0].path)
            }
        }
        for row in table.positions.indices {
            for (place, value) in values[starts[row]..<starts[row + 1]].enumerated() where scale[place % names.count].number(value) == nil {
                throw table.error(
                    "a target of this row lies more than 1e18 deviations from the training part's mean. Fix the row, or leave it out", at: table.positions[row])
            }
        }
    }

    private func numbers(ofRow row: Int) -> [Float] {
        values[starts[row]..<starts[row + 1]].enumerated().map { scale[$0.offset % names.count].number($0.element) ?? 0 }
    }

    func target(ofRows rows: [Int]) -> Batch.Target {
        let (own, width) = (rows.map(numbers), names.count)
        guard isEveryStep else { return .vectorAtEnd(own.flatMap(\.self), outputCount: width) }
        var values = Array(repeating: Float(0), count: (own.map(\.count).max() ?? 0) * rows.count)
        for (sequence, numbers) in own.enumerated() {
            for (place, number) in numbers.enumerated() { values[(place / width * rows.count + sequence) * width + place % width] = number }
        }
        return .vectorEveryStep(values, outputCount: width)
    }

    func meaning(ofRows rows: [Int], _ inputs: SequenceEncoding, stored: SequenceMeaning?) -> SequenceMeaning {
        SequenceMeaning(
            target: isEveryStep ? .numbersEveryStep : .numbers, classes: [], counts: [], vocabulary: inputs.vocabulary, scale: inputs.scale, targetScale: scale)
    }

    func add(to fingerprint: inout Fingerprint, _ table: SequenceTable) {
        for start in starts { fingerprint.add(start) }
        for value in values { fingerprint.add(value) }
    }
}
