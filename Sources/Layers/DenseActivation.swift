import CVector
import Kernels

/// The activation of a dense layer, for a vector of units.
public enum DenseActivation: String, Sendable, Hashable, CaseIterable {
    case linear
    /// max(x, 0), with the derivative 0 at 0.
    case relu
    case tanh
    case sigmoid
}

extension DenseActivation {
    @inline(__always)
    func value(_ sum: Lane) -> Lane {
        switch self {
        case .linear: sum
        // NaN stays.
        case .relu: laneMaximum(sum, Lane(repeating: 0))
        case .tanh: hyperbolicTangent(sum)
        case .sigmoid: Kernels.sigmoid(sum)
        }
    }

    /// ∂L/∂(sum), from the activation's value and ∂L/∂(value).
    @inline(__always)
    func derivative(ofValue value: Lane, _ gradient: Lane) -> Lane {
        let one = Lane(repeating: 1)
        return switch self {
        case .linear: gradient
        case .relu: laneZeroedWhereBelow(gradient, value, .leastNormalMagnitude)
        case .tanh: gradient * (one - value * value)
        case .sigmoid: gradient * (value * (one - value))
        }
    }
}
