/// What a regression said beside what came true, of the examples of a part.
struct Residuals {
    /// `[example][output]`, in units that a person knows.
    let said: [[Double]]
    let truth: [[Double]]

    var exampleCount: Int { said.count }

    /// Truth less forecast of one output, in the examples' order.
    func residuals(ofOutput output: Int) -> [Double] {
        zip(truth, said).map { $0[output] - $1[output] }
    }

    func meanAbsoluteError(ofOutput output: Int) -> Double {
        residuals(ofOutput: output).reduce(0) { $0 + abs($1) } / Double(max(1, exampleCount))
    }

    func rootMeanSquaredError(ofOutput output: Int) -> Double {
        (residuals(ofOutput: output).reduce(0) { $0 + $1 * $1 } / Double(max(1, exampleCount))).squareRoot()
    }
}

/// The value below which a share of `sorted`, ascending and not empty, lies: between neighbours in proportion (Hyndman & Fan 1996, definition 7,
/// NumPy's and R's usual one).
package func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = min(sorted.count - 1, max(0, Int(place.rounded(.down))))
    let above = min(sorted.count - 1, below + 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
