/// Names of a run's small files.
package enum RunFile {
    package static let configuration = "config.json"
    package static let manifest = "manifest.json"
    /// Of a checkpoint.
    package static let weights = "weights.safetensors"
}

/// The run directory above "…/checkpoints/step-00001200"; nil for a path that isn't a checkpoint's.
package func runDirectory(ofCheckpoint path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[parts.count - 2] == "checkpoints" else { return nil }
    let run = parts.dropLast(2).joined(separator: "/")
    return run.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : run
}
