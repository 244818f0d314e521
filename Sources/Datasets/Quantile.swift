/// Quantile of `sorted`, ascending and not empty, with linear interpolation (Hyndman & Fan 1996, definition 7,
/// NumPy's and R's default).
package func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = min(sorted.count - 1, max(0, Int(place.rounded(.down))))
    let above = min(sorted.count - 1, below + 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
