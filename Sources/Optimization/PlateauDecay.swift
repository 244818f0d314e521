/// Reduces the learning rate when the validation loss stops falling, as `torch.optim.lr_scheduler.ReduceLROnPlateau` with a relative threshold:
///
/// ```
/// improvement: loss < best · (1 - threshold), or (1 + threshold) if best < 0         best ← loss
/// more than `patience` validations in a row without one:            rate ← max(rate · factor, minimumRate)
/// ```
///
/// During the `cooldown` validations after a reduction none counts against the rate. NaN is not an improvement.
/// Where torch leaves a rate that would fall by less than 10⁻⁸, here it stays if it wouldn't fall at all, or below what float32 holds.
public struct PlateauDecay: Sendable, Equatable {
    private let initialRate: Double
    private let factor: Double
    private let patience: Int
    private let threshold: Double
    private let cooldown: Int
    private let minimumRate: Double
    /// What a checkpoint keeps.
    public var state = State()

    public struct State: Sendable, Equatable {
        /// The loss of the last improvement; infinity before the first.
        public var bestLoss = Double.infinity
        public var validationsSinceImprovement = 0
        /// Validations left that don't count against the rate.
        public var cooldown = 0
        public var reductionCount = 0

        public init() {}
    }

    /// - Parameter threshold: in 0..<1.
    public init(initialRate: Double, factor: Double, patience: Int, threshold: Double = 1e-4, cooldown: Int = 0, minimumRate: Double = 0) {
        self.initialRate = initialRate
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.cooldown = cooldown
        self.minimumRate = minimumRate
    }

    /// The learning rate of the steps that follow.
    public var rate: Double { rate(afterReductions: state.reductionCount) }

    private func rate(afterReductions count: Int) -> Double { max(initialRate * power(factor, count), min(minimumRate, initialRate)) }

    /// Takes in the loss of a validation.
    public mutating func add(_ loss: Double) {
        if loss < (state.bestLoss < 0 ? state.bestLoss * (1 + threshold) : state.bestLoss * (1 - threshold)) {
            state.bestLoss = loss
            state.validationsSinceImprovement = 0
        } else {
            state.validationsSinceImprovement += 1
        }
        if state.cooldown > 0 {
            state.cooldown -= 1
            state.validationsSinceImprovement = 0
        }
        if state.validationsSinceImprovement > patience {
            state.cooldown = cooldown
            state.validationsSinceImprovement = 0
            let next = rate(afterReductions: state.reductionCount + 1)
            if next < rate && Float(next) >= Float.leastNormalMagnitude { state.reductionCount += 1 }
        }
    }
}
