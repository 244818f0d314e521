public import Checkpoints
package import Datasets
package import StrictJSON

/// A run's initial conditions, which must be the same on resume: the contents of files count, not their paths.
package struct RunOrigin {
    package let dataFingerprint: UInt64
    /// SHA-256 of the initial weights; nil if they don't come from a file.
    let initialWeightsSHA256: String?
    /// The vocabulary or statistics of the data; nil for generated kinds.
    package let storedText: StoredText?
    /// SHA-256 of the other settings that determine the weights.
    let configurationSHA256: String

    package init(dataFingerprint: UInt64, initialWeightsSHA256: String?, storedText: StoredText?, configurationSHA256: String) {
        self.dataFingerprint = dataFingerprint
        self.initialWeightsSHA256 = initialWeightsSHA256
        self.storedText = storedText
        self.configurationSHA256 = configurationSHA256
    }

    /// The fields of a checkpoint's manifest.
    package var members: [JSONMember] {
        [
            ProgressKey.dataFingerprint.member(.text(hexadecimal(dataFingerprint))),
            ProgressKey.configurationSHA256.member(.text(configurationSHA256)),
        ]
            + (initialWeightsSHA256.map { [ProgressKey.initialWeightsSHA256.member(.text($0))] } ?? [])
    }

    /// Rejects resuming from `checkpoint` if its run began with other initial weights.
    /// - Throws: ``TrainingError/initialWeightsDiffer(run:found:stored:)``.
    package func requireInitialWeights(of checkpoint: StoredCheckpoint) throws(TrainingError) {
        let stored = checkpoint.initialWeightsSHA256
        guard stored == initialWeightsSHA256 else {
            throw .initialWeightsDiffer(run: checkpoint.path, found: initialWeightsSHA256, stored: stored)
        }
    }
}

extension StoredCheckpoint {
    /// Whether the checkpoint was trained on the data of this fingerprint.
    package func hasData(fingerprint: UInt64) -> Bool { manifest.progress[.dataFingerprint]?.stringValue == hexadecimal(fingerprint) }

    /// SHA-256 of the run's initial weights as a flat buffer; nil if they don't come from a file.
    public var initialWeightsSHA256: String? { manifest.progress[.initialWeightsSHA256]?.stringValue }
}

extension CheckpointManifest {
    /// SHA-256 of the run's configuration and its vocabulary or statistics; nil if an earlier version of the program didn't record it.
    var configurationSHA256: String? { progress[.configurationSHA256]?.stringValue }
}
