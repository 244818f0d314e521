import Checkpoints
import Configuration
import Optimization
import Runs
import StrictJSON

extension Configuration.OptimizerSettings {
    /// Nil with other schedules.
    var plateauDecay: PlateauDecay? {
        guard schedule == .plateau else { return nil }
        return PlateauDecay(
            initialRate: learningRate, factor: decayFactor, patience: plateauPatience, threshold: plateauThreshold, cooldown: plateauCooldown,
            minimumRate: minimumRate)
    }
}

extension PlateauDecay {
    /// Of a manifest's `progress`.
    var members: [JSONMember] {
        [
            ProgressKey.plateauLoss.member(state.bestLoss.isFinite ? .real(state.bestLoss) : JSONValue(.null)),
            ProgressKey.plateauValidations.member(.integer(state.validationsSinceImprovement)),
            ProgressKey.plateauCooldown.member(.integer(state.cooldown)),
            ProgressKey.rateReductions.member(.integer(state.reductionCount)),
        ]
    }

    /// Goes on from a manifest's `progress`.
    /// - Parameter knowsLosses: whether its losses are comparable with those to come; otherwise only the rate is kept.
    mutating func restore(from progress: CheckpointProgress, knowsLosses: Bool) {
        state = State()
        state.reductionCount = progress[.rateReductions]?.integerValue ?? 0
        guard knowsLosses else { return }
        state.bestLoss = progress[.plateauLoss]?.realValue ?? .infinity
        state.validationsSinceImprovement = progress[.plateauValidations]?.integerValue ?? 0
        state.cooldown = progress[.plateauCooldown]?.integerValue ?? 0
    }
}
