package import Configuration
import NumberText

extension Configuration {
    /// What the weights of a checkpoint are, for the user: "the weights are the moving average over 120 steps (training.averaging \"ema\")". Nil without averaging.
    package func averagingWords(stepCount: Int) -> String? {
        let key = "(training.averaging \"\(training.averaging.rawValue)\")"
        switch training.averaging {
        case .none: return nil
        case .ema: return stepCount > 0 ? "the weights are the moving average over \(counted(stepCount, "step")) \(key)" : nil
        case .ntAsgd:
            return stepCount > 0
                ? "the weights are the mean of the last \(counted(stepCount, "step")) \(key)" : "the mean of the weights hasn't begun \(key)"
        }
    }
}
