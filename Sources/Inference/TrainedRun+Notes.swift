import Checkpoints
import Configuration
import Foundation
import NumberText
import Runs

extension TrainedRun {
    /// Notes for the user on the run: damaged checkpoints, moved data, a better checkpoint than the selected one.
    public var notes: [String] {
        var notes = skippedCheckpoints.map { "\($0)" }
        if let words = configuration.averagingWords(stepCount: checkpoint.manifest.progress.averagedStepCount) { notes.append(words) }
        if let movedFiles { notes.append(words(onMovedFiles: movedFiles)) }
        if let better = try? betterCheckpoint(), let loss = better.manifest.progress.validationLoss {
            let own = checkpoint.manifest.progress.validationLoss.map { " against \(figure($0))" } ?? ""
            notes.append(
                "step \(checkpoint.manifest.step) is the newest checkpoint; step \(better.manifest.step) has a lower validation loss, "
                    + "\(figure(loss))\(own): --best takes it")
        }
        if let newest = try? newerStep(), let loss = checkpoint.manifest.progress.validationLoss {
            notes.append(
                "step \(checkpoint.manifest.step) has the lowest validation loss, \(figure(loss)), and is taken (training.patience); "
                    + "step \(newest) is the newest: --newest takes it")
        }
        return notes
    }

    /// Says why other files are read than the configuration's.
    private func words(onMovedFiles files: [String]) -> String {
        let found = "read from \(files.joined(separator: ", "))"
        let isThere = configuration.data.allFiles.allSatisfy(FileManager.default.fileExists)
        return isThere
            ? "\(configuration.data.allFiles.joined(separator: ", ")) can't be read as in training any more: other data stand there now. "
                + "The run's own are \(found)"
            : "the data are not where they were, and are \(found)"
    }
}
