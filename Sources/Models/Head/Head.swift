import Batches
import Kernels
import Layers

/// What stands above the layers: it computes outputs and the loss, and begins the backward pass.
///
/// `loss` keeps what the backward methods need. With segments of time, targets at each sequence's end are handled apart: the rows are gathered while the
/// segments go forward, and their gradients scattered while they go back.
protocol Head: AnyObject {
    /// Takes the parameters, which must live until the next `load`.
    func load(_ parameters: FloatView)

    /// Computes the outputs of every row of `input`, `[time, batch, units]`, or of each sequence's last.
    func score(_ input: Signal, batch: Batch)
    /// Outputs after `score`, `[rows, outputWidth]`.
    var outputs: FloatView { get }
    var outputWidth: Int { get }

    /// The loss of `input`, whose derivatives are those of Σ over targets / `divisor`.
    /// - Parameters:
    ///   - input: nil if the last rows have been gathered.
    ///   - labelSmoothing: the part of each class target that is divided among all outputs.
    ///   - classWeights: what a target of each class is multiplied by; empty for 1. Not with label smoothing.
    ///   - continues: whether the rows follow those of the last call in time: their losses are added to those.
    ///   - keepsScores: whether the losses contain the scores of classes.
    func loss(
        _ input: Signal?, batch: Batch, divisor: Int, labelSmoothing: Double, classWeights: [Float], continues: Bool, keepsScores: Bool
    ) -> SequenceLosses

    /// Writes ∂L/∂(input) to `target`.
    func inputGradients(into target: GradientRows, batch: Batch)
    /// Sums the gradients of the head's parameters.
    /// - Parameter rows: of the outputs, `[time, batch]` or `[batch]`.
    func sumGradients(input: Signal, gradient: FloatView, rows: ShardedRows, phase: AccumulationPhase)

    // MARK: Segments, with targets at the end

    /// Keeps the last rows of the sequences that end within `times`, whose rows `input` has.
    func gatherLast(of input: Signal, batch: Batch, times: Range<Int>)
    /// Computes ∂L/∂(input) of each sequence's last time step, for `scatterLast`.
    func multiplyLastDerivatives(rowStride: Int, batch: Batch)
    /// Writes ∂L/∂(input) of all rows of `times`: 0 but where a sequence ends.
    func scatterLast(into rows: GradientRows, batch: Batch, times: Range<Int>)
}
