public import Checkpoints
public import Kernels
public import Network

/// Who is told how training goes: on rank 0 the program, on the others nobody.
public protocol TrainingReporter: AnyObject {
    func began(_ summary: RunSummary)
    /// A step is done, of which `progress` has what needs no other rank: no loss.
    func stepped(_ step: Int, of stepCount: Int, gradientNorm: Double)
    /// A line's worth of steps is done.
    func progressed(_ progress: TrainingProgress)
    func saved(_ checkpoint: CommittedCheckpoint)
    /// A checkpoint couldn't be written, and training goes on.
    func failedToSave(_ error: CheckpointError)
    /// A step was left out.
    func skipped(_ step: SkippedStep)
}

/// What a run is about to do.
public struct RunSummary: Sendable {
    public let runDirectory: String
    public let shape: NetworkShape
    public let parameterCount: Int
    public let rankCount: Int
    public let threadCount: Int
    public let shardCount: Int
    public let precision: Precision
    public let batchesPerEpoch: Int
    public let stepCount: Int
    public let dataDescription: String
    /// The checkpoint that the run goes on from; nil if it starts anew.
    public let resumed: String?
    public let resumedStep: Int
    /// What the steps before were trained in.
    public let resumedPrecision: Precision?
    public let passedOver: [PassedOverCheckpoint]
}

/// Where training stands.
public struct TrainingProgress: Sendable {
    public let step: Int
    public let stepCount: Int
    /// Epochs begun, from 1.
    public let epoch: Int
    public let epochCount: Int
    /// Mean loss since the last line, or over the epoch at its end.
    public let loss: Double
    /// Whether `loss` is the whole epoch's.
    public let endsEpoch: Bool
    /// Of the weights after this step, if they were judged.
    public let validation: Evaluation?
    /// Whether no earlier validation loss was lower.
    public let isBest: Bool
    public let learningRate: Double
    /// Global norm of the last gradient, before clipping.
    public let gradientNorm: Double
    /// Valid time steps of all ranks' sequences, a second.
    public let timeStepsPerSecond: Double
    public let elapsedSeconds: Double
    public let secondsLeft: Double
    /// How long training stood still for saves since the last line.
    public let saveSeconds: Double
}
