public import Checkpoints
public import Communication
import Kernels
import Network

/// Whether a run goes on from a checkpoint.
public enum ResumeChoice: Sendable, Equatable {
    /// From the newest checkpoint of the run directory that verifies, if it has one.
    case auto
    /// Anew: what the run directory holds of an earlier run is removed.
    case never
    /// From this checkpoint, or this run's newest.
    case from(String)
}

/// Finds the checkpoint that a run goes on from, and refuses one that it can't go on from. Reads only.
struct Resumption {
    let directory: RunDirectory
    let configuration: Configuration

    /// What a run directory has to go on from; nil if nothing, and the run starts anew.
    func newest() throws -> Recovery? {
        guard let found = try directory.newestVerified() else { return nil }
        try checkConfiguration(of: found.checkpoint)
        return found
    }

    /// The checkpoint at `path`, or the newest of the run there.
    func checkpoint(at path: String) throws -> Recovery {
        let place = RunDirectory(path)
        if try place.readText(named: RunFile.manifest) != nil {
            return Recovery(checkpoint: try StoredCheckpoint.open(path), passedOver: [])
        }
        guard let recovery = try place.newestVerified() else { throw TrainingError.noCheckpoint(path: path) }
        return recovery
    }

    /// Refuses to start from `recovery`'s checkpoint in a directory that holds another run, or this run with another configuration.
    func checkRoom(for recovery: Recovery) throws {
        guard try directory.readText(named: RunFile.configuration) != nil else { return }
        guard directory.holds(recovery.checkpoint) else { throw TrainingError.runExists(path: directory.path) }
        try checkConfiguration(of: recovery.checkpoint)
    }

    /// Refuses to go on with a run of another configuration, or from a checkpoint that another run left in its directory.
    private func checkConfiguration(of checkpoint: StoredCheckpoint) throws {
        guard let text = try directory.readText(named: RunFile.configuration) else { return }
        let earlier = try Configuration.parse(Array(text.utf8), name: directory.path + "/" + RunFile.configuration, overrides: [])
        let differences = configuration.differences(from: earlier).filter { $0.effect == .result && !Configuration.pathKeys.contains($0.key) }
        guard differences.isEmpty else {
            throw TrainingError.configurationDiffers(run: directory.path, differences: differences.map(\.description))
        }
        guard checkpoint.hasConfiguration(sha256: try configuration.resultSHA256()) else { throw TrainingError.checkpointOfOtherRun(path: checkpoint.path) }
    }
}

extension TrainingPlan {
    /// What the run begins with. Collective.
    /// - Parameter parameters: overwritten by the file of model.initialWeights, if there is one.
    func origin(readingInitialWeightsInto parameters: FloatView, group: any Communicator) throws -> RunOrigin {
        let sha256 = try InitialWeights.read(from: configuration.model.initialWeights, layout: ParameterLayout(shape), into: parameters, group: group)
        return RunOrigin(dataFingerprint: dataset.fingerprint, initialWeightsSHA256: sha256, configurationSHA256: try configuration.resultSHA256())
    }

    /// The checkpoint that a run in `runDirectory` would go on from; nil if it would start anew. Collective.
    /// - Throws: what would keep the run from beginning, its first weights' file included.
    public func recovery(_ choice: ResumeChoice, runDirectory: String, group: any Communicator) throws -> Recovery? {
        let parameters = FloatMemory(count: configuration.model.initialWeights.isEmpty ? 0 : ParameterLayout(shape).count)
        let origin = try origin(readingInitialWeightsInto: parameters.view, group: group)
        return try group.agree {
            let recovery = try recovery(choice, resumption: Resumption(directory: RunDirectory(runDirectory), configuration: configuration))
            if let recovery { try origin.require(of: recovery.checkpoint) }
            return recovery
        }
    }

    private func recovery(_ choice: ResumeChoice, resumption: Resumption) throws -> Recovery? {
        try resumption.directory.requireOwn()
        switch choice {
        case .never: return nil
        case .auto: return try resumption.newest()
        case .from(let path):
            let found = try resumption.checkpoint(at: path)
            try resumption.checkRoom(for: found)
            return found
        }
    }
}
