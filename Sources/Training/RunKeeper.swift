import Checkpoints
import Communication
import Kernels
import Network
import StrictJSON

/// The run directory as the group uses it: rank 0 reads and writes, and all ranks learn how that went.
final class RunKeeper {
    private let group: any Communicator
    private let directory: RunDirectory
    private let configuration: Configuration
    private let layout: [TensorShape]
    private let streamLayout: [TensorShape]
    private let dataFingerprint: UInt64
    /// Of the weights that training started from; nil where they weren't a file's.
    private let initialWeightsSHA256: String?
    private let batchesPerEpoch: Int
    /// Rank 0's alone.
    private var run: LockedRun?
    private var writer: BackgroundWriter?
    private var logs: RunLogs?
    private var toleratedErrors: [CheckpointError] = []

    init(
        path: String, configuration: Configuration, parameters: ParameterLayout, initialWeightsSHA256: String?, streamLayout: [TensorShape],
        dataFingerprint: UInt64, batchesPerEpoch: Int, group: any Communicator
    ) {
        self.group = group
        directory = RunDirectory(path)
        self.configuration = configuration
        layout = parameters.tensorShapes
        self.streamLayout = streamLayout
        self.dataFingerprint = dataFingerprint
        self.initialWeightsSHA256 = initialWeightsSHA256
        self.batchesPerEpoch = batchesPerEpoch
    }

    private var isWriter: Bool { group.rank == 0 }
    private var resumption: Resumption { Resumption(directory: directory, configuration: configuration) }

    /// Takes the run directory, restores `state` from the checkpoint that `choice` says, if any, and writes what a run begins with. Collective.
    /// - Returns: the checkpoint, and those passed over before it; nil where the run starts anew.
    func begin(_ choice: ResumeChoice, state: TrainingState, shardCount: Int, storedText: RunData.StoredText?) throws -> Recovery? {
        var recovery: Recovery?
        try group.agree {
            guard isWriter else { return }
            // What another run can't give is refused before a directory is made for this one.
            if case .from(let path) = choice {
                let found = try resumption.checkpoint(at: path)
                try restore(found.checkpoint, into: state)
                try resumption.checkRoom(for: found)
                recovery = found
            }
            let run = try directory.locked()
            self.run = run
            if choice == .auto, let found = try resumption.newest() {
                try restore(found.checkpoint, into: state)
                recovery = found
            }
            // What recovery passed over stays to be looked at until its step is saved again.
            if choice != .auto { try run.discardCheckpoints(after: recovery == nil ? -1 : state.step) }
            try run.writeText(configuration.resolvedJSON().serialized(indented: true) + "\n", named: RunFile.configuration)
            if let storedText { try run.writeText(storedText.text, named: storedText.name) }
            logs = try RunLogs(run, settings: configuration.log, goingOnFrom: recovery == nil ? -1 : state.step)
            writer = BackgroundWriter(
                run: run,
                snapshot: CheckpointSnapshot(
                    layout: layout, streamLayout: streamLayout, progress: CheckpointProgress(step: 0, epoch: 0, positionInEpoch: 0, seed: 0)),
                keptCount: configuration.checkpoint.keep)
        }
        if try group.broadcast(recovery == nil ? 0 : 1, from: 0) == 1 { try share(state, shardCount: shardCount) }
        return recovery
    }

    /// Rank 0: reads everything; `share` brings it to the others.
    private func restore(_ checkpoint: StoredCheckpoint, into state: TrainingState) throws {
        try state.parameters.withMutableSpan { (span) throws(CheckpointError) in try checkpoint.readWeights(layout, into: &span) }
        try state.adam.firstMoment.withMutableSpan { (first) throws(CheckpointError) in
            try state.adam.secondMoment.withMutableSpan { (second) throws(CheckpointError) in
                try checkpoint.readMoments(layout, first: &first, second: &second)
            }
        }
        let streams = FloatMemory(count: streamLayout.elementCount)
        try streams.view.withMutableSpan { (span) throws(CheckpointError) in try checkpoint.readStreams(streamLayout, into: &span) }
        restoredStreams = streams.view.array()
        try checkpoint.requireData(fingerprint: dataFingerprint)
        let storedInitialSHA256 = checkpoint.manifest.progress.other["initialWeightsSHA256"]?.stringValue
        guard storedInitialSHA256 == initialWeightsSHA256 else {
            throw TrainingError.initialWeightsDiffer(run: checkpoint.path, found: initialWeightsSHA256, stored: storedInitialSHA256)
        }
        let progress = try checkpoint.possibleProgress(batchesPerEpoch: batchesPerEpoch)
        state.step = progress.step
        state.epoch = progress.epoch
        state.batch = progress.positionInEpoch
        state.skippedStepCount = progress.skippedStepCount
        state.epochTargetCount = progress.epochTargetCount
        state.best = progress.other["bestValidationLoss"]?.realValue.map {
            BestValidation(loss: $0, step: progress.other["bestValidationStep"]?.integerValue)
        }
        restoredShardSums = progress.other["epochLossByShard"]?.arrayValue?.compactMap(\.realValue) ?? []
    }

