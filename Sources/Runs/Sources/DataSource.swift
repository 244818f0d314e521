package import Configuration
package import Datasets

/// How a run's data are read and what they mean, as its configuration says it. Nothing is read before ``dataset(evaluating:keepsByteOrderMarks:meaning:)``.
///
/// Each form of data has a conformer in a file of its own; ``Configuration/Configuration/source`` makes it. No other code asks for the kind of data.
package protocol DataSource: Sendable {
    /// The file that a run stores of its data; nil for generated data.
    var storedFile: StoredFile? { get }
    /// Symbols that generated data consist of; nil for numbers, and for data whose vocabulary a run stores.
    var fixedVocabulary: Vocabulary? { get }
    /// Whether inputs are tokens, not numbers.
    var hasTokens: Bool { get }
    /// Whether (h, c) is carried from batch to batch.
    var carriesState: Bool { get }
    /// Symbols of a window, for a model that reads windows from a zero state; nil for other models.
    var windowLength: Int? { get }
    /// Effect of the seed.
    var seedEffect: SeedEffect { get }
    /// The task of a model with `outputCount` outputs, without its data.
    /// - Parameter meaning: the stored one; nil if only the outputs' form is needed.
    func task(outputCount: Int, meaning: (any DataMeaning)?) -> any LearningTask
    /// Reads the files, or prepares the generator.
    /// - Parameters:
    ///   - evaluated: the range of the files to evaluate; nil to train.
    ///   - keepsByteOrderMarks: whether a byte order mark is a symbol of a text; see ``TextOptions/keepsByteOrderMarks``.
    ///   - meaning: the one that a run stored; nil for a new run.
    func dataset(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool, meaning: (any DataMeaning)?) throws -> any Dataset
    /// Writes the data in binary to a file, for `data.prepared`.
    /// - Parameter command: the command that writes it, for messages.
    /// - Returns: nil for kinds of data that have no such form.
    func prepare(to path: String, command: String) throws -> PreparedFacts?
}

/// A file that a run stores of its data: a vocabulary, or statistics.
package struct StoredFile: Sendable {
    /// In the run directory.
    package let name: String
    /// Reads its text. `file` is its path, for messages.
    package let meaning: @Sendable (_ text: String, _ file: String) throws -> any DataMeaning
}

/// What the seed determines in the data.
package enum SeedEffect: Sendable {
    /// Nothing: they are read in order.
    case none
    /// The order of the examples.
    case order
    /// The examples themselves, or to which part they belong.
    case contents
}

extension DataSource {
    package var fixedVocabulary: Vocabulary? { nil }
    package var carriesState: Bool { false }
    package var windowLength: Int? { nil }
    package func prepare(to path: String, command: String) throws -> PreparedFacts? { nil }

    /// The meaning stored in ``storedFile``; nil if there is none.
    /// - Parameter place: the folder's name before the file's, for messages.
    package func meaning(place: String, stored: (_ name: String) throws -> String?) throws -> (any DataMeaning)? {
        guard let storedFile, let text = try stored(storedFile.name) else { return nil }
        return try storedFile.meaning(text, place + storedFile.name)
    }

    /// Whether both read data of the same form, so that their meanings can be compared.
    package func isLike(_ other: any DataSource) -> Bool { storedFile != nil && storedFile?.name == other.storedFile?.name }
}

extension Configuration {
    /// The meaning of these data, from what a run stores of them; nil if that is nothing.
    package func meaning(of stored: StoredText?) throws -> (any DataMeaning)? {
        try stored.flatMap { stored in try source.meaning(place: "") { $0 == stored.name ? stored.text : nil } }
    }
}
