import Datasets

/// Sequences that are generated from the seed, without a file.
struct GeneratedSource: DataSource {
    let fixedVocabulary: Vocabulary?
    private let task: any LearningTask
    private let makeDataset: @Sendable () throws -> any Dataset

    /// - Parameter vocabulary: nil for numbers.
    init(vocabulary: Vocabulary?, task: any LearningTask, _ makeDataset: @escaping @Sendable () throws -> any Dataset) {
        (fixedVocabulary, self.task, self.makeDataset) = (vocabulary, task, makeDataset)
    }

    var storedFile: StoredFile? { nil }
    var hasTokens: Bool { fixedVocabulary != nil }
    var seedEffect: SeedEffect { .contents }

    func task(outputCount: Int, meaning: (any DataMeaning)?) -> any LearningTask { task }

    func dataset(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool, meaning: (any DataMeaning)?) throws -> any Dataset { try makeDataset() }
}
