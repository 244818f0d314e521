package import Batches
package import Configuration

extension Configuration.TrainingSettings {
    /// The loss of a model that predicts numbers.
    package var numberLoss: Loss {
        switch loss {
        case .squared: .squaredError
        case .absolute: .absoluteError
        case .quantile: .quantiles(interval: interval)
        case .gaussian: .likelihood(.gaussian, interval: interval)
        case .studentT: .likelihood(.studentT, interval: interval)
        case .negativeBinomial: .likelihood(.negativeBinomial, interval: interval)
        case .huber: .huber(delta: Float(huberDelta))
        }
    }
}
