import CVector
import Kernels
import Threads

/// A step of an optimizer that treats each parameter by itself: its constants, and its formula for a vector of parameters.
/// From it follow the division among threads, partial vectors, and the rejection of updates that aren't finite.
protocol ElementwiseStep: Sendable {
    /// A vector of each buffer of the state.
    associatedtype State

    /// Factors of ranges that weight decay changes; ``RangeFactors/decay`` is 0 for the others.
    var factors: RangeFactors { get }
    /// Factors of the parameters of one range.
    func factors(ofRange index: Int, isDecayed: Bool) -> RangeFactors

    /// - Parameter lane: gives the vector of a buffer.
    func state(_ lane: (FloatView) -> Lane) -> State
    /// - Parameter store: takes a vector of a buffer.
    func store(_ state: State, _ store: (FloatView, Lane) -> Void)

    /// The formula.
    func updated(_ parameter: Lane, _ gradient: Lane, _ state: State, _ factors: RangeFactors) -> (parameter: Lane, state: State)

    /// Takes in what the formula gave.
    func extend(_ extent: inout Extent, parameter: Lane, state: State)

    /// Bounds of what the formula gives from values within `bounds` and gradients of at most `gradientBound`.
    func bounds(after bounds: UpdateBounds, gradientBound: Double) -> UpdateBounds
}

/// What may differ from one range of parameters to another.
struct RangeFactors: Sendable {
    /// Times the parameter, a share of the gradient or of the step.
    var decay: Lane
    /// Times the direction, added to the parameter.
    var rate: Lane

    init(decay: Double, rate: Double) {
        self.decay = Lane(repeating: Float(decay))
        self.rate = Lane(repeating: Float(rate))
    }
}

extension ElementwiseStep {
    func factors(ofRange index: Int, isDecayed: Bool) -> RangeFactors { factors(isDecayed: isDecayed) }

    /// ``factors``, without weight decay where a range has none.
    func factors(isDecayed: Bool) -> RangeFactors {
        var factors = factors
        if !isDecayed { factors.decay = Lane(repeating: 0) }
        return factors
    }

    /// Takes the step, unless something would not be finite: then nothing changes.
    /// One pass over all buffers, shared out over the team; a second one before it where the bounds don't show that all stays finite.
    /// - Parameter gradientBound: as ``Optimizer/update(_:gradient:gradientScale:gradientBound:learningRate:state:team:)`` has it, scaled.
    /// - Returns: whether the step was taken.
    func take(_ parameters: FloatView, gradient: FloatView, gradientBound: Double, state: OptimizerState, team: ThreadTeam) -> Bool {
        var bounds = bounds(after: state.bounds, gradientBound: gradientBound)
        if !bounds.areSafe {
            guard let found = outcome(parameters, gradient, state, team: team) else { return false }
            bounds = found
        }
        update(parameters, gradient, ranges: state.ranges, team: team)
        state.bounds = bounds
        state.stepCount += 1
        return true
    }

    // MARK: All vectors

    private func update(_ parameters: FloatView, _ gradient: FloatView, ranges: [ParameterRange], team: ThreadTeam) {
        team.run(taskCount: team.threadCount) { share in
            let own = elements(ofShare: share, count: parameters.count, team)
            for (index, range) in ranges.enumerated() {
                let factors = factors(ofRange: index, isDecayed: range.isDecayed)
                forEachVector(
                    of: range.elements.clamped(to: own), whole: { updateVector(parameters, gradient, at: $0, factors) },
                    part: { updatePart(parameters, gradient, $0, factors) })
            }
        }
    }

    /// Bounds of what the step would leave; nil where an element wouldn't be finite. Writes nothing but the state's scratch.
    private func outcome(_ parameters: FloatView, _ gradient: FloatView, _ state: OptimizerState, team: ThreadTeam) -> UpdateBounds? {
        if state.extents.count != team.threadCount { state.extents = Array(repeating: Extent(), count: team.threadCount) }
        let ranges = state.ranges
        state.extents.withUnsafeMutableBufferPointer { found in
            // Holds because each task writes its own element, and all end before the closure does.
            nonisolated(unsafe) let found = found
            team.run(taskCount: team.threadCount) { share in
                var extent = Extent()
                let own = elements(ofShare: share, count: parameters.count, team)
                for (index, range) in ranges.enumerated() {
                    let factors = factors(ofRange: index, isDecayed: range.isDecayed)
                    func extend(_ lane: (FloatView) -> Lane) {
                        let (parameter, state) = result(parameters, gradient, factors, lane)
                        self.extend(&extent, parameter: parameter, state: state)
                    }
                    forEachVector(
                        of: range.elements.clamped(to: own), whole: { index in extend { $0.lane(at: index) } },
                        part: { elements in extend { part($0, elements) } })
                }
                found[share] = extent
            }
        }
        var whole = Extent()
        for extent in state.extents { whole.formUnion(extent) }
        return whole.bounds
    }

    /// The parameters of one thread: whole vectors, but for the last one.
    private func elements(ofShare share: Int, count: Int, _ team: ThreadTeam) -> Range<Int> {
        let vectors = team.tasks(ofShare: share, taskCount: (count + laneCount - 1) / laneCount)
        return vectors.lowerBound * laneCount..<min(vectors.upperBound * laneCount, count)
    }

    /// Calls `whole` for each vector that begins at a multiple of its size, where loads don't cross cache lines, and `part` for what is before and behind.
    @inline(__always)
    private func forEachVector(of elements: Range<Int>, whole: (Int) -> Void, part: (Range<Int>) -> Void) {
        var index = min((elements.lowerBound + laneCount - 1) / laneCount * laneCount, elements.upperBound)
        if elements.lowerBound < index { part(elements.lowerBound..<index) }
        while index + laneCount <= elements.upperBound {
            whole(index)
            index += laneCount
        }
        if index < elements.upperBound { part(index..<elements.upperBound) }
    }

    // MARK: One vector

    @inline(__always)
    private func result(
        _ parameters: FloatView, _ gradient: FloatView, _ factors: RangeFactors, _ lane: (FloatView) -> Lane
    ) -> (parameter: Lane, state: State) {
        updated(lane(parameters), lane(gradient), state(lane), factors)
    }

    @inline(__always)
    private func updateVector(_ parameters: FloatView, _ gradient: FloatView, at index: Int, _ factors: RangeFactors) {
        let (parameter, state) = result(parameters, gradient, factors) { $0.lane(at: index) }
        parameters.setLane(parameter, at: index)
        store(state) { $0.setLane($1, at: index) }
    }

    /// Fewer parameters than a vector.
    private func updatePart(_ parameters: FloatView, _ gradient: FloatView, _ elements: Range<Int>, _ factors: RangeFactors) {
        let (parameter, state) = result(parameters, gradient, factors) { part($0, elements) }
        setPart(parameters, elements, parameter)
        store(state) { setPart($0, elements, $1) }
    }

    /// Fewer elements than a vector, with zeros behind them.
    private func part(_ floats: FloatView, _ elements: Range<Int>) -> Lane {
        var lane = Lane(repeating: 0)
        for index in elements { lane[index - elements.lowerBound] = floats[index] }
        return lane
    }

    private func setPart(_ floats: FloatView, _ elements: Range<Int>, _ lane: Lane) {
        for index in elements { floats[index] = lane[index - elements.lowerBound] }
    }
}
