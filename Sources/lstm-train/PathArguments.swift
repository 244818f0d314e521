import ArgumentParser

/// Refuses an empty path, as an unset variable of a script leaves it: the system would take it for the root, or for nothing.
func refuseEmpty(_ paths: [(name: String, path: String?)]) throws {
    if let empty = paths.first(where: { $0.path?.isEmpty == true }) { throw ValidationError("\(empty.name) is empty; name a file or directory.") }
}
