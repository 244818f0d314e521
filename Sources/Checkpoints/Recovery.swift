import Files

/// Result of a recovery: a checkpoint that verifies, and the damaged ones tried before, with the reason of each.
public struct Recovery: Sendable {
    public let checkpoint: StoredCheckpoint
    public let skippedCheckpoints: [SkippedCheckpoint]

    public init(checkpoint: StoredCheckpoint, skippedCheckpoints: [SkippedCheckpoint]) {
        self.checkpoint = checkpoint
        self.skippedCheckpoints = skippedCheckpoints
    }
}

/// A checkpoint of a run and whether it is whole.
public struct CheckpointReport: Equatable, Sendable {
    public enum State: Equatable, Sendable {
        case verified(CheckpointManifest)
        case damaged(CheckpointError)
    }
    /// As its directory's name says.
    public let step: Int
    public let path: String
    public let state: State

    /// nil if it is whole.
    public var damage: CheckpointError? {
        if case .damaged(let error) = state { error } else { nil }
    }

    /// Validation loss of its weights, if it is whole and they were evaluated.
    public var validationLoss: Double? {
        if case .verified(let manifest) = state { manifest.progress.validationLoss } else { nil }
    }
}

extension RunDirectory {
    /// A further check of a checkpoint that verifies against its own manifest.
    public typealias CheckpointCheck = (StoredCheckpoint) throws(CheckpointError) -> Void

    /// The newest checkpoint that verifies, and the newer ones that don't; nil if the run has none at all.
    /// - Parameter check: rejects a checkpoint that isn't this run's, which then counts as damaged; likewise in the functions below.
    /// - Throws: ``CheckpointError/noneVerified(run:skippedCheckpoints:)`` when it has some and all are damaged: to start anew would be to lose the run unseen.
    public func newestVerified(checking check: CheckpointCheck = { _ in }) throws(CheckpointError) -> Recovery? {
        while true {
            let stored = try storedSteps()
            if stored.isEmpty { return nil }
            // nil: a run that goes on removed all of them meanwhile, and has newer ones.
            if let found = try firstVerified(of: stored.map(\.path), checking: check) { return found }
        }
    }

    /// The checkpoint with the lowest validation loss that verifies, the earlier of equals; nil if none has a loss. NaN is no loss.
    /// It needs no record: each manifest has its loss, and retention never removes the best.
    /// - Throws: as ``newestVerified()``.
    public func bestVerified(checking check: CheckpointCheck = { _ in }) throws(CheckpointError) -> Recovery? {
        var candidates: [(loss: Double, step: Int, path: String)] = []
        var unreadable: [SkippedCheckpoint] = []
        let stored = try storedSteps()
        for stored in stored {
            do {
                let loss = try CheckpointManifest.read(inCheckpoint: stored.path, in: fileSystem).progress.validationLoss
                if let loss, !loss.isNaN { candidates.append((loss, stored.step, stored.path)) }
            } catch {
                unreadable.append(SkippedCheckpoint(path: stored.path, reason: error))
            }
        }
        if candidates.isEmpty && unreadable.count < stored.count { return nil }
        candidates.sort { ($0.loss, $0.step) < ($1.loss, $1.step) }
        return try firstVerified(of: candidates.map(\.path), checking: check, skippedCheckpoints: unreadable)
    }

    /// All checkpoints of the run, newest first, each verified. Cost: reads every byte of them.
    public func checkpoints(checking check: CheckpointCheck = { _ in }) throws(CheckpointError) -> [CheckpointReport] {
        var reports: [CheckpointReport] = []
        for stored in try storedSteps() {
            let state: CheckpointReport.State
            do {
                let checkpoint = try StoredCheckpoint.open(stored.path, in: fileSystem)
                try check(checkpoint)
                state = .verified(checkpoint.manifest)
            } catch where error.isOfThisProcess {
                throw error
            } catch where fileSystem.exists(stored.path) {
                state = .damaged(error)
            } catch {
                // Retention of a run that goes on was faster.
                continue
            }
            reports.append(CheckpointReport(step: stored.step, path: stored.path, state: state))
        }
        return reports
    }

    private func firstVerified(
        of paths: [String], checking check: CheckpointCheck, skippedCheckpoints: [SkippedCheckpoint] = []
    ) throws(CheckpointError) -> Recovery? {
        var skippedCheckpoints = skippedCheckpoints
        for path in paths {
            do {
                let checkpoint = try StoredCheckpoint.open(path, in: fileSystem)
                try check(checkpoint)
                return Recovery(checkpoint: checkpoint, skippedCheckpoints: skippedCheckpoints)
            } catch where error.isOfThisProcess {
                // Whether the checkpoint is whole isn't known.
                throw error
            } catch where fileSystem.exists(path) {
                skippedCheckpoints.append(SkippedCheckpoint(path: path, reason: error))
            } catch {
                // Retention of a run that goes on was faster.
                continue
            }
        }
        if skippedCheckpoints.isEmpty { return nil }
        throw .noneVerified(run: path, skippedCheckpoints: skippedCheckpoints)
    }

    /// The steps that have a checkpoint, newest first. One that makes room for its successor counts until that is there.
    func storedSteps() throws(CheckpointError) -> [(step: Int, path: String)] {
        guard fileSystem.exists(checkpointsPath) else { return [] }
        let names = try mappingErrors(try fileSystem.names(in: checkpointsPath))
        let aside = names.compactMap(LeftoverName.replacedName)
        var stored: [(step: Int, path: String)] = []
        for name in names {
            if let step = CheckpointName.step(in: name) { stored.append((step, checkpointsPath + "/" + name)) }
        }
        for name in aside where !names.contains(name) {
            if let step = CheckpointName.step(in: name) { stored.append((step, checkpointsPath + "/" + LeftoverName.replaced + name)) }
        }
        return stored.sorted { $0.step > $1.step }
    }
}
