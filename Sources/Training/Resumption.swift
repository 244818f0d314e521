public import Checkpoints
public import Communication
public import Configuration
import Datasets
import Foundation
import Kernels
import Network
public import Runs

/// Whether a run goes on from a checkpoint.
public enum ResumeChoice: Sendable, Equatable {
    /// From the newest checkpoint of the run directory that verifies, if it has one.
    case auto
    /// Anew: what the run directory holds of an earlier run is removed.
    case never
    /// From this checkpoint, or this run's newest.
    case from(String)
}

/// What a run goes on from.
public struct ResumePoint: Sendable {
    public let recovery: Recovery
    /// Keys that decide a result, with other values than in the run of that checkpoint, which may differ.
    public let differences: [ConfigurationDifference]
    /// Whether the same data are read in other pieces from here on. The checkpoint is then one of an epoch's end.
    let beginsEpoch: Bool
}

/// Finds the checkpoint that a run goes on from, and refuses one that it can't go on from. Reads only.
struct Resumption {
    let directory: RunDirectory
    let configuration: Configuration
    let origin: RunOrigin
    let invocation: Invocation

    /// What the run goes on from; nil where it starts anew.
    func resumePoint(_ choice: ResumeChoice) throws -> ResumePoint? {
        switch choice {
        case .never: return nil
        case .auto:
            let judgement = CheckpointValidation(run: try EarlierRun(directory))
            guard let found = try directory.newestVerified(checking: judgement.check) else { return nil }
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
        let judgement = CheckpointValidation(run: try EarlierRun(place))
        guard let recovery = try place.newestVerified(checking: judgement.check) else {
            throw TrainingError.noCheckpoint(path: path, meant: MistakenPath(path).asRun)
        }
        return recovery
    }

    // MARK: The run directory

    /// Refuses to start from `recovery`'s checkpoint in a directory that holds another run, or this run with another configuration.
    func checkRoom(for recovery: Recovery, named path: String) throws {
        // A run that never saved has nothing to lose.
        guard let own = try EarlierRun(directory), try !directory.checkpointSteps().isEmpty else { return }
        if directory.holds(recovery.checkpoint) { return try checkConfiguration() }
        let goesOn = ResumeDifferences(configuration, from: own.configuration).all.isEmpty
        throw TrainingError.runExists(
            path: directory.path,
            way: (goesOn ? ["To go on with that run, leave out --resume:", "  " + invocation.command(runDirectory: directory.path)] : [])
                + ["To start from \(path), choose an empty --run-directory:"]
                + ["  " + invocation.command(resume: path, runDirectory: unusedPath(beside: directory.path))])
    }

    /// Refuses to go on with a run of another configuration in its own directory.
    private func checkConfiguration() throws {
        guard let own = try EarlierRun(directory) else { return }
        let differences = ResumeDifferences(configuration, from: own.configuration)
        guard !differences.all.isEmpty else { return }
        throw TrainingError.configurationDiffers(
            run: directory.path, differences: differences.lines,
            way: advice(differences, from: own).way(runDirectory: unusedPath(beside: directory.path)))
    }

    // MARK: The checkpoint

    /// What is to be done to go on from `found`.
    /// - Throws: where its run was of another model, other data or first weights, or it stands where the data can't be read otherwise.
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

    /// The first thing that the data teach otherwise than the earlier run's; nil if that isn't known, or nothing.
    private func changeOfData(since earlier: EarlierRun) throws -> String? {
        try earlier.meaning().flatMap { stored in try DataMeaning(configuration, origin.storedText)?.firstDifference(from: stored) }.map { $0 + "." }
    }

    /// The command that trains on with the weights on other data, where these mean the same symbols or columns.
    private func wayWithOtherData(_ checkpoint: StoredCheckpoint, of earlier: EarlierRun) throws -> [String] {
        guard let stored = try earlier.meaning(), let meaning = try DataMeaning(configuration, origin.storedText), !invocation.namesInitialWeights
        else { return [] }
        let areSame = meaning.firstDifferenceOfNames(from: stored) == nil
        guard areSame || meaning.hasSymbols(like: stored) else { return [] }
        return [
            "To train on the data as they are now, beginning with the weights of that checkpoint:",
            "  " + invocation.command(initialWeights: checkpoint.weights.path, addsSymbols: !areSame, runDirectory: freeDirectory),
        ]
    }

    /// The run's own directory if it is free, else one beside it.
    private var freeDirectory: String {
        FileManager.default.fileExists(atPath: directory.path + "/" + RunFile.configuration) ? unusedPath(beside: directory.path) : directory.path
    }

    private func advice(_ differences: ResumeDifferences, from earlier: EarlierRun) -> ResumeAdvice {
        ResumeAdvice(differences: differences, earlier: earlier, configuration: configuration, invocation: invocation)
    }
}

extension TrainingPlan {
    /// What the run begins with. Collective.
    /// - Parameter parameters: overwritten by the file of model.initialWeights, if there is one.
    func origin(readingInitialWeightsInto parameters: FloatView, group: any Communicator) throws -> RunOrigin {
        let meaning = try DataMeaning(configuration, data.storedText)
        let sha256 = try InitialWeights.read(for: configuration, meaning: meaning, shape: shape, into: parameters, group: group)
        return RunOrigin(
            dataFingerprint: dataset.fingerprint, initialWeightsSHA256: sha256, storedText: data.storedText,
            configurationSHA256: try ResultDigest(configuration: configuration, meaning: meaning).hex())
    }

    /// What a run in `runDirectory` would go on from; nil if it would start anew. Collective.
    /// - Throws: what would keep the run from beginning, its first weights' file included.
    public func resumePoint(
        _ choice: ResumeChoice, runDirectory: String, invocation: Invocation, group: any Communicator
    ) throws -> ResumePoint? {
        let parameters = FloatMemory(count: configuration.model.initialWeights.isEmpty ? 0 : ParameterLayout(shape).count)
        let origin = try origin(readingInitialWeightsInto: parameters.view, group: group)
        return try group.agree {
            let directory = RunDirectory(runDirectory)
            try directory.requireOwn()
            return try Resumption(directory: directory, configuration: configuration, origin: origin, invocation: invocation).resumePoint(choice)
        }
    }
}
