/// How a layer changes the number of time steps of a sequence.
public enum StepChange: Sendable, Hashable {
    /// As many steps as it reads.
    case none
    /// One step, whatever the length.
    case toOne
    /// One step for each `stride` that it reads, also where fewer are left: ⌈n / stride⌉.
    case every(Int)
    /// One step for each window of `extent` steps that lies within the sequence, `stride` steps apart; one for a shorter sequence.
    case windows(extent: Int, stride: Int)

    /// Steps of the output of `count` steps; 0 of 0.
    public func stepCount(_ count: Int) -> Int {
        guard count > 0 else { return 0 }
        return switch self {
        case .none: count
        case .toOne: 1
        case .every(let stride): (count + stride - 1) / stride
        case .windows(let extent, let stride): max(0, count - extent) / stride + 1
        }
    }

    /// Steps of the input from one step of the output to the next; 0 for a single one.
    package var stride: Int {
        switch self {
        case .none: 1
        case .toOne: 0
        case .every(let stride), .windows(_, let stride): stride
        }
    }

    /// Steps of the output for each step of a long input.
    package var ratio: Double {
        switch self {
        case .none: 1
        case .toOne: 0
        case .every(let stride), .windows(_, let stride): 1 / Double(stride)
        }
    }

    /// The number of steps of the output, of `count` steps in words: "time / 2".
    public func words(_ count: String) -> String {
        switch self {
        case .none, .every(1): count
        case .toOne: "1"
        case .every(let stride): "\(count) / \(stride)"
        case .windows(let extent, 1): "\(count) - \(extent - 1)"
        case .windows(let extent, let stride): "(\(count) - \(extent)) / \(stride) + 1"
        }
    }
}

extension Pass {
    /// The same after a layer that changes the number of steps; time is then counted in that layer's steps.
    /// - Parameter lengths: memory for the new lengths. It isn't allocated again while no other pass holds it and the number of sequences stays.
    func changed(by change: StepChange, _ lengths: inout [Int]) -> Pass {
        guard change != .none else { return self }
        precondition(segment.isFirst && segment.isLast, "a layer that changes the number of steps needs whole sequences")
        if lengths.count != sequenceCount { lengths = Array(repeating: 0, count: sequenceCount) }
        for sequence in 0..<sequenceCount { lengths[sequence] = change.stepCount(self.lengths[sequence]) }
        return Pass(purpose: purpose, timeCount: change.stepCount(timeCount), lengths: lengths, sequenceIndices: sequenceIndices, segment: segment)
    }
}
