public import Files

/// A checkpoint whose files were checked against their sizes and SHA-256. It keeps them open, so that what is read is what was verified, even if
/// a writer removes the checkpoint meanwhile.
public struct StoredCheckpoint: Sendable {
    public let path: String
    public let manifest: CheckpointManifest
    public let weights: SafetensorsFile
    public let optimizer: SafetensorsFile
    /// nil when training had no streams.
    public let streams: SafetensorsFile?

    /// Opens the checkpoint directory `path` and verifies all of it. Cost: reads every byte once.
    /// - Throws: the first thing that isn't as the manifest says.
    public static func open(_ path: String) throws(CheckpointError) -> StoredCheckpoint { try open(path, in: FileSystem()) }

    static func open(_ path: String, in fileSystem: FileSystem) throws(CheckpointError) -> StoredCheckpoint {
        let manifest = try CheckpointManifest.read(inCheckpoint: path, in: fileSystem)
        let checkpoint = try StoredCheckpoint(
            path: path, manifest: manifest, weights: required(CheckpointFile.weights, in: manifest, path: path, fileSystem),
            optimizer: required(CheckpointFile.optimizer, in: manifest, path: path, fileSystem),
            streams: verified(CheckpointFile.streams, in: manifest, path: path, fileSystem))
        try checkpoint.requireWeightsHash()
        return checkpoint
    }

    /// Holds the weights, in the order of their bytes in the file, against ``CheckpointManifest/weightsSHA256``.
    private func requireWeightsHash() throws(CheckpointError) {
        let sha256 = try mappingErrors(try weights.tensorsSHA256())
        guard sha256 == manifest.weightsSHA256 else { throw .weightsHash(checkpoint: path, found: sha256, wanted: manifest.weightsSHA256) }
    }

    private static func required(
        _ name: String, in manifest: CheckpointManifest, path: String, _ fileSystem: FileSystem
    ) throws(CheckpointError) -> SafetensorsFile {
        guard let file = try verified(name, in: manifest, path: path, fileSystem) else {
            throw .manifest(path: path + "/" + CheckpointManifest.fileName, reason: "'files' doesn't name \(name).")
        }
        return file
    }

    /// The file `name`, as the manifest says it is; nil if it doesn't name one.
    private static func verified(
        _ name: String, in manifest: CheckpointManifest, path: String, _ fileSystem: FileSystem
    ) throws(CheckpointError) -> SafetensorsFile? {
        guard let record = manifest.files.first(where: { $0.name == name }) else { return nil }
        let filePath = path + "/" + name
        let file = try mappingErrors(try OpenFile.reading(filePath, in: fileSystem))
        let byteCount = try mappingErrors(try file.byteCount())
        guard byteCount == record.byteCount else { throw .fileSize(path: filePath, found: byteCount, wanted: record.byteCount) }
        let sha256 = try mappingErrors(try file.sha256())
        guard sha256 == record.sha256 else { throw .fileHash(path: filePath, found: sha256, wanted: record.sha256) }
        do { return try SafetensorsFile(file) } catch { throw .file(error) }
    }
}

extension StoredCheckpoint {
    /// Fills `weights` with the tensors of `layout`, one after another, and holds them against ``CheckpointManifest/weightsSHA256``.
    /// - Precondition: `weights` has exactly the elements of `layout`.
    /// - Throws: when names or shapes differ from the file's, with nothing overwritten; when it can't be read, with a part overwritten.
    public func readWeights(_ layout: [TensorShape], into weights: inout MutableSpan<Float>) throws(CheckpointError) {
        try read(entries(of: layout, in: self.weights, named: CheckpointFile.weights), of: self.weights, into: &weights)
        let sha256: String
        do { sha256 = try SHA256.hex(of: weights.span) } catch { throw .file(error) }
        guard sha256 == manifest.weightsSHA256 else { throw .weightsHash(checkpoint: path, found: sha256, wanted: manifest.weightsSHA256) }
    }

