/// The current activity of a rank.
package enum TrainingPhase: Int, CaseIterable {
    case batch, forward, backward, waiting, sum, optimizer, validation, save, decision

    /// Index in lists of times, in the order of a step.
    package var index: Int { rawValue }

    /// Name in messages about a hang.
    package var words: String {
        switch self {
        case .batch: "reading the batch"
        case .forward: "the forward pass"
        case .backward: "the backward pass"
        case .waiting: "waiting for the other ranks"
        case .sum: "summing the gradient over ranks"
        case .optimizer: "the optimizer's step"
        case .validation: "validation"
        case .save: "saving"
        case .decision: "deciding what follows"
        }
    }

    /// Name in tables and metrics.
    var name: String {
        switch self {
        case .batch: "data"
        case .forward: "forward"
        case .backward: "backward"
        case .waiting: "waiting"
        case .sum: "sum"
        case .optimizer: "optimizer"
        case .validation: "validation"
        case .save: "save"
        case .decision: "other"
        }
    }

    /// Time limit relative to other phases, before it counts as hung: saving is slow and reports no progress.
    package var patience: Int { self == .save ? 10 : 1 }
}
