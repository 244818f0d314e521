public import Checkpoints
public import Communication
public import Configuration
public import Datasets
public import Files
import Foundation
public import Kernels
public import Layers
import Models
public import Runs
public import Threads
import Training

/// Selects a checkpoint of a run.
public enum CheckpointChoice: Sendable {
    /// Of a run with early stopping the best one, if there is one; else the newest.
    case usual
    /// The newest valid one.
    case newest
    /// The valid one with the lowest validation loss.
    case best
}

/// A run read from its directory, for inspection, evaluation or inference. Read-only.
public final class TrainedRun {
    public let path: String
    public let configuration: Configuration
    public let checkpoint: StoredCheckpoint
    /// Newer checkpoints that are invalid, with the reasons.
    public let skippedCheckpoints: [SkippedCheckpoint]
    /// Whether the path named a checkpoint instead of the run.
    public let isOneCheckpoint: Bool
    /// The training files, if they aren't where they were any more, or have changed there, and were found next to the run.
    public private(set) var movedFiles: [String]?
    private let directory: RunDirectory
    /// Whether the best checkpoint of the run was selected.
    public let isBest: Bool
    private let choice: CheckpointChoice
    private let validation: CheckpointValidation
    /// The networks' parameters, read once.
    private var parameterMemory = FloatMemory(count: 0)

    /// Opens the run at `path` with the checkpoint of `choice`; or, if `path` is a checkpoint (…/checkpoints/step-…), with that one.
    public init(_ path: String, at choice: CheckpointChoice = .newest) throws {
        // The system would take an empty path for the root.
        guard !path.isEmpty else { throw TrainingError.noRun(path: "''", meant: nil) }
        var directory = RunDirectory(path)
        var chosen: String?
        if try directory.readText(named: RunFile.configuration) == nil, let run = runDirectory(ofCheckpoint: directory.path) {
            chosen = directory.path
            directory = RunDirectory(run)
        }
        guard let run = try EarlierRun(directory) else { throw TrainingError.noRun(path: path, meant: MistakenPath(path).asRun) }
        validation = CheckpointValidation(run: run)
        self.path = directory.path
        self.directory = directory
        self.choice = choice
        isOneCheckpoint = chosen != nil
        configuration = run.configuration
        if let chosen {
            guard try RunDirectory(chosen).readText(named: RunFile.manifest) != nil else { throw TrainingError.noCheckpoint(path: chosen, meant: nil) }
            guard choice != .best else { throw TrainingError.bestOfOne(checkpoint: path, run: directory.path) }
            checkpoint = try StoredCheckpoint.open(chosen)
            try validation.check(checkpoint)
            skippedCheckpoints = []
            isBest = false
        } else {
            let wantsBest = choice == .best || (choice == .usual && configuration.usesBestCheckpoint)
            let best = wantsBest ? try directory.bestVerified(checking: validation.check) : nil
            guard best != nil || choice != .best else { throw TrainingError.noBest(run: path) }
            isBest = best != nil
            guard let recovery = try best ?? directory.newestVerified(checking: validation.check) else { throw TrainingError.noCheckpoint(path: path, meant: nil) }
            checkpoint = recovery.checkpoint
            skippedCheckpoints = recovery.skippedCheckpoints
        }
    }

    /// All checkpoints of the run, newest first, and whether each is valid. Cost: reads every byte of them.
    public func checkpoints() throws(CheckpointError) -> [CheckpointReport] { try directory.checkpoints(checking: validation.check) }

    /// The precision in which the checkpoint was trained, which evaluation uses too; the run may have continued in another.
    public var precision: Precision {
        checkpoint.precision ?? configuration.training.precision
    }

    /// Parameters with names and shapes, in the order of the file, which is that of the flat buffer.
    public var parameters: [TensorShape] { checkpoint.weights.entries.map(\.shape) }

    /// The step of the newest checkpoint, if the best one was selected in its place without a request (``CheckpointChoice/usual``).
    public func newerStep() throws(CheckpointError) -> Int? {
        guard isBest, choice == .usual else { return nil }
        return try directory.checkpointSteps().first { $0 > checkpoint.manifest.step }
    }

    /// The run's best checkpoint, if its validation loss is lower than the selected newest one's. Cost: reads manifests.
    public func betterCheckpoint() throws(CheckpointError) -> CommittedCheckpoint? {
        guard !isBest, !isOneCheckpoint else { return nil }
        let damaged = Set(skippedCheckpoints.map(\.path))
        var own: [CommittedCheckpoint] = []
        for found in try directory.soundCheckpoints() where !damaged.contains(found.path) {
            if try validation.isOwn(found.manifest) { own.append(found) }
        }
        guard let best = own.best else { return nil }
        let loss = checkpoint.manifest.progress.validationLoss
        guard best.manifest.step != checkpoint.manifest.step, let lowest = best.manifest.progress.validationLoss else { return nil }
        return loss.map { lowest < $0 || $0.isNaN } ?? true ? best : nil
    }

