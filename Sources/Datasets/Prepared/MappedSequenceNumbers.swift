/// Numbers of sequences as they were read, which become a model's inputs when they are used.
struct MappedSequenceNumbers: Sendable {
    /// `[sequence, time, features]`; NaN for a missing one.
    private let numbers: StoredNumbers<Double>
    /// Where each sequence begins.
    private let starts: [Int]
    private let statistics: SeriesStatistics
    private let filling: SequenceFilling

    init(_ numbers: StoredNumbers<Double>, starts: [Int], _ statistics: SeriesStatistics, _ filling: SequenceFilling) {
        (self.numbers, self.starts, self.statistics, self.filling) = (numbers, starts, statistics, filling)
    }

    var fault: DatasetError? { numbers.fault }

    /// A sequence's inputs: `[time, features + marks]`.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``.
    func standardised(row: Int, path: String) throws(DatasetError) -> [Float] {
        let values = numbers[starts[row]..<starts[row + 1]]
        return filling.filled(try statistics.standardised(values, of: path), of: values)
    }
}
