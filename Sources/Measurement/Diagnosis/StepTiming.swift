public import Kernels
public import StrictJSON

/// Results of a ``StepProbe``: seconds of a step's parts, each the mean of the middle half of the steps.
public struct StepTiming: Sendable, Equatable {
    /// Number of ranks among which the batch was divided; ``measuredRankCount`` of them were running.
    public let rankCount: Int
    public let measuredRankCount: Int
    public let threadCount: Int
    public let precision: Precision
    public let parameterCount: Int
    public let stepCount: Int
    /// Forward and backward, including making the batch, of the slowest rank.
    public let computeSeconds: Double
    /// The sum over ranks, of the rank that waited least; 0 if not all ranks were running.
    public let sumSeconds: Double
    public let optimizerSeconds: Double

    public var secondsPerStep: Double { computeSeconds + sumSeconds + optimizerSeconds }

    /// - Parameter timesOfRanks: seconds of passes, sum and optimizer, for each rank step by step.
    package init(timesOfRanks: [[Double]], rankCount: Int, threadCount: Int, precision: Precision, parameterCount: Int) {
        self.rankCount = rankCount
        measuredRankCount = timesOfRanks.count
        self.threadCount = threadCount
        self.precision = precision
        self.parameterCount = parameterCount
        let stepCount = (timesOfRanks.map(\.count).min() ?? 0) / 3
        self.stepCount = stepCount
        func column(_ part: Int) -> [[Double]] { (0..<stepCount).map { step in timesOfRanks.map { $0[3 * step + part] } } }
        computeSeconds = middleMean(column(0).map { $0.max() ?? 0 })
        sumSeconds = rankCount == timesOfRanks.count ? middleMean(column(1).map { $0.min() ?? 0 }) : 0
        optimizerSeconds = middleMean(column(2).map { $0.max() ?? 0 })
    }
}

/// Mean of the middle half of `values`, which excludes disturbances and lucky values.
func middleMean(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted[sorted.count / 4..<sorted.count - sorted.count / 4]
    return middle.isEmpty ? 0 : middle.reduce(0, +) / Double(middle.count)
}

extension StepTiming {
    public var json: JSONValue {
        .object([
            "ranks": .integer(rankCount), "measuredRanks": .integer(measuredRankCount), "threads": .integer(threadCount),
            "precision": .text(precision.rawValue), "parameters": .integer(parameterCount), "steps": .integer(stepCount),
            "computeSeconds": .real(computeSeconds), "sumSeconds": .real(sumSeconds), "optimizerSeconds": .real(optimizerSeconds),
        ])
    }

    /// Parses ``json``; nil if it is something else.
    public init?(json: JSONValue) {
        guard let rankCount = json["ranks"]?.integerValue, let measuredRankCount = json["measuredRanks"]?.integerValue,
            let threadCount = json["threads"]?.integerValue, let precision = json["precision"]?.stringValue.flatMap(Precision.init(rawValue:)),
            let parameterCount = json["parameters"]?.integerValue, let stepCount = json["steps"]?.integerValue,
            let computeSeconds = json["computeSeconds"]?.realValue, let sumSeconds = json["sumSeconds"]?.realValue,
            let optimizerSeconds = json["optimizerSeconds"]?.realValue
        else { return nil }
        (self.rankCount, self.measuredRankCount, self.threadCount) = (rankCount, measuredRankCount, threadCount)
        (self.precision, self.parameterCount, self.stepCount) = (precision, parameterCount, stepCount)
        (self.computeSeconds, self.sumSeconds, self.optimizerSeconds) = (computeSeconds, sumSeconds, optimizerSeconds)
    }
}
