import CVector
import Foundation
import Kernels
import Testing

@Suite("Activations")
struct ActivationTests {
    /// The activation of one number, computed with the same number in every lane.
    private func value(_ function: (Lane) -> Lane, _ x: Float) -> Float { function(Lane(repeating: x))[0] }

    /// The largest error over the Floats from `low` to `high`, every `step`th of them, in units in the last place of the exact value.
    private func largestError(
        from low: Float, to high: Float, every step: Int, _ function: (Lane) -> Lane, exact: (Double) -> Double
    ) -> (error: Double, at: Float) {
        var largest = (error: 0.0, at: Float(0))
        // Floats of one sign have the same order as their bit patterns.
        for (sign, first, last) in [(Float(1), max(low, 0), high), (-1, max(-high, 0), -low)] where first <= last {
            for pattern in stride(from: Int(first.bitPattern), through: Int(last.bitPattern), by: step * laneCount) {
                var x = Lane(repeating: sign * last)
                for lane in 0..<laneCount where pattern + lane * step <= Int(last.bitPattern) {
                    x[lane] = sign * Float(bitPattern: UInt32(pattern + lane * step))
                }
                let found = function(x)
                for lane in 0..<laneCount {
                    let wanted = exact(Double(x[lane]))
                    let error = abs(Double(found[lane]) - wanted) / Double(Float(wanted).ulp)
                    if !(error <= largest.error) { largest = (error, x[lane]) }
                }
            }
        }
        return largest
    }

    @Test("exp has an error of at most 1.5 units in the last place from -87 to 87")
    func exponentialIsNear() {
        let largest = largestError(from: -87, to: 87, every: 797, { exponential($0) }, exact: exp)
        print("exp: \(largest.error) units in the last place at \(largest.at)")
        #expect(largest.error < 1.5)
    }

    @Test("σ has an error of at most 2.5 units in the last place from -87 up")
    func sigmoidIsNear() {
        let largest = largestError(from: -87, to: .greatestFiniteMagnitude, every: 797, sigmoid) { 1 / (1 + exp(-$0)) }
        print("sigmoid: \(largest.error) units in the last place at \(largest.at)")
        #expect(largest.error < 2.5)
    }

    @Test("tanh has an error of at most 3.5 units in the last place everywhere, near 0 too")
    func tangentIsNear() {
        let largest = largestError(
            from: -.greatestFiniteMagnitude, to: .greatestFiniteMagnitude, every: 797, hyperbolicTangent, exact: tanh)
        print("tanh: \(largest.error) units in the last place at \(largest.at)")
        #expect(largest.error < 3.5)
    }

    /// Where Φ is small, the error of e^(-x²/2) is that of x², rounded: up to x²/2 units.
    @Test("Φ has an error of at most 2 units in the last place of 1, and of 1e-5 of itself where it is small; φ likewise")
    func normalDistributionIsNear() {
        var (largest, relative, ofDensity) = (0.0, 0.0, 0.0)
        for place in -1250...1250 {
            let x = Float(place) / 100 + 0.003
            let (distribution, density) = normalDistribution(Lane(repeating: x))
            let wanted = erfc(-Double(x) / 2.0.squareRoot()) / 2
            largest = max(largest, abs(Double(distribution[0]) - wanted))
            relative = max(relative, abs(Double(distribution[0]) / wanted - 1))
            let bell = exp(-Double(x) * Double(x) / 2) / (2 * Double.pi).squareRoot()
            ofDensity = max(ofDensity, abs(Double(density[0]) / bell - 1))
        }
        print("Φ: \(largest), relative \(relative); φ: \(ofDensity)")
        #expect(largest < 2 * Double(Float(1).ulp) && relative < 1e-5 && ofDensity < 1e-5)
        let (high, low) = (normalDistribution(Lane(repeating: .infinity)), normalDistribution(Lane(repeating: -.infinity)))
        #expect(high.distribution[0] == 1 && low.distribution[0] == 0 && high.density[0] == 0 && low.density[0] == 0)
        #expect(abs(normalDistribution(Lane(repeating: 0)).distribution[0] - 0.5) < 1e-7 && normalDistribution(Lane(repeating: .nan)).distribution[0].isNaN)
    }