    private var restoredStreams: [Float] = []
    private var restoredShardSums: [Double] = []

    /// Brings rank 0's restored state to all ranks, each with its own streams and shards.
    private func share(_ state: TrainingState, shardCount: Int) throws {
        for floats in [state.parameters, state.adam.firstMoment, state.adam.secondMoment] { try group.broadcast(floats, from: 0) }
        state.step = try group.broadcast(state.step, from: 0)
        state.skippedStepCount = try group.broadcast(state.skippedStepCount, from: 0)
        state.adam.stepCount = state.step - state.skippedStepCount
        state.epoch = try group.broadcast(state.epoch, from: 0)
        state.batch = try group.broadcast(state.batch, from: 0)
        state.epochTargetCount = try group.broadcast(state.epochTargetCount, from: 0)
        // Ranks without a run have no best; infinity says the same.
        let loss = try group.gatherEverywhere([state.best?.loss ?? .infinity])[0][0]
        let step = try group.broadcast(state.best?.step ?? -1, from: 0)
        state.best = loss < .infinity ? BestValidation(loss: loss, step: step < 0 ? nil : step) : nil
        let sums = try group.gatherEverywhere(restoredShardSums)[0]
        if sums.count == shardCount * group.rankCount {
            state.epochLoss = ShardSums(Array(sums[group.rank * shardCount..<(group.rank + 1) * shardCount]))
        } else if group.rank == 0, !sums.isEmpty {
            // Divided otherwise, as "fast" allows: what can be kept is the total.
            state.epochLoss = ShardSums([treeSum(sums)] + Array(repeating: 0, count: shardCount - 1))
        }
        guard let streams = state.streams else { return }
        let all = FloatMemory(count: streamLayout.elementCount)
        if isWriter { all.view.copy(restoredStreams) }
        try group.broadcast(all.view, from: 0)
        let counts = try group.gatherEverywhere([streams.values.count]).map { $0[0] }
        let start = counts[..<group.rank].reduce(0, +)
        streams.values.copy(all.view.slice(from: start, count: streams.values.count))
        restoredStreams = []
    }

    // MARK: Saving

    /// Begins to save `state`: a snapshot is taken now and written in the background. Collective.
    /// - Returns: on rank 0, the save before, if it is finished and wasn't told yet.
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
                snapshot.copy(weights: state.parameters, firstMoments: state.adam.firstMoment, secondMoments: state.adam.secondMoment)
                snapshot.copy(streams: streams.span)
            }
            return earlier
        }
    }

    private func progress(of state: TrainingState, validationLoss: Double?, shardSums: [Double]) -> CheckpointProgress {
        var other = [
            JSONMember(key: "dataFingerprint", value: .text(hexadecimal(dataFingerprint))),
            JSONMember(key: "precision", value: .text(configuration.training.precision.rawValue)),
            JSONMember(key: "bestValidationLoss", value: state.best.map { .real($0.loss) } ?? JSONValue(.null)),
            JSONMember(key: "bestValidationStep", value: state.best?.step.map(JSONValue.integer) ?? JSONValue(.null)),
            JSONMember(key: "skippedSteps", value: .integer(state.skippedStepCount)),
            JSONMember(key: "epochTargetCount", value: .integer(state.epochTargetCount)),
            JSONMember(key: "epochLossByShard", value: .list(shardSums.map(JSONValue.real))),
        ]
        if let initialWeightsSHA256 { other.append(JSONMember(key: "initialWeightsSHA256", value: .text(initialWeightsSHA256))) }
        return CheckpointProgress(
            step: state.step, epoch: state.epoch, positionInEpoch: state.batch, seed: configuration.seed,
            validationLoss: configuration.checkpoint.best ? validationLoss : nil, other: JSONValue(.object(other)))
    }

    /// Whether this rank has logs, to which ``append(_:)`` adds.
    var hasLogs: Bool { logs != nil }

    /// Adds to the logs; nothing but on rank 0.
    func append(_ adding: (RunLogs) throws(CheckpointError) -> Void) throws {
        try tolerated { () throws(CheckpointError) in
            if let logs { try adding(logs) }
            return nil
        }
    }

    /// On rank 0, the last save, if it is finished and wasn't told yet. Collective.
    func finishedSave() throws -> CommittedCheckpoint? {
        try group.agree { try tolerated { () throws(CheckpointError) in try writer?.poll() } }
    }

    /// Errors of the disk that training went on after, since this was last asked. Rank 0's.
    func takeToleratedErrors() -> [CheckpointError] {
        defer { toleratedErrors = [] }
        return toleratedErrors
    }

    /// The result of `writing`; nil where the disk refuses and the configuration says that training goes on.
    @discardableResult
    private func tolerated(_ writing: () throws(CheckpointError) -> CommittedCheckpoint?) throws(CheckpointError) -> CommittedCheckpoint? {
        do {
            return try writing()
        } catch where configuration.checkpoint.onError == .continue && error.category == .inputOutput {
            toleratedErrors.append(error)
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
