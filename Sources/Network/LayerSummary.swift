/// A row of the table in which a person reads a model.
public struct LayerSummary: Sendable, Equatable {
    public let plan: LayerPlan
    /// Of a forward pass over one sequence, counted as other frameworks do (a one-hot input as a product, a lookup as none).
    public let multiplyAdds: Int

    public var name: String { plan.name }
    public var inputWidth: Int { plan.inputWidth }
    public var width: Int { plan.width }
    public var isEveryStep: Bool { plan.isEveryStep }
    public var parameterCount: Int { plan.parameterCount }
}

extension ModelDescription {
    /// The layers from input to head, for sequences of `timeCount` steps.
    public func layerSummaries(timeCount: Int) -> [LayerSummary] {
        ModelPlan(self).layers.map { LayerSummary(plan: $0, multiplyAdds: $0.multiplyAdds(timeCount: timeCount)) }
    }
}
