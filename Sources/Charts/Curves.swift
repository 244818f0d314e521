/// A place in a chart, in the axes' own units.
public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// At most `2 · bucketCount + 2` of `points`, among them the first, the last, and of each of `bucketCount` stretches of equally many points its
/// lowest and its highest, in their order: a curve drawn through them looks as one through all. Cost: one pass.
public func thinned(_ points: [Point], bucketCount: Int) -> [Point] {
    guard points.count > 2 * bucketCount + 2, bucketCount >= 1 else { return points }
    let inner = points.count - 2
    var kept = [points[0]]
    for bucket in 0..<bucketCount {
        // Ascending, so that no place is in two buckets; the product stays far below Int's end.
        let places = 1 + bucket * inner / bucketCount..<1 + (bucket + 1) * inner / bucketCount
        guard var low = places.first else { continue }
        var high = low
        for place in places {
            if points[place].y < points[low].y { low = place }
            if points[place].y > points[high].y { high = place }
        }
        kept.append(points[min(low, high)])
        if low != high { kept.append(points[max(low, high)]) }
    }
    kept.append(points[points.count - 1])
    return kept
}

/// The exponential moving average of the points' y, without the pull of its beginning at 0: aₙ = Σ wⁿ⁻ᵏ·yₖ / Σ wⁿ⁻ᵏ over k ≤ n, as TensorBoard's
/// scalars are smoothed. `weight` w is in 0 ..< 1.
public func smoothed(_ points: [Point], weight: Double) -> [Point] {
    precondition((0..<1).contains(weight), "weight \(weight)")
    var sum = 0.0
    var weights = 0.0
    return points.map { point in
        sum = weight * sum + point.y
        weights = weight * weights + 1
        return Point(point.x, sum / weights)
    }
}

/// The weight that smooths over about a fiftieth of `count` points, and over two and a half at least: 0.6, TensorBoard's usual one.
public func usualSmoothingWeight(count: Int) -> Double {
    1 - 1 / max(2.5, Double(count) / 50)
}
