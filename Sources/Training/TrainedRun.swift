public import Checkpoints
public import Communication
public import Datasets
public import Kernels
public import Network
public import Scheduling

/// A run read back from its directory, to be looked at, judged, or made to speak. Changes nothing.
public final class TrainedRun {
    public let path: String
    public let configuration: Configuration
    public let checkpoint: StoredCheckpoint
    /// Newer checkpoints that don't verify, and why.
    public let passedOver: [PassedOverCheckpoint]
    /// Whether a checkpoint was named, rather than the run.
    public let isOneCheckpoint: Bool
    private let directory: RunDirectory
    /// What its networks read from: read once.
    private var parameterMemory = FloatMemory(count: 0)

    /// The run at `path`, at its newest checkpoint that verifies; or, where `path` is a checkpoint (…/checkpoints/step-…), at that one.
    public init(_ path: String) throws {
        // The root, for the system.
        guard !path.isEmpty else { throw TrainingError.noRun(path: "''") }
        var directory = RunDirectory(path)
        var chosen: String?
        if try directory.readText(named: RunFile.configuration) == nil, let run = Self.run(ofCheckpoint: directory.path) {
            chosen = directory.path
            directory = RunDirectory(run)
        }
        guard let text = try directory.readText(named: RunFile.configuration) else { throw TrainingError.noRun(path: path) }
        self.path = directory.path
        self.directory = directory
        isOneCheckpoint = chosen != nil
        configuration = try Configuration.parse(Array(text.utf8), name: directory.path + "/" + RunFile.configuration, overrides: [])
        if let chosen {
            guard try RunDirectory(chosen).readText(named: RunFile.manifest) != nil else { throw TrainingError.noCheckpoint(path: chosen) }
            checkpoint = try StoredCheckpoint.open(chosen)
            passedOver = []
        } else {
            guard let recovery = try directory.newestVerified() else { throw TrainingError.noCheckpoint(path: path) }
            checkpoint = recovery.checkpoint
            passedOver = recovery.passedOver
        }
    }

    /// All checkpoints of the run, newest first, and whether each is whole. Cost: reads every byte of them.
    public func checkpoints() throws(CheckpointError) -> [CheckpointReport] { try directory.checkpoints() }

    /// The run directory above "…/checkpoints/step-00001200".
    private static func run(ofCheckpoint path: String) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[parts.count - 2] == "checkpoints" else { return nil }
        let run = parts.dropLast(2).joined(separator: "/")
        return run.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : run
    }

    /// What the checkpoint was trained in, and is therefore judged in: the run may have gone on in another.
    public var precision: Precision {
        checkpoint.precision ?? configuration.training.precision
    }

    /// Parameters with names and shapes, in the order of the file: that of the flat buffer.
    public var parameters: [TensorShape] { checkpoint.weights.entries.map(\.shape) }

    /// The data that the run was trained on, read with the vocabulary or statistics that it stored.
    /// - Parameters:
    ///   - files: other files, read alike.
    ///   - part: what is judged of them, cut as the run's own are; nil for the whole.
    /// - Throws: ``TrainingError/dataDiffers(run:)`` if the run's own files have changed since, ``TrainingError/readsNoFiles(kind:)`` if it has none.
    public func data(files: [String] = [], judging part: DataPart? = nil) throws -> RunData {
        var configuration = configuration
        if files.isEmpty {
            // What the run was trained on is judged as it is; its fingerprint tells whether it is read as it was.
            if configuration.data.table.header == .auto { configuration.data.table.header = .yes }
            if configuration.data.table.order == .auto { configuration.data.table.order = .file }
        } else {
            guard !configuration.data.kind.isGenerated else { throw TrainingError.readsNoFiles(kind: configuration.data.kind.rawValue) }
            configuration.data.files = files
        }
        let judged = files.isEmpty ? nil : part.map(JudgedRange.part) ?? .whole
        let data = try RunData(configuration, judged: judged) { try directory.readText(named: $0) }
        if !files.isEmpty || checkpoint.hasData(fingerprint: data.dataset.fingerprint) { return data }
        if data.knowsByteOrderMark, let marked = try data.withByteOrderMarks(configuration, of: checkpoint, stored: { try directory.readText(named: $0) }) { return marked }
        throw TrainingError.dataDiffers(run: path)
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
    public func evaluate(_ part: DataPart, data: RunData, group: any Communicator, team: GateTeam) throws -> Evaluation {
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
    func network(shape: NetworkShape, team: GateTeam, segmentLength: Int = 0) throws -> Network {
        let network = Network(
            shape: shape, gates: configuration.gateMode, precision: precision, team: team, segmentLength: segmentLength)
        // An earlier network may still read from it.
        if parameterMemory.count != network.layout.count { parameterMemory = try readParameters(network.layout) }
        network.load(parameterMemory.view)
        return network
    }
}

extension StoredCheckpoint {
    /// What the steps before it were trained in.
    var precision: Precision? { manifest.progress.other["precision"]?.stringValue.flatMap(Precision.init(rawValue:)) }
}
