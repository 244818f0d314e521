public import Datasets
public import Network
import Runs

// What a run's model is, told from its checkpoint and configuration: without the data.
extension TrainedRun {
    /// What the model learned to say.
    /// - Throws: ``CheckpointError`` if the checkpoint lacks the head.
    public func task() throws -> LearningTask { try storedModel.task() }

    /// The network whose parameters the checkpoint holds.
    public func networkShape() throws -> NetworkShape { try storedModel.shape() }

    private var storedModel: StoredModel { StoredModel(configuration: configuration, checkpoint: checkpoint) }
}
