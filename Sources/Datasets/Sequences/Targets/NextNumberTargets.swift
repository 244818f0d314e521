import Batches
import NumberText

/// The next time step's numbers as targets, which the model reads in the step after. A sequence begins with a step of zeros, with a lifted pen, so that its first
/// numbers are predicted too; a drawing ends with a step whose target is the end alone.
struct NextNumberTargets: SequenceTargets {
    private let hasPen: Bool
    private let mixture: MixtureOptions
    private let rowCount: Int
    private var encoding: SequenceEncoding?

    /// - Throws: ``DatasetError`` for points that have no pen, and for a choice that doesn't go with it.
    init(_ table: SequenceTable, _ options: SequenceOptions) throws(DatasetError) {
        (hasPen, mixture, rowCount) = (options.hasPen, options.mixture, table.rowCount)
        if options.reading.missing == .mask {
            throw .optionOutOfRange(key: "data.missing", found: "\"mask\"", wanted: "\"refuse\" or \"fill\" with data.target \"next\": what the model reads is what it predicts")
        }
        if !options.text.isEmpty {
            throw .optionOutOfRange(key: "data.text", found: "set", wanted: "left out with data.target \"next\", or data.kind \"text\" for the next symbol of a text")
        }
        guard hasPen else { return }
        guard table.width == 3 else {
            throw table.error("a point has \(counted(table.width, "number")), and three are wanted: dx, dy and the pen. Fix the file", at: table.positions[0])
        }
        for row in 0..<table.rowCount {
            for place in stride(from: table.starts[row] + 2, to: table.starts[row + 1], by: 3) where ![0, 1].contains(table.numbers[place]) {
                throw table.error("a pen is neither 0 nor 1 here, where 1 is lifted after the point. Fix it, or leave the drawing out", at: table.positions[row])
            }
        }
    }

    /// Takes the numbers, standardised.
    mutating func take(_ encoding: SequenceEncoding) { self.encoding = encoding }

    var strata: (classes: [Int32], count: Int) { (Array(repeating: 0, count: rowCount), 1) }
    var byteCount: Int { 0 }
    var noteWords: (owner: String, label: String) { ("sequences", "number") }

    /// Points or frames: a drawing's end isn't one, but its loss counts.
    func targetCount(ofRow row: Int) -> Int { encoding.map { $0.timeCount(ofRow: row) - (hasPen ? 1 : 0) } ?? 0 }
    func check(against inputs: SequenceEncoding, of table: SequenceTable) throws(DatasetError) {}

    func target(ofRows rows: [Int]) -> Batch.Target {
        guard let encoding else { preconditionFailure("targets are asked for after the inputs are read") }
        let width = encoding.scale.count
        var values = Array(repeating: Float(0), count: (rows.map(encoding.timeCount).max() ?? 0) * rows.count * width)
        for (sequence, row) in rows.enumerated() {
            let own = encoding.numbers(ofRow: row)
            for (place, number) in own.enumerated() { values[(place / width * rows.count + sequence) * width + place % width] = number }
            guard hasPen else { continue }
            let end = (own.count / width * rows.count + sequence) * width
            values[end] = .nan
            values[end + width - 1] = Float(SequenceOptions.endState)
        }
        return .vectorEveryStep(values, outputCount: width)
    }

    func meaning(ofRows rows: [Int], _ inputs: SequenceEncoding, stored: SequenceMeaning?) -> SequenceMeaning {
        var meaning = SequenceMeaning(target: .nextNumbers, classes: [], counts: [], vocabulary: nil, scale: inputs.scale)
        meaning.nextNumbers = stored?.nextNumbers ?? NextNumbersMeaning(mixture, inputs, rows: rows, hasPen: hasPen)
        return meaning
    }

    func add(to fingerprint: inout Fingerprint, _ table: SequenceTable) { fingerprint.add("the next numbers") }

    // MARK: Inputs

    /// Offsets have one scale, so that drawings keep their shape: the deviation of all of them. A pen has none.
    static func scale(of table: SequenceTable, trainingRows: [Int], path: String) throws(DatasetError) -> [SeriesStatistics.Column] {
        let values = trainingRows.flatMap { row in (table.starts[row]..<table.starts[row + 1]).lazy.filter { $0 % 3 != 2 }.map { table.numbers[$0] } }
        let deviation = try SeriesStatistics.Column(name: table.featureNames[0], values: values, path: path).deviation
        return table.featureNames.enumerated().map { SeriesStatistics.Column(name: $1, mean: 0, deviation: $0 == 2 ? 1 : deviation) }
    }
}

extension SequenceOptions {
    /// The third state of a pen: after a point it is down, lifted, or the drawing is at its end.
    package static let endState = 2

    /// What a model reads before the first numbers: zeros, and a lifted pen.
    package static func stepBeforeFirst(width: Int, hasPen: Bool) -> [Float] { Array(repeating: 0, count: width - (hasPen ? 1 : 0)) + (hasPen ? [1] : []) }
}
