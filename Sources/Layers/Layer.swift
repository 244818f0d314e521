package import Kernels
package import Threads

/// A layer between the input and the head.
///
/// A layer keeps what it needs from forward to backward, for one pass at a time, and grows to the largest batch seen. The parameters and their gradient
/// are the model's flat buffers.
package protocol Layer: AnyObject {
    /// Takes the parameters for the passes that follow; the flat buffer must live, unchanged, until the next `load`.
    /// - Parameter purpose: of these passes: in training weights may be masked.
    func load(_ parameters: FloatView, for purpose: Purpose)
    /// Does to the gradient what can only be done to its sum over all ranks, because it rounds: masks and normalisation of weights.
    /// - Parameter purpose: that of the last `load`.
    func finishGradient(_ gradient: FloatView, for purpose: Purpose)
    /// - Parameter state: initial states; zero if nil.
    /// - Returns: the layer's outputs, which stay until the next `forward`.
    func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal
    /// The pass of a layer above: the same unless this layer changes the number of time steps.
    /// - Parameter pass: that of this layer's `forward`.
    func outputPass(_ pass: Pass) -> Pass
    /// Makes room for ``outputGradients``.
    func prepareBackward(_ pass: Pass)
    /// Where the layer above writes ∂L/∂(this layer's outputs) before `backward`.
    var outputGradients: GradientRows { get }
    /// Whether anything here or below learns from ``outputGradients``.
    var needsOutputGradients: Bool { get }
    /// Writes the parameters' gradients, and ∂L/∂(the input) to `inputGradients` unless that is nil.
    /// - Parameters:
    ///   - input: that of the last `forward`.
    ///   - rows: of the input.
    func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?)
    /// Copies each sequence's state after so many steps of the last forward pass to `state`; skips sequences where that is nil.
    func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?)
}

extension Layer {
    package func outputPass(_ pass: Pass) -> Pass { pass }
    package var needsOutputGradients: Bool { true }
    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) {}
}

/// What a layer reads: views of the layer below, or of the batch.
package enum Signal {
    /// A layer's outputs, `[time, batch, rowStride]`: as products read them, and in float32.
    case rows(OperandView, exact: FloatView, rowStride: Int)
    /// Numbers of the batch, `[time, batch, features]`.
    case numbers([Float], featureCount: Int)
    /// Tokens of the batch, `[time, batch]`.
    case tokens([Int32])
    /// Words of the batch, `[time, batch]`, and characters, of which row r's word has those in `starts[r]..<starts[r + 1]`.
    case words([Int32], characters: [Int32], starts: [Int32])

    /// Floats from one row to the next of a layer's outputs: whole blocks of 16 units.
    package static func rowStride(units: Int) -> Int { GateLayout(hidden: units, groupCount: 1).width }
}

/// Gradients by a layer's outputs, `[time, batch, rowStride]`: rows of whole panels.
package struct GradientRows: Sendable {
    package let floats: FloatView
    package let rowStride: Int
}

/// The part of a batch that a layer goes through at once, and what for. Time is counted in the steps that this layer reads.
package struct Pass: Sendable {
    package let purpose: Purpose
    package let timeCount: Int
    /// Valid time steps of each sequence within this part: `[batch]`.
    package let lengths: [Int]
    /// Index of each sequence in the dataset, for random masks: `[batch]`.
    package let sequenceIndices: [Int]
    package let segment: SegmentPosition
    /// The rows that aren't padding.
    package let activeRows: ActiveRows

    package init(purpose: Purpose, timeCount: Int, lengths: [Int], sequenceIndices: [Int], segment: SegmentPosition) {
        (self.purpose, self.timeCount, self.lengths) = (purpose, timeCount, lengths)
        (self.sequenceIndices, self.segment) = (sequenceIndices, segment)
        activeRows = ActiveRows(timeCount: timeCount, lengths: lengths)
    }

    package var sequenceCount: Int { lengths.count }
    package var rowCount: Int { timeCount * sequenceCount }
}

/// What a pass is for. Only in training are there dropout and other noise.
public enum Purpose: Sendable, Equatable {
    case inference
    /// - Parameters:
    ///   - seed: the run's.
    ///   - step: optimizer steps taken before.
    case training(seed: UInt64, step: Int)

    package var isTraining: Bool { self != .inference }
}

/// What all layers of a model share.
package final class LayerContext {
    package let team: ThreadTeam
    package let profile: StepProfile
    let gates: GateMode
    package let precision: Precision
    let derivatives = DerivativeMemory()
    package let gradientSums: WeightGradients
    let zeros: FloatMemory

    /// - Parameter widest: numbers of the widest input of a layer that has gradients.
    package init(team: ThreadTeam, profile: StepProfile, gates: GateMode, precision: Precision, widest: Int) {
        self.team = team
        self.profile = profile
        self.gates = gates
        self.precision = precision
        gradientSums = WeightGradients(team: team)
        zeros = FloatMemory(count: PanelView.panelCount(columns: widest) * PanelView.width)
    }

    /// Calls `body` once for each row in `0..<rowCount`, each thread for a part of them.
    @inline(__always)
    func forEachRow(_ rowCount: Int, _ body: @Sendable (_ row: Int) -> Void) {
        let team = team
        team.run(taskCount: team.threadCount) { part in
            for row in team.tasks(ofShare: part, taskCount: rowCount) { body(row) }
        }
    }
}
