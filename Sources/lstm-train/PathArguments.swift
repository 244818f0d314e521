import ArgumentParser

/// Rejects an empty path, which an unset variable in a script gives: the system would take it for the root, or for nothing.
func refuseEmpty(_ paths: [(name: String, path: String?)]) throws {
    if let empty = paths.first(where: { $0.path?.isEmpty == true }) { throw ValidationError("\(empty.name) is empty; name a file or directory.") }
}
