/// What a rank is at.
package enum TrainingPhase: Int, CaseIterable {
    case batch, forward, backward, waiting, sum, optimizer, validation, save, decision

    /// Its place in lists of times: the order of a step.
    package var index: Int { rawValue }

    /// What a hang is told with.
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

    /// What tables and metrics call it.
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

    /// How many times as long as another it may take: a disk is slow, and says nothing.
    package var patience: Int { self == .save ? 10 : 1 }
}
