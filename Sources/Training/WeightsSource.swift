import Checkpoints
import Datasets
import Foundation

/// The run or the export that a file of weights lies in, which tells what its numbers stand for.
struct WeightsSource {
    private let path: String
    private let run: EarlierRun

    /// nil where the file lies by itself, or beside a configuration that isn't its own.
    init?(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let folder = URL(filePath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
        let isExport = FileManager.default.fileExists(atPath: folder + "/export.json")
        guard let run = isExport ? try EarlierRun(RunDirectory(folder)) : try EarlierRun(ofCheckpoint: folder) else { return nil }
        (self.path, self.run) = (path, run)
    }

    /// - Throws: ``TrainingError/initialWeights(path:reason:)`` with the first thing that stands for something else in the new run.
    func requireSameMeaning(as configuration: Configuration, _ meaning: DataMeaning?) throws {
        guard let difference = try difference(from: configuration, meaning) else { return }
        throw TrainingError.initialWeights(
            path: path,
            reason: "is of another model (\(run.directory.path)): \(difference). Train on data of the same symbols or columns, or begin without "
                + "model.initialWeights. To take the numbers all the same, copy the file by itself into another folder.")
    }

    private func difference(from configuration: Configuration, _ meaning: DataMeaning?) throws -> String? {
        let (here, there) = (configuration.data.kind, run.configuration.data.kind)
        let areTexts = [here, there].allSatisfy(Configuration.DataKind.fromTexts.contains)
        guard here == there || areTexts else { return "data.kind is \"\(here.rawValue)\" here, and \"\(there.rawValue)\" there" }
        guard let meaning, let earlier = try run.meaning() else { return nil }
        return meaning.firstDifferenceOfNames(from: earlier)
    }

    /// How the means and deviations differ by which the numbers of a series are standardised; nil where they don't.
    func noteOnStatistics(_ meaning: DataMeaning) throws -> String? {
        try run.meaning().flatMap(meaning.firstDifferenceOfStatistics).map { "model.initialWeights: \($0); this run standardises by its own" }
    }
}

extension RunData {
    /// What a person should know of the weights that a run on these data begins with; nil if nothing.
    public func noteOnInitialWeights(_ configuration: Configuration) throws -> String? {
        let path = configuration.model.initialWeights
        guard !path.isEmpty, let meaning = try DataMeaning(configuration, storedText) else { return nil }
        return try WeightsSource(path: path)?.noteOnStatistics(meaning)
    }
}
