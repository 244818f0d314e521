import Files

/// Names of what isn't finished, or no longer needed. A file of the user's that merely begins alike stays.
enum LeftoverName {
    /// Being written; it is not read.
    static let writing = ".writing-"
    /// Being removed; it is not read.
    static let removing = ".removing-"
    /// A whole checkpoint that makes room for another of the same step. It counts as the step's checkpoint until the other is in its place.
    static let replaced = ".replaced-"

    /// Whether it is the name of a draft: of a text in a run, or of a checkpoint.
    static func isDraft(_ name: String, ofCheckpoint: Bool) -> Bool {
        guard let written = numbered(name, after: writing) else { return false }
        return !ofCheckpoint || CheckpointName.step(in: String(written)) != nil
    }

    static func isRemoval(_ name: String) -> Bool { numbered(name, after: removing) == "step" }

    /// The name of the checkpoint that makes room; nil if none does.
    static func replacedName(in name: String) -> String? {
        guard name.hasPrefix(replaced) else { return nil }
        let own = String(name.dropFirst(replaced.count))
        return CheckpointName.step(in: own) != nil ? own : nil
    }

    /// The part between `prefix` and "-" with a number.
    private static func numbered(_ name: String, after prefix: String) -> Substring? {
        guard name.hasPrefix(prefix), let dash = name.lastIndex(of: "-"), Int(name[dash...].dropFirst()).map({ $0 >= 0 }) ?? false else { return nil }
        let start = name.index(name.startIndex, offsetBy: prefix.count)
        return start < dash ? name[start..<dash] : nil
    }
}

extension LockedRun {
    /// Removes a checkpoint. It loses its name first, so that what is half removed is never taken for one.
    func discard(_ path: String) throws(CheckpointError) {
        try requireHeld()
        let removedPath = unusedPath(in: directory.checkpointsPath, name: LeftoverName.removing + "step")
        try mappingErrors(try fileSystem.rename(path, to: removedPath))
        do throws(CheckpointError) {
            try mappingErrors(try fileSystem.synchronizeDirectory(directory.checkpointsPath))
        } catch {
            // Nothing of it is removed yet: it is a checkpoint again.
            try? fileSystem.rename(removedPath, to: path)
            throw error
        }
        try mappingErrors(try removeCheckpoint(removedPath))
    }

    /// Removes the files that a checkpoint has, and its directory. Where there is something else in it, that stays, and so does the directory.
    func removeCheckpoint(_ path: String) throws(FileError) {
        guard fileSystem.isDirectory(path) else { return }
        let names = try fileSystem.names(in: path)
        let own = names.filter { CheckpointFile.all.contains($0) && !fileSystem.isDirectory(path + "/" + $0) }
        for name in own { try fileSystem.removeFile(path + "/" + name) }
        if own.count == names.count { try fileSystem.removeDirectory(path) }
    }

    /// Removes what a dead writer left: drafts, the half removed, and the replaced whose successor is in place.
    /// One that was replaced and has no successor gets its name back.
    func clearLeftovers() throws(CheckpointError) {
        try alone { () throws(CheckpointError) in
            try mappingErrors(try removeDrafts())
            for name in try mappingErrors(try fileSystem.names(in: directory.checkpointsPath)) {
                let path = directory.checkpointsPath + "/" + name
                if LeftoverName.isDraft(name, ofCheckpoint: true) || LeftoverName.isRemoval(name) {
                    try mappingErrors(try removeCheckpoint(path))
                } else if let replaced = LeftoverName.replacedName(in: name) {
                    let successor = directory.checkpointsPath + "/" + replaced
                    if fileSystem.exists(successor) { try discard(path) } else { try mappingErrors(try fileSystem.rename(path, to: successor)) }
                }
            }
        }
    }

    /// Removes drafts of texts.
    private func removeDrafts() throws(FileError) {
        for name in try fileSystem.names(in: directory.path) where LeftoverName.isDraft(name, ofCheckpoint: false) {
            let path = directory.path + "/" + name
            if !fileSystem.isDirectory(path) { try fileSystem.removeFile(path) }
        }
    }
}
