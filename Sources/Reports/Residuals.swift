/// Predictions and targets of a regression, for the examples of a part.
struct Residuals {
    /// Predictions, `[example][output]`, in the data's own units.
    let said: [[Double]]
    let truth: [[Double]]
    /// The ends of each prediction's interval, likewise; empty for predictions without one.
    var low: [[Double]] = []
    var high: [[Double]] = []

    var exampleCount: Int { said.count }

    /// Target minus prediction of one output, in the examples' order, of those whose target isn't missing.
    func residuals(ofOutput output: Int) -> [Double] {
        zip(truth, said).map { $0[output] - $1[output] }.filter { !$0.isNaN }
    }

    func meanAbsoluteError(ofOutput output: Int) -> Double {
        let residuals = residuals(ofOutput: output)
        return residuals.reduce(0) { $0 + abs($1) } / Double(max(1, residuals.count))
    }

    func rootMeanSquaredError(ofOutput output: Int) -> Double {
        let residuals = residuals(ofOutput: output)
        return (residuals.reduce(0) { $0 + $1 * $1 } / Double(max(1, residuals.count))).squareRoot()
    }
}
