/// Learning rate schedule over epochs.
public enum LearningRate: Sendable, Equatable {
    case constant(Double)
    /// `initial` for the first `holdEpochs + everyEpochs` epochs, then times `factor` after each `everyEpochs`.
    case stepDecay(initial: Double, factor: Double, everyEpochs: Int, holdEpochs: Int)

    /// The rate of each step of `epoch`, counted from 0.
    public func rate(inEpoch epoch: Int) -> Double {
        switch self {
        case .constant(let rate):
            return rate
        case .stepDecay(let initial, let factor, let everyEpochs, let holdEpochs):
            return initial * power(factor, max(0, epoch - holdEpochs) / everyEpochs)
        }
    }
}
