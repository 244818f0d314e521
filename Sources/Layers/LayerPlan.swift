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
    /// In the order of the flat buffer.
    public package(set) var parameters: [Parameter]
    /// Of a forward pass, for each time step that it computes.
    let multiplyAddsPerStep: Int
    /// Of a forward pass, for each pair of time steps: attention's.
    let multiplyAddsPerPair: Int

    package init(
        name: String, inputWidth: Int, width: Int, isEveryStep: Bool, isRecurrent: Bool, parameters: [Parameter], multiplyAddsPerStep: Int,
        multiplyAddsPerPair: Int = 0
    ) {
        (self.name, self.inputWidth, self.width) = (name, inputWidth, width)
        (self.isEveryStep, self.isRecurrent) = (isEveryStep, isRecurrent)
        (self.parameters, self.multiplyAddsPerStep, self.multiplyAddsPerPair) = (parameters, multiplyAddsPerStep, multiplyAddsPerPair)
    }

    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// Multiply-adds of a forward pass over one sequence.
    public func multiplyAdds(timeCount: Int) -> Int {
        let computesEveryStep = isRecurrent || isEveryStep || multiplyAddsPerPair > 0
        return multiplyAddsPerStep * (computesEveryStep ? timeCount : 1) + multiplyAddsPerPair * timeCount * timeCount
    }
}
