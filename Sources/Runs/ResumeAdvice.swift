import Checkpoints
package import Configuration

/// Suggests commands for a user who resumed with another configuration.
package struct ResumeAdvice {
    let differences: ResumeDifferences
    let earlier: EarlierRun
    /// The new configuration.
    let configuration: Configuration
    let invocation: Invocation

    package init(differences: ResumeDifferences, earlier: EarlierRun, configuration: Configuration, invocation: Invocation) {
        self.differences = differences
        self.earlier = earlier
        self.configuration = configuration
        self.invocation = invocation
    }

    /// Lines with commands that use `runDirectory`, which must be unused.
    package func way(runDirectory: String) -> [String] {
        let run = earlier.directory.path
        let checkpoints = (try? earlier.directory.soundCheckpoints()) ?? []
        guard differences.fixed.isEmpty else {
            return Self.anew(invocation, differences, weights: checkpoints.first.map { $0.path + "/" + RunFile.weights }, runDirectory: runDirectory)
        }
        func start(from path: String) -> String { "  " + invocation.command(resume: path, runDirectory: runDirectory) }
        guard let newest = checkpoints.first, !differences.atEpochEnd.isEmpty, newest.manifest.progress.positionInEpoch > 0 else {
            return ["To resume from it with these values, in a run directory of its own:", start(from: run)]
        }
        if let earlier = checkpoints.first(where: { $0.manifest.progress.positionInEpoch == 0 }) {
            return ["That works where an epoch ends, which is so at step \(earlier.manifest.step):", start(from: earlier.path)]
        }
        guard let step = epochEnd(after: newest.manifest.progress) else { return ["That works from a checkpoint of an epoch's end."] }
        return [
            "That works where an epoch ends, next at step \(step). Train to there, then start from it:",
            "  " + invocation.command(training: run, toStep: step), start(from: run),
        ]
    }

    /// Suggestions for a key that can't be changed.
    /// - Parameter weights: the file of the checkpoint's weights; another optimizer can train from it.
    package static func anew(
        _ invocation: Invocation, _ differences: ResumeDifferences? = nil, weights: String? = nil, runDirectory: String
    ) -> [String] {
        if let weights, differences?.areOfOptimizerState == true, !invocation.namesInitialWeights {
            return [
                "The optimizer's state is another one's. To begin with the weights of the checkpoint and a new state:",
                "  " + invocation.command(initialWeights: weights, runDirectory: runDirectory),
            ]
        }
        return ["A run with these values begins anew. In a directory of its own:", "  " + invocation.command(runDirectory: runDirectory)]
    }

    /// The step at which the current epoch ends, with the earlier run's batches.
    private func epochEnd(after progress: CheckpointProgress) -> Int? {
        earlier.batchesPerEpoch(configuration.restoring(differences.atEpochEnd)).map { progress.step - progress.positionInEpoch + $0 }
    }
}
