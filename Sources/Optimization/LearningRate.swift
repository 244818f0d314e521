/// The learning rate, a function of the step and the epoch alone: so a resume needs nothing of it, and neither ranks nor stops change it.
///
/// A schedule counts epochs or steps from 0; steps count from the end of the warm-up. In the warm-up's W steps the rate is (step + 1) / W of the schedule's.
public struct LearningRate: Sendable, Equatable {
    /// What a schedule counts.
    public enum Unit: String, Sendable, CaseIterable { case epoch, step }

    /// A factor of the initial rate, or a way from it down to a minimum.
    public enum Schedule: Sendable, Equatable {
        case constant
        /// 1 for the first `holdEpochs + everyEpochs` epochs, then times `factor` after each `everyEpochs`. Always counts epochs.
        case stepDecay(factor: Double, everyEpochs: Int, holdEpochs: Int)
        /// factorᵗ.
        case exponential(factor: Double)
        /// (1 - t/period)^power, from the initial rate to the minimum, where it stays.
        case polynomial(period: Int, power: Double, minimum: Double)
        /// ½ + ½·cos(π·t/period), from the initial rate to the minimum (Loshchilov & Hutter, "SGDR", ICLR 2017). At a period's end it begins anew, with a period
        /// `restartFactor` times as long; with 0 it stays at the minimum.
        case cosine(period: Int, restartFactor: Int, minimum: Double)
        /// A cosine from 1/25 to 1 over `riseFraction` of the period, and one to 1/250000 over the rest (Smith & Topin 2018; the defaults of `torch`'s OneCycleLR).
        case oneCycle(period: Int, riseFraction: Double)
        /// √(period / (period + t)).
        case inverseRoot(period: Int)
    }

    public var initial: Double
    public var schedule: Schedule
    public var unit: Unit
    public var warmupSteps: Int

    public init(_ initial: Double, _ schedule: Schedule = .constant, unit: Unit = .epoch, warmupSteps: Int = 0) {
        (self.initial, self.schedule, self.unit, self.warmupSteps) = (initial, schedule, unit, warmupSteps)
    }

    /// The rate of one step; both are counted from 0 over the whole run.
    public func rate(atStep step: Int, inEpoch epoch: Int) -> Double {
        let rate = rate(after: unit == .epoch ? epoch : max(0, step - warmupSteps))
        return step < warmupSteps ? rate * Double(step + 1) / Double(warmupSteps) : rate
    }

    /// The schedule's rate after `time` epochs or steps.
    func rate(after time: Int) -> Double {
        switch schedule {
        case .constant:
            return initial
        case .stepDecay(let factor, let everyEpochs, let holdEpochs):
            return initial * power(factor, max(0, time - holdEpochs) / everyEpochs)
        case .exponential(let factor):
            return initial * power(factor, time)
        case .polynomial(let period, let exponent, let minimum):
            return time < period ? minimum + (initial - minimum) * realPower(1 - Double(time) / Double(period), exponent) : minimum
        case .cosine(let period, let restartFactor, let minimum):
            let cycle = Self.cycle(of: time, period: period, restartFactor: restartFactor)
            return Self.cosine(from: initial, to: minimum, at: Double(time - cycle.lowerBound) / Double(cycle.count))
        case .oneCycle(let period, let riseFraction):
            let (top, end) = (riseFraction * Double(period) - 1, Double(period - 1))
            if Double(time) < top { return Self.cosine(from: initial / 25, to: initial, at: Double(time) / top) }
            return Self.cosine(from: initial, to: initial / 250_000, at: (Double(time) - top) / (end - top))
        case .inverseRoot(let period):
            return initial * (Double(period) / (Double(period) + Double(time))).squareRoot()
        }
    }

    /// Half a wave, at 0...1; `end` behind it.
    private static func cosine(from start: Double, to end: Double, at share: Double) -> Double {
        share < 1 ? end + (start - end) * (0.5 + 0.5 * cosineOfHalfTurns(share)) : end
    }

    /// The cosine's cycle that `time` is in: the first one, where there are no restarts.
    private static func cycle(of time: Int, period: Int, restartFactor: Int) -> Range<Int> {
        if restartFactor == 0 || time < period { return 0..<period }
        if restartFactor == 1 { return time / period * period..<(time / period + 1) * period }
        var cycle = 0..<period
        while time >= cycle.upperBound {
            let (count, isOver) = cycle.count.multipliedReportingOverflow(by: restartFactor)
            cycle = cycle.upperBound..<(isOver ? .max : cycle.upperBound.addingReportingOverflow(count).overflow ? .max : cycle.upperBound + count)
        }
        return cycle
    }
}

extension LearningRate {
    /// The first time in 0..<`count`, in ``unit``, at which the schedule's rate is 0 in float32; nil if there is none.
    /// Cost: a few binary searches, since the rate only falls within a cycle.
    public func firstVanishing(count: Int) -> (time: Int, rate: Double)? {
        func vanishes(_ time: Int) -> Bool { Float(rate(after: time)) < Float.leastNormalMagnitude }
        for range in fallingRanges(count: count) where !range.isEmpty && vanishes(range.upperBound - 1) {
            var (known, end) = (range.lowerBound, range.upperBound - 1)
            while known < end {
                let middle = known + (end - known) / 2
                if vanishes(middle) { end = middle } else { known = middle + 1 }
            }
            return (end, rate(after: end))
        }
        return nil
    }

    /// Ranges of 0..<`count` in which the rate only falls, as many as can have a lower rate than those before.
    private func fallingRanges(count: Int) -> [Range<Int>] {
        guard case .cosine(let period, let restartFactor, _) = schedule, restartFactor > 0 else {
            // One cycle's first rate is far above its last.
            return [0..<max(0, count)]
        }
        var ranges: [Range<Int>] = []
        var start = 0
        // With equal cycles the first one has all rates.
        while start < count, ranges.isEmpty || restartFactor > 1 {
            let end = min(count, Self.cycle(of: start, period: period, restartFactor: restartFactor).upperBound)
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }
}
