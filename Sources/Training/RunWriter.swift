import Checkpoints
import Communication
import Configuration
import Datasets
import Kernels
import Layers
import Models
import Optimization
import Runs
import StrictJSON

/// The run directory as the group uses it: rank 0 reads and writes, and all ranks learn how that went.
final class RunWriter {
    private let group: any Communicator
    private let directory: RunDirectory
    private let configuration: Configuration
    private let layout: CheckpointLayout
    private let origin: RunOrigin
    private let batchesPerEpoch: Int
    private let invocation: Invocation
    /// Rank 0's alone.
    private var run: LockedRun?
    private var writer: BackgroundWriter?
    private var logs: RunLogs?
    private var saveErrors: [CheckpointError] = []

    init(
        path: String, configuration: Configuration, layout: CheckpointLayout, origin: RunOrigin, batchesPerEpoch: Int, invocation: Invocation,
        group: any Communicator
    ) {
        self.group = group
        directory = RunDirectory(path)
        self.configuration = configuration
        self.layout = layout
        self.origin = origin
        self.batchesPerEpoch = batchesPerEpoch
        self.invocation = invocation
    }

    private var isWriter: Bool { group.rank == 0 }
    private func resumption(in directory: RunDirectory) -> Resumption {
        Resumption(directory: directory, configuration: configuration, origin: origin, invocation: invocation)
    }

    /// Takes the run directory, restores `state` from the checkpoint that `choice` says, if any, and writes what a run begins with. Collective.
    /// - Returns: on rank 0 the checkpoint, and the damaged ones that were skipped; nil where the run starts anew.
    func begin(_ choice: ResumeChoice, state: TrainingState, shardCount: Int, storedText: StoredText?) throws -> ResumePoint? {
        var resumePoint: ResumePoint?
        var restoration = Restoration(layout)
        func restore(_ resumption: Resumption) throws {
            resumePoint = try resumption.resumePoint(choice)
            if let resumePoint { try restoration.read(resumePoint, into: state, batchesPerEpoch: batchesPerEpoch) }
        }
        try group.agree {
            guard isWriter else { return }
            // What another run can't give is refused before a directory is made for this one.
            if choice != .auto { try restore(resumption(in: directory)) }
            try directory.requireOwn()
            let run = try directory.locked()
            self.run = run
            // From here on the directory that is locked counts, whatever its path leads to.
            let resumption = resumption(in: run.directory)
            if choice == .auto { try restore(resumption) }
            // Another run may have begun in the directory before it was locked.
            if case .from(let path) = choice, let resumePoint { try resumption.checkRoom(for: resumePoint.recovery, named: path) }
            let step = resumePoint == nil ? -1 : state.step
            // Checkpoints that recovery skipped stay for inspection until their step is saved again.
            if choice != .auto { try run.discardCheckpoints(after: step) }
            try write(storedText, into: run, goingOnFrom: step)
        }
        if try group.broadcast(resumePoint == nil ? 0 : 1, from: 0) == 1 { try restoration.share(state, shardCount: shardCount, over: group) }
        return resumePoint
    }

    /// Writes what a run begins with, and opens what it adds to.
    private func write(_ storedText: StoredText?, into run: LockedRun, goingOnFrom step: Int) throws {
        try run.writeText(configuration.resolvedJSON().serialized(indented: true) + "\n", named: RunFile.configuration)
        if let storedText { try run.writeText(storedText.text, named: storedText.name) }
        logs = try RunLogs(run, settings: configuration.log, goingOnFrom: step)
        writer = BackgroundWriter(
            run: run,
            snapshot: CheckpointSnapshot(
                layout: layout.parameters, optimizerStateNames: layout.optimizerStateNames, streamLayout: layout.streams,
                progress: CheckpointProgress(step: 0, epoch: 0, positionInEpoch: 0, seed: 0)),
            keptCount: configuration.checkpoint.keep)
    }

    // MARK: Saving

