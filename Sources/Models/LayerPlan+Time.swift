import Layers

// The plans of layers over time: convolutions, pooling, and layers that change the number of steps.

extension LayerPlan {
    /// `torch.nn.Conv1d`'s parameters.
    static func convolution(_ layer: ConvolutionDescription, index: Int, inputWidth: Int, _ scheme: ModelDescription.Initialization) -> LayerPlan {
        let kind = layer.padding == .same ? "convolution" : "\(layer.padding.rawValue) convolution"
        let details = [layer.stride > 1 ? ", stride \(layer.stride)" : "", layer.dilation > 1 ? ", dilation \(layer.dilation)" : ""]
        return LayerPlan(
            name: "\(kind), width \(layer.width)" + details.joined(), inputWidth: inputWidth, width: layer.channels, isEveryStep: true, isRecurrent: false,
            parameters: parameters(layer, "layers.\(index)", inputWidth: inputWidth, scheme),
            multiplyAddsPerStep: layer.channels * layer.width * inputWidth / layer.groups, stepChange: layer.stepChange)
    }

    /// Weight `[channels, inputWidth / groups, width]` and bias. PyTorch: both U(±1/√(inputs of an output)); Keras: Glorot uniform, and 0.
    /// - Parameter hasWeightNorm: whether the weight is `weight_g`, `[channels, 1, 1]`, the lengths of `weight_v`, and `weight_v`, drawn as the weight, as
    ///   `torch.nn.utils.weight_norm` calls them.
    private static func parameters(
        _ layer: ConvolutionDescription, _ name: String, inputWidth: Int, _ scheme: ModelDescription.Initialization, hasWeightNorm: Bool = false
    ) -> [Parameter] {
        let shape = [layer.channels, inputWidth / layer.groups, layer.width]
        let uniform = InitialValues.uniform(limit: 1 / Double(shape[1] * shape[2]).squareRoot())
        let isKeras = scheme == .keras
        let weightName = hasWeightNorm ? "\(name).weight_v" : "\(name).weight"
        let gain = Parameter(name: "\(name).weight_g", shape: [layer.channels, 1, 1], initial: .lengths(of: weightName), isVector: true)
        return (hasWeightNorm ? [gain] : []) + [
            Parameter(name: weightName, shape: shape, initial: isKeras ? .glorot(layer.channels * layer.width, shape[1] * layer.width) : uniform),
            Parameter(name: "\(name).bias", shape: [layer.channels], initial: isKeras ? .zero : uniform),
        ]
    }

    /// The parameters of both convolutions, and of the 1 × 1 convolution around them where the widths differ.
    static func temporalBlock(_ layer: TemporalBlockDescription, index: Int, inputWidth: Int, _ scheme: ModelDescription.Initialization) -> LayerPlan {
        let name = "layers.\(index)"
        var parts = [("conv1", layer.convolution, inputWidth), ("conv2", layer.convolution, layer.channels)]
        if inputWidth != layer.channels { parts.append(("downsample", ConvolutionDescription(channels: layer.channels, width: 1), inputWidth)) }
        let details = [layer.dilation > 1 ? ", dilation \(layer.dilation)" : "", layer.hasWeightNorm ? ", weight normalisation" : ""]
        return LayerPlan(
            name: "temporal block, width \(layer.width)" + details.joined(), inputWidth: inputWidth, width: layer.channels, isEveryStep: true, isRecurrent: false,
            parameters: parts.flatMap { parameters($1, "\(name).\($0)", inputWidth: $2, scheme, hasWeightNorm: layer.hasWeightNorm && $0 != "downsample") },
            multiplyAddsPerStep: parts.reduce(0) { $0 + layer.channels * $1.1.width * $1.2 })
    }

    /// Attention has the parameters of `torch.nn.Linear(inputWidth, units)` and the weight of `torch.nn.Linear(units, 1)`; the other methods have none.
    static func pool(_ layer: PoolDescription, index: Int, inputWidth: Int, _ scheme: ModelDescription.Initialization) -> LayerPlan {
        let units = layer.attentionUnits(reading: inputWidth)
        let isAttention = layer.method == .attention
        func initial(_ rows: Int, _ columns: Int) -> InitialValues {
            scheme == .keras ? .glorot(rows, columns) : .uniform(limit: 1 / Double(columns).squareRoot())
        }
        let parameters = [
            Parameter(name: "layers.\(index).weight", shape: [units, inputWidth], initial: initial(units, inputWidth)),
            Parameter(name: "layers.\(index).bias", shape: [units], initial: scheme == .keras ? .zero : initial(units, inputWidth)),
            Parameter(name: "layers.\(index).query", shape: [1, units], initial: initial(1, units)),
        ]
        return LayerPlan(
            name: isAttention ? "attention pooling" : "pooling, \(layer.method.rawValue)", inputWidth: inputWidth, width: inputWidth, isEveryStep: false,
            isRecurrent: false, parameters: isAttention ? parameters : [], multiplyAddsPerStep: isAttention ? units * (inputWidth + 1) + inputWidth : 0,
            stepChange: .toOne)
    }

    /// Steps left out, or put side by side.
    static func frames(_ name: String, inputWidth: Int, layer: LayerDescription) -> LayerPlan {
        LayerPlan(
            name: name, inputWidth: inputWidth, width: layer.width(reading: inputWidth), isEveryStep: true, isRecurrent: false, parameters: [],
            multiplyAddsPerStep: 0, stepChange: layer.stepChange)
    }
}
