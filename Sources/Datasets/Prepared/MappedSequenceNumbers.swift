/// Numbers of sequences as they were read, which become a model's inputs when they are used.
struct MappedSequenceNumbers: Sendable {
    /// `[sequence, time, features]`; NaN for a missing one.
    private let numbers: StoredNumbers<Double>
    /// Where each sequence begins.
    private let starts: [Int]
    private let features: SequenceFeatures

    init(_ numbers: StoredNumbers<Double>, starts: [Int], _ features: SequenceFeatures) {
        (self.numbers, self.starts, self.features) = (numbers, starts, features)
    }

    var fault: DatasetError? { numbers.fault }

    /// A sequence's inputs.
    /// - Throws: as ``SequenceFeatures/inputs(of:path:)``.
    func inputs(row: Int, path: String) throws(DatasetError) -> [Float] {
        try features.inputs(of: numbers[starts[row]..<starts[row + 1]], path: path)
    }
}
