import Layers
import Models

// Convolutions, attention and Transformer blocks in `model.py` for PyTorch: modules with the checkpoint's names of parameters.
extension PythonModule {
    /// "nn.Conv1d(4, 8, 3, stride=2)".
    func pytorchConvolution(_ layer: ConvolutionDescription, inputWidth: Int) -> String {
        let options = [("stride", layer.stride), ("dilation", layer.dilation), ("groups", layer.groups)].filter { $0.1 > 1 }
        return "nn.Conv1d(\(inputWidth), \(layer.channels), \(layer.width)\(options.map { ", \($0.0)=\($0.1)" }.joined()))"
    }

    func pytorchTemporalBlock(_ layer: TemporalBlockDescription, inputWidth: Int) -> String {
        var modules = [("conv1", layer.convolution, inputWidth), ("conv2", layer.convolution, layer.channels)]
        if inputWidth != layer.channels { modules.append(("downsample", ConvolutionDescription(channels: layer.channels, width: 1), inputWidth)) }
        return "nn.ModuleDict({\(modules.map { "\"\($0.0)\": \(pytorchConvolution($0.1, inputWidth: $0.2))" }.joined(separator: ", "))})"
    }

    func pytorchTransformer(_ layer: TransformerDescription, width: Int) -> String {
        let arguments = [
            "\(width)", "\(layer.heads)", "\(layer.feedForward)", literal(layer.norm == .pre), "\"\(layer.activation.rawValue)\"", literal(layer.isCausal),
            "\(layer.context)", "\"\(layer.positions.rawValue)\"",
        ]
        return "TransformerBlock(\(arguments.joined(separator: ", ")))"
    }
}

/// Functions and classes of `model.py` for PyTorch alone.
enum TorchFunctions {
    static let normalise = """
        def normalise(x: Tensor, gain: Tensor, bias, epsilon: float) -> Tensor:
            \"\"\"Each time step's numbers with mean 0 and variance 1, times `gain`, plus `bias`.\"\"\"
            return nn.functional.layer_norm(x, x.shape[-1:], eps=epsilon) * gain + bias
        """

    static let convolve = """
        def convolve(layer: nn.Conv1d, x: Tensor) -> Tensor:
            \"\"\"A convolution without padding over x [batch, time, width].\"\"\"
            return layer(x.transpose(1, 2)).transpose(1, 2)
        """

    static let attentionScores = """
        class AttentionScores(nn.Linear):
            \"\"\"The score of each time step for the mean of all (Yang et al. 2016), [batch, time, 1].\"\"\"

            def __init__(self, inputs: int, units: int) -> None:
                super().__init__(inputs, units)
                self.query = nn.Parameter(torch.zeros(1, units))

            def forward(self, x: Tensor) -> Tensor:
                return torch.tanh(super().forward(x)) @ self.query.T
        """

    static let transformer = """
        class TransformerBlock(nn.TransformerEncoderLayer):
            \"\"\"PyTorch's layer and its parameters, with positions, and with a context that goes on from one part of a sequence to the next.\"\"\"

            def __init__(self, width: int, heads: int, units: int, norm_first: bool, activation: str, causal: bool, context: int, positions: str) -> None:
                super().__init__(width, heads, units, dropout=0.0, activation=activation, batch_first=True, norm_first=norm_first)
                self.causal, self.context, self.positions = causal, context, positions

            def attention(self, x: Tensor, state, lengths: Tensor):
                own = self.self_attn
                if state is None and self.context:
                    state = x.new_zeros(1, len(x), self.context * x.shape[2] + 1)
                y, state = attend(
                    x, lengths, state, own.in_proj_weight, own.in_proj_bias, own.num_heads, self.causal, self.context, self.positions == "rotary"
                )
                return own.out_proj(y), state

            def feed_forward(self, x: Tensor) -> Tensor:
                return self.linear2(self.activation(self.linear1(x)))

            def forward(self, x: Tensor, state, lengths: Tensor):
                \"\"\"The outputs [batch, time, width], and the next state, or what was given if there is no context.\"\"\"
                if self.positions == "sinusoidal":
                    x = x + sinusoids(x)
                if self.norm_first:
                    y, state = self.attention(self.norm1(x), state, lengths)
                    x = x + y
                    return x + self.feed_forward(self.norm2(x)), state
                y, state = self.attention(x, state, lengths)
                x = self.norm1(x + y)
                return self.norm2(x + self.feed_forward(x)), state
        """
}
