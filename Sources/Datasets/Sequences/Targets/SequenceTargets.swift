import Batches

/// The targets of a table's sequences as a model learns them. Each form of targets has a conformer in a file of its own.
protocol SequenceTargets: Sendable {
    /// The class by which each row's part is drawn; one for all where there is none.
    var strata: (classes: [Int32], count: Int) { get }
    var byteCount: Int { get }
    /// What has a label, and what a label is called, for messages: "sequences" and "class".
    var noteWords: (owner: String, label: String) { get }

    /// Takes what the training part shows of the targets.
    /// - Throws: ``DatasetError`` for a target that is out of scale.
    mutating func prepare(forRows rows: [Int], of table: SequenceTable, stored: SequenceMeaning?) throws(DatasetError)
    func targetCount(ofRow row: Int) -> Int
    /// - Throws: ``DatasetError`` for a row whose targets don't fit its time steps.
    func check(against inputs: SequenceEncoding, of table: SequenceTable) throws(DatasetError)
    func target(ofRows rows: [Int]) -> Batch.Target
    /// What a run stores.
    /// - Parameters:
    ///   - rows: of training.
    ///   - stored: of the run whose data these are; nil for new ones.
    func meaning(ofRows rows: [Int], _ inputs: SequenceEncoding, stored: SequenceMeaning?) -> SequenceMeaning
    func add(to fingerprint: inout Fingerprint, _ table: SequenceTable)
}

extension SequenceTargets {
    func prepare(forRows rows: [Int], of table: SequenceTable, stored: SequenceMeaning?) throws(DatasetError) {}
}

extension SequenceOptions {
    /// The targets of a table.
    /// - Parameters:
    ///   - stored: the names of an earlier run's classes or labels.
    ///   - outputSteps: the time steps at which the model has outputs, of a sequence of so many.
    func targets(of table: SequenceTable, stored: [String]?, outputSteps: @escaping @Sendable (Int) -> Int) throws(DatasetError) -> any SequenceTargets {
        switch target {
        case .class, .classes: try ClassTargets(table, target, stored: stored)
        case .multiLabel, .next: try SetTargets(table, target, stored: stored)
        case .numbers, .numbersEveryStep: try NumberTargets(table, target)
        case .nextNumbers: try NextNumberTargets(table, self)
        case .transcript: TranscriptTargets(table, self, outputSteps: outputSteps)
        }
    }
}
