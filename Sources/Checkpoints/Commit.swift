import Files

/// A checkpoint that is on disk.
public struct CommittedCheckpoint: Equatable, Sendable {
    public let path: String
    public let manifest: CheckpointManifest
}

/// The files of a checkpoint beside its manifest.
enum CheckpointFile {
    static let weights = "weights.safetensors"
    static let optimizer = "optimizer.safetensors"
    static let streams = "streams.safetensors"
    static let names = [weights, optimizer, streams]
    static let all: Set = [weights, optimizer, streams, CheckpointManifest.fileName]

    /// The key of the optimizer's step in that file's metadata.
    static let stepKey = "step"
}

extension LockedRun {
    /// Writes `snapshot` as the checkpoint of its step, on disk when this returns.
    ///
    /// All files are written and flushed under a temporary name, then the directory is renamed in one step:
    /// after a crash at any moment the checkpoint is complete or absent. One that the step has already stays valid until the new one is in its place.
    /// - Throws: ``CheckpointError/file(_:)``; then what was there before is there still, unless only the last flush failed.
    public func commit(_ snapshot: CheckpointSnapshot) throws(CheckpointError) -> CommittedCheckpoint {
        try alone { () throws(CheckpointError) in
            let name = CheckpointName.name(ofStep: snapshot.progress.step)
            let draft = unusedPath(in: directory.checkpointsPath, name: LeftoverName.writing + name)
            do throws(CheckpointError) {
                let manifest = try mappingErrors(try write(snapshot, into: draft))
                try put(draft, inPlaceOf: name)
                return CommittedCheckpoint(path: RunDirectory(presentPath).checkpointsPath + "/" + name, manifest: manifest)
            } catch {
                try? removeCheckpoint(draft)
                throw error
            }
        }
    }

    /// Makes the directory `draft` with the checkpoint's files; they are on disk when this returns.
    private func write(_ snapshot: CheckpointSnapshot, into draft: String) throws(FileError) -> CheckpointManifest {
        try fileSystem.makeDirectory(draft)
        let layout = snapshot.layout
        let optimizer = zip(snapshot.optimizerStateNames, snapshot.optimizerStates).map { (layout.ofOptimizerState($0), $1) }
        var files = [
            // Loaders of other frameworks look for this metadata.
            try write([(layout, snapshot.weights)], metadata: ["format": "pt"], named: CheckpointFile.weights, into: draft),
            try write(
                optimizer, metadata: [CheckpointFile.stepKey: "\(snapshot.progress.step)"], named: CheckpointFile.optimizer, into: draft),
        ]
        if !snapshot.streamLayout.isEmpty {
            files.append(try write([(snapshot.streamLayout, snapshot.streams)], metadata: [:], named: CheckpointFile.streams, into: draft))
        }
        let weightsSHA256 = try SHA256.hex(of: snapshot.weights.span)
        let manifest = CheckpointManifest(progress: snapshot.progress, weightsSHA256: weightsSHA256, files: files)
        let text = try manifest.text()
        let file = try OpenFile(creating: draft + "/" + CheckpointManifest.fileName, in: fileSystem)
        try file.write(text.span.bytes)
        try file.synchronize()
        try fileSystem.synchronizeDirectory(draft)
        return manifest
    }

    /// Writes a safetensors file of the tensors of each part, whose elements lie one after another in the part's array.
    private func write(
        _ parts: [(tensors: [TensorShape], values: [Float])], metadata: KeyValuePairs<String, String>, named name: String, into draft: String
    ) throws(FileError) -> CheckpointManifest.FileRecord {
        var writer = try SafetensorsWriter(path: draft + "/" + name, tensors: parts.flatMap(\.tensors), metadata: metadata, in: fileSystem)
        for (tensors, values) in parts {
            var begin = 0
            for tensor in tensors {
                try writer.write(values.span.extracting(begin..<begin + tensor.elementCount))
                begin += tensor.elementCount
            }
        }
        let written = try writer.finish()
        return CheckpointManifest.FileRecord(name: name, byteCount: written.byteCount, sha256: written.sha256)
    }

    /// Gives the finished `draft` the checkpoint's `name`. Where there is one of that name, it steps aside under a name that still counts as the step's
    /// checkpoint, and goes when the new one is there.
    private func put(_ draft: String, inPlaceOf name: String) throws(CheckpointError) {
        let path = directory.checkpointsPath + "/" + name
        let aside = directory.checkpointsPath + "/" + LeftoverName.replaced + name
        try requireHeld()
        if fileSystem.exists(path) {
            if fileSystem.exists(aside) {
                // An earlier save's last flush failed: what took its place may not be on disk.
                try mappingErrors(try fileSystem.synchronizeDirectory(directory.checkpointsPath))
                try discard(aside)
            }
            try mappingErrors(try fileSystem.rename(path, to: aside))
        }
        do {
            try mappingErrors(try fileSystem.rename(draft, to: path))
        } catch {
            if fileSystem.exists(aside) { try? fileSystem.rename(aside, to: path) }
            throw error
        }
        try mappingErrors(try fileSystem.synchronizeDirectory(directory.checkpointsPath))
        if fileSystem.exists(aside) { try discard(aside) }
    }
}
