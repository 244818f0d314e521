import Batches
package import Checkpoints
import Configuration
import Datasets
import Kernels
import Layers
import Models
import StrictJSON

/// Checks that a checkpoint is one that its run can have. Used by everything that loads or lists checkpoints.
///
/// A manifest is protected only by its own hash, which anyone can compute. Limits that depend on the data are checked on resume, by
/// ``StoredCheckpoint/validatedProgress(batchesPerEpoch:)``.
package struct CheckpointValidation {
    /// The checkpoint's run; nil if its configuration is missing.
    let run: EarlierRun?

    package init(run: EarlierRun?) {
        self.run = run
    }

    /// - Throws: the first invalid value.
    package func check(_ checkpoint: StoredCheckpoint) throws(CheckpointError) {
        let hasDensity = run.map { $0.configuration.training.numberLoss.distribution != nil || $0.configuration.data.sequenceTarget == .nextNumbers }
        try ProgressFields(checkpoint: checkpoint, mayBeNegative: hasDensity ?? true).check()
        guard let run else { return }
        let configuration = run.configuration
        guard checkpoint.manifest.progress.seed == configuration.seed else {
            throw manifest(of: checkpoint, "seed is \(checkpoint.manifest.progress.seed); training.seed of the run is \(configuration.seed)")
        }
        try checkOrigin(of: checkpoint)
        let shape: ModelDescription
        do { shape = try StoredModel(configuration: configuration, checkpoint: checkpoint).shape() } catch let error as CheckpointError {
            throw error
        } catch { throw manifest(of: checkpoint, "its tensors are of no such model (\(error))") }
        try checkpoint.requireTensors(
            ParameterLayout(shape).tensorShapes, optimizerStateNames: configuration.optimizerStateNames,
            streams: shape.streamLayout(streamCount: configuration.source.carriesState ? configuration.training.batch : nil))
    }

    /// Whether the run made the checkpoint of this manifest; true if unknown, since earlier versions didn't record it.
    package func isOwn(_ manifest: CheckpointManifest) throws(CheckpointError) -> Bool {
        guard let run, let found = manifest.configurationSHA256, let wanted = try mappingErrors(try run.digest()) else { return true }
        return found == wanted
    }

    /// Rejects a checkpoint that another run made.
    private func checkOrigin(of checkpoint: StoredCheckpoint) throws(CheckpointError) {
        guard let run, try !isOwn(checkpoint.manifest) else { return }
        throw manifest(
            of: checkpoint,
            "it is of a run with another configuration, vocabulary or statistics than \(run.directory.path) has. Was it copied here, or one of those changed?",
            advises: false)
    }

    private func manifest(of checkpoint: StoredCheckpoint, _ reason: String, advises: Bool = true) -> CheckpointError {
        .manifest(path: checkpoint.path + "/" + RunFile.manifest, reason: reason + (advises ? ". Restore the checkpoint from a copy." : ""))
    }
}

/// Checks the trainer's fields in a manifest against their ranges.
private struct ProgressFields {
    let checkpoint: StoredCheckpoint
    /// Whether a loss may be below 0, as that of a density is.
    let mayBeNegative: Bool

    func check() throws(CheckpointError) {
        let progress = checkpoint.manifest.progress
        try require("epoch", progress.epoch, atMost: progress.step)
        try require("positionInEpoch", progress.positionInEpoch, atMost: progress.step - progress.epoch)
        if let count = try integer(.batchesPerEpoch, 1...Int.max) { try require("positionInEpoch", progress.positionInEpoch, atMost: count - 1) }
        _ = try integer(.skippedSteps, 0...progress.step)
        // Larger than any possible sum of targets, and another batch's can still be added without overflow.
        _ = try integer(.epochTargetCount, 0...1 << 60)
        _ = try integer(.bestValidationStep, 0...progress.step)
        for key in [ProgressKey.validationsSinceImprovement, .plateauValidations, .rateReductions, .averagedSteps] { _ = try integer(key, 0...progress.step) }
        _ = try integer(.plateauCooldown, 0...1 << 60)
        for key in [ProgressKey.bestValidationLoss, .lossToImprove, .plateauLoss, .averagingLowestLoss] {
            try member(key, mayBeNegative ? "a number, or null" : "a number that isn't below 0, or null") {
                $0.content == .null || ($0.realValue.map { mayBeNegative || $0 >= 0 } ?? false)
            }
        }
        for key in [ProgressKey.epochLossByShard, .averagingRecentLosses] {
            try member(key, "a list of numbers") { $0.arrayValue?.allSatisfy { $0.realValue != nil } ?? false }
        }
        try member(.precision, "\"float32\" or \"bfloat16\"") { $0.stringValue.flatMap(Precision.init(rawValue:)) != nil }
        try member(.dataFingerprint, "16 digits, 0 to 9 and a to f", isRequired: true) { isHexadecimal($0, digitCount: 16) }
        for key in [ProgressKey.initialWeightsSHA256, .configurationSHA256] {
            try member(key, "a SHA-256 of 64 digits, 0 to 9 and a to f") { isHexadecimal($0, digitCount: 64) }
        }
    }

    private func require(_ key: String, _ found: Int, atMost most: Int) throws(CheckpointError) {
        guard found < 0 || found > most else { return }
        throw refusal("\(key) is \(found); it must be at least 0 and at most \(max(0, most)) at step \(checkpoint.manifest.step) of this run")
    }

    /// Nil if the field is missing.
    private func integer(_ key: ProgressKey, _ range: ClosedRange<Int>) throws(CheckpointError) -> Int? {
        guard let value = checkpoint.manifest.progress[key], value.content != .null else { return nil }
        guard let integer = value.integerValue, range.contains(integer) else {
            throw refusal(
                "progress.\(key.rawValue) is \(JSONValue.printable(value.serialized(), scalarCount: 60)); it must be at least \(range.lowerBound) and at most "
                    + "\(range.upperBound) at step \(checkpoint.manifest.step) of this run")
        }
        return integer
    }

    private func member(_ key: ProgressKey, _ wanted: String, isRequired: Bool = false, _ isRight: (JSONValue) -> Bool) throws(CheckpointError) {
        guard let value = checkpoint.manifest.progress[key] else {
            if isRequired { throw refusal("there is no progress.\(key.rawValue); it must be \(wanted)") }
            return
        }
        guard isRight(value) else { throw refusal("progress.\(key.rawValue) is \(JSONValue.printable(value.serialized(), scalarCount: 60)); it must be \(wanted)") }
    }

    private func isHexadecimal(_ value: JSONValue, digitCount: Int) -> Bool {
        guard let text = value.stringValue else { return false }
        return text.utf8.count == digitCount && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private func refusal(_ reason: String) -> CheckpointError {
        .manifest(path: checkpoint.path + "/" + RunFile.manifest, reason: reason + ". Restore the checkpoint from a copy.")
    }
}
