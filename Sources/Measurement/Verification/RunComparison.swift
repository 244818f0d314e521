public import Checkpoints

/// The first step in which two runs differ.
public struct RunDifference: Equatable, Sendable, CustomStringConvertible {
    public let step: Int
    /// The difference between that step's checkpoints; nil if only one of the runs has one.
    public let tensor: TensorDifference?

    public var description: String {
        tensor.map { "step \(step): \($0)" } ?? "step \(step): one of the runs has no checkpoint of it"
    }
}

/// Compares the checkpoints of two runs, step by step, all their tensors bit by bit. Read-only.
/// - Returns: the first difference, with the value found in the run at `path` and the one wanted, from that at `reference`; nil if there is none.
/// - Throws: ``CheckpointError`` if a checkpoint is damaged, or of another model.
public func firstDifference(ofRunAt path: String, from reference: String) throws(CheckpointError) -> RunDifference? {
    let found = try checkpointPaths(ofRunAt: path)
    let wanted = try checkpointPaths(ofRunAt: reference)
    for step in Set(found.keys).union(wanted.keys).sorted() {
        guard let foundPath = found[step], let wantedPath = wanted[step] else { return RunDifference(step: step, tensor: nil) }
        let tensor = try StoredCheckpoint.open(foundPath).firstDifference(from: .open(wantedPath))
        if let tensor { return RunDifference(step: step, tensor: tensor) }
    }
    return nil
}

/// Checkpoint paths by step; a damaged checkpoint throws.
private func checkpointPaths(ofRunAt path: String) throws(CheckpointError) -> [Int: String] {
    var paths: [Int: String] = [:]
    for report in try RunDirectory(path).checkpoints() {
        if let damage = report.damage { throw damage }
        paths[report.step] = report.path
    }
    return paths
}