    /// Holds names, shapes and types of all tensors against those of `layout`, of the optimizer's buffers and of `streams`. Reads no tensor.
    /// - Throws: the first that differs; also when the optimizer is of another step than the manifest.
    public func requireTensors(_ layout: [TensorShape], optimizerStateNames: [String], streams wanted: [TensorShape]) throws(CheckpointError) {
        try requireOptimizerStep()
        for entry in try entries(of: layout, in: weights, named: CheckpointFile.weights) { try mappingErrors(try weights.requireFloat32(entry)) }
        for entry in try optimizerEntries(layout, optimizerStateNames) { try mappingErrors(try optimizer.requireFloat32(entry)) }
        guard let streams else {
            if let tensor = wanted.first { throw .tensorMissing(checkpoint: path, file: CheckpointFile.streams, tensor: tensor.name) }
            return
        }
        for entry in try entries(of: wanted, in: streams, named: CheckpointFile.streams) { try mappingErrors(try streams.requireFloat32(entry)) }
    }

    private func requireOptimizerStep() throws(CheckpointError) {
        let step = optimizer.metadata[CheckpointFile.stepKey]
        guard step == "\(manifest.step)" else {
            throw .manifest(path: optimizer.path, reason: "the optimizer is of step \(step ?? "unknown"); the manifest is of \(manifest.step).")
        }
    }

    private func optimizerEntries(_ layout: [TensorShape], _ stateNames: [String]) throws(CheckpointError) -> [TensorEntry] {
        try entries(of: stateNames.flatMap(layout.ofOptimizerState), in: optimizer, named: CheckpointFile.optimizer)
    }

    /// Fills `values` with the buffer at `index` of those that `stateNames` say the optimizer has, laid out like the weights.
    /// - Precondition: `values` has exactly the elements of `layout`.
    /// - Throws: as ``readWeights(_:into:)``; also when the file is of another step than the manifest, or of other buffers.
    public func readOptimizerState(
        at index: Int, of stateNames: [String], _ layout: [TensorShape], into values: inout MutableSpan<Float>
    ) throws(CheckpointError) {
        try requireOptimizerStep()
        let entries = try optimizerEntries(layout, stateNames)
        try read(Array(entries[index * layout.count..<(index + 1) * layout.count]), of: optimizer, into: &values)
    }

    /// Fills `values` with the streams' states.
    /// - Precondition: `values` has exactly the elements of `layout`.
    /// - Throws: as ``readWeights(_:into:)``; also when only one of checkpoint and `layout` has streams.
    public func readStreams(_ layout: [TensorShape], into values: inout MutableSpan<Float>) throws(CheckpointError) {
        guard let streams else {
            if let tensor = layout.first { throw .tensorMissing(checkpoint: path, file: CheckpointFile.streams, tensor: tensor.name) }
            return
        }
        try read(entries(of: layout, in: streams, named: CheckpointFile.streams), of: streams, into: &values)
    }

    /// The file's entries in the order of `layout`; the file has these and no others.
    private func entries(of layout: [TensorShape], in file: SafetensorsFile, named fileName: String) throws(CheckpointError) -> [TensorEntry] {
        let stored = Dictionary(file.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var entries: [TensorEntry] = []
        for tensor in layout {
            guard let entry = stored[tensor.name] else { throw .tensorMissing(checkpoint: path, file: fileName, tensor: tensor.name) }
            guard entry.shape.dimensions == tensor.dimensions else {
                throw .shapeDiffers(checkpoint: path, tensor: tensor.name, found: entry.shape.dimensions, wanted: tensor.dimensions)
            }
            entries.append(entry)
        }
        if file.entries.count > layout.count {
            let wanted = Set(layout.map(\.name))
            let unexpected = file.entries.first { !wanted.contains($0.name) } ?? file.entries[layout.count]
            throw .tensorUnexpected(checkpoint: path, file: fileName, tensor: unexpected.name)
        }
        return entries
    }

    private func read(_ entries: [TensorEntry], of file: SafetensorsFile, into values: inout MutableSpan<Float>) throws(CheckpointError) {
        precondition(values.count == entries.map(\.shape).elementCount, "the room isn't the layout's")
        var begin = 0
        for entry in entries {
            do { try file.read(entry, into: &values, at: begin) } catch { throw .file(error) }
            begin += entry.shape.elementCount
        }
    }
}
