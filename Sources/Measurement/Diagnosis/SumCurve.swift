public import Communication
public import Configuration
import Kernels
import Runs
public import StrictJSON

#if canImport(Glibc)
    import Glibc
#endif

/// Measured times of the sum over ranks by size, with linear interpolation on logarithmic scales.
public struct SumCurve: Sendable, Equatable {
    public struct Point: Sendable, Equatable {
        public let floatCount: Int
        public let seconds: Double

        public init(floatCount: Int, seconds: Double) {
            self.floatCount = floatCount
            self.seconds = seconds
        }
    }

    public let rankCount: Int
    /// Sorted by size; the first is one float, which is the latency.
    public let points: [Point]

    static let floatCounts = [1, 1 << 10, 1 << 14, 1 << 17, 1 << 20, 1 << 24]

    public init(rankCount: Int, points: [Point]) {
        self.rankCount = rankCount
        self.points = points
    }

    /// Times sums of 1 float to 64 MB. Collective. Cost: half a second.
    public init(measuring group: any Communicator, order: Configuration.ReductionOrder) throws {
        let clock = ContinuousClock()
        let memory = FloatMemory(count: Self.floatCounts.last ?? 1)
        var points: [Point] = []
        for count in Self.floatCounts {
            var durations: [Double] = []
            var goesOn = true
            // The first sum isn't timed, since MPI allocates memory and opens connections.
            try group.sumOverRanks(memory.view.slice(from: 0, count: count), order: order)
            let began = clock.now
            while goesOn {
                let start = clock.now
                try group.sumOverRanks(memory.view.slice(from: 0, count: count), order: order)
                durations.append((clock.now - start) / .seconds(1))
                let isDone = durations.count >= 3 && (clock.now - began) / .seconds(1) >= 0.05
                goesOn = try group.broadcast(isDone ? 0 : 1, from: 0) == 1
            }
            points.append(Point(floatCount: count, seconds: middleMean(durations)))
        }
        self.init(rankCount: group.rankCount, points: points)
    }

    /// Seconds of the smallest sum.
    public var latencySeconds: Double { points.first?.seconds ?? 0 }

    /// Gradient bytes per second, of the largest sum.
    public var byteRate: Double {
        guard let last = points.last, last.seconds > 0 else { return 0 }
        return 4 * Double(last.floatCount) / last.seconds
    }

    /// Seconds of a sum of `floatCount` floats; beyond the largest measured sum, at its rate.
    public func seconds(floatCount: Int) -> Double {
        guard let first = points.first, let last = points.last else { return 0 }
        guard floatCount > first.floatCount else { return first.seconds }
        guard let next = points.firstIndex(where: { $0.floatCount >= floatCount }) else {
            return last.seconds * Double(floatCount) / Double(last.floatCount)
        }
        let (low, high) = (points[next - 1], points[next])
        let place = log(Double(floatCount) / Double(low.floatCount)) / log(Double(high.floatCount) / Double(low.floatCount))
        return exp(log(low.seconds) + place * (log(high.seconds) - log(low.seconds)))
    }
}

extension SumCurve {
    public var json: JSONValue {
        .object([
            "ranks": .integer(rankCount),
            "sums": .list(points.map { .object(["bytes": .integer(4 * $0.floatCount), "seconds": .real($0.seconds)]) }),
        ])
    }

    /// Parses ``json``; nil if it is something else.
    public init?(json: JSONValue) {
        guard let rankCount = json["ranks"]?.integerValue, let list = json["sums"]?.arrayValue else { return nil }
        let points = list.compactMap { value -> Point? in
            guard let byteCount = value["bytes"]?.integerValue, let seconds = value["seconds"]?.realValue, seconds > 0 else { return nil }
            return Point(floatCount: byteCount / 4, seconds: seconds)
        }
        guard points.count == list.count, !points.isEmpty else { return nil }
        self.init(rankCount: rankCount, points: points)
    }
}
