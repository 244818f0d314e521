/// A phase of a training step, for which time and multiply-adds are counted.
public enum StepPhase: Int, Sendable, CaseIterable {
    /// Weights into panels, a table of the input's sums for each token.
    case packing
    /// W_ih·x + b of all time steps, or the gather that stands for it.
    case inputProjection
    case recurrenceForward
    /// Layers without a recurrence, forward, and backward but for what the phases below count.
    case otherLayers
    /// The head's products, forward and backward, its weights' gradient, and the loss.
    case head
    case recurrenceBackward
    /// Gradients of the layers' weights and biases.
    case weightGradients
    /// ∂L/∂x of the layers whose input has something to learn.
    case inputGradients
    case sumOverRanks
    /// Norm, clipping and the optimizer.
    case optimizer

    public var name: String {
        switch self {
        case .packing: "weight packing"
        case .inputProjection: "input projection"
        case .recurrenceForward: "recurrence forward"
        case .otherLayers: "other layers"
        case .head: "head and loss"
        case .recurrenceBackward: "recurrence backward"
        case .weightGradients: "weight gradients"
        case .inputGradients: "input gradients"
        case .sumOverRanks: "sum over ranks"
        case .optimizer: "optimizer"
        }
    }
}

/// Time and executed multiply-adds of training steps by phase, summed since ``reset()``.
///
/// Filled by the thread that drives the steps. Cost: two readings of the clock a phase.
public final class StepProfile {
    private let clock = ContinuousClock()
    private var times: [Duration]
    private var counts: [Int]

    public init() {
        times = Array(repeating: .zero, count: StepPhase.allCases.count)
        counts = Array(repeating: 0, count: StepPhase.allCases.count)
    }

    /// Forgets what was counted.
    public func reset() {
        for phase in times.indices {
            times[phase] = .zero
            counts[phase] = 0
        }
    }

    public func seconds(of phase: StepPhase) -> Double { times[phase.rawValue] / .seconds(1) }

    /// Multiply-adds that matrix products executed, padding left out.
    public func multiplyAdds(of phase: StepPhase) -> Int { counts[phase.rawValue] }

    /// Those of all phases.
    public var multiplyAdds: Int { counts.reduce(0, +) }

    /// Does `work` and counts its time, and the `multiplyAdds` that it executes, to `phase`.
    @inline(__always)
    public func measure<Result>(_ phase: StepPhase, multiplyAdds: Int = 0, _ work: () throws -> Result) rethrows -> Result {
        let begin = clock.now
        defer {
            times[phase.rawValue] += clock.now - begin
            counts[phase.rawValue] += multiplyAdds
        }
        return try work()
    }
}
