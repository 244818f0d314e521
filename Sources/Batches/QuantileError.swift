/// The quantile or pinball loss of three outputs for each number: the ends of a central interval, and between them the median (Koenker & Bassett 1978).
///
/// Of an error e = output - target and the quantile q of its output, q·(-e) where e < 0 and (1 - q)·e elsewhere.
struct QuantileError: NumberLoss {
    private let low: Float
    private let high: Float

    /// - Parameter interval: the interval's probability, between 0 and 1.
    init(interval: Double) {
        (low, high) = (Float((1 - interval) / 2), Float((1 + interval) / 2))
    }

    private func level(_ output: Int) -> Float {
        switch output % 3 {
        case 0: low
        case 1: 0.5
        default: high
        }
    }

    func value(ofError error: Float, output: Int) -> Double {
        let level = Double(level(output))
        return error < 0 ? -level * Double(error) : (1 - level) * Double(error)
    }

    func derivative(ofError error: Float, output: Int) -> Float {
        error > 0 ? 1 - level(output) : error < 0 ? -level(output) : 0 * error
    }
}
