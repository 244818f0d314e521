import Checkpoints
import Configuration
import Kernels
import Optimization
import Runs
import StrictJSON
import Threads

/// Averaged weights (training.averaging), which are validated, saved and used in place of those that steps change.
final class Averaging {
    private let settings: Configuration.TrainingSettings
    private let average: WeightAverage
    private var trigger: NonmonotonicTrigger

    /// Nil where the configuration has none.
    init?(_ settings: Configuration.TrainingSettings, parameterCount: Int) {
        guard settings.averaging != .none else { return nil }
        self.settings = settings
        average = WeightAverage(parameterCount: parameterCount)
        trigger = NonmonotonicTrigger(patience: settings.averagePatience)
    }

    /// Whether there is an average.
    var hasBegun: Bool { average.count > 0 }
    var values: FloatView { average.values }

    /// Takes in the parameters after a step.
    func add(_ parameters: FloatView, team: ThreadTeam) {
        switch settings.averaging {
        case .none: break
        case .ema: if hasBegun { average.add(parameters, decay: settings.averageDecay, team: team) } else { average.begin(with: parameters) }
        case .ntAsgd: if hasBegun { average.add(parameters, decay: nil, team: team) }
        }
    }

    /// Takes in the loss of a validation that was due: the mean may begin with `parameters`.
    func judge(_ loss: Double, _ parameters: FloatView) {
        guard settings.averaging == .ntAsgd, !hasBegun, trigger.add(loss) else { return }
        average.begin(with: parameters)
    }

    // MARK: Checkpoints

    /// Of a manifest's `progress`.
    var members: [JSONMember] {
        let trigger: [JSONMember] = settings.averaging == .ntAsgd
            ? [
                ProgressKey.averagingLowestLoss.member(trigger.lowestLoss.isFinite ? .real(trigger.lowestLoss) : JSONValue(.null)),
                ProgressKey.averagingRecentLosses.member(.list(trigger.recentLosses.map(JSONValue.real))),
            ] : []
        return [ProgressKey.averagedSteps.member(.integer(average.count))] + trigger
    }

    /// Goes on from a manifest's `progress`. The values are restored apart.
    /// - Parameter knowsLosses: whether its losses are comparable with those to come.
    func restore(from progress: CheckpointProgress, knowsLosses: Bool) {
        average.count = progress.averagedStepCount
        trigger = NonmonotonicTrigger(patience: settings.averagePatience)
        guard knowsLosses else { return }
        trigger.lowestLoss = progress[.averagingLowestLoss]?.realValue ?? .infinity
        trigger.recentLosses = progress[.averagingRecentLosses]?.arrayValue?.compactMap(\.realValue) ?? []
    }
}