    /// Begins to save `state`: a snapshot is taken now and written in the background. Collective.
    /// - Returns: on rank 0, the previous save, if it is finished and wasn't reported yet.
    /// - Throws: if ranks' weights differ, one of them isn't a finite number, or the save before failed.
    func save(_ state: TrainingState, validationLoss: Double?) throws -> CommittedCheckpoint? {
        try state.requireSameWeights(over: group)
        // After the comparison, so that all ranks throw or none.
        guard state.weightsAreFinite else { throw TrainingError.weightNotFinite(step: state.step) }
        let shardSums = try state.epochLoss.everywhere(over: group)
        let streams = try group.gatherFloats(state.streams?.values)
        return try group.agree {
            guard let writer else { return nil }
            let earlier = try tolerated { () throws(CheckpointError) in try writer.finish() }
            try writer.submit { snapshot in
                snapshot.progress = progress(of: state, validationLoss: validationLoss, shardSums: shardSums)
                snapshot.copy(weights: state.usedParameters, optimizerStates: state.buffersBesideWeights)
                snapshot.copy(streams: streams.span)
            }
            return earlier
        }
    }

    private func progress(of state: TrainingState, validationLoss: Double?, shardSums: [Double]) -> CheckpointProgress {
        let other = origin.members + [
            ProgressKey.precision.member(.text(configuration.training.precision.rawValue)),
            ProgressKey.bestValidationLoss.member(state.best.map { .real($0.loss) } ?? JSONValue(.null)),
            ProgressKey.bestValidationStep.member(state.best?.step.map(JSONValue.integer) ?? JSONValue(.null)),
        ] + state.judgementMembers + [
            ProgressKey.skippedSteps.member(.integer(state.skippedStepCount)),
            ProgressKey.batchesPerEpoch.member(.integer(batchesPerEpoch)),
            ProgressKey.epochTargetCount.member(.integer(state.epochTargetCount)),
            ProgressKey.epochLossByShard.member(.list(shardSums.map(JSONValue.real))),
        ]
        return CheckpointProgress(
            step: state.step, epoch: state.epoch, positionInEpoch: state.batch, seed: configuration.seed,
            validationLoss: configuration.checkpoint.best ? validationLoss : nil, other: JSONValue(.object(other)))
    }

    /// Where the run directory is now, if it was renamed since it was taken. Rank 0's.
    var presentPath: String { run?.presentPath ?? directory.path }

    /// Whether this rank has logs, to which ``append(_:)`` adds.
    var hasLogs: Bool { logs != nil }

    /// Adds to the logs; nothing but on rank 0.
    func append(_ adding: (RunLogs) throws(CheckpointError) -> Void) throws {
        try tolerated { () throws(CheckpointError) in
            if let logs { try adding(logs) }
            return nil
        }
    }

    /// On rank 0, the last save, if it is finished and wasn't reported yet. Collective.
    func finishedSave() throws -> CommittedCheckpoint? {
        try group.agree { try tolerated { () throws(CheckpointError) in try writer?.poll() } }
    }

    /// Errors of the disk that training went on after, since this was last asked. Rank 0's.
    func drainSaveErrors() -> [CheckpointError] {
        defer { saveErrors = [] }
        return saveErrors
    }

    /// The result of `writing`; nil where the disk refuses and the configuration says that training goes on.
    @discardableResult
    private func tolerated(_ writing: () throws(CheckpointError) -> CommittedCheckpoint?) throws(CheckpointError) -> CommittedCheckpoint? {
        do {
            return try writing()
        } catch where configuration.checkpoint.onError == .continue && error.category == .inputOutput {
            saveErrors.append(error)
            return nil
        }
    }

    /// Whether somebody put a file STOP into the run directory. False but on rank 0.
    var stopIsRequested: Bool { run?.stopIsRequested ?? false }

    /// Waits for the save under way, whatever becomes of it: training fails anyway. Not collective.
    func awaitSave() {
        _ = try? writer?.finish()
    }

    /// Waits for the save under way. Collective.
    func finish() throws -> CommittedCheckpoint? {
        try group.agree {
            let saved = try writer?.finish()
            try logs?.synchronize()
            try run?.clearStopRequest()
            return saved
        }
    }
}
