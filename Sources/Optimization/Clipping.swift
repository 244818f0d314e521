public import Kernels
public import Threads

/// The global norm of the gradient, and clipping by it (Pascanu, Mikolov & Bengio 2013). Taken after the sum over ranks.
public final class GradientNorm {
    /// Elements whose squares are summed as floats, 16 chains of FMAs; blocks are then added as doubles in a binary tree.
    private static let blockSize = 4096

    private let team: ThreadTeam
    private var blockSums: [Double]

    public init(count: Int, team: ThreadTeam) {
        self.team = team
        blockSums = Array(repeating: 0, count: (count + Self.blockSize - 1) / Self.blockSize)
    }

    /// √Σ g², in an order that depends on the count alone. Infinite or NaN if an element is.
    public func norm(of gradient: FloatView) -> Double {
        return blockSums.withUnsafeMutableBufferPointer { sums in
            // Holds because each task writes its own elements, and all end before the closure does.
            nonisolated(unsafe) let sums = sums
            team.run(taskCount: sums.count) { block in
                let start = block * Self.blockSize
                sums[block] = Double(gradient.slice(from: start, count: min(Self.blockSize, gradient.count - start)).sumOfSquares())
            }
            return treeSum(overwriting: sums).squareRoot()
        }
    }

    /// The factor that brings a gradient of `norm` down to `limit`: min(1, limit / (norm + 10⁻⁶)), as in PyTorch. 1 if `limit` is 0.
    public static func scale(norm: Double, limit: Double) -> Float {
        limit > 0 ? Float(min(1, limit / (norm + 1e-6))) : 1
    }
}
