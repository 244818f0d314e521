import Checkpoints
import Foundation
import NumberText
import ShellText

/// Describes a path that was given as a run directory or a configuration but isn't one, and suggests the intended path.
package struct MistakenPath {
    private let path: String

    package init(_ path: String) { self.path = RunDirectory(path).path }

    /// For a path that isn't a run directory: "It is a run's configuration; name the run: runs/play."; nil if there is no suggestion.
    package var asRun: String? {
        if !isDirectory(path) {
            guard isThere(path) else { return nil }
            if let run = parents.first(where: holdsRun) { return "It is a file of a run; name the run directory: \(run.shellPath)." }
            let run = "runs/" + URL(filePath: path).deletingPathExtension().lastPathComponent
            return "It is a file, not a directory"
                + (holdsRun(run) ? "; a run of it is in \(run)." : ". Train first, then name the directory that training printed.")
        }
        if let run = parents.first(where: holdsRun) { return "It is a part of a run; name the run directory: \(run.shellPath)." }
        let runs = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted().map { path + "/" + $0 }.filter(holdsRun)
        guard !runs.isEmpty else { return nil }
        return "There are runs in it; name one: " + runs.prefix(5).map(\.shellPath).joined(separator: ", ") + (runs.count > 5 ? ", …" : ".")
    }

    /// For a directory given as a configuration; nil if there is no suggestion, or it isn't a directory.
    var asConfiguration: String? {
        guard isDirectory(path) else { return nil }
        if holdsRun(path) { return "It is a run directory; name its configuration: \((path + "/" + RunFile.configuration).shellPath)." }
        if let run = runDirectory(ofCheckpoint: path), holdsRun(run) {
            return "It is a checkpoint; name the configuration of its run, and start from it: "
                + "\((run + "/" + RunFile.configuration).shellPath) --resume \(path.shellPath) --run-directory \(unusedPath(beside: run).shellPath)."
        }
        let file = path + "/" + RunFile.configuration
        return isThere(file) ? "It is a directory; name the file in it: \(file.shellPath)." : nil
    }

    /// Parent folders, the nearest first.
    private var parents: [String] {
        var (folder, found) = (path, [String]())
        while found.count < 4, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            folder = String(folder[..<slash])
            found.append(folder)
        }
        return found
    }

    private func holdsRun(_ path: String) -> Bool { RunDirectory(path).holdsRun && isThere(path + "/" + RunFile.configuration) }
    private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    private func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}

/// Suggests the intended configuration for `path`, a directory; nil if there is no suggestion.
public func configurationMeant(byDirectory path: String) -> String? { MistakenPath(path).asConfiguration }
