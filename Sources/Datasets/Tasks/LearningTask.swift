public import Batches

/// A task: what a model predicts, how that is measured, what is reached without a model, and what can be done with the model. One file per task.
public protocol LearningTask: Sendable {
    /// Number, place and kind of the outputs, which determine the head and the loss.
    var output: OutputDescription { get }
    /// Metrics of an evaluation, in the order in which they are shown. The first is the loss: the checkpoint with the lowest one is the best.
    var metrics: [Metric] { get }
    /// What is reached without a model, for comparison with every evaluation.
    var baseline: Baseline { get }
    /// What can be done with the model, besides evaluating it.
    var uses: Set<ModelUse> { get }
    /// How predictions are shown in a report.
    var display: PredictionDisplay { get }
    /// Name of the task, and its name in Hugging Face's list of tasks; nil if that has none.
    var name: String { get }
    var pipelineTag: String? { get }
    /// The classes of the targets, for weights by class; nil for numbers and symbols.
    var targetClasses: TargetClasses? { get }
    /// The class of each of a sequence's targets, from the scores of all classes for it, `[targets, classes]`, in the order of time. By default that with the
    /// highest score, and of equal ones the first; a task whose targets depend on each other decodes them together.
    func decodedClasses(_ scores: [Float]) -> [Int32]
    /// How much text the targets of each sequence of a batch are, `[batch]`; empty if no metric needs it.
    func textLengths(of batch: Batch) -> [TextLength]
}

/// Outputs of a task's model.
public struct OutputDescription: Sendable, Hashable {
    /// Number of outputs: of classes, or of numbers.
    public let count: Int
    /// Whether there are outputs at every time step, not only at the last.
    public let isEveryStep: Bool
    public let loss: Loss
    /// Which classes may follow each other; nil for any.
    public let labelRules: LabelRules?

    public init(count: Int, isEveryStep: Bool, loss: Loss, labelRules: LabelRules? = nil) {
        (self.count, self.isEveryStep, self.loss, self.labelRules) = (count, isEveryStep, loss, labelRules)
    }
}

/// Something that can be done with a trained model.
public enum ModelUse: Sendable, Hashable {
    /// Generates text, sets of labels, drawings or frames of numbers: the model predicts its own next input.
    case generate
    /// Forecasts the next rows of a series.
    case forecast
    /// Names the class of a sequence.
    case classify
    /// Names the class of each time step.
    case label
    /// Writes down what a sequence says.
    case transcribe
}

/// How predictions are shown in a report.
public enum PredictionDisplay: Sendable {
    /// Generated text.
    case text
    /// Generated strings, checked against a grammar.
    case strings
    /// Forecasts of a series over time, with the truth.
    case forecasts
    /// Predicted numbers over the true ones; errors above the tolerance are counted, if there is one.
    case numbers(tolerance: Double?)
    /// A confusion matrix of classes with these names.
    case classes([String])
    /// Labels with these names, which are on or off at each time step.
    case labels([String])
    /// Symbols of sequences, beside the true ones.
    case transcripts
    /// Generated drawings, or sequences of numbers with these names.
    case drawings, frames([String])
}

extension LearningTask {
    public var pipelineTag: String? { nil }
    public var targetClasses: TargetClasses? { nil }
    public func textLengths(of batch: Batch) -> [TextLength] { [] }
    /// The loss: the checkpoint with the lowest one is the best.
    public var loss: Metric { metrics[0] }

    public func decodedClasses(_ scores: [Float]) -> [Int32] { highestScores(scores, classCount: output.count) }

    /// What an evaluation must know of each sequence: the most that a metric needs.
    public var outcomeDetail: OutcomeDetail { metrics.lazy.map(\.detail).first { $0 != .sums } ?? .sums }
}

/// The class with the highest score of each row of `[rows, classes]`; of equal ones the first.
public func highestScores(_ scores: [Float], classCount: Int) -> [Int32] {
    stride(from: 0, to: scores.count, by: classCount).map { first in
        Int32((1..<classCount).reduce(0) { scores[first + $1] > scores[first + $0] ? $1 : $0 })
    }
}
