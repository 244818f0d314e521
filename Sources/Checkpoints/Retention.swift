extension LockedRun {
    /// Removes all checkpoints but the newest `count` and the one with the lowest validation loss.
    ///
    /// A checkpoint counts when its manifest is sound and its files have their sizes; so a damaged one never takes a good one's place.
    /// Damaged ones older than the newest `count` are removed; newer ones stay, to be looked at, until their step is saved again.
    /// Cost: reads manifests, no tensors.
    public func keepNewest(_ count: Int) throws(CheckpointError) {
        precondition(count >= 1, "a run keeps at least one checkpoint, not \(count)")
        try alone { () throws(CheckpointError) in
            let stored = try directory.storedSteps()
            let sound = stored.compactMap { stored in (try? soundManifest(at: stored.path)).map { (stored.step, $0.progress.validationLoss) } }
            guard let oldestKept = sound.prefix(count).last?.0 else { return }
            let best = sound.filter { $0.1.map { !$0.isNaN } ?? false }.min { ($0.1 ?? 0, $0.0) < ($1.1 ?? 0, $1.0) }?.0
            for (step, path) in stored where step < oldestKept && step != best { try discard(path) }
        }
    }

    /// Removes the checkpoints of later steps than `step`: what a resumed run leaves behind when it starts from an earlier one on purpose.
    public func discardCheckpoints(after step: Int) throws(CheckpointError) {
        try alone { () throws(CheckpointError) in
            for stored in try directory.storedSteps() where stored.step > step { try discard(stored.path) }
        }
    }

    private func soundManifest(at path: String) throws(CheckpointError) -> CheckpointManifest {
        let manifest = try CheckpointManifest.read(inCheckpoint: path, in: fileSystem)
        for record in manifest.files {
            let filePath = path + "/" + record.name
            let byteCount = try OpenFile.reading(filePath, in: fileSystem).byteCount()
            guard byteCount == record.byteCount else { throw .fileSize(path: filePath, found: byteCount, wanted: record.byteCount) }
        }
        return manifest
    }
}
