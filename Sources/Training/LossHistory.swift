/// History of a run's losses in limited memory: means over equal numbers of steps, which double as the run grows.
public struct LossHistory: Sendable {
    /// Trend of the loss.
    public enum Trend: Sendable, Equatable { case falling, steady, rising }

    private let capacity: Int
    /// Means over `stepsPerPoint` steps each, the earliest first; at least half of the capacity once it was full.
    public private(set) var points: [Double] = []
    private var stepsPerPoint = 1
    private var sum = 0.0
    private var count = 0

    /// - Parameter capacity: maximum number of points; even.
    public init(capacity: Int) {
        precondition(capacity >= 2 && capacity % 2 == 0)
        self.capacity = capacity
    }

    /// Adds a step's loss; ignores one that isn't finite.
    public mutating func add(_ loss: Double) {
        guard loss.isFinite else { return }
        sum += loss
        count += 1
        guard count == stepsPerPoint else { return }
        points.append(sum / Double(count))
        (sum, count) = (0, 0)
        guard points.count == capacity else { return }
        points = stride(from: 0, to: capacity, by: 2).map { (points[$0] + points[$0 + 1]) / 2 }
        stepsPerPoint *= 2
    }

    /// Relative change of the last eighth's mean from that of the eighth before: -0.02 is a fall by 2 %. Nil if there are too few points.
    public var recentChange: Double? {
        let part = points.count / 8
        guard part >= 1 else { return nil }
        let last = points.suffix(part).reduce(0, +)
        let before = points.dropLast(part).suffix(part).reduce(0, +)
        let change = last / before - 1
        return before > 0 && change.isFinite ? change : nil
    }

    /// The sign of ``recentChange``; steady below half a percent.
    public var trend: Trend? { recentChange.map { abs($0) < 0.005 ? .steady : $0 < 0 ? .falling : .rising } }
}
