public import Kernels
public import Threads

/// An update rule for the parameters. A new one is a type like ``Adam`` in a file of its own, and its keys in `OptimizerSettings.swift`.
public protocol Optimizer: Sendable {
    /// The names of its state's buffers, each in the layout of the parameters. A checkpoint's tensors are called by them: "m" of `head.bias` is `m.head.bias`.
    var stateNames: [String] { get }

    /// One step: overwrites parameters and state, and counts in the state; or changes nothing where any of them would become infinite or NaN.
    /// - Parameters:
    ///   - gradientScale: the gradient counts times this (clipping).
    ///   - gradientBound: no element's size is above it: the gradient's norm. With infinity each step looks at all elements first.
    ///   - state: what ``initialState(count:)`` gave, or a copy of another one's buffers and count.
    /// - Returns: whether the step was taken.
    @discardableResult
    func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double, learningRate: Double, state: OptimizerState, team: ThreadTeam
    ) -> Bool
}

extension Optimizer {
    /// The state before the first step, for a flat buffer of `count` parameters: zeros.
    public func initialState(count: Int) -> OptimizerState { OptimizerState(names: stateNames, count: count) }
}

/// The state of an optimizer: buffers in the layout of the parameters, and the number of steps taken.
public final class OptimizerState {
    /// As ``Optimizer/stateNames``.
    public let names: [String]
    /// One for each name.
    public let buffers: [FloatView]
    public var stepCount = 0
    /// Unknown until the first step: buffers and parameters may come from anywhere.
    var bounds = UpdateBounds.unknown
    /// Scratch of a look at all elements, one a thread once it was used.
    var extents: [Extent] = []
    /// Owns what the buffers show.
    private let owners: [Owner]

    init(names: [String], count: Int) {
        self.names = names
        owners = names.map { _ in Owner(count: count) }
        buffers = owners.map { $0.memory.view }
    }

    /// An array holds no memory that can't be copied.
    private final class Owner {
        let memory: FloatMemory

        init(count: Int) { memory = FloatMemory(count: count) }
    }
}

/// base to the power `exponent`, by repeated squaring: products round alike on every machine, libm's `pow` does not.
func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}
