import Checkpoints
import Communication
import Files
import Kernels
import Layers
import Models
import Optimization
import Runs
import StrictJSON

/// A checkpoint's state on its way into a run: rank 0 reads all of it, then every rank takes what is its own.
struct Restoration {
    private let layout: CheckpointLayout
    /// Rank 0's alone: of all streams and all shards.
    private var streams: [Float] = []
    private var shardSums: [Double] = []

    init(_ layout: CheckpointLayout) { self.layout = layout }

    /// Rank 0: reads `resumePoint`'s checkpoint into `state`, but for streams and shards, which ``share(_:shardCount:over:)`` brings.
    mutating func read(_ resumePoint: ResumePoint, into state: TrainingState, batchesPerEpoch: Int) throws {
        let checkpoint = resumePoint.recovery.checkpoint
        let weights = state.averaging?.values ?? state.parameters
        try weights.withMutableSpan { (span) throws(CheckpointError) in try checkpoint.readWeights(layout.parameters, into: &span) }
        for (index, buffer) in state.buffersBesideWeights.enumerated() {
            try buffer.withMutableSpan { (span) throws(CheckpointError) in
                try checkpoint.readOptimizerState(at: index, of: layout.optimizerStateNames, layout.parameters, into: &span)
            }
        }
        let streams = FloatMemory(count: layout.streams.elementCount)
        // An epoch's streams begin from zero; those of the checkpoint may be of another number.
        if !resumePoint.beginsEpoch {
            try streams.view.withMutableSpan { (span) throws(CheckpointError) in try checkpoint.readStreams(layout.streams, into: &span) }
        }
        self.streams = streams.view.array()
        let progress = try checkpoint.validatedProgress(batchesPerEpoch: batchesPerEpoch)
        state.step = progress.step
        state.epoch = progress.epoch
        state.batch = progress.positionInEpoch
        state.skippedStepCount = progress.skippedStepCount
        state.epochTargetCount = progress.epochTargetCount
        // A loss of other pieces is not comparable.
        state.best = resumePoint.beginsEpoch ? nil : progress.best
        state.restoreJudgements(from: progress, knowsLosses: !resumePoint.beginsEpoch)
        shardSums = progress[.epochLossByShard]?.arrayValue?.compactMap(\.realValue) ?? []
    }

    /// Brings rank 0's state to all ranks, each with its own streams and shards. Collective.
    func share(_ state: TrainingState, shardCount: Int, over group: any Communicator) throws {
        for floats in [state.parameters] + state.optimizer.buffers { try group.broadcast(floats, from: 0) }
        if let averaging = state.averaging { try group.broadcast(averaging.values, from: 0) }
        state.step = try group.broadcast(state.step, from: 0)
        state.skippedStepCount = try group.broadcast(state.skippedStepCount, from: 0)
        state.optimizer.stepCount = state.step - state.skippedStepCount
        state.epoch = try group.broadcast(state.epoch, from: 0)
        state.batch = try group.broadcast(state.batch, from: 0)
        state.epochTargetCount = try group.broadcast(state.epochTargetCount, from: 0)
        // Ranks without a run have no best; infinity says the same.
        let loss = try group.gatherEverywhere([state.best?.loss ?? .infinity])[0][0]
        let step = try group.broadcast(state.best?.step ?? -1, from: 0)
        state.best = loss < .infinity ? BestValidation(loss: loss, step: step < 0 ? nil : step) : nil
        // Ranks without a run read the same fields as rank 0.
        let members = try group.broadcast(JSONValue(.object(state.judgementMembers)).serialized(), from: 0)
        let progress = CheckpointProgress(step: 0, epoch: 0, positionInEpoch: 0, seed: 0, other: try JSONValue.parse(Array(members.utf8)))
        state.restoreJudgements(from: progress)
        try shareShards(state, shardCount: shardCount, over: group)
        try shareStreams(state, over: group)
    }

    private func shareShards(_ state: TrainingState, shardCount: Int, over group: any Communicator) throws {
        let sums = try group.gatherEverywhere(shardSums)[0]
        if sums.count == shardCount * group.rankCount {
            state.epochLoss = ShardSums(Array(sums[group.rank * shardCount..<(group.rank + 1) * shardCount]))
        } else if group.rank == 0, !sums.isEmpty {
            // Divided otherwise, as "fast" allows: what can be kept is the total.
            state.epochLoss = ShardSums([treeSum(sums)] + Array(repeating: 0, count: shardCount - 1))
        }
    }

    private func shareStreams(_ state: TrainingState, over group: any Communicator) throws {
        guard let own = state.streams else { return }
        let all = FloatMemory(count: layout.streams.elementCount)
        if group.rank == 0 { all.view.copy(streams) }
        try group.broadcast(all.view, from: 0)
        let counts = try group.gatherEverywhere([own.values.count]).map { $0[0] }
        let start = counts[..<group.rank].reduce(0, +)
        own.values.copy(all.view.slice(from: start, count: own.values.count))
    }
}
