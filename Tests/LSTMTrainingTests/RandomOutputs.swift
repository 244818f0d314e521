import Foundation
import Inference
import SeededRandomness

extension OutputLogarithms {
    /// Of random probabilities, `[time, outputs]`.
    static func random(_ timeCount: Int, _ outputCount: Int, using generator: inout SeededGenerator) -> OutputLogarithms {
        var logarithms: [Float] = []
        for _ in 0..<timeCount {
            let values = (0..<outputCount).map { _ in exp(Double.random(in: -2...2, using: &generator)) }
            logarithms += values.map { Float(log($0 / values.reduce(0, +))) }
        }
        return OutputLogarithms(logarithms, outputCount: outputCount)
    }
}
