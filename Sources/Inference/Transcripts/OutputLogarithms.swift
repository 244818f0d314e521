import Batches
import Kernels

/// ln p of each output of a model of transcripts at each time step of its top layer, for one sequence.
public struct OutputLogarithms: Sendable {
    /// `[time, outputs]`; output 0 is the blank.
    private let values: [Float]
    public let outputCount: Int
    public let timeCount: Int

    /// - Precondition: `values` has whole time steps.
    public init(_ values: [Float], outputCount: Int) {
        precondition(outputCount > 0 && values.count % outputCount == 0, "whole time steps")
        (self.values, self.outputCount) = (values, outputCount)
        timeCount = values.count / outputCount
    }

    public subscript(time: Int, output: Int) -> Double { Double(values[time * outputCount + output]) }

    /// e to the power of the logarithm.
    public func probability(of output: Int, at time: Int) -> Double { exponential(self[time, output]) }

    var areFinite: Bool { values.allSatisfy { !$0.isNaN && $0 < .infinity } }

    /// The symbols of the likeliest alignment: at each time step the output with the highest probability, the first one of equals.
    public var greedySymbols: [Int32] { CTC.symbols(ofAlignment: greedyAlignment) }

    /// That alignment.
    var greedyAlignment: [Int32] {
        (0..<timeCount).map { time in Int32((1..<outputCount).reduce(0) { self[time, $1] > self[time, $0] ? $1 : $0 }) }
    }
}

/// ln(e^first + e^second), -∞ for two of those.
func logarithmicSum(_ first: Double, _ second: Double) -> Double {
    let (largest, least) = (max(first, second), min(first, second))
    return largest == -.infinity ? largest : largest + naturalLogarithm(1 + exponential(least - largest))
}
