import CVector
import Kernels
import Threads

/// A step of an optimizer that treats each parameter by itself: its constants, and its formula for a vector of parameters.
/// From it follow the division among threads, the partial last vector, and the rejection of updates that aren't finite.
protocol ElementwiseStep: Sendable {
    /// A vector of each buffer of the state.
    associatedtype State

    /// - Parameter lane: gives the vector of a buffer.
    func state(_ lane: (FloatView) -> Lane) -> State
    /// - Parameter store: takes a vector of a buffer.
    func store(_ state: State, _ store: (FloatView, Lane) -> Void)

    /// The formula.
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: State) -> (parameter: Lane, state: State)

    /// Takes in what the formula gave.
    func extend(_ extent: inout Extent, parameter: Lane, state: State)

    /// Bounds of what the formula gives from values within `bounds` and gradients of at most `gradientBound`.
    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds
}

extension ElementwiseStep {
    /// Takes the step, unless something would not be finite: then nothing changes.
    /// One pass over all buffers, shared out over the team; a second one before it where the bounds don't show that all stays finite.
    /// - Parameter gradientBound: as ``Optimizer/update(_:gradient:gradientScale:gradientBound:learningRate:state:team:)`` has it, scaled.
    /// - Returns: whether the step was taken.
    func take(_ parameters: FloatView, gradient: FloatView, gradientBound: Double, state: OptimizerState, team: ThreadTeam) -> Bool {
        var bounds = bounds(after: state.bounds, gradientBound: gradientBound)
        if !bounds.areSafe {
            guard let found = outcome(parameters, gradient, extents: &state.extents, team: team) else { return false }
            bounds = found
        }
        update(parameters, gradient, team: team)
        state.bounds = bounds
        state.stepCount += 1
        return true
    }

    // MARK: All vectors

    private func update(_ parameters: FloatView, _ gradient: FloatView, team: ThreadTeam) {
        let vectorCount = (parameters.count + laneCount - 1) / laneCount
        team.run(taskCount: team.threadCount) { block in
            for vector in team.tasks(ofShare: block, taskCount: vectorCount) {
                let index = vector * laneCount
                if index + laneCount <= parameters.count {
                    updateVector(parameters, gradient, at: index)
                } else {
                    updateTail(parameters, gradient, from: index)
                }
            }
        }
    }

    /// Bounds of what the step would leave; nil where an element wouldn't be finite. Writes nothing.
    /// - Parameter extents: scratch, one a thread once it was used.
    private func outcome(_ parameters: FloatView, _ gradient: FloatView, extents: inout [Extent], team: ThreadTeam) -> UpdateBounds? {
        let vectorCount = (parameters.count + laneCount - 1) / laneCount
        if extents.count != team.threadCount { extents = Array(repeating: Extent(), count: team.threadCount) }
        extents.withUnsafeMutableBufferPointer { found in
            // Holds because each task writes its own element, and all end before the closure does.
            nonisolated(unsafe) let found = found
            team.run(taskCount: team.threadCount) { block in
                var extent = Extent()
                for vector in team.tasks(ofShare: block, taskCount: vectorCount) {
                    let index = vector * laneCount
                    let isWhole = index + laneCount <= parameters.count
                    let (parameter, state) = result(parameters, gradient) { isWhole ? $0.lane(at: index) : tail($0, index) }
                    extend(&extent, parameter: parameter, state: state)
                }
                found[block] = extent
            }
        }
        var whole = Extent()
        for extent in extents { whole.formUnion(extent) }
        return whole.bounds
    }

    // MARK: One vector

    @inline(__always)
    private func result(_ parameters: FloatView, _ gradient: FloatView, _ lane: (FloatView) -> Lane) -> (parameter: Lane, state: State) {
        updated(lane(parameters), lane(gradient), state(lane))
    }

    @inline(__always)
    private func updateVector(_ parameters: FloatView, _ gradient: FloatView, at index: Int) {
        let (parameter, state) = result(parameters, gradient) { $0.lane(at: index) }
        parameters.setLane(parameter, at: index)
        store(state) { $0.setLane($1, at: index) }
    }

    /// The last parameters, fewer than a vector.
    private func updateTail(_ parameters: FloatView, _ gradient: FloatView, from start: Int) {
        let (parameter, state) = result(parameters, gradient) { tail($0, start) }
        setTail(parameters, start, parameter)
        store(state) { setTail($0, start, $1) }
    }

    /// The last elements, fewer than a vector, with zeros behind them.
    private func tail(_ floats: FloatView, _ start: Int) -> Lane {
        var lane = Lane(repeating: 0)
        for index in start..<floats.count { lane[index - start] = floats[index] }
        return lane
    }

    private func setTail(_ floats: FloatView, _ start: Int, _ lane: Lane) {
        for index in start..<floats.count { floats[index] = lane[index - start] }
    }
}
