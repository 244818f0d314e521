import Configuration
import Kernels
import Optimization
public import StrictJSON
public import Threads

/// Times a step of each optimizer over parameters far larger than the caches, where memory limits it, beside a plain copy of as many floats.
public struct OptimizerBenchmark: Sendable {
    public struct Result: Sendable {
        public let name: String
        /// Best time of a step.
        public let seconds: Double
        /// Bytes a second, read and written: parameters and state both, the gradient once.
        public let byteRate: Double
        /// Of the copy's bytes a second, measured in turn with it.
        public let shareOfCopy: Double
    }

    public let parameterCount: Int
    public let threadCount: Int
    public let results: [Result]

    /// - Parameter seconds: for each optimizer.
    public init(parameterCount: Int = 20_000_000, team: ThreadTeam, seconds: Double) {
        self.parameterCount = parameterCount
        threadCount = team.threadCount
        let memory = Memory(parameterCount)
        results = Self.subjects.map { Self.result($0.name, $0.settings, memory, team, seconds: seconds) }
    }

    /// The results as one JSON object.
    public var json: JSONValue {
        .object([
            "parameters": .integer(parameterCount), "threads": .integer(threadCount),
            "optimizers": .list(
                results.map { result in
                    .object([
                        "name": .text(result.name), "milliseconds": .real(result.seconds * 1e3), "gigabytesPerSecond": .real(result.byteRate / 1e9),
                        "shareOfCopy": .real(result.shareOfCopy),
                    ])
                }),
        ])
    }

    /// Every algorithm with its defaults, and with momentum those that may have it.
    private static var subjects: [(name: String, settings: Configuration.OptimizerSettings)] {
        Configuration.OptimizerAlgorithm.allCases.flatMap { algorithm in
            var settings = Configuration.OptimizerSettings(algorithm: algorithm)
            settings.weightDecay = 0.01
            let plain = (algorithm.rawValue, settings)
            settings.momentum = 0.9
            return settings.stateNames == plain.1.stateNames ? [plain] : [plain, (algorithm.rawValue + ", momentum", settings)]
        }
    }

    private final class Memory {
        let parameters, gradient, copy: FloatMemory

        init(_ count: Int) {
            parameters = FloatMemory(count: count)
            gradient = FloatMemory(count: count)
            copy = FloatMemory(count: count)
            let random = Philox(seed: 1, purpose: .examples)
            for index in 0..<count {
                parameters.view[index] = random.uniformFloat(index) - 0.5
                gradient.view[index] = parameters.view[index]
            }
        }
    }

    private static func result(
        _ name: String, _ settings: Configuration.OptimizerSettings, _ memory: Memory, _ team: ThreadTeam, seconds: Double
    ) -> Result {
        let optimizer = settings.makeOptimizer()
        let count = memory.parameters.count
        let state = optimizer.initialState(count: count)
        let (parameters, gradient, target) = (memory.parameters.view, memory.gradient.view, memory.copy.view)
        let clock = ContinuousClock()
        var (best, bestCopy) = (Double.infinity, Double.infinity)
        team.gathered {
            func time(_ work: () -> Void) -> Double {
                let began = clock.now
                work()
                return (clock.now - began) / .seconds(1)
            }
            let began = clock.now
            repeat {
                best = min(best, time {
                    optimizer.update(
                        parameters, gradient: gradient, gradientScale: 1, gradientBound: 1, learningRate: 1e-6, state: state, team: team)
                })
                // The system's copy, which may pass by the caches, and a loop over vectors: the faster one counts.
                bestCopy = min(bestCopy, time {
                    team.run(taskCount: team.threadCount) { share in
                        let own = team.tasks(ofShare: share, taskCount: count)
                        target.copy(gradient.slice(from: own.lowerBound, count: own.count), to: own.lowerBound)
                    }
                }, time {
                    team.run(taskCount: team.threadCount) { share in
                        for vector in team.tasks(ofShare: share, taskCount: count / laneCount) {
                            target.setLane(gradient.lane(at: vector * laneCount), at: vector * laneCount)
                        }
                    }
                })
            } while (clock.now - began) / .seconds(1) < seconds
        }
        let byteRate = 4 * Double(count * (3 + 2 * state.buffers.count)) / best
        return Result(name: name, seconds: best, byteRate: byteRate, shareOfCopy: byteRate / (8 * Double(count) / bestCopy))
    }
}
