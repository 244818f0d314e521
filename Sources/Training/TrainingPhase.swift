/// What a rank is at, in the words that a hang is told in.
enum TrainingPhase: String {
    case batch = "reading the batch"
    case passes = "forward and backward"
    case sum = "summing the gradient over ranks"
    case optimizer = "the optimizer's step"
    case decision = "deciding what follows"
    case validation = "validation"
    case save = "saving"

    /// How many times as long as another it may take: a disk is slow, and says nothing.
    var patience: Int { self == .save ? 10 : 1 }
}

extension Trainer {
    /// Notes what this rank is at.
    func enter(_ phase: TrainingPhase) {
        group.recorder.begin(phase.rawValue, step: state.step + 1, patience: phase.patience)
    }
}
