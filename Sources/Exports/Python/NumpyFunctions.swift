/// Functions of `model.py` for NumPy alone.
enum NumpyFunctions {
    static let normalise = """
        def normalise(x: np.ndarray, gain: np.ndarray, bias: np.ndarray, epsilon: float) -> np.ndarray:
            \"\"\"Each time step's numbers with mean 0 and variance 1, times `gain`, plus `bias`.\"\"\"
            return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + np.float32(epsilon)) * gain + bias
        """

    static let convolve = """
        def convolve(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int = 1, dilation: int = 1) -> np.ndarray:
            \"\"\"A convolution without padding over x [batch, time, inputs], with weights [channels, inputs / groups, width].\"\"\"
            inputs, width = weight.shape[1:]
            last = x.shape[1] - (width - 1) * dilation
            taps = np.stack([x[:, tap * dilation : tap * dilation + last : stride] for tap in range(width)], axis=3)
            groups = x.shape[2] // inputs
            sums = [np.tensordot(part, rows, ([2, 3], [1, 2])) for part, rows in zip(np.split(taps, groups, axis=2), np.split(weight, groups))]
            return np.concatenate(sums, axis=2) + bias
        """

    static let gelu = """
        def gelu(x: np.ndarray) -> np.ndarray:
            return x * (0.5 + 0.5 * np.vectorize(math.erf, otypes=[np.float32])(x / math.sqrt(2)))
        """

    static let transformer = """
        def transformer(w: dict, layer: str, x: np.ndarray, lengths: np.ndarray, state, heads: int, norm_first: bool, activation, causal: bool, context: int, positions: str):
            \"\"\"A block as torch.nn.TransformerEncoderLayer, whose weights' names begin with `layer`; and the next state, or what was given without a context.\"\"\"

            def linear(x: np.ndarray, name: str) -> np.ndarray:
                return x @ w[f"{layer}.{name}.weight"].T + w[f"{layer}.{name}.bias"]

            def norm(x: np.ndarray, name: str) -> np.ndarray:
                return normalise(x, w[f"{layer}.{name}.weight"], w[f"{layer}.{name}.bias"], 1e-5)

            def attention(x: np.ndarray):
                weight, bias = w[f"{layer}.self_attn.in_proj_weight"], w[f"{layer}.self_attn.in_proj_bias"]
                y, after = attend(x, lengths, state, weight, bias, heads, causal, context, positions == "rotary")
                return linear(y, "self_attn.out_proj"), after

            def feed_forward(x: np.ndarray) -> np.ndarray:
                return linear(activation(linear(x, "linear1")), "linear2")

            if positions == "sinusoidal":
                x = x + sinusoids(x)
            if norm_first:
                y, after = attention(norm(x, "norm1"))
                x = x + y
                return x + feed_forward(norm(x, "norm2")), after
            y, after = attention(x)
            x = norm(x + y, "norm1")
            return norm(x + feed_forward(x), "norm2"), after
        """
}
