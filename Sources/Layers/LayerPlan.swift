/// One layer of a model in numbers.
public struct LayerPlan: Sendable, Equatable {
    /// "LSTM", "bidirectional GRU, reset before", "dropout 0.5", "embedding", "linear, softmax".
    public let name: String
    /// Features of its input at a time step: symbols, where it reads them.
    public let inputWidth: Int
    /// Features of its output at a time step.
    public let width: Int
    /// Whether it has an output at every time step rather than at the last one.
    public let isEveryStep: Bool
    /// Whether it computes every time step, although it may have an output at the last one only.
    public let isRecurrent: Bool
    /// How many time steps it gives.
    public let stepChange: StepChange
    /// In the order of the flat buffer.
    public package(set) var parameters: [Parameter]
    /// Of a forward pass, for each time step that it computes; of a layer that gives one step, for each that it reads.
    package let multiplyAddsPerStep: Int
    /// Of a forward pass, for each pair of time steps: attention's.
    let multiplyAddsPerPair: Int

    package init(
        name: String, inputWidth: Int, width: Int, isEveryStep: Bool, isRecurrent: Bool, parameters: [Parameter], multiplyAddsPerStep: Int,
        multiplyAddsPerPair: Int = 0, stepChange: StepChange = .none
    ) {
        (self.name, self.inputWidth, self.width) = (name, inputWidth, width)
        (self.isEveryStep, self.isRecurrent, self.stepChange) = (isEveryStep, isRecurrent, stepChange)
        (self.parameters, self.multiplyAddsPerStep, self.multiplyAddsPerPair) = (parameters, multiplyAddsPerStep, multiplyAddsPerPair)
    }

    /// Without copies of other layers' parameters.
    public var parameterCount: Int { parameters.reduce(0) { $0 + ($1.tiedTo == nil ? $1.count : 0) } }

    /// Multiply-adds of a forward pass over one sequence, of which it reads `timeCount` steps.
    public func multiplyAdds(timeCount: Int) -> Int {
        if stepChange == .toOne { return multiplyAddsPerStep * timeCount }
        let computesEveryStep = isRecurrent || isEveryStep || multiplyAddsPerPair > 0
        return multiplyAddsPerStep * (computesEveryStep ? stepChange.stepCount(timeCount) : 1) + multiplyAddsPerPair * timeCount * timeCount
    }
}
