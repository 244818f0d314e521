public import Checkpoints
package import StrictJSON

/// What a run began with, which whoever goes on with it must find again. Where the files lie doesn't count; what is in them does.
package struct RunOrigin {
    package let dataFingerprint: UInt64
    /// Of the weights that training started from; nil where they weren't a file's.
    let initialWeightsSHA256: String?
    /// What the data taught about their symbols or columns; nil of generated kinds.
    package let storedText: RunData.StoredText?
    /// Of what decides the weights besides.
    let configurationSHA256: String

    package init(dataFingerprint: UInt64, initialWeightsSHA256: String?, storedText: RunData.StoredText?, configurationSHA256: String) {
        self.dataFingerprint = dataFingerprint
        self.initialWeightsSHA256 = initialWeightsSHA256
        self.storedText = storedText
        self.configurationSHA256 = configurationSHA256
    }

    /// What a checkpoint's manifest has of it.
    package var members: [JSONMember] {
        [
            ProgressKey.dataFingerprint.member(.text(hexadecimal(dataFingerprint))),
            ProgressKey.configurationSHA256.member(.text(configurationSHA256)),
        ]
            + (initialWeightsSHA256.map { [ProgressKey.initialWeightsSHA256.member(.text($0))] } ?? [])
    }

    /// Refuses to go on from `checkpoint` with other first weights than its run began with.
    /// - Throws: ``TrainingError/initialWeightsDiffer(run:found:stored:)``.
    package func requireInitialWeights(of checkpoint: StoredCheckpoint) throws(TrainingError) {
        let stored = checkpoint.initialWeightsSHA256
        guard stored == initialWeightsSHA256 else {
            throw .initialWeightsDiffer(run: checkpoint.path, found: initialWeightsSHA256, stored: stored)
        }
    }
}

extension StoredCheckpoint {
    /// Whether its run trains on the data of this fingerprint.
    package func hasData(fingerprint: UInt64) -> Bool { manifest.progress[.dataFingerprint]?.stringValue == hexadecimal(fingerprint) }

    /// SHA-256 of the weights that its run began with, as a flat buffer; nil where they weren't a file's.
    public var initialWeightsSHA256: String? { manifest.progress[.initialWeightsSHA256]?.stringValue }
}

extension CheckpointManifest {
    /// Of its run's configuration and of what its data taught; nil where an earlier version of the program didn't note it.
    var configurationSHA256: String? { progress[.configurationSHA256]?.stringValue }
}
