package import Checkpoints
package import Configuration
package import Datasets

/// An existing run: its configuration, and its vocabulary or statistics.
package struct EarlierRun {
    let directory: RunDirectory
    package let configuration: Configuration

    /// The run in `directory`; nil if there is none.
    package init?(_ directory: RunDirectory) throws {
        guard let text = try directory.readText(named: RunFile.configuration) else { return nil }
        self.directory = directory
        configuration = try Configuration.parse(Array(text.utf8), name: directory.path + "/" + RunFile.configuration, overrides: [], isStored: true)
    }

    /// The run that contains the checkpoint at `path`; nil if there is none.
    package init?(ofCheckpoint path: String) throws {
        guard let run = runDirectory(ofCheckpoint: path) else { return nil }
        try self.init(RunDirectory(run))
    }

    /// Whether `checkpoint` was trained on the data of `configuration`, read with its options. Cost: reads the data.
    package func trained(on configuration: Configuration, to checkpoint: StoredCheckpoint) throws -> Bool {
        do {
            return checkpoint.hasData(fingerprint: try dataset(configuration).fingerprint)
        } catch is DatasetError {
            // For example, a symbol that isn't in the run's vocabulary.
            return false
        }
    }

    /// Batches per epoch of the data of `configuration`; nil if they can't be read.
    func batchesPerEpoch(_ configuration: Configuration) -> Int? {
        (try? dataset(configuration))?.batchCount(of: .training(epoch: 0))
    }

    /// The meaning of the run's inputs and outputs; nil if none is stored.
    package func meaning() throws -> (any DataMeaning)? {
        try configuration.source.meaning(place: directory.path + "/") { try directory.readText(named: $0) }
    }

    private func dataset(_ configuration: Configuration) throws -> any Dataset {
        try RunData(configuration) { try directory.readText(named: $0) }.dataset
    }
}
