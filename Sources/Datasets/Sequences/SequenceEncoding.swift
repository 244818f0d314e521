import Batches
import NumberText

/// The inputs of labelled sequences as a model reads them: tokens, or standardised numbers.
struct SequenceEncoding {
    let vocabulary: Vocabulary?
    let scale: [SeriesStatistics.Column]
    private(set) var tokens: [Int32] = []
    /// `[time step, feature]`
    private(set) var numbers: [Float] = []
    /// Where each row begins in `tokens`, or in `numbers` in time steps; at the end, their count.
    let starts: [Int]

    /// - Parameters:
    ///   - trainingRows: rows from which the scale is computed.
    ///   - stored: the meaning that an earlier run stored, whose vocabulary or scale is used.
    /// - Throws: ``DatasetError`` for a symbol that a stored vocabulary lacks, and for values out of scale.
    init(_ table: SequenceTable, options: SequenceOptions, trainingRows: [Int], stored: SequenceMeaning?) throws(DatasetError) {
        starts = table.starts.map { $0 / (options.text.isEmpty ? options.featureCount : 1) }
        guard options.text.isEmpty else {
            let vocabulary = stored?.inputVocabulary ?? Vocabulary(unit: .character, values: Set(table.symbols).sorted())
            (self.vocabulary, scale) = (vocabulary, [])
            for row in 0..<table.rowCount {
                for symbol in table.symbols[table.starts[row]..<table.starts[row + 1]] {
                    guard let token = vocabulary.token(ofValue: symbol) else {
                        throw table.error(
                            "\(vocabulary.name(of: .value(symbol))) in this row's text is none of the run's \(counted(vocabulary.count, "symbol")). Leave the row out",
                            at: table.positions[row])
                    }
                    tokens.append(token)
                }
            }
            return
        }
        vocabulary = nil
        let own = stored == nil ? try Self.scale(of: table, options: options, trainingRows: trainingRows) : []
        let statistics = SeriesStatistics(columns: stored?.inputScale ?? own)
        scale = statistics.columns
        numbers.reserveCapacity(table.numbers.count)
        for row in 0..<table.rowCount {
            do throws(DatasetError) {
                numbers += try statistics.standardised(Array(table.numbers[table.starts[row]..<table.starts[row + 1]]), of: options.file)
            } catch {
                throw table.error(
                    "a number of this row lies more than 1e18 deviations from the training part's mean. Fix the row, or leave it out", at: table.positions[row])
            }
        }
    }

    var rowCount: Int { starts.count - 1 }
    var byteCount: Int { MemoryLayout<Int32>.stride * (tokens.count + numbers.count + starts.count * 2) }

    /// Time steps of a row.
    func timeCount(ofRow row: Int) -> Int { starts[row + 1] - starts[row] }

    /// The sequences of `rows`, in that order.
    func batch(ofRows rows: [Int], target: Batch.Target?, globalIndices: [Int]) -> Batch {
        guard vocabulary == nil else {
            let columns = TokenColumns(rows.map { tokens[starts[$0]..<starts[$0 + 1]] })
            return Batch(timeCount: columns.timeCount, lengths: columns.lengths, input: .tokens(columns.tokens), target: target, globalIndices: globalIndices)
        }
        let lengths = rows.map(timeCount)
        let (timeCount, featureCount) = (lengths.max() ?? 0, scale.count)
        var input = Array(repeating: Float(0), count: timeCount * rows.count * featureCount)
        for (sequence, row) in rows.enumerated() {
            for time in 0..<lengths[sequence] {
                let (from, to) = ((starts[row] + time) * featureCount, (time * rows.count + sequence) * featureCount)
                for feature in 0..<featureCount { input[to + feature] = numbers[from + feature] }
            }
        }
        return Batch(
            timeCount: timeCount, lengths: lengths, input: .vectors(input, featureCount: featureCount), target: target, globalIndices: globalIndices)
    }

    /// Mean and deviation of each number of a time step over all steps of the training part.
    private static func scale(of table: SequenceTable, options: SequenceOptions, trainingRows: [Int]) throws(DatasetError) -> [SeriesStatistics.Column] {
        let width = options.featureCount
        var scale: [SeriesStatistics.Column] = []
        for (feature, name) in table.featureNames.enumerated() {
            let values = trainingRows.flatMap { row in
                stride(from: table.starts[row] + feature, to: table.starts[row + 1], by: width).map { table.numbers[$0] }
            }
            scale.append(try SeriesStatistics.Column(name: name, values: values, path: options.file))
        }
        return scale
    }
}
