/// Numbers of examples of a generated dataset, and its seed.
///
/// Example i of a part is a function of (seed, part, i): parts have different examples, and a larger count keeps the first ones.
public struct GeneratedOptions: Sendable, Equatable {
    public var trainingCount: Int
    public var validationCount: Int
    public var testCount: Int
    public var batchSize: Int
    public var seed: UInt64

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)``.
    public init(trainingCount: Int, validationCount: Int = 0, testCount: Int = 0, batchSize: Int, seed: UInt64) throws(DatasetError) {
        try check([
            ("data.trainingExamples", trainingCount, 1), ("data.validationExamples", validationCount, 0), ("data.testExamples", testCount, 0),
            ("training.batch", batchSize, 1),
        ])
        self.trainingCount = trainingCount
        self.validationCount = validationCount
        self.testCount = testCount
        self.batchSize = batchSize
        self.seed = seed
    }

    func count(of part: DataPart) -> Int {
        switch part {
        case .training: trainingCount
        case .validation: validationCount
        case .test: testCount
        }
    }

    func fingerprint(of kind: String) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add("\(kind): \(trainingCount), \(validationCount), \(testCount) examples, batch \(batchSize), seed \(seed)"
            + ExampleOrder.fingerprintText(exampleCount: trainingCount))
        return fingerprint.value
    }
}
