public import Optimization

// The schedule's part of the optimizer's section. A new schedule is a case of RateSchedule and of LearningRate.Schedule, its keys and a line below.

extension Configuration.OptimizerSettings {
    /// The learning rate that the settings describe.
    public var learningRateSchedule: LearningRate {
        let shape: LearningRate.Schedule =
            switch schedule {
            // A plateau's decays are the training state's.
            case .constant, .plateau: .constant
            case .step: .stepDecay(factor: decayFactor, everyEpochs: decayEveryEpochs, holdEpochs: decayAfterEpochs)
            case .exponential: .exponential(factor: decayFactor)
            case .polynomial: .polynomial(period: schedulePeriod, power: schedulePower, minimum: minimumRate)
            case .cosine: .cosine(period: schedulePeriod, restartFactor: restartFactor, minimum: minimumRate)
            case .oneCycle: .oneCycle(period: schedulePeriod, riseFraction: riseFraction)
            case .inverseRoot: .inverseRoot(period: schedulePeriod)
            }
        return LearningRate(learningRate, shape, unit: schedule == .step ? .epoch : scheduleUnit, warmupSteps: warmupSteps)
    }

    /// Keys with which the schedule's rate stays above 0 longer.
    package var slowingKeys: String {
        switch schedule {
        case .step: "optimizer.decayFactor or optimizer.decayEveryEpochs"
        case .exponential: "optimizer.decayFactor"
        case .polynomial, .cosine: "optimizer.schedulePeriod or optimizer.minimumRate"
        case .constant, .plateau, .oneCycle, .inverseRoot: "optimizer.learningRate"
        }
    }
}

extension ConfigurationCondition {
    private static func schedule(_ schedules: Configuration.RateSchedule...) -> ConfigurationCondition {
        ConfigurationCondition("optimizer.schedule", \.optimizer.schedule, is: schedules)
    }
    fileprivate static let step = schedule(.step)
    fileprivate static let decay = schedule(.step, .exponential, .plateau)
    fileprivate static let countsTime = schedule(.exponential, .polynomial, .cosine, .oneCycle, .inverseRoot)
    fileprivate static let hasPeriod = schedule(.polynomial, .cosine, .oneCycle, .inverseRoot)
    fileprivate static let hasMinimum = schedule(.polynomial, .cosine, .plateau)
    fileprivate static let polynomial = schedule(.polynomial)
    fileprivate static let cosine = schedule(.cosine)
    fileprivate static let oneCycle = schedule(.oneCycle)
    fileprivate static let hasNoRise = schedule(.constant, .step, .exponential, .polynomial, .cosine, .inverseRoot)
}

extension ConfigurationKey {
    static let learningRate: [ConfigurationKey] = [
        .choice(
            .optimizer, "schedule", \.optimizer.schedule, .result,
            "The learning rate over the epochs or steps: constant, multiplied by a factor now and then (step) or each time (exponential), or when the "
                + "validation loss stops falling (plateau), or falling to a minimum."),
        .real(.optimizer, "decayFactor", \.optimizer.decayFactor, .above(0).atMost(1), .result, "What the rate is multiplied by at each decay.")
            .when(.decay),
        .integer(.optimizer, "decayEveryEpochs", \.optimizer.decayEveryEpochs, 1...billion, .result, "Epochs from one decay to the next.")
            .when(.step),
        .integer(.optimizer, "decayAfterEpochs", \.optimizer.decayAfterEpochs, 0...billion, .result, "Epochs before the first decay's count begins.")
            .when(.step),
        .choice(
            .optimizer, "scheduleUnit", \.optimizer.scheduleUnit, .result,
            "What the schedule counts: epochs, with the same rate for all of an epoch, or steps, from the end of the warm-up on.")
            .when(.countsTime),
        .integer(
            .optimizer, "schedulePeriod", \.optimizer.schedulePeriod, 1...million * billion, .result,
            "Epochs or steps to the minimum (polynomial, cosine), of the whole cycle (oneCycle), or until the rate is divided by √2 (inverseRoot).")
            .when(.hasPeriod),
        .real(.optimizer, "schedulePower", \.optimizer.schedulePower, .above(0).atMost(64), .result, "Power of the rest of the period; 1: the rate falls linearly.")
            .when(.polynomial),
        .real(
            .optimizer, "minimumRate", \.optimizer.minimumRate, .atLeast(0).atMost(1e38), .result,
            "Rate at the period's end and behind it, or that a plateau's decays end at; at most optimizer.learningRate.")
            .when(.hasMinimum),
        .integer(
            .optimizer, "plateauPatience", \.optimizer.plateauPatience, 0...billion, .result,
            "Validations in a row without improvement that the rate stands; after one more it decays.")
            .when(.plateauSchedule),
        .real(
            .optimizer, "plateauThreshold", \.optimizer.plateauThreshold, .atLeast(0).below(1), .result,
            "How much lower, by its share, than the lowest before a validation loss must be to count as an improvement.")
            .when(.plateauSchedule),
        .integer(
            .optimizer, "plateauCooldown", \.optimizer.plateauCooldown, 0...billion, .result, "Validations after a decay that don't count against the rate.")
            .when(.plateauSchedule),
        .integer(
            .optimizer, "restartFactor", \.optimizer.restartFactor, 0...1000, .result,
            "Begins anew at the period's end, each time with a period as many times as long. 0: never.")
            .when(.cosine),
        .real(.optimizer, "riseFraction", \.optimizer.riseFraction, .above(0).below(1), .result, "Share of the period in which the rate rises, from a 25th.")
            .when(.oneCycle),
        .integer(
            .optimizer, "warmupSteps", \.optimizer.warmupSteps, 0...million * billion, .result,
            "First steps in which the rate rises linearly to the schedule's. 0: none.")
            .when(.hasNoRise),
    ]
}
