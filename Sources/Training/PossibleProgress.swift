import Checkpoints
import Runs
import StrictJSON

extension StoredCheckpoint {
    /// The checkpoint's training progress, for a run of `batchesPerEpoch` batches per epoch.
    ///
    /// A manifest is protected only by its own hash, which anyone can compute, and resuming at an impossible position would trap.
    /// - Throws: ``CheckpointError/manifest(path:reason:)`` for counts that such a run can't have.
    func validatedProgress(batchesPerEpoch: Int) throws(CheckpointError) -> CheckpointProgress {
        let progress = manifest.progress
        let counts: [(key: String, found: Int, most: Int)] = [
            ("positionInEpoch", progress.positionInEpoch, max(0, batchesPerEpoch - 1)), ("epoch", progress.epoch, progress.step),
            ("progress.skippedSteps", progress.skippedStepCount, progress.step),
            // Larger than any possible sum of targets, and another batch's can still be added without overflow.
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
