public import Datasets
import Layers
public import Models
import Runs

// A run's task and network shape, from its checkpoint and configuration, without the data.
extension TrainedRun {
    /// The model's task.
    ///
    /// If the run's stored file is missing or damaged, classes have numbers for names; whatever needs the file reports it.
    /// - Throws: ``CheckpointError`` if the checkpoint lacks the head.
    public func task() throws -> any LearningTask { try storedModel.task(meaning: try? meaning()) }

    /// The shape of the network whose parameters the checkpoint contains.
    public func modelDescription() throws -> ModelDescription { try storedModel.shape() }

    private var storedModel: StoredModel { StoredModel(configuration: configuration, checkpoint: checkpoint) }
}
