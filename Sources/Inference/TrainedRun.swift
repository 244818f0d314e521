public import Checkpoints
public import Communication
public import Configuration
public import Datasets
import Foundation
public import Kernels
public import Network
public import Runs
public import Threads
import Training

/// Which checkpoint of a run is meant.
public enum CheckpointChoice: Sendable {
    /// The newest that verifies.
    case newest
    /// The one with the lowest validation loss that verifies.
    case best
}

/// A run read back from its directory, to be looked at, judged, or made to speak. Changes nothing.
public final class TrainedRun {
    public let path: String
    public let configuration: Configuration
    public let checkpoint: StoredCheckpoint
    /// Newer checkpoints that don't verify, and why.
    public let skippedCheckpoints: [SkippedCheckpoint]
    /// Whether a checkpoint was named, rather than the run.
    public let isOneCheckpoint: Bool
    /// The files that the run was trained on, where they were found beside it, having moved with it.
    public private(set) var movedFiles: [String]?
    private let directory: RunDirectory
    private let choice: CheckpointChoice
    private let judgement: CheckpointValidation
    /// What its networks read from: read once.
    private var parameterMemory = FloatMemory(count: 0)

    /// The run at `path`, at the checkpoint of `choice`; or, where `path` is a checkpoint (…/checkpoints/step-…), at that one.
    public init(_ path: String, at choice: CheckpointChoice = .newest) throws {
        // The root, for the system.
        guard !path.isEmpty else { throw TrainingError.noRun(path: "''", meant: nil) }
        var directory = RunDirectory(path)
        var chosen: String?
        if try directory.readText(named: RunFile.configuration) == nil, let run = runDirectory(ofCheckpoint: directory.path) {
            chosen = directory.path
            directory = RunDirectory(run)
        }
        guard let run = try EarlierRun(directory) else { throw TrainingError.noRun(path: path, meant: MistakenPath(path).asRun) }
        judgement = CheckpointValidation(run: run)
        self.path = directory.path
        self.directory = directory
        self.choice = choice
        isOneCheckpoint = chosen != nil
        configuration = run.configuration
        if let chosen {
            guard try RunDirectory(chosen).readText(named: RunFile.manifest) != nil else { throw TrainingError.noCheckpoint(path: chosen, meant: nil) }
            guard choice == .newest else { throw TrainingError.bestOfOne(checkpoint: path, run: directory.path) }
            checkpoint = try StoredCheckpoint.open(chosen)
            try judgement.check(checkpoint)
            skippedCheckpoints = []
        } else {
            let found = choice == .newest ? try directory.newestVerified(checking: judgement.check) : try directory.bestVerified(checking: judgement.check)
            guard let recovery = found else { throw choice == .newest ? TrainingError.noCheckpoint(path: path, meant: nil) : TrainingError.noBest(run: path) }
            checkpoint = recovery.checkpoint
            skippedCheckpoints = recovery.skippedCheckpoints
        }
    }

    /// All checkpoints of the run, newest first, and whether each is whole. Cost: reads every byte of them.
    public func checkpoints() throws(CheckpointError) -> [CheckpointReport] { try directory.checkpoints(checking: judgement.check) }

    /// What the checkpoint was trained in, and is therefore judged in: the run may have gone on in another.
    public var precision: Precision {
        checkpoint.precision ?? configuration.training.precision
    }

    /// Parameters with names and shapes, in the order of the file: that of the flat buffer.
    public var parameters: [TensorShape] { checkpoint.weights.entries.map(\.shape) }

    /// The run's best checkpoint, if it is judged better than the one that was taken as the newest. Cost: reads manifests.
    public func betterCheckpoint() throws(CheckpointError) -> CommittedCheckpoint? {
        guard choice == .newest, !isOneCheckpoint else { return nil }
        let damaged = Set(skippedCheckpoints.map(\.path))
        var own: [CommittedCheckpoint] = []
        for found in try directory.soundCheckpoints() where !damaged.contains(found.path) {
            if try judgement.isOwn(found.manifest) { own.append(found) }
        }
        guard let best = own.best else { return nil }
        let loss = checkpoint.manifest.progress.validationLoss
        guard best.manifest.step != checkpoint.manifest.step, let lowest = best.manifest.progress.validationLoss else { return nil }
        return loss.map { lowest < $0 || $0.isNaN } ?? true ? best : nil
    }

