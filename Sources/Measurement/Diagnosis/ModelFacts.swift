public import Configuration
public import Datasets
import Layers
import Models
import Runs

/// Resources that a configuration needs.
public struct ModelFacts: Sendable, Equatable {
    public let parameterCount: Int
    public let batch: Int
    public let timeCount: Int
    public let shardCount: Int
    /// Lower bound of a rank's memory.
    public let leastByteCount: Double
    /// How a rank takes less: "set training.segmentLength".
    public let memoryAdvice: String
    /// Size of weights, the optimizer's state and streams.
    public let checkpointByteCount: Double
    /// Size of all checkpoints that a run keeps, and of the one being written.
    public let runByteCount: Double

    package init(
        parameterCount: Int, batch: Int, timeCount: Int, shardCount: Int, leastByteCount: Double, memoryAdvice: String, checkpointByteCount: Double,
        runByteCount: Double
    ) {
        (self.parameterCount, self.batch, self.timeCount, self.shardCount) = (parameterCount, batch, timeCount, shardCount)
        (self.leastByteCount, self.memoryAdvice) = (leastByteCount, memoryAdvice)
        (self.checkpointByteCount, self.runByteCount) = (checkpointByteCount, runByteCount)
    }

    /// - Parameter rankCount: number of ranks among which the batch is divided.
    public init(_ configuration: Configuration, dataset: any Dataset, rankCount: Int) {
        let shape = configuration.modelDescription(for: dataset)
        parameterCount = ParameterLayout(shape).count
        (batch, shardCount) = (configuration.training.batch, configuration.parallelism.shards)
        timeCount = dataset.longestTimeCount
        let memory = MemoryNeed(
            shape: shape, timeCount: configuration.keptTimeCount(timeCount),
            sequenceCount: (batch + rankCount * configuration.training.accumulate - 1) / (rankCount * configuration.training.accumulate),
            carriesState: dataset.carriesState, optimizerStateCount: configuration.optimizerStateNames.count, dataByteCount: dataset.byteCount, precision: configuration.training.precision)
        (leastByteCount, memoryAdvice) = (memory.rankByteCount, memory.advice)
        let streams = dataset.carriesState ? batch * ModelPlan(shape).state.count : 0
        checkpointByteCount = 4 * Double((1 + configuration.optimizerStateNames.count) * parameterCount + streams)
        let checkpoints = configuration.checkpoint
        runByteCount = checkpointByteCount * Double(checkpoints.keep + (checkpoints.best ? 1 : 0) + 1)
    }
}
