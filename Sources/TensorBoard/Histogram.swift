import ProtocolBuffers

/// A histogram of values: counts in buckets of equal width from the minimum to the maximum.
public struct Histogram: Sendable, Equatable {
    private static let bucketCount = 64

    public private(set) var least = Double.infinity
    public private(set) var greatest = -Double.infinity
    public private(set) var count = 0
    public private(set) var sum = 0.0
    public private(set) var sumOfSquares = 0.0
    /// Counts per bucket, the lowest first.
    public private(set) var counts: [Int] = []

    /// Counts the finite values among `values`. Cost: two passes.
    public init(_ values: Span<Float>) {
        for index in values.indices where values[index].isFinite {
            let value = Double(values[index])
            (least, greatest) = (min(least, value), max(greatest, value))
            (sum, sumOfSquares) = (sum + value, sumOfSquares + value * value)
            count += 1
        }
        guard count > 0 else { return }
        counts = Array(repeating: 0, count: greatest > least ? Self.bucketCount : 1)
        let scale = greatest > least ? Double(Self.bucketCount) / (greatest - least) : 0
        for index in values.indices where values[index].isFinite {
            counts[min(counts.count - 1, Int((Double(values[index]) - least) * scale))] += 1
        }
    }

    /// Upper limits of the buckets.
    public var limits: [Double] {
        counts.indices.map { $0 == counts.count - 1 ? greatest : least + (greatest - least) * Double($0 + 1) / Double(counts.count) }
    }

    /// TensorFlow's HistogramProto.
    var message: ProtobufMessage {
        var message = ProtobufMessage()
        message.add(1, double: count > 0 ? least : 0)
        message.add(2, double: count > 0 ? greatest : 0)
        message.add(3, double: Double(count))
        message.add(4, double: sum)
        message.add(5, double: sumOfSquares)
        message.add(6, doubles: limits)
        message.add(7, doubles: counts.map(Double.init))
        return message
    }
}
