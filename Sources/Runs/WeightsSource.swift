import Checkpoints
public import Configuration
import Datasets
import Foundation

/// The run or export that contains a weights file, which determines the meaning of its inputs and outputs.
struct WeightsSource {
    private let path: String
    private let run: EarlierRun

    /// Nil if the file isn't in a run or export, or is next to an unrelated configuration.
    init?(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let folder = URL(filePath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        let isExport = FileManager.default.fileExists(atPath: folder + "/export.json")
        guard let run = isExport ? try EarlierRun(RunDirectory(folder)) : try EarlierRun(ofCheckpoint: folder) else { return nil }
        (self.path, self.run) = (path, run)
    }

    /// - Throws: ``TrainingError/initialWeights(path:reason:)`` with the first input or output that has another meaning in the new run.
    func requireSameMeaning(as configuration: Configuration, _ meaning: (any DataMeaning)?) throws {
        guard let difference = try difference(from: configuration, meaning) else { return }
        let way =
            try symbols(meaning) == nil
            ? "Train on data of the same symbols or columns, or begin without model.initialWeights."
            : "Set model.newSymbols to \"initialize\" to take each symbol's weights and give new symbols initial ones, "
                + "or begin without model.initialWeights."
        throw TrainingError.initialWeights(
            path: path,
            reason: "is of another model (\(run.directory.path)): \(difference). \(way) To take the numbers all the same, copy the file by itself into "
                + "another folder.")
    }

    /// Transfer of the weights symbol by symbol, if model.newSymbols requests it and the data are a text; nil if they are copied unchanged.
    /// - Throws: ``TrainingError/initialWeights(path:reason:)`` if the weights' symbols are unknown, or have another unit.
    func symbolTransfer(to configuration: Configuration, _ meaning: (any DataMeaning)?) throws -> SymbolTransfer? {
        guard configuration.model.newSymbols == .initialize, let vocabulary = meaning?.symbolVocabulary else { return nil }
        guard let earlier = try symbols(meaning) else {
            throw TrainingError.initialWeights(
                path: path,
                reason: "can't be taken symbol by symbol: \(run.directory.path) doesn't have the same kind of symbols. Leave out model.newSymbols, or take "
                    + "the weights of a run on a text with the same data.unit.")
        }
        return SymbolTransfer(earlier: earlier, vocabulary: vocabulary)
    }

    /// The vocabulary of the weights, if its unit is the same as that of `meaning`.
    private func symbols(_ meaning: (any DataMeaning)?) throws -> Vocabulary? {
        guard let meaning, let earlier = try run.meaning(), meaning.hasSymbols(like: earlier) else { return nil }
        return earlier.symbolVocabulary
    }

    private func difference(from configuration: Configuration, _ meaning: (any DataMeaning)?) throws -> String? {
        let (here, there) = (configuration.data.kindName, run.configuration.data.kindName)
        guard here == there || configuration.source.isLike(run.configuration.source) else { return "data.kind is \"\(here)\" here, and \"\(there)\" there" }
        guard let meaning, let earlier = try run.meaning() else { return nil }
        return meaning.firstDifference(ofNamesFrom: earlier)
    }

    /// Describes differences in the means and deviations that standardise a series; nil if there are none.
    func noteOnStatistics(_ meaning: any DataMeaning) throws -> String? {
        try run.meaning().flatMap { meaning.firstDifference(ofScaleFrom: $0) }.map { "model.initialWeights: \($0); this run standardises by its own" }
    }
}

extension RunData {
    /// A note for the user on the words' vectors with which a run on these data begins; nil if there are none.
    public func noteOnWordVectors(_ configuration: Configuration) throws -> String? {
        try configuration.wordVectors(of: configuration.meaning(of: storedText)).map { "model.embeddingFile: " + $0.note }
    }

    /// A note for the user on the initial weights of a run on these data; nil if there is nothing to note.
    public func noteOnInitialWeights(_ configuration: Configuration) throws -> String? {
        let path = configuration.model.initialWeights
        guard !path.isEmpty, let meaning = try configuration.meaning(of: storedText) else { return nil }
        guard let source = try WeightsSource(path: path) else { return nil }
        if let transfer = try source.symbolTransfer(to: configuration, meaning) { return transfer.note.map { "model.initialWeights: " + $0 } }
        return try source.noteOnStatistics(meaning)
    }
}
