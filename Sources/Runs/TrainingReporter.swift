public import Checkpoints
public import Datasets
public import Kernels
public import Network

/// Who is told how training goes: on rank 0 the program, on the others nobody.
public protocol TrainingReporter: AnyObject {
    func began(_ summary: RunSummary)
    /// A step is done.
    func stepped(_ step: TrainingStep)
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
    /// What a person should know of the data, in sentences without a point.
    public let dataNotes: [String]
    /// Those that there are.
    public let dataParts: [DataPartSize]
    /// Time steps of the longest sequence.
    public let longestTimeCount: Int
    /// Sequences of a step, over all ranks.
    public let batch: Int
    /// Bytes that a rank will need at the least, and that its host has for it.
    public let memory: MemoryNeed
    /// The checkpoint that the run goes on from; nil if it starts anew.
    public let resumed: String?
    public let resumedStep: Int
    /// Whole epochs before it, and batches of the next one.
    public let resumedEpoch: Int
    public let resumedPosition: Int
    /// What the steps before were trained in.
    public let resumedPrecision: Precision?
    /// "training.batch: 16, not 8": keys that decide a result and are not as in the run of that checkpoint.
    public let resumedDifferences: [String]
    public let skippedCheckpoints: [SkippedCheckpoint]

    package init(
        runDirectory: String, shape: NetworkShape, parameterCount: Int, rankCount: Int, threadCount: Int, shardCount: Int, precision: Precision,
        batchesPerEpoch: Int, stepCount: Int, dataDescription: String, dataNotes: [String], dataParts: [DataPartSize], longestTimeCount: Int, batch: Int,
        memory: MemoryNeed, resumed: String?, resumedStep: Int, resumedEpoch: Int, resumedPosition: Int, resumedPrecision: Precision?,
        resumedDifferences: [String], skippedCheckpoints: [SkippedCheckpoint]
    ) {
        self.runDirectory = runDirectory
        self.shape = shape
        self.parameterCount = parameterCount
        self.rankCount = rankCount
        self.threadCount = threadCount
        self.shardCount = shardCount
        self.precision = precision
        self.batchesPerEpoch = batchesPerEpoch
        self.stepCount = stepCount
        self.dataDescription = dataDescription
        self.dataNotes = dataNotes
        self.dataParts = dataParts
        self.longestTimeCount = longestTimeCount
        self.batch = batch
        self.memory = memory
        self.resumed = resumed
        self.resumedStep = resumedStep
        self.resumedEpoch = resumedEpoch
        self.resumedPosition = resumedPosition
        self.resumedPrecision = resumedPrecision
        self.resumedDifferences = resumedDifferences
        self.skippedCheckpoints = skippedCheckpoints
    }

    /// The epoch of a step, from 1: epochs before the resume may have had other numbers of batches.
    public func epoch(ofStep step: Int) -> Int {
        let begin = resumedStep - resumedPosition
        return batchesPerEpoch > 0 && step > begin ? resumedEpoch + (step - begin - 1) / batchesPerEpoch + 1 : resumedEpoch + 1
    }
}

/// How much of the data a part has.
public struct DataPartSize: Sendable, Equatable {
    public let part: DataPart
    /// nil where the part is read as streams.
    public let exampleCount: Int?
    /// Symbols, rows or sequences that are predicted.
    public let coverage: DataCoverage

    package init(part: DataPart, exampleCount: Int?, coverage: DataCoverage) {
        self.part = part
        self.exampleCount = exampleCount
        self.coverage = coverage
    }
}

/// A step that was taken, as far as a rank knows it without asking the others.
public struct TrainingStep: Sendable {
    public let step: Int
    /// Mean over the batch's targets, before the step; nil where other ranks have shares of it.
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
    /// Valid time steps of all ranks' sequences, a second of training: validation and saves left out. nil where no step or no time was measured.
    public let timeStepsPerSecond: Double?
    /// Of all ranks, likewise.
    public let sequencesPerSecond: Double?
    /// Multiply-adds executed a second, by what all threads of all ranks could do at the most; nil where one of the two wasn't measured.
    public let peakShare: Double?
    /// Where the time since the last line went.
    public let phaseTimes: PhaseTimes
    /// What the model writes, if it writes text, and was judged.
    public let sample: String?
    /// On the first line after a resume: the step that the run went on from.
    public let resumedFromStep: Int?
    public let elapsedSeconds: Double
    public let secondsLeft: Double
    /// How long training stood still for saves since the last line.
    public let saveSeconds: Double

    package init(
        step: Int, stepCount: Int, epoch: Int, epochCount: Int, loss: Double, endsEpoch: Bool, validation: Evaluation?, isBest: Bool, learningRate: Double,
        gradientNorm: Double, timeStepsPerSecond: Double?, sequencesPerSecond: Double?, peakShare: Double?, phaseTimes: PhaseTimes, sample: String?,
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
