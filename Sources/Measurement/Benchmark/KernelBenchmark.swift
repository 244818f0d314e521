import CVector
import Configuration
public import Kernels
import Optimization
import Threads
public import StrictJSON
import Training

/// Times each kernel separately, on one thread, with operands of typical sizes.
public struct KernelBenchmark {
    /// Best result of one kernel.
    public struct Result: Sendable {
        public let name: String
        /// GFLOP/s for products.
        public let rate: Double?
        /// Nanoseconds per element, parameter or float for the others.
        public let nanoseconds: Double?
    }

    /// Peak GFLOP/s of fused multiply-adds on registers, the upper bound of products; nil if other programs disturbed every measurement.
    public let peakRate: Double?
    public let results: [Result]
    public let precision: Precision

    /// Times all kernels, each for about `seconds`.
    public init(precision: Precision = .float32, seconds: Double) {
        self.precision = precision
        let team = ThreadTeam(threadCount: 1, spins: false)
        let peak = RankPeak(rounds: 50) { MachinePeak.multiplyAddRate(of: team, precision: precision, rounds: $0) }
        let clock = KernelClock(seconds: seconds, peak: peak)
        results = Self.tiles(precision, clock) + Self.products(precision, clock) + Self.outerProducts(precision, clock) + Self.elementwise(clock, team)
        _ = clock.peak.compare(with: results.compactMap(\.rate).max() ?? 0, rounds: 1000)
        peakRate = clock.peak.rate
    }

    /// The results as one JSON object.
    public var json: JSONValue {
        .object([
            "precision": .text(precision.rawValue), "peakGFLOPS": peakRate.map(JSONValue.real) ?? JSONValue(.null),
            "kernels": .list(
                results.map { result in
                    .object([
                        "name": .text(result.name), "GFLOPS": result.rate.map(JSONValue.real) ?? JSONValue(.null),
                        "nanosecondsPerElement": result.nanoseconds.map(JSONValue.real) ?? JSONValue(.null),
                    ])
                }),
        ])
    }

    // MARK: Products

    /// Each tile on a panel in the first-level cache.
    private static func tiles(_ precision: Precision, _ clock: KernelClock) -> [Result] {
        let fullVectors = [6, 5, 4, 3, 2, 1].map { (rows: $0, vectors: 4) }
        return (fullVectors + [(6, 3), (6, 2), (12, 1)]).map { rows, vectors in
            product("tile \(rows) × \(vectors) vectors", rows: rows, columns: vectors * laneCount, depth: 128, precision, clock)
        }
    }

    /// Time steps of recurrences, then products over many rows.
    private static func products(_ precision: Precision, _ clock: KernelClock) -> [Result] {
        [(1, 512, 128), (20, 800, 200), (32, 256, 64), (48, 512, 128), (64, 2048, 512), (64, 4096, 1024), (64, 512, 2048), (1024, 2048, 512), (1024, 512, 2048)]
            .map { rows, columns, depth in
                product("product \(rows) × \(columns) × \(depth)", rows: rows, columns: columns, depth: depth, precision, clock)
            }
    }

    private static func product(
        _ name: String, rows: Int, columns: Int, depth: Int, _ precision: Precision, _ clock: KernelClock
    ) -> Result {
        let left = RandomOperand(rows: rows, width: depth, precision)
        let weight = RandomOperand(rows: columns, width: depth, .float32)
        let right = PanelMatrix(depth: depth, columnCount: columns, precision: precision)
        let panels = right.view
        panels.packRows(of: weight.floats, depth: depth, panels: 0..<panels.panelCount) { panel, vector in
            let first = panel * PanelView.width + vector * laneCount
            return (min(first, columns), max(0, min(laneCount, columns - first)))
        }
        let width = PanelView.panelCount(columns: columns) * PanelView.width
        let product = FloatMemory(count: rows * width)
        let bias = FloatMemory(count: width)
        let (leftView, rightView, productView, biasView) = (left.view, panels, product.view, bias.view)
        let time = clock.bestSeconds {
            rightView.multiply(rows: 0..<rows, of: RowsOperand(leftView, rowStride: left.rowStride), into: productView, rowStride: width, bias: biasView)
        }
        return Result(name: name, rate: 2 * Double(rows * columns * depth) / time / 1e9, nanoseconds: nil)
    }

