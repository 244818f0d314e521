public import Kernels
public import Network
public import StrictJSON

/// What a ``StepBenchmark`` found.
public struct StepTimes: Sendable {
    public let shape: BenchmarkShape
    public let precision: Precision
    public let threadCount: Int
    public let rankCount: Int
    public let parameterCount: Int
    /// Steps that were timed.
    public let stepCount: Int
    public let medianSeconds: Double
    public let bestSeconds: Double
    /// Floating-point operations of a step in matrix products, over all ranks, as they were executed: a multiply-add is two.
    public let executedOperations: Double
    /// GFLOP/s of fused multiply-adds in this precision, on all threads of all ranks, out of registers; nil where
    /// other programs disturbed each measurement.
    public let peakRate: Double?
    /// Of the rank that had most.
    public let peakMemoryByteCount: Double
    /// Rank 0's, means over the steps.
    public let phases: [Phase]

    public struct Phase: Sendable {
        public let phase: StepPhase
        public let milliseconds: Double
        /// Of this rank's products.
        public let multiplyAdds: Double

        /// GFLOP/s.
        public var rate: Double { milliseconds > 0 ? 2 * multiplyAdds / milliseconds / 1e6 : 0 }
    }

    public var timeStepsPerSecond: Double { Double(shape.batch * shape.timeCount) / medianSeconds }
    /// GFLOP/s of the model's arithmetic, as peers count it: work avoided counts too.
    public var modelRate: Double { shape.modelOperations / medianSeconds / 1e9 }
    /// GFLOP/s executed.
    public var executedRate: Double { executedOperations / medianSeconds / 1e9 }

    /// One object, for programs that compare.
    public var json: JSONValue {
        .object([
            "shape": .text(shape.name), "batch": .integer(shape.batch), "time": .integer(shape.timeCount),
            "vocabulary": .integer(shape.vocabulary), "input": .integer(shape.input), "hidden": .integer(shape.hidden),
            "layers": .integer(shape.layers), "embedded": .bool(shape.isEmbedded), "loss": .text(shape.lossAtEveryStep ? "every" : "last"),
            "precision": .text(precision.rawValue), "threads": .integer(threadCount), "ranks": .integer(rankCount), "parameters": .integer(parameterCount),
            "steps": .integer(stepCount), "medianMilliseconds": .real(medianSeconds * 1e3), "bestMilliseconds": .real(bestSeconds * 1e3),
            "timeStepsPerSecond": .real(timeStepsPerSecond), "modelGFLOPS": .real(modelRate), "executedGFLOPS": .real(executedRate),
            "peakGFLOPS": peakRate.map(JSONValue.real) ?? JSONValue(.null), "peakMemoryBytes": .integer(Int(peakMemoryByteCount)),
            "phases": .list(
                phases.map {
                    .object([
                        "name": .text($0.phase.name), "milliseconds": .real($0.milliseconds), "executedGFLOPS": .real($0.rate),
                    ])
                }),
        ])
    }
}
