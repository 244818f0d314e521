import Checkpoints
import Runs
import StrictJSON

extension StoredCheckpoint {
    /// How far training had come, for a run of `batchesPerEpoch` batches an epoch.
    ///
    /// A manifest vouches for itself only by its own hash, which anyone can make, and a step from a place that doesn't exist would be a trap.
    /// - Throws: ``CheckpointError/manifest(path:reason:)`` for counts at which no such run can stand.
    func validatedProgress(batchesPerEpoch: Int) throws(CheckpointError) -> CheckpointProgress {
        let progress = manifest.progress
        let counts: [(key: String, found: Int, most: Int)] = [
            ("positionInEpoch", progress.positionInEpoch, max(0, batchesPerEpoch - 1)), ("epoch", progress.epoch, progress.step),
            ("progress.skippedSteps", progress.skippedStepCount, progress.step),
            // No sum of targets comes near, and another batch's can still be added.
            ("progress.epochTargetCount", progress.epochTargetCount, 1 << 60),
        ]
        for (key, found, most) in counts where found < 0 || found > most {
            throw .manifest(
                path: path + "/" + RunFile.manifest,
                reason: "\(key) is \(found); it must be at least 0 and at most \(most) at step \(progress.step) of this run. Restore the checkpoint from a copy.")
        }
        return progress
    }
}

extension CheckpointProgress {
    var skippedStepCount: Int { self[.skippedSteps]?.integerValue ?? 0 }
    var best: BestValidation? {
        self[.bestValidationLoss]?.realValue.map { BestValidation(loss: $0, step: self[.bestValidationStep]?.integerValue) }
    }
    var epochTargetCount: Int { self[.epochTargetCount]?.integerValue ?? 0 }
}
