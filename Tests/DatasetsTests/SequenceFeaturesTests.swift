import Batches
import Datasets
import Files
import Testing

@Suite("Deltas, and sequences that are standardised by themselves")
struct SequenceFeaturesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    /// Three sequences of u and v. The third number of the last is constant.
    private static let sequences: [[[Double]]] = [
        [[1, 10], [4, 8], [2, -3], [7, 7], [7, 1], [0, 2]], [[5, 5]], [[3, 1], [1, 1], [8, 1]],
    ]

    private func options(_ standardization: StandardizationRange, deltas: Int, missing: TableReading.Missing = .refuse, null: String = "4") throws -> SequenceOptions {
        let lines = Self.sequences.enumerated().map { place, steps in
            let text = steps.map { "[\($0[0] == 4 ? null : "\($0[0])"), \($0[1])]" }.joined(separator: ", ")
            return #"{"x": [\#(text)], "class": "\#(place)"}"#
        }
        return SequenceOptions(
            files: [try files.write(lines.joined(separator: "\n"), to: "x.jsonl")], label: "class", columns: ["x"], split: try SplitFractions(validation: 0),
            reading: TableReading(missing: missing), standardization: standardization, deltaOrder: deltas)
    }

    private func numbers(_ sequences: LabelledSequences) -> [[Float]] { columns(of: sequences.batch(ofExamples: [0, 1, 2], in: .training)).map(\.vectors) }

    /// (x - mean)/deviation of each column over the given rows together; a column that doesn't change has the deviation 1.
    private func standardised(_ sequences: [[[Double]]]) -> [[[Double]]] {
        let rows = sequences.joined()
        let width = sequences[0][0].count
        let scale = (0..<width).map { column in
            let mean = rows.reduce(0) { $0 + $1[column] } / Double(rows.count)
            let deviation = (rows.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / Double(rows.count)).squareRoot()
            return (mean: mean, deviation: deviation < 1e-9 ? 1 : deviation)
        }
        return sequences.map { $0.map { row in row.enumerated().map { ($1 - scale[$0].mean) / scale[$0].deviation } } }
    }

    /// Σ n (x[t+n] - x[t-n]) / (2 Σ n²), n = 1, 2, the ends repeated.
    private func deltas(_ rows: [[Double]]) -> [[Double]] {
        rows.indices.map { time in
            rows[0].indices.map { column in
                func at(_ place: Int) -> Double { rows[min(max(place, 0), rows.count - 1)][column] }
                return (1...2).reduce(0) { $0 + Double($1) * (at(time + $1) - at(time - $1)) } / 10
            }
        }
    }

    private func wanted(_ standardization: StandardizationRange, deltaCount: Int) -> [[[Double]]] {
        func scaled(_ sequences: [[[Double]]]) -> [[[Double]]] {
            standardization == .training ? standardised(sequences) : sequences.map { standardised([$0])[0] }
        }
        var parts = [scaled(Self.sequences)]
        var source = parts[0]
        for _ in 0..<deltaCount {
            source = source.map(deltas)
            parts.append(scaled(source))
        }
        return Self.sequences.indices.map { place in
            Self.sequences[place].indices.map { time in parts.flatMap { $0[place][time] } }
        }
    }

    @Test("numbers, then their deltas, each standardised over the training part or the sequence", arguments: [StandardizationRange.training, .sequence], [0, 1, 2])
    func features(standardization: StandardizationRange, deltaCount: Int) throws {
        let options = try options(standardization, deltas: deltaCount)
        let sequences = try LabelledSequences(options, batchSize: 3, seed: 1)
        let wanted = wanted(standardization, deltaCount: deltaCount)
        #expect(sequences.input == .vectors(featureCount: 2 * (1 + deltaCount)))
        for (found, wanted) in zip(numbers(sequences), wanted) {
            #expect(found.count == wanted.count * wanted[0].count)
            #expect(zip(found, wanted.joined()).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(found), \(wanted)")
        }
        // A file to predict becomes the same.
        let meaning = try #require(sequences.meaning as? SequenceMeaning)
        let rows = try SequenceInputs(TableFile(path: options.files[0]), options: options, meaning: meaning)
        let (again, first) = (rows.batch(ofRows: 0..<3), sequences.batch(ofExamples: [0, 1, 2], in: .training))
        #expect(again.input == first.input)
        #expect(try SequenceMeaning(json: Array(meaning.stored.text.utf8), file: "meaning") == meaning)
    }

    @Test("each choice has a fingerprint of its own")
    func fingerprints() throws {
        var found: Set<UInt64> = []
        for standardization in StandardizationRange.allCases {
            for deltaCount in 0...2 { found.insert(try LabelledSequences(options(standardization, deltas: deltaCount), batchSize: 3, seed: 1).fingerprint) }
        }
        #expect(found.count == 6)
    }

    @Test("deltas are those of numbers without gaps, and marks come last")
    func gaps() throws {
        let sequences = try LabelledSequences(options(.sequence, deltas: 1, missing: .mask, null: "null"), batchSize: 3, seed: 1)
        let names = sequences.featureNames
        #expect(names.count == 5 && names[4] == names[0] + " missing" && names[2] == names[0] + " delta", "\(names)")
        // The known ones of u are 1, 2, 7, 7, 0; the second is taken from the first.
        let known = [1.0, 2, 7, 7, 0]
        let mean = known.reduce(0, +) / 5
        let deviation = (known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5).squareRoot()
        let filled = [1.0, 1, 2, 7, 7, 0].map { ($0 - mean) / deviation }
        let differences = standardised([deltas(filled.map { [$0] })])[0].map { $0[0] }
        let found = numbers(sequences)[0]
        for time in 0..<6 {
            #expect(abs(Double(found[5 * time]) - filled[time]) < 1e-5 && abs(Double(found[5 * time + 2]) - differences[time]) < 1e-5, "\(time)")
            #expect(found[5 * time + 4] == (time == 1 ? 1 : 0))
        }
    }
}
