import Checkpoints
public import Configuration
import Foundation

/// Finds a run's data files after the run was moved or copied: where they were relative to the run directory or to one of its parents.
package struct MovedFiles {
    /// The files' original absolute paths.
    let files: [String]
    /// The current run directory.
    let run: String

    package init(files: [String], run: String) {
        self.files = files
        self.run = run
    }

    private static let mostCandidates = 8

    /// Candidate locations that contain all of the files, the nearest to the run first. Only their contents show which are the run's.
    package var candidates: [[String]] {
        var found: [[String]] = []
        for folder in folders {
            for paths in relativePaths {
                let candidate = paths.map { folder + "/" + $0 }
                guard candidate != files, !found.contains(candidate), candidate.allSatisfy(FileManager.default.fileExists) else { continue }
                found.append(candidate)
                if found.count == Self.mostCandidates { return found }
            }
        }
        return found
    }

    /// The run directory and all folders above it; the root is "".
    private var folders: [String] {
        let names = URL(filePath: run).standardizedFileURL.path.split(separator: "/")
        return (0...names.count).reversed().map { names.prefix($0).map { "/" + $0 }.joined() }
    }

    /// The files' paths without 0, 1, 2 … of their common folders, and finally only their names.
    private var relativePaths: [[String]] {
        let parts = files.map { URL(filePath: $0).standardizedFileURL.path.split(separator: "/").map(String.init) }
        let depth = parts.map { $0.count - 1 }.min() ?? 0
        let common = (0..<max(0, depth)).prefix { place in parts.allSatisfy { $0[place] == parts[0][place] } }.count
        return (0...common).map { count in parts.map { $0.dropFirst(count).joined(separator: "/") } } + [parts.map { $0.last ?? "" }]
    }
}

extension Configuration {
    /// The same with other files, which no part has alone.
    package func reading(_ files: [String]) -> Configuration {
        var other = self
        (other.data.files, other.data.validationFiles, other.data.testFiles, other.data.prepared) = (files, [], [], "")
        return other
    }

    /// The same with all its files elsewhere, in the order of ``DataSettings/allFiles``.
    package func reading(moved places: [String]) -> Configuration {
        var other = self
        other.data = data.moved(to: places)
        return other
    }
}

/// `configuration` with the current locations of the files of the run in directory `run`. It was read from that run, possibly with keys overridden.
/// Unchanged if no file is missing, or none is found.
public func locatingFiles(of configuration: Configuration, ofRun run: String) throws -> Configuration {
    var located = configuration
    let (files, weights) = (configuration.data.allFiles, configuration.model.initialWeights)
    if !files.allSatisfy(FileManager.default.fileExists), let earlier = try EarlierRun(RunDirectory(run)),
        let checkpoint = try earlier.directory.newestVerified(checking: CheckpointValidation(run: earlier).check)?.checkpoint
    {
        let candidates = MovedFiles(files: files, run: run).candidates
        let found = try candidates.first { try earlier.trained(on: earlier.configuration.reading(moved: $0), to: checkpoint) }
        if let found { located.data = located.data.moved(to: found) }
    }
    if !weights.isEmpty, !FileManager.default.fileExists(atPath: weights), let found = MovedFiles(files: [weights], run: run).candidates.first {
        located.model.initialWeights = found[0]
    }
    let vectors = configuration.model.embeddingFile
    if !vectors.isEmpty, !FileManager.default.fileExists(atPath: vectors), let found = MovedFiles(files: [vectors], run: run).candidates.first {
        located.model.embeddingFile = found[0]
    }
    let tokenizer = configuration.data.tokenizer
    if !tokenizer.isEmpty, !FileManager.default.fileExists(atPath: tokenizer), let found = MovedFiles(files: [tokenizer], run: run).candidates.first {
        located.data.tokenizer = found[0]
    }
    return located
}