    @Test("log σ has an error of at most 3 units in the last place from -87 to 87, and is x where e^x is too small to count")
    func logSigmoidIsNear() {
        let largest = largestError(from: -87, to: 87, every: 797, { logSigmoid($0) }) { min($0, 0) - log1p(exp(-abs($0))) }
        print("log sigmoid: \(largest.error) units in the last place at \(largest.at)")
        #expect(largest.error < 3)
        #expect(value(logSigmoid, -1e30) == -1e30 && value(logSigmoid, -.infinity) == -.infinity && value(logSigmoid, .infinity) == 0)
        #expect(value(logSigmoid, .nan).isNaN)
    }

    @Test("Zeros and infinities give the limits, values out of range saturate, and NaN stays NaN")
    func ends() {
        #expect(value(exponential, 0) == 1 && value(exponential, -0.0) == 1)
        #expect(value(exponential, -87.01) == 0 && value(exponential, -1e30) == 0 && value(exponential, -.infinity) == 0)
        #expect(value(exponential, 88) == value(exponential, 87) && value(exponential, .infinity) == value(exponential, 87))
        #expect(value(sigmoid, 0) == 0.5 && value(sigmoid, -0.0) == 0.5)
        #expect(value(sigmoid, 20) == 1 && value(sigmoid, .infinity) == 1)
        for x in [-87.5, -1e30, -Float.infinity] as [Float] {
            #expect(value(sigmoid, x) > 0 && value(sigmoid, x) < 2e-38)
        }
        #expect(value(hyperbolicTangent, 0) == 0 && value(hyperbolicTangent, -0.0) == 0)
        for x in [10, 30, 1e30, Float.infinity] as [Float] {
            #expect(value(hyperbolicTangent, x) == 1 && value(hyperbolicTangent, -x) == -1)
        }
        for function in [exponential, sigmoid, hyperbolicTangent] { #expect(value(function, .nan).isNaN) }
    }

    @Test("A lane's result doesn't depend on its neighbours")
    func lanesAreAlone() {
        let values = floats(count: 1000, seed: 3).map { $0 * 90 } + [.nan, .infinity, -.infinity]
        for function in [exponential, sigmoid, hyperbolicTangent] {
            for start in 0..<values.count - laneCount {
                var x = Lane(repeating: 0)
                for lane in 0..<laneCount { x[lane] = values[start + lane] }
                let found = function(x)
                for lane in 0..<laneCount { #expect(areSame([found[lane]], [value(function, x[lane])])) }
            }
        }
    }

    @Test("exp of one number has the same bits as exp of a vector")
    func exponentialOfOne() {
        for x in floats(count: 1000, seed: 5).map({ $0 * 90 }) + [.nan, -.infinity] {
            #expect(areSame([exponential(x)], [exponential(Lane(repeating: x))[0]]))
        }
    }

    @Test("Our own logarithm differs from libm's by at most 3 units in the last place")
    func logarithm() {
        var largest = (error: 0.0, at: 0.0)
        let random = Philox(seed: 4, purpose: .examples)
        for index in 0..<200_000 {
            let near = 1 + (random.uniformDouble(index) - 0.5) * pow(2, -Double(index % 50))
            let far = pow(2, random.uniformDouble(index, 1) * 2000 - 1000)
            for x in [near, far] {
                let wanted = log(x)
                let error = abs(naturalLogarithm(x) - wanted) / wanted.ulp
                if !(error <= largest.error) { largest = (error, x) }
            }
        }
        print("ln: \(largest.error) units in the last place at \(largest.at)")
        #expect(largest.error <= 3)
        #expect(naturalLogarithm(1) == 0 && naturalLogarithm(.infinity) == .infinity && naturalLogarithm(0) == -.infinity)
        #expect(naturalLogarithm(-1).isNaN && naturalLogarithm(.nan).isNaN)
    }
}
