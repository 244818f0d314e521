import Files

extension RunDirectory {
    /// The steps that have a checkpoint, whole or not, newest first.
    public func checkpointSteps() throws(CheckpointError) -> [Int] { try storedSteps().map(\.step) }

    /// The checkpoints whose manifest is sound and whose files have their sizes, newest first.
    /// Cost: reads manifests, no tensors. A checkpoint that a resume takes is verified besides.
    public func soundCheckpoints() throws(CheckpointError) -> [CommittedCheckpoint] {
        try storedSteps().compactMap { stored in
            (try? CheckpointManifest.sound(inCheckpoint: stored.path, in: fileSystem)).map { CommittedCheckpoint(path: stored.path, manifest: $0) }
        }
    }
}

extension Sequence<CommittedCheckpoint> {
    /// The one with the lowest validation loss, the earlier of equals; nil if none has a loss. NaN is not a loss.
    public var best: CommittedCheckpoint? {
        let evaluated = compactMap { checkpoint in
            checkpoint.manifest.progress.validationLoss.flatMap { $0.isNaN ? nil : (loss: $0, step: checkpoint.manifest.step, checkpoint: checkpoint) }
        }
        return evaluated.min { ($0.loss, $0.step) < ($1.loss, $1.step) }?.checkpoint
    }
}

extension CheckpointManifest {
    /// The manifest of the checkpoint at `path`, whose files are there and have their sizes. Their bytes are not read.
    static func sound(inCheckpoint path: String, in fileSystem: FileSystem) throws(CheckpointError) -> CheckpointManifest {
        let manifest = try read(inCheckpoint: path, in: fileSystem)
        for record in manifest.files {
            let filePath = path + "/" + record.name
            let byteCount = try mappingErrors(try OpenFile.reading(filePath, in: fileSystem).byteCount())
            guard byteCount == record.byteCount else { throw .fileSize(path: filePath, found: byteCount, wanted: record.byteCount) }
        }
        return manifest
    }
}
