/// A row of the table in which a person reads a model.
public struct LayerSummary: Sendable, Equatable {
    /// "LSTM", "embedding", "softmax".
    public let name: String
    /// Features of its input at a time step: symbols, where it reads them.
    public let inputWidth: Int
    /// Features of its output at a time step.
    public let width: Int
    /// Whether it speaks at every time step rather than at the last one.
    public let isEveryStep: Bool
    public let parameterCount: Int
    /// Of a forward pass over one sequence, as peers count them (a one-hot input as a product, a lookup as none).
    public let multiplyAdds: Int
}

extension NetworkShape {
    /// The layers from input to head, for sequences of `timeCount` steps.
    public func layerSummaries(timeCount: Int) -> [LayerSummary] {
        var rows: [LayerSummary] = []
        if case .embedding(let vocabularyCount, let width) = input {
            rows.append(
                LayerSummary(name: "embedding", inputWidth: vocabularyCount, width: width, isEveryStep: true, parameterCount: vocabularyCount * width, multiplyAdds: 0))
        }
        for layer in 0..<layers {
            let products = 4 * hidden * (inputWidth(ofLayer: layer) + hidden)
            rows.append(
                LayerSummary(
                    name: "LSTM", inputWidth: inputWidth(ofLayer: layer), width: hidden, isEveryStep: layer < layers - 1 || head == .everyStep, parameterCount: products + 8 * hidden,
                    multiplyAdds: products * timeCount))
        }
        let headTimes = head == .everyStep ? timeCount : 1
        rows.append(
            LayerSummary(
                name: loss == .crossEntropy ? "linear, softmax" : "linear", inputWidth: hidden, width: outputs, isEveryStep: head == .everyStep,
                parameterCount: (hidden + 1) * outputs, multiplyAdds: hidden * outputs * headTimes))
        return rows
    }
}
