package import Kernels
import Layers

extension ModelDescription {
    /// The same model without weight normalisation, as torch's `remove_parametrizations` leaves it: the weights are what training multiplied with.
    /// - Parameter parameters: this model's flat buffer.
    /// - Returns: a description with the same outputs, and its flat buffer.
    package func folded(_ parameters: FloatView) -> (shape: ModelDescription, parameters: [Float]) {
        var shape = self
        shape.layers = layers.map { layer in
            guard case .temporalBlock(var block) = layer else { return layer }
            block.hasWeightNorm = false
            return .temporalBlock(block)
        }
        guard shape != self else { return (self, parameters.array()) }
        let (own, target) = (ParameterLayout(self), ParameterLayout(shape))
        let folded = FloatMemory(count: target.count)
        for parameter in target.parameters {
            let values = parameter.view(in: folded.view)
            if own.parameters.contains(where: { $0.name == parameter.name }) {
                values.copy(own[parameter.name].view(in: parameters))
                continue
            }
            let (gains, directions) = (own[parameter.name + "_g"].view(in: parameters), own[parameter.name + "_v"].view(in: parameters))
            let width = values.count / gains.count
            for channel in 0..<gains.count {
                writeWeight(
                    gain: gains[channel], direction: directions.slice(from: channel * width, count: width),
                    to: values.slice(from: channel * width, count: width))
            }
        }
        return (shape, folded.view.array())
    }
}
