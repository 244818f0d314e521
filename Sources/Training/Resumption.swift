public import Checkpoints
public import Communication
public import Configuration
import Datasets
import Files
import Foundation
import Kernels
import Layers
import Models
public import Runs

/// Whether and from where a run resumes.
public enum ResumeChoice: Sendable, Equatable {
    /// From the newest valid checkpoint of the run directory, if it has one.
    case auto
    /// Never: removes an earlier run from the run directory.
    case never
    /// From this checkpoint, or this run's newest.
    case from(String)
}

/// The checkpoint from which a run resumes.
public struct ResumePoint: Sendable {
    public let recovery: Recovery
    /// Keys that affect the result and differ from that checkpoint's run, but may do so.
    public let differences: [ConfigurationDifference]
    /// Whether the data are divided into other batches from here on. The checkpoint is then at an epoch's end.
    let beginsEpoch: Bool
}

/// Finds the checkpoint from which a run resumes, and rejects unsuitable ones. Read-only.
struct Resumption {
    let directory: RunDirectory
    let configuration: Configuration
    let origin: RunOrigin
    let invocation: Invocation

    /// The checkpoint from which the run resumes; nil for a new run.
    func resumePoint(_ choice: ResumeChoice) throws -> ResumePoint? {
        switch choice {
        case .never: return nil
        case .auto:
            let validation = CheckpointValidation(run: try EarlierRun(directory))
            guard let found = try directory.newestVerified(checking: validation.check) else { return nil }
            try checkConfiguration()
            return try admitted(found)
        case .from(let path):
            let found = try checkpoint(at: path)
            try checkRoom(for: found, named: path)
            return try admitted(found)
        }
    }

    /// The checkpoint at `path`, or the newest of the run there.
    private func checkpoint(at path: String) throws -> Recovery {
        let place = RunDirectory(path)
        if try place.readText(named: RunFile.manifest) != nil {
            let checkpoint = try StoredCheckpoint.open(place.path)
            try CheckpointValidation(run: EarlierRun(ofCheckpoint: place.path)).check(checkpoint)
            return Recovery(checkpoint: checkpoint, skippedCheckpoints: [])
        }
        let validation = CheckpointValidation(run: try EarlierRun(place))
        guard let recovery = try place.newestVerified(checking: validation.check) else {
            throw TrainingError.noCheckpoint(path: path, meant: MistakenPath(path).asRun)
        }
        return recovery
    }

    // MARK: The run directory

    /// Rejects starting from `recovery`'s checkpoint in a directory that contains another run, or this run with another configuration.
    func checkRoom(for recovery: Recovery, named path: String) throws {
        // A run without checkpoints has nothing to lose.
        guard let own = try EarlierRun(directory), try !directory.checkpointSteps().isEmpty else { return }
        if directory.holds(recovery.checkpoint) { return try checkConfiguration() }
        let goesOn = ResumeDifferences(configuration, from: own.configuration).all.isEmpty
        throw TrainingError.runExists(
            path: directory.path,
            way: (goesOn ? ["To resume that run, leave out --resume:", "  " + invocation.command(runDirectory: directory.path)] : [])
                + ["To start from \(path), choose an empty --run-directory:"]
                + ["  " + invocation.command(resume: path, runDirectory: unusedPath(beside: directory.path))])
    }

    /// Rejects resuming a run with another configuration in its own directory.
    private func checkConfiguration() throws {
        guard let own = try EarlierRun(directory) else { return }
        let differences = ResumeDifferences(configuration, from: own.configuration)
        guard !differences.all.isEmpty else { return }
        throw TrainingError.configurationDiffers(
            run: directory.path, differences: differences.lines,
            way: advice(differences, from: own).way(runDirectory: unusedPath(beside: directory.path)))
    }

    // MARK: The checkpoint

