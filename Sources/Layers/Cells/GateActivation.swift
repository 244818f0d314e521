import CVector
import Kernels

/// The function of gates that open and close, from 0 to 1.
protocol GateActivation {
    static func value(_ sum: Lane) -> Lane
    /// The derivative by the sum, from the value.
    static func slope(ofValue value: Lane) -> Lane
    /// Whether the value is above 0 for every sum.
    static var isPositive: Bool { get }
}

/// σ(x) = 1 / (1 + e^-x), σ′ = σ(1 - σ).
enum SigmoidGate: GateActivation {
    @inline(__always)
    static func value(_ sum: Lane) -> Lane { sigmoid(sum) }
    @inline(__always)
    static func slope(ofValue value: Lane) -> Lane { value * (Lane(repeating: 1) - value) }
    static var isPositive: Bool {
        @inline(__always) get { true }
    }
}

/// Keras 3's hard sigmoid: x/6 + 1/2, at least 0 and at most 1. Where it is cut its derivative is 0.
enum HardSigmoidGate: GateActivation {
    /// With x cut at 3 the value ends at 1; at -3 the rounded sixth would leave it a little below 0.
    @inline(__always)
    static func value(_ sum: Lane) -> Lane {
        laneMaximum(laneFMA(laneClamped(sum, 3), Lane(repeating: 1 / 6), Lane(repeating: 0.5)), Lane(repeating: 0))
    }
    @inline(__always)
    static func slope(ofValue value: Lane) -> Lane {
        let sixth = Lane(repeating: 1 / 6)
        // 0 where the value is 0 or 1.
        let rising = laneZeroedWhereBelow(sixth, value, .leastNormalMagnitude)
        return laneZeroedWhereBelow(rising, Lane(repeating: 1) - value, .leastNormalMagnitude)
    }
    static var isPositive: Bool {
        @inline(__always) get { false }
    }
}