    /// The run's training data, read with its stored vocabulary or statistics. If the files are gone, they are searched near the run: ``movedFiles``.
    /// - Parameters:
    ///   - files: other files, read in the same way.
    ///   - part: the part of them to evaluate, divided like the run's own; nil for the whole.
    /// - Throws: ``TrainingError/dataDiffers(run:reason:way:)`` if the run's own files have changed since, ``TrainingError/dataMissing(run:file:)``,
    ///   ``TrainingError/readsNoFiles(kind:)`` for a run that has no files.
    public func data(files: [String] = [], evaluating part: DataPart? = nil) throws -> RunData {
        guard files.isEmpty else {
            guard configuration.source.storedFile != nil else { throw TrainingError.readsNoFiles(kind: configuration.data.kindName) }
            return try RunData(configuration.reading(files), evaluated: part.map(EvaluatedRange.part) ?? .whole) { try directory.readText(named: $0) }
        }
        do {
            guard let data = try ownData(configuration.data.allFiles) else { throw TrainingError.dataDiffers(run: path, reason: nil, way: []) }
            return data
        } catch {
            if let found = movedData() { return found }
            let missing = configuration.data.allFiles.first { !FileManager.default.fileExists(atPath: $0) }
            throw missing.map { TrainingError.dataMissing(run: path, file: $0) } ?? error
        }
    }

    /// The run's own data as if the file ended so many rows earlier, with test parts of as many rows as a forecast has: one window of each series.
    /// - Parameter leftOutRowCount: rows at the end of each series that aren't used.
    func dataOfOneForecast(leavingOut leftOutRowCount: Int) throws -> RunData {
        var configuration = configuration
        configuration.data.leaveOutRows = leftOutRowCount
        configuration.data.testRows = configuration.data.horizon
        configuration.data.prepared = ""
        return try RunData(configuration, evaluated: .part(.test)) { try directory.readText(named: $0) }
    }

    /// Reads `files` as the run's own; nil if the checkpoint was trained on other data.
    private func ownData(_ files: [String]) throws -> RunData? {
        var configuration = configuration.reading(moved: files)
        // Where the form is gone, is of other data or can't be read, the files are still there.
        if FileManager.default.fileExists(atPath: configuration.data.prepared),
            let data = try? RunData(configuration, stored: { try directory.readText(named: $0) }), checkpoint.hasData(fingerprint: data.dataset.fingerprint)
        {
            return data
        }
        configuration.data.prepared = ""
        // Header and order are accepted without checks, since the fingerprint shows whether the data are read as in training.
        if configuration.data.table.header == .auto { configuration.data.table.header = .yes }
        if configuration.data.table.order == .auto { configuration.data.table.order = .file }
        let data = try RunData(configuration) { try directory.readText(named: $0) }
        if checkpoint.hasData(fingerprint: data.dataset.fingerprint) { return data }
        guard data.knowsByteOrderMark else { return nil }
        return try data.withByteOrderMarks(configuration, of: checkpoint) { try directory.readText(named: $0) }
    }

    /// The run's own data, if they are found near it.
    private func movedData() -> RunData? {
        guard !configuration.data.allFiles.isEmpty else { return nil }
        for files in MovedFiles(files: configuration.data.allFiles, run: path).candidates {
            guard let data = try? ownData(files) else { continue }
            movedFiles = files
            return data
        }
        return nil
    }

    /// The meaning of the model's inputs and outputs, without reading its data; nil for generated data, whose meaning is fixed.
    /// - Throws: ``DatasetError`` if the run's stored file is missing or damaged.
    public func meaning() throws -> (any DataMeaning)? {
        guard let stored = configuration.source.storedFile else { return nil }
        let file = path + "/" + stored.name
        guard let text = try directory.readText(named: stored.name) else {
            throw DatasetError.unreadableFile(path: file, reason: "it is missing from the run. Restore it from a copy")
        }
        return try stored.meaning(text, file)
    }

    /// A small text of the run; nil if there is none.
    func readText(named name: String) throws(CheckpointError) -> String? { try directory.readText(named: name) }

    /// The symbols that the model reads, without reading its data; nil if its inputs are numbers.
    public func vocabulary() throws -> Vocabulary? { try configuration.source.fixedVocabulary ?? meaning()?.inputVocabulary }

    /// Means and deviations of a series' columns, without reading its file; nil if the data aren't a series.
    public func statistics() throws -> SeriesStatistics? { try seriesScaling()?.statistics }

    /// The parameters of `layout` as a flat buffer.
    /// - Throws: ``CheckpointError`` if the checkpoint has other parameters.
    public func readParameters(_ layout: ParameterLayout) throws -> FloatMemory {
        let memory = FloatMemory(count: layout.count)
        try memory.view.withMutableSpan { (span) throws(CheckpointError) in
            try checkpoint.readWeights(layout.tensorShapes, into: &span)
        }
        return memory
    }

    /// Evaluates the model on a part of the data. Collective.
    public func evaluate(_ part: DataPart, data: RunData, group: any Communicator, team: ThreadTeam) throws -> Evaluation {
        // During training, a rank that looks later may find a newer checkpoint than the others.
        try group.agree {
            try RankAgreement(
                configuration: configuration, dataset: data.dataset, weightsSHA256: checkpoint.manifest.weightsSHA256)
        }.check(over: group)
        let network = try network(
            shape: configuration.modelDescription(for: data.dataset), team: team, segmentLength: configuration.training.segmentLength)
        let evaluator = Evaluator(
            group: group, plan: try configuration.shardPlan(rankCount: group.rankCount), network: network, dataset: data.dataset)
        return try evaluator.evaluate(part)
    }

    /// A network of `shape` with this run's parameters; this run must outlive it.
    func network(shape: ModelDescription, team: ThreadTeam, segmentLength: Int = 0) throws -> Model {
        let network = Model(
            shape: shape, gates: configuration.parallelism.gates, precision: precision, team: team, segmentLength: segmentLength)
        // An earlier network may still use the memory.
        if parameterMemory.count != network.layout.count { parameterMemory = try readParameters(network.layout) }
        network.load(parameterMemory.view)
        return network
    }
}
