public import Kernels
public import Threads

/// An update rule for the parameters. A new one is a type like ``Adam`` in a file of its own, and its keys in `OptimizerSettings.swift`.
public protocol Optimizer: Sendable {
    /// The names of its state's buffers, each in the layout of the parameters. A checkpoint's tensors are called by them: "m" of `head.bias` is `m.head.bias`.
    var stateNames: [String] { get }

    /// Whether a step treats each tensor by itself, as LAMB does with its norms. Otherwise neighbours with the same weight decay are one range.
    var isTensorwise: Bool { get }

    /// One step: overwrites parameters and state, and counts in the state; or changes nothing where any of them would become infinite or NaN.
    /// - Parameters:
    ///   - gradientScale: the gradient counts times this (clipping).
    ///   - gradientBound: no element's size is above it: the gradient's norm. With infinity each step looks at all elements first.
    ///   - state: what ``initialState(of:)`` gave, or a copy of another one's buffers and count.
    /// - Returns: whether the step was taken.
    @discardableResult
    func update(
        _ parameters: FloatView, gradient: FloatView, gradientScale: Float, gradientBound: Double, learningRate: Double, state: OptimizerState, team: ThreadTeam
    ) -> Bool
}

extension Optimizer {
    public var isTensorwise: Bool { false }

    /// The state before the first step, for a flat buffer of `tensors`, which lie one behind the other from 0 on: zeros.
    public func initialState(of tensors: [ParameterRange]) -> OptimizerState {
        OptimizerState(names: stateNames, ranges: isTensorwise ? tensors : tensors.merged)
    }

    /// The same for `count` parameters of one tensor, which weight decay changes.
    public func initialState(count: Int) -> OptimizerState { initialState(of: [ParameterRange(0..<count, isDecayed: true)]) }
}

/// The state of an optimizer: buffers in the layout of the parameters, and the number of steps taken.
public final class OptimizerState {
    /// As ``Optimizer/stateNames``.
    public let names: [String]
    /// One for each name.
    public let buffers: [FloatView]
    public var stepCount = 0
    /// All parameters, in ranges that a step treats alike.
    let ranges: [ParameterRange]
    /// Unknown until the first step: buffers and parameters may come from anywhere.
    var bounds = UpdateBounds.unknown
    /// Scratch of a look at all elements, one a thread once it was used.
    var extents: [Extent] = []
    /// LAMB's scratch, once it was used.
    var lengthRatios: LengthRatios?
    /// The product of NAdam's first coefficients, which follows from the number of steps alone.
    var coefficients = NAdam.Coefficients()
    /// Owns what the buffers show.
    private let owners: [Owner]

    init(names: [String], ranges: [ParameterRange]) {
        precondition(zip(ranges, ranges.dropFirst()).allSatisfy { $0.elements.upperBound == $1.elements.lowerBound } && ranges.first?.elements.lowerBound ?? 0 == 0)
        let count = ranges.last?.elements.upperBound ?? 0
        self.names = names
        self.ranges = ranges
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
