/// A point of a chart, in the axes' own units.
public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// Reduces a curve to at most `2 · bucketCount + 2` points: the first, the last, and the lowest and highest of each of `bucketCount` equal ranges,
/// in order. The reduced curve looks like the full one. Cost: one pass.
public func thinned(_ points: [Point], bucketCount: Int) -> [Point] {
    guard points.count > 2 * bucketCount + 2, bucketCount >= 1 else { return points }
    let inner = points.count - 2
    var kept = [points[0]]
    for bucket in 0..<bucketCount {
        // Ascending, so that no point is in two buckets; the product doesn't overflow.
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

/// Exponential moving average of the points' y, with bias correction: aₙ = Σ wⁿ⁻ᵏ·yₖ / Σ wⁿ⁻ᵏ over k ≤ n, as in TensorBoard's
/// scalars. `weight` w is in 0 ..< 1.
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

/// The weight that smooths over about a fiftieth of `count` points, but at least over 2.5 points: 0.6, TensorBoard's default.
public func usualSmoothingWeight(count: Int) -> Double {
    1 - 1 / max(2.5, Double(count) / 50)
}
