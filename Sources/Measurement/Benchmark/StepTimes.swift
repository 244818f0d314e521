public import Kernels
public import Layers
import Models
public import StrictJSON

/// Results of a ``StepBenchmark``.
public struct StepTimes: Sendable {
    public let shape: BenchmarkShape
    public let precision: Precision
    public let threadCount: Int
    public let rankCount: Int
    public let parameterCount: Int
    /// Number of timed steps.
    public let stepCount: Int
    public let medianSeconds: Double
    public let bestSeconds: Double
    /// Executed floating-point operations of a step's matrix products, over all ranks; a multiply-add is two.
    public let executedOperations: Double
    /// Peak GFLOP/s of fused multiply-adds on registers in this precision, on all threads of all ranks; nil if
    /// other programs disturbed every measurement.
    public let peakRate: Double?
    /// Peak memory of the rank with the largest.
    public let peakMemoryByteCount: Double
    /// Means over rank 0's steps.
    public let phases: [Phase]

    public struct Phase: Sendable {
        public let phase: StepPhase
        public let milliseconds: Double
        /// Multiply-adds of this rank's products.
        public let multiplyAdds: Double

        /// GFLOP/s.
        public var rate: Double { milliseconds > 0 ? 2 * multiplyAdds / milliseconds / 1e6 : 0 }
    }

    public var timeStepsPerSecond: Double { Double(shape.batch * shape.timeCount) / medianSeconds }
    /// GFLOP/s of the model's arithmetic, as other frameworks count it: includes work that we avoid.
    public var modelRate: Double { shape.modelOperations / medianSeconds / 1e9 }
    /// Executed GFLOP/s.
    public var executedRate: Double { executedOperations / medianSeconds / 1e9 }

    /// The results as one JSON object.
    public var json: JSONValue {
        .object([
            "shape": .text(shape.name), "batch": .integer(shape.batch), "time": .integer(shape.timeCount),
            "vocabulary": .integer(shape.vocabulary), "shortest": .integer(shape.leastTimeCount ?? shape.timeCount),
            "input": .integer(shape.input), "cell": .text(shape.layer.cell.rawValue), "layer": .text(shape.layer.name), "hidden": .integer(shape.layer.hidden),
            "layers": .integer(shape.layers), "dropout": .real(shape.dropout), "embedded": .bool(shape.isEmbedded),
            "loss": .text(shape.lossAtEveryStep ? "every" : "last"),
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
