package import Checkpoints
package import Configuration
import Datasets

/// A run as it was begun: its configuration, and what its data taught about their symbols or columns.
package struct EarlierRun {
    let directory: RunDirectory
    package let configuration: Configuration

    /// The run in `directory`; nil if there is none.
    package init?(_ directory: RunDirectory) throws {
        guard let text = try directory.readText(named: RunFile.configuration) else { return nil }
        self.directory = directory
        configuration = try Configuration.parse(Array(text.utf8), name: directory.path + "/" + RunFile.configuration, overrides: [])
    }

    /// The run that the checkpoint at `path` lies in; nil if it lies in none.
    package init?(ofCheckpoint path: String) throws {
        guard let run = runDirectory(ofCheckpoint: path) else { return nil }
        try self.init(RunDirectory(run))
    }

    /// Whether `checkpoint` was trained on the data that `configuration` names, read as it says. Cost: reads the data.
    package func trained(on configuration: Configuration, to checkpoint: StoredCheckpoint) throws -> Bool {
        do {
            return checkpoint.hasData(fingerprint: try dataset(configuration).fingerprint)
        } catch is DatasetError {
            // A symbol that the run didn't know, say.
            return false
        }
    }

    /// Batches of an epoch of the data that `configuration` names; nil if they can't be read.
    func batchesPerEpoch(_ configuration: Configuration) -> Int? {
        (try? dataset(configuration))?.batchCount(of: .training(epoch: 0))
    }

    /// What the run's numbers stand for; nil where nothing is stored about it.
    package func meaning() throws -> DataMeaning? { try DataMeaning(configuration, in: directory) }

    private func dataset(_ configuration: Configuration) throws -> any Dataset {
        try RunData(configuration) { try directory.readText(named: $0) }.dataset
    }
}
