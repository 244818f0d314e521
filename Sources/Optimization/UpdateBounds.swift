import CVector
import Kernels

/// Sizes that nothing in a step exceeds: they grow by a step's greatest change, so that a sum of two numbers tells that no element can
/// overflow, and a look at all of them is needed only where it doesn't.
struct UpdateBounds: Sendable {
    /// Elements of the state's buffers that a bound is kept of.
    var state: Double
    var parameter: Double
    /// Intermediate results of the step.
    var intermediate: Double

    static let unknown = UpdateBounds(state: .infinity, parameter: .infinity, intermediate: .infinity)
    /// Far enough below the largest float, 3.4·10³⁸, for the roundings of a step.
    private static let limit = 1e37

    var areSafe: Bool { state < Self.limit && parameter < Self.limit && intermediate < Self.limit }
}

/// The largest sizes that were seen, and a lane that is NaN once something wasn't finite.
struct Extent {
    private var states = Lane(repeating: 0)
    private var parameters = Lane(repeating: 0)
    private var faults = Lane(repeating: 0)

    /// Takes in a vector of parameters, and of the buffer whose bound is kept.
    @inline(__always)
    mutating func add(parameter: Lane, state: Lane) {
        states = laneMaximum(states, laneMaximum(state, -state))
        parameters = laneMaximum(parameters, laneMaximum(parameter, -parameter))
        requireFinite(parameter)
        requireFinite(state)
    }

    /// Takes in a vector whose size doesn't matter.
    @inline(__always)
    mutating func requireFinite(_ lane: Lane) {
        // 0 for a finite number, else NaN.
        faults += lane - lane
    }

    mutating func formUnion(_ other: Extent) {
        states = laneMaximum(states, other.states)
        parameters = laneMaximum(parameters, other.parameters)
        faults += other.faults
    }

    /// Bounds that are the sizes found; nil where something wasn't finite.
    var bounds: UpdateBounds? {
        guard (0..<laneCount).allSatisfy({ faults[$0] == 0 }) else { return nil }
        return UpdateBounds(state: Double(states.max()), parameter: Double(parameters.max()), intermediate: 0)
    }
}
