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
            let sound = try directory.soundCheckpoints()
            guard let oldestKept = sound.prefix(count).last?.manifest.step else { return }
            let best = sound.best?.manifest.step
            for (step, path) in stored where step < oldestKept && step != best { try discard(path) }
        }
    }

    /// Removes the checkpoints of later steps than `step`: what a resumed run leaves behind when it starts from an earlier one on purpose.
    public func discardCheckpoints(after step: Int) throws(CheckpointError) {
        try alone { () throws(CheckpointError) in
            for stored in try directory.storedSteps() where stored.step > step { try discard(stored.path) }
        }
    }
}