    /// The data that the run was trained on, read with the vocabulary or statistics that it stored. Where its files are gone, they are looked for beside
    /// the run: ``movedFiles``.
    /// - Parameters:
    ///   - files: other files, read alike.
    ///   - part: what is judged of them, cut as the run's own are; nil for the whole.
    /// - Throws: ``TrainingError/dataDiffers(run:reason:way:)`` if the run's own files have changed since, ``TrainingError/dataMissing(run:file:)``,
    ///   ``TrainingError/readsNoFiles(kind:)`` for a run that has no files.
    public func data(files: [String] = [], checking part: DataPart? = nil) throws -> RunData {
        guard files.isEmpty else {
            guard !configuration.data.kind.isGenerated else { throw TrainingError.readsNoFiles(kind: configuration.data.kind.rawValue) }
            return try RunData(configuration.reading(files), evaluated: part.map(EvaluatedRange.part) ?? .whole) { try directory.readText(named: $0) }
        }
        do {
            guard let data = try ownData(configuration.data.files) else { throw TrainingError.dataDiffers(run: path, reason: nil, way: []) }
            return data
        } catch {
            if let found = movedData() { return found }
            let missing = configuration.data.files.first { !FileManager.default.fileExists(atPath: $0) }
            throw missing.map { TrainingError.dataMissing(run: path, file: $0) } ?? error
        }
    }

    /// What `files` hold, read as the run's own were; nil if they aren't what the checkpoint was trained on.
    private func ownData(_ files: [String]) throws -> RunData? {
        var configuration = configuration.reading(files)
        // What the run was trained on is judged as it is; its fingerprint tells whether it is read as it was.
        if configuration.data.table.header == .auto { configuration.data.table.header = .yes }
        if configuration.data.table.order == .auto { configuration.data.table.order = .file }
        let data = try RunData(configuration) { try directory.readText(named: $0) }
        if checkpoint.hasData(fingerprint: data.dataset.fingerprint) { return data }
        guard data.knowsByteOrderMark else { return nil }
        return try data.withByteOrderMarks(configuration, of: checkpoint) { try directory.readText(named: $0) }
    }

    /// The run's own data, if they are beside it.
    private func movedData() -> RunData? {
        guard !configuration.data.files.isEmpty else { return nil }
        for files in MovedFiles(files: configuration.data.files, run: path).candidates {
            guard let data = try? ownData(files) else { continue }
            movedFiles = files
            return data
        }
        return nil
    }

    /// The vocabulary of a text model, without reading its text; nil if the model doesn't read symbols.
    public func vocabulary() throws -> Vocabulary? {
        if let text = try directory.readText(named: RunData.vocabularyName) {
            return try Vocabulary(json: Array(text.utf8), file: path + "/" + RunData.vocabularyName)
        }
        guard !Configuration.DataKind.fromTexts.contains(configuration.data.kind) else {
            throw DatasetError.unreadableFile(path: path + "/" + RunData.vocabularyName, reason: "it is missing from the run. Restore it from a copy")
        }
        return configuration.data.kind == .embeddedReber ? try RunData(configuration).dataset.vocabulary : nil
    }

    /// Means and deviations of a series' columns, without reading its file; nil if the model reads none.
    public func statistics() throws -> SeriesStatistics? {
        guard let text = try directory.readText(named: RunData.statisticsName) else { return nil }
        return try SeriesStatistics(json: Array(text.utf8), file: path + "/" + RunData.statisticsName)
    }

    /// The parameters of `layout`, the flat buffer.
    /// - Throws: ``CheckpointError`` if the checkpoint holds others.
    public func readParameters(_ layout: ParameterLayout) throws -> FloatMemory {
        let memory = FloatMemory(count: layout.count)
        try memory.view.withMutableSpan { (span) throws(CheckpointError) in
            try checkpoint.readWeights(layout.tensorShapes, into: &span)
        }
        return memory
    }

    /// How well the model does on a part of the data. Collective.
    public func evaluate(_ part: DataPart, data: RunData, group: any Communicator, team: ThreadTeam) throws -> Evaluation {
        // A run that is being trained may have a newer checkpoint for the rank that looks last.
        try group.agree {
            try RankAgreement(
                configuration: configuration, dataset: data.dataset, weightsSHA256: checkpoint.manifest.weightsSHA256)
        }.check(over: group)
        let network = try network(
            shape: configuration.networkShape(for: data.dataset), team: team, segmentLength: configuration.training.segmentLength)
        let evaluator = Evaluator(
            group: group, plan: try configuration.shardPlan(rankCount: group.rankCount), network: network, dataset: data.dataset)
        return try evaluator.evaluate(part)
    }

    /// A network of `shape` with this run's parameters; this run must outlive it.
    func network(shape: NetworkShape, team: ThreadTeam, segmentLength: Int = 0) throws -> Network {
        let network = Network(
            shape: shape, gates: configuration.gateMode, precision: precision, team: team, segmentLength: segmentLength)
        // An earlier network may still read from it.
        if parameterMemory.count != network.layout.count { parameterMemory = try readParameters(network.layout) }
        network.load(parameterMemory.view)
        return network
    }
}
