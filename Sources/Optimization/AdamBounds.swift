import CVector
import Kernels
import Threads

/// Sizes that no moment and no parameter exceeds: they grow by a step's greatest change, so that a sum of two numbers tells that no element can
/// overflow, and a look at all of them is needed only where it doesn't.
struct AdamBounds: Sendable {
    private let firstMoment: Double
    private let parameter: Double
    /// m / ε, before the rate is multiplied.
    private let quotient: Double

    static let unknown = AdamBounds(firstMoment: .infinity, parameter: .infinity, quotient: .infinity)
    /// Far enough below the largest float, 3.4·10³⁸, for the roundings of a step.
    private static let limit = 1e37

    var areSafe: Bool { firstMoment < Self.limit && parameter < Self.limit && quotient < Self.limit }

    /// After a step with gradients of at most `gradientBound`.
    func following(_ step: AdamStep, gradientBound: Double) -> AdamBounds {
        // The norm and the mean are rounded.
        let mean = 1.0001 * (step.decay * firstMoment + (1 - step.decay) * gradientBound)
        let change = mean * step.greatestChange
        return AdamBounds(firstMoment: mean, parameter: parameter + change, quotient: change)
    }

    fileprivate init(firstMoment: Double, parameter: Double, quotient: Double) {
        (self.firstMoment, self.parameter, self.quotient) = (firstMoment, parameter, quotient)
    }

    /// Of what was found, in place of what was bounded.
    fileprivate init(firstMoment: Float, parameter: Float) {
        self.init(firstMoment: Double(firstMoment), parameter: Double(parameter), quotient: 0)
    }
}

extension AdamStep {
    /// Bounds of what the step would leave; nil where an element wouldn't be finite. Writes nothing.
    /// - Parameter extents: scratch, one a thread once it was used.
    func outcome(of buffers: AdamBuffers, extents: inout [Extent], team: ThreadTeam) -> AdamBounds? {
        let vectors = (buffers.parameters.count + laneCount - 1) / laneCount
        if extents.count != team.threadCount { extents = Array(repeating: Extent(), count: team.threadCount) }
        extents.withUnsafeMutableBufferPointer { found in
            // Holds because each task writes its own element, and all end before the closure does.
            nonisolated(unsafe) let found = found
            team.run(taskCount: team.threadCount) { block in
                var extent = Extent()
                for vector in team.tasks(ofShare: block, taskCount: vectors) { extend(&extent, buffers, at: vector * laneCount) }
                found[block] = extent
            }
        }
        var whole = Extent()
        for extent in extents {
            whole.firstMoments = laneMaximum(whole.firstMoments, extent.firstMoments)
            whole.parameters = laneMaximum(whole.parameters, extent.parameters)
            whole.faults += extent.faults
        }
        return whole.isFinite ? AdamBounds(firstMoment: whole.firstMoment, parameter: whole.parameter) : nil
    }

    /// The largest sizes so far, and a lane that is NaN once something wasn't finite.
    struct Extent {
        var firstMoments = Lane(repeating: 0)
        var parameters = Lane(repeating: 0)
        var faults = Lane(repeating: 0)

        var isFinite: Bool { (0..<laneCount).allSatisfy { faults[$0] == 0 } }
        var firstMoment: Float { firstMoments.max() }
        var parameter: Float { parameters.max() }
    }

    private func extend(_ extent: inout Extent, _ buffers: AdamBuffers, at index: Int) {
        let isWhole = index + laneCount <= buffers.parameters.count
        func lane(_ floats: FloatView) -> Lane { isWhole ? floats.lane(at: index) : tail(floats, index) }
        let (parameter, mean, square) = updated(lane(buffers.parameters), lane(buffers.gradient), lane(buffers.first), lane(buffers.second))
        extent.firstMoments = laneMaximum(extent.firstMoments, laneMaximum(mean, -mean))
        extent.parameters = laneMaximum(extent.parameters, laneMaximum(parameter, -parameter))
        // 0 for a finite number, else NaN.
        extent.faults += (parameter - parameter) + (mean - mean) + (square - square)
    }
}