    /// A block of a weight gradient, in 8 shards.
    private static func outerProducts(_ precision: Precision, _ clock: KernelClock) -> [Result] {
        [(2400, 128, 128), (2400, 192, 512), (2400, 128, 7)].map { rowCount, leftColumns, rightColumns in
            let rows = ShardedRows(timeCount: rowCount / 48, shards: (0..<8).map { 6 * $0..<6 * $0 + 6 })
            let left = RandomOperand(rows: rowCount, width: 512, precision)
            let source = RandomOperand(rows: rowCount, width: rightColumns, precision)
            let stepCount = rows.stepCount(precision)
            let packed = FloatMemory(count: PanelView.wordCount(stepCount: stepCount, columnCount: rightColumns))
            let panels = PanelView(floats: packed.view, stepCount: stepCount, columnCount: rightColumns, precision: precision)
            rows.pack(source.view, rowStride: source.rowStride, columnCount: rightColumns, into: panels, panels: 0..<panels.panelCount)
            let gradient = FloatMemory(count: leftColumns * rightColumns)
            let packedLeft = FloatMemory(count: OuterProducts.packedCount)
            let sums = FloatMemory(count: OuterProducts.sumCount(shardCount: 8, panelCount: panels.panelCount))
            let (leftView, gradientView, packedView, sumView) = (left.view, gradient.view, packedLeft.view, sums.view)
            let time = clock.bestSeconds {
                OuterProducts(rows: rows).sum(
                    OuterProducts.Left(
                        leftView, rowStride: 512, weightRows: WeightRows(groupCount: 1, groupSize: leftColumns), columns: 0..<leftColumns),
                    OuterProducts.Right(panels, panels: 0..<panels.panelCount, columnCount: rightColumns, gradient: gradientView),
                    biasGradient: nil, packed: packedView, sums: sumView)
            }
            return Result(
                name: "weight gradient \(rowCount) × \(leftColumns) × \(rightColumns)",
                rate: 2 * Double(rowCount * leftColumns * rightColumns) / time / 1e9, nanoseconds: nil)
        }
    }

    // MARK: Elementwise

    private static func elementwise(_ clock: KernelClock, _ team: ThreadTeam) -> [Result] {
        let count = 4096
        let source = randomFloats(count)
        let target = FloatMemory(count: count)
        let (from, to) = (source.view, target.view)
        func result(_ name: String, _ elementCount: Int, _ work: () -> Void) -> Result {
            Result(name: name, rate: nil, nanoseconds: clock.bestSeconds(work) / Double(elementCount) * 1e9)
        }
        func each(_ function: (Lane) -> Lane) {
            for index in stride(from: 0, to: count, by: laneCount) { to.setLane(function(from.lane(at: index)), at: index) }
        }
        let parameterCount = 1 << 20
        let parameters = randomFloats(parameterCount)
        let gradient = randomFloats(parameterCount)
        let norm = GradientNorm(count: parameterCount, team: team)
        let (parameterView, gradientView) = (parameters.view, gradient.view)
        return [
            result("sigmoid", count) { each(sigmoid) },
            result("tanh", count) { each(hyperbolicTangent) },
            result("exp", count) { each(exponential) },
            result("norm of 1,048,576", parameterCount) { _ = norm.norm(of: gradientView) },
        ] + Configuration.OptimizerAlgorithm.allCases.map { algorithm in
            let optimizer = Configuration.OptimizerSettings(algorithm: algorithm).makeOptimizer()
            let state = optimizer.initialState(count: parameterCount)
            return result("\(algorithm.rawValue) of 1,048,576", parameterCount) {
                optimizer.update(parameterView, gradient: gradientView, gradientScale: 1, gradientBound: 1, learningRate: 1e-6, state: state, team: team)
            }
        }
    }

    fileprivate static func randomFloats(_ count: Int) -> FloatMemory {
        let memory = FloatMemory(count: count)
        let random = Philox(seed: 1, purpose: .examples)
        for index in 0..<count { memory.view[index] = random.uniformFloat(index) - 0.5 }
        return memory
    }
}

/// A matrix of random operands, and its float32 version.
private struct RandomOperand: ~Copyable {
    private let source: FloatMemory
    private let words: FloatMemory
    private let precision: Precision
    let rowStride: Int

    init(rows: Int, width: Int, _ precision: Precision) {
        self.precision = precision
        source = KernelBenchmark.randomFloats(rows * width)
        rowStride = precision.rowStride(width)
        words = FloatMemory(count: precision.wordCount(rows * rowStride))
        for row in 0..<rows { view.setRow(source.view.slice(from: row * width, count: width), at: row * rowStride) }
    }

    var floats: FloatView { source.view }
    var view: OperandView { OperandView(words: words.view, precision: precision) }
}

/// Measures the best time of some work: it is repeated often enough to be measurable, for the given time, interleaved with the peak.
private final class KernelClock {
    let seconds: Double
    var peak: RankPeak
    private let clock = ContinuousClock()

    init(seconds: Double, peak: RankPeak) {
        self.seconds = seconds
        self.peak = peak
    }

    func bestSeconds(_ work: () -> Void) -> Double {
        peak.measure(rounds: 5)
        return withDenormalsFlushed {
            work()
            var repeats = 1
            while time(repeats, work) < 2e-4 { repeats *= 2 }
            var best = Double.infinity
            let began = clock.now
            repeat { best = min(best, time(repeats, work) / Double(repeats)) } while (clock.now - began) / .seconds(1) < seconds
            return best
        }
    }

    private func time(_ repeats: Int, _ work: () -> Void) -> Double {
        let began = clock.now
        for _ in 0..<repeats { work() }
        return (clock.now - began) / .seconds(1)
    }
}
