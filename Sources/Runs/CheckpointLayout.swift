package import Checkpoints
package import Files
package import Kernels
import Layers
import Models

/// How the network's buffers lie in a checkpoint.
package struct CheckpointLayout {
    package let parameters: [TensorShape]
    /// Of the optimizer's buffers, each in the layout of the parameters.
    package let optimizerStateNames: [String]
    /// None where sequences are independent.
    package let streams: [TensorShape]

    package init(parameters: [TensorShape], optimizerStateNames: [String], streams: [TensorShape]) {
        self.parameters = parameters
        self.optimizerStateNames = optimizerStateNames
        self.streams = streams
    }
}

extension ModelDescription {
    /// The streams' states in a checkpoint (``StateLayout/shape(sequenceCount:)``). None where sequences are independent, or where no layer has a state.
    package func streamLayout(streamCount: Int?) -> [TensorShape] {
        let state = ModelPlan(self).state
        guard let streamCount, state.count > 0 else { return [] }
        return [TensorShape(name: "streams", dimensions: state.shape(sequenceCount: streamCount))]
    }
}

extension ParameterLayout {
    package var tensorShapes: [TensorShape] { parameters.map { TensorShape(name: $0.name, dimensions: $0.shape) } }
}

extension CheckpointSnapshot {
    /// Copies the flat buffers in.
    package mutating func copy(weights: FloatView, optimizerStates: [FloatView]) {
        weights.withSpan { copy(weights: $0) }
        for (index, state) in optimizerStates.enumerated() { state.withSpan { copy(optimizerState: $0, at: index) } }
    }
}
