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

    /// The loss of `input`, whose derivatives are those of Σ over targets / the divisor.
    /// - Parameters:
    ///   - input: nil if the last rows have been gathered.
    ///   - settings: what is made of the outputs beside that.
    ///   - continues: whether the rows follow those of the last call in time: their losses are added to those.
    func loss(_ input: Signal?, batch: Batch, _ settings: LossSettings, continues: Bool) -> SequenceLosses

    /// Writes ∂L/∂(input) to `target`.
    func inputGradients(into target: GradientRows, batch: Batch)
    /// Sums the gradients of the head's parameters.
    /// - Parameters:
    ///   - rows: of the outputs, `[time, batch]` or `[batch]`.
    ///   - sequences: the sequences, `[batch]`.
    func sumGradients(input: Signal, gradient: FloatView, rows: ShardedRows, sequences: ShardedRows, phase: AccumulationPhase)

    /// The class of each time step of each sequence of the last `score`, or of a `loss` that decodes, where it isn't simply the likeliest one.
    var decoded: [[Int32]]? { get }

    // MARK: Segments, with targets at the end

    /// Keeps the last rows of the sequences that end within `times`, whose rows `input` has.
    func gatherLast(of input: Signal, batch: Batch, times: Range<Int>)
    /// Computes ∂L/∂(input) of each sequence's last time step, for `scatterLast`.
    func multiplyLastDerivatives(rowStride: Int, batch: Batch)
    /// Writes ∂L/∂(input) of all rows of `times`: 0 but where a sequence ends.
    func scatterLast(into rows: GradientRows, batch: Batch, times: Range<Int>)
}

extension Head {
    var decoded: [[Int32]]? { nil }
}
