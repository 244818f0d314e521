package import Checkpoints
package import Kernels
import Network

/// How the network's buffers lie in a checkpoint.
package struct CheckpointLayout {
    package let parameters: [TensorShape]
    /// None where sequences are independent.
    package let streams: [TensorShape]

    package init(parameters: [TensorShape], streams: [TensorShape]) {
        self.parameters = parameters
        self.streams = streams
    }
}

extension NetworkShape {
    /// The streams' states in a checkpoint, `[stream, layer, 2, hidden]`: hidden state, then cell. None where sequences are independent.
    package func streamLayout(streamCount: Int?) -> [TensorShape] {
        streamCount.map { [TensorShape(name: "streams", dimensions: [$0, layers, 2, hidden])] } ?? []
    }
}

extension ParameterLayout {
    package var tensorShapes: [TensorShape] { parameters.map { TensorShape(name: $0.name, dimensions: $0.shape) } }
}

extension CheckpointSnapshot {
    /// Copies the flat buffers in.
    package mutating func copy(weights: FloatView, firstMoments: FloatView, secondMoments: FloatView) {
        weights.withSpan { weights in
            firstMoments.withSpan { first in
                secondMoments.withSpan { second in copy(weights: weights, firstMoments: first, secondMoments: second) }
            }
        }
    }
}
