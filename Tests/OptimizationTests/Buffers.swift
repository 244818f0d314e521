import Kernels
import ReferenceModel
import Threads

/// Where a step of Adam happens: a parameter buffer and its gradient, with floats behind them that no step may touch.
struct Buffers: ~Copyable {
    private static let guardCount = 32
    private static let guardValue: Float = 1234.5

    private let parameterMemory: FloatMemory
    private let gradientMemory: FloatMemory
    private let count: Int

    init(_ values: [Float]) {
        count = values.count
        parameterMemory = FloatMemory(count: values.count + Self.guardCount)
        gradientMemory = FloatMemory(count: values.count + Self.guardCount)
        parameterMemory.view.fill(Self.guardValue)
        gradientMemory.view.fill(Self.guardValue)
        parameterMemory.view.copy(values)
    }

    var parameters: FloatView { parameterMemory.view.slice(from: 0, count: count) }
    var gradient: FloatView { gradientMemory.view.slice(from: 0, count: count) }

    /// Whether what lies behind the buffers is as it was.
    var isIntactBehind: Bool {
        [parameterMemory.view, gradientMemory.view].allSatisfy { $0.array()[count...].allSatisfy { $0 == Self.guardValue } }
    }
}

extension SeededNumbers {
    /// `count` floats of both signs, their sizes spread evenly over the powers of two from 2^`least` to 2^`most`.
    mutating func floats(count: Int, exponents least: Int, _ most: Int) -> [Float] {
        (0..<count).map { _ in
            let size = Float(sign: .plus, exponent: Int.random(in: least..<most, using: &self), significand: Float.random(in: 1..<2, using: &self))
            return Bool.random(using: &self) ? size : -size
        }
    }
}

/// A team that doesn't spin: tests share their cores.
func team(_ threadCount: Int) -> ThreadTeam { ThreadTeam(threadCount: threadCount, spins: false) }

func bits(_ floats: [Float]) -> [UInt32] { floats.map(\.bitPattern) }
