public import Checkpoints
public import Datasets
public import Kernels
import Layers
public import Models

/// Receives training events. Only rank 0 has one.
public protocol TrainingReporter: AnyObject {
    func began(_ summary: RunSummary)
    /// Called after each step.
    func stepped(_ step: TrainingStep)
    /// Called for each progress line.
    func progressed(_ progress: TrainingProgress)
    func saved(_ checkpoint: CommittedCheckpoint)
    /// Called if a checkpoint couldn't be written; training continues.
    func failedToSave(_ error: CheckpointError)
    /// Called for each skipped step.
    func skipped(_ step: SkippedStep)
}

/// Summary of a run before it starts.
public struct RunSummary: Sendable {
    public let runDirectory: String
    public let task: any LearningTask
    public let shape: ModelDescription
    public let parameterCount: Int
    public let rankCount: Int
    public let threadCount: Int
    public let shardCount: Int
    public let precision: Precision
    public let batchesPerEpoch: Int
    public let stepCount: Int
    /// The average of the weights that is used in their place, in words; nil for none.
    public let averaging: String?
    public let dataDescription: String
    /// Notes for the user on the data, in sentences without a full stop.
    public let dataNotes: [String]
    /// Parts that aren't empty.
    public let dataParts: [DataPartSize]
    /// Time steps of the longest sequence.
    public let longestTimeCount: Int
    /// The share of padding among an epoch's time steps; nil if all sequences have the same length.
    public let paddingShare: Double?
    /// Number of sequences per step, over all ranks.
    public let batch: Int
    /// Minimum memory that a rank needs, and its host's memory.
    public let memory: MemoryNeed
    /// The checkpoint from which the run resumes; nil for a new run.
    public let resumed: String?
    public let resumedStep: Int
    /// Number of complete epochs before it, and of batches of the next one.
    public let resumedEpoch: Int
    public let resumedPosition: Int
    /// Of a run that stopped early, the validations without improvement; nil if it has not.
    public let validationsSinceImprovement: Int?
    /// Precision of the steps before.
    public let resumedPrecision: Precision?
    /// "training.batch: 16, not 8": keys that affect the result and differ from that checkpoint's run.
    public let resumedDifferences: [String]
    public let skippedCheckpoints: [SkippedCheckpoint]

    package init(
        runDirectory: String, task: any LearningTask, shape: ModelDescription, parameterCount: Int, rankCount: Int, threadCount: Int, shardCount: Int, precision: Precision,
        batchesPerEpoch: Int, stepCount: Int, averaging: String?, dataDescription: String, dataNotes: [String], dataParts: [DataPartSize], longestTimeCount: Int,
        paddingShare: Double?, batch: Int,
        memory: MemoryNeed, resumed: String?, resumedStep: Int, resumedEpoch: Int, resumedPosition: Int, validationsSinceImprovement: Int?,
        resumedPrecision: Precision?,
        resumedDifferences: [String], skippedCheckpoints: [SkippedCheckpoint]
    ) {
        self.runDirectory = runDirectory
        self.task = task
        self.shape = shape
        self.parameterCount = parameterCount
        self.rankCount = rankCount
        self.threadCount = threadCount
        self.shardCount = shardCount
        self.precision = precision
        self.batchesPerEpoch = batchesPerEpoch
        self.stepCount = stepCount
        self.averaging = averaging
        self.dataDescription = dataDescription
        self.dataNotes = dataNotes
        self.dataParts = dataParts
        self.longestTimeCount = longestTimeCount
        self.paddingShare = paddingShare
        self.batch = batch
        self.memory = memory
        self.resumed = resumed
        self.resumedStep = resumedStep
        self.resumedEpoch = resumedEpoch
        self.resumedPosition = resumedPosition
        self.validationsSinceImprovement = validationsSinceImprovement
        self.resumedPrecision = resumedPrecision
        self.resumedDifferences = resumedDifferences
        self.skippedCheckpoints = skippedCheckpoints
    }

