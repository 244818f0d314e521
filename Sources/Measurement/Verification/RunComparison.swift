public import Checkpoints

/// The first step in which a run isn't the other one.
public struct RunDifference: Equatable, Sendable, CustomStringConvertible {
    public let step: Int
    /// What differs in that step's checkpoints; nil where only one of the runs has one.
    public let tensor: TensorDifference?

    public var description: String {
        tensor.map { "step \(step): \($0)" } ?? "step \(step): one of the runs has no checkpoint of it"
    }
}

/// Holds the checkpoints of two runs against one another, step by step, all their tensors bit by bit. Changes nothing.
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

/// Paths by their steps; a damaged one throws.
private func checkpointPaths(ofRunAt path: String) throws(CheckpointError) -> [Int: String] {
    var paths: [Int: String] = [:]
    for report in try RunDirectory(path).checkpoints() {
        if let damage = report.damage { throw damage }
        paths[report.step] = report.path
    }
    return paths
}