    /// Checks that the run can resume from `found`.
    /// - Throws: if its run had another model, other data or initial weights, or if it is at a position where the data can't be divided in another way.
    private func admitted(_ found: Recovery) throws -> ResumePoint {
        let checkpoint = found.checkpoint
        let earlier = try EarlierRun(ofCheckpoint: checkpoint.path)
        let differences = earlier.map { ResumeDifferences(configuration, from: $0.configuration) }
        if let differences, !differences.fixed.isEmpty {
            throw TrainingError.resumeDiffers(
                checkpoint: checkpoint.path, differences: differences.lines,
                way: ResumeAdvice.anew(invocation, differences, weights: checkpoint.weights.path, runDirectory: freeDirectory))
        }
        try origin.requireInitialWeights(of: checkpoint)
        let all = differences?.all ?? []
        if checkpoint.hasData(fingerprint: origin.dataFingerprint) { return ResumePoint(recovery: found, differences: all, beginsEpoch: false) }
        guard let earlier, let differences else { throw TrainingError.unknownRun(checkpoint: checkpoint.path) }
        guard try earlier.trained(on: configuration.restoring(differences.atEpochEnd), to: checkpoint) else {
            guard differences.ofReading.isEmpty else {
                throw TrainingError.resumeDiffers(
                    checkpoint: checkpoint.path, differences: differences.ofReading.map(\.description),
                    way: ResumeAdvice.anew(invocation, runDirectory: freeDirectory))
            }
            throw TrainingError.dataDiffers(run: checkpoint.path, reason: try changeOfData(since: earlier), way: try wayWithOtherData(checkpoint, of: earlier))
        }
        let position = checkpoint.manifest.progress.positionInEpoch
        guard position == 0 else {
            throw TrainingError.withinEpoch(
                checkpoint: checkpoint.path, batchCount: position, differences: differences.atEpochEnd.map(\.description),
                way: advice(differences, from: earlier).way(runDirectory: freeDirectory))
        }
        return ResumePoint(recovery: found, differences: all, beginsEpoch: true)
    }

    /// The first difference between the vocabulary or statistics of the new data and the earlier run's; nil if unknown or none.
    private func changeOfData(since earlier: EarlierRun) throws -> String? {
        try earlier.meaning().flatMap { stored in try configuration.meaning(of: origin.storedText)?.firstDifference(from: stored) }.map { $0 + "." }
    }

    /// A command that continues training the weights on other data, if their symbols or columns are the same.
    private func wayWithOtherData(_ checkpoint: StoredCheckpoint, of earlier: EarlierRun) throws -> [String] {
        guard let stored = try earlier.meaning(), let meaning = try configuration.meaning(of: origin.storedText), !invocation.namesInitialWeights
        else { return [] }
        let areSame = meaning.firstDifference(ofNamesFrom: stored) == nil
        guard areSame || meaning.hasSymbols(like: stored) else { return [] }
        return [
            "To train on the data as they are now, beginning with the weights of that checkpoint:",
            "  " + invocation.command(initialWeights: checkpoint.weights.path, addsSymbols: !areSame, runDirectory: freeDirectory),
        ]
    }

    /// The run's own directory if it is unused, otherwise a new name next to it.
    private var freeDirectory: String {
        FileManager.default.fileExists(atPath: directory.path + "/" + RunFile.configuration) ? unusedPath(beside: directory.path) : directory.path
    }

    private func advice(_ differences: ResumeDifferences, from earlier: EarlierRun) -> ResumeAdvice {
        ResumeAdvice(differences: differences, earlier: earlier, configuration: configuration, invocation: invocation)
    }
}

extension TrainingPlan {
    /// The run's initial conditions. Collective.
    /// - Parameter parameters: overwritten from the files of model.initialWeights and model.embeddingFile, if there are any.
    func origin(readingInitialWeightsInto parameters: FloatView, group: any Communicator) throws -> RunOrigin {
        let meaning = try configuration.meaning(of: data.storedText)
        let sha256 = try InitialWeights.read(for: configuration, meaning: meaning, shape: shape, into: parameters, group: group)
        return RunOrigin(
            dataFingerprint: dataset.fingerprint, initialWeightsSHA256: sha256, storedText: data.storedText,
            configurationSHA256: try ResultDigest(configuration: configuration, meaning: meaning).hex())
    }

    /// The checkpoint from which a run in `runDirectory` would resume; nil for a new run. Collective.
    /// - Throws: every error that would prevent the run from starting, including those of the initial weights' file.
    public func resumePoint(
        _ choice: ResumeChoice, runDirectory: String, invocation: Invocation, group: any Communicator
    ) throws -> ResumePoint? {
        let parameters = FloatMemory(count: configuration.model.hasFirstWeightsFile ? ParameterLayout(shape).count : 0)
        let origin = try origin(readingInitialWeightsInto: parameters.view, group: group)
        return try group.agree {
            let directory = RunDirectory(runDirectory)
            try directory.requireOwn()
            return try Resumption(directory: directory, configuration: configuration, origin: origin, invocation: invocation).resumePoint(choice)
        }
    }
}