    /// The epoch of a step, from 1. Epochs before the resume may have had other numbers of batches.
    public func epoch(ofStep step: Int) -> Int {
        let begin = resumedStep - resumedPosition
        return batchesPerEpoch > 0 && step > begin ? resumedEpoch + (step - begin - 1) / batchesPerEpoch + 1 : resumedEpoch + 1
    }
}

/// Size of a part of the data.
public struct DataPartSize: Sendable, Equatable {
    public let part: DataPart
    /// Nil if the part is read as streams.
    public let exampleCount: Int?
    /// Number of predicted symbols, rows or sequences.
    public let coverage: DataCoverage

    package init(part: DataPart, exampleCount: Int?, coverage: DataCoverage) {
        self.part = part
        self.exampleCount = exampleCount
        self.coverage = coverage
    }
}

/// A completed step, with the values that a rank knows without communication.
public struct TrainingStep: Sendable {
    public let step: Int
    /// Mean over the batch's targets, before the step; nil if other ranks have parts of the batch.
    public let loss: Double?
    /// Global norm of the gradient, before clipping.
    public let gradientNorm: Double
    public let learningRate: Double

    package init(step: Int, loss: Double?, gradientNorm: Double, learningRate: Double) {
        self.step = step
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.learningRate = learningRate
    }
}

/// Training progress.
public struct TrainingProgress: Sendable {
    public let step: Int
    public let stepCount: Int
    /// The current epoch, from 1.
    public let epoch: Int
    public let epochCount: Int
    /// Mean loss since the last line, or over the epoch at its end.
    public let loss: Double
    /// Whether `loss` is the whole epoch's.
    public let endsEpoch: Bool
    /// Evaluation of the weights after this step, if there was one.
    public let validation: Evaluation?
    /// Whether the validation loss is the lowest so far.
    public let isBest: Bool
    /// Whether training ends here, before its last step, since the validation loss doesn't improve.
    public let endsEarly: Bool
    public let learningRate: Double
    /// Global norm of the last gradient, before clipping.
    public let gradientNorm: Double
    /// Valid time steps of all ranks' sequences per second of training, without validation and saves. Nil if there was no step or no measured time.
    public let timeStepsPerSecond: Double?
    /// Sequences of all ranks per second, measured in the same way.
    public let sequencesPerSecond: Double?
    /// Executed multiply-adds per second, as a fraction of the peak of all threads of all ranks; nil if either wasn't measured.
    public let peakShare: Double?
    /// Time since the last line, by phase.
    public let phaseTimes: PhaseTimes
    /// Text generated by the model, if it generates text and was evaluated.
    public let sample: String?
    /// On the first line after a resume: the step from which the run resumed.
    public let resumedFromStep: Int?
    public let elapsedSeconds: Double
    public let secondsLeft: Double
    /// Time that training waited for saves since the last line.
    public let saveSeconds: Double

    /// Whether this is the run's last line.
    public var isLast: Bool { endsEarly || step == stepCount }

    package init(
        step: Int, stepCount: Int, epoch: Int, epochCount: Int, loss: Double, endsEpoch: Bool, validation: Evaluation?, isBest: Bool,
        endsEarly: Bool = false, learningRate: Double, gradientNorm: Double, timeStepsPerSecond: Double?, sequencesPerSecond: Double?, peakShare: Double?, phaseTimes: PhaseTimes, sample: String?,
        resumedFromStep: Int?, elapsedSeconds: Double, secondsLeft: Double, saveSeconds: Double
    ) {
        self.step = step
        self.stepCount = stepCount
        self.epoch = epoch
        self.epochCount = epochCount
        self.loss = loss
        self.endsEpoch = endsEpoch
        self.validation = validation
        self.isBest = isBest
        self.endsEarly = endsEarly
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.timeStepsPerSecond = timeStepsPerSecond
        self.sequencesPerSecond = sequencesPerSecond
        self.peakShare = peakShare
        self.phaseTimes = phaseTimes
        self.sample = sample
        self.resumedFromStep = resumedFromStep
        self.elapsedSeconds = elapsedSeconds
        self.secondsLeft = secondsLeft
        self.saveSeconds = saveSeconds
    }
}
