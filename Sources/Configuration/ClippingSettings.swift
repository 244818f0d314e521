import Layers
package import Models
package import Optimization

extension Configuration {
    /// What `training.clipNorm` is the greatest norm of.
    public enum ClipScope: String, ConfigurationChoice {
        case model
        case layer
        case parameter
    }
}

extension Configuration.TrainingSettings {
    /// How the gradient of a model of `plan` is clipped.
    package func clipping(of plan: ModelPlan) -> GradientClipping.Rule {
        if clipValue > 0 { return .value(limit: clipValue) }
        guard clipNorm > 0 else { return .none }
        switch clipScope {
        case .model: return .norm(limit: clipNorm)
        case .parameter: return .rangeNorms(limit: clipNorm, ranges: plan.parameters.parameters.map(\.range))
        case .layer:
            // A layer's parameters lie one behind the other.
            let ranges = plan.layers.compactMap { layer -> Range<Int>? in
                guard let first = layer.parameters.first, let last = layer.parameters.last else { return nil }
                return first.range.lowerBound..<last.range.upperBound
            }
            return .rangeNorms(limit: clipNorm, ranges: ranges)
        }
    }
}
