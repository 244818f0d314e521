/// Functions of `model.py` that NumPy and torch both can have, in the words of ``ArrayLibrary``.
enum SharedFunctions {
    static let inside = """
        def inside(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
            \"\"\"Which time steps of x are a sequence's own, [batch, time, 1].\"\"\"
            return (np.arange(x.shape[1]{device}) < lengths[:, None])[..., None]
        """

    static let padded = """
        def padded(x: np.ndarray, lengths: np.ndarray, before, count: int) -> np.ndarray:
            \"\"\"`count` steps of each sequence, the first `before` steps before its own first one: a number, or [batch, 1]. 0 before it and past its end.\"\"\"
            steps = np.arange(count{device}) - before + 0 * lengths[:, None]
            own = (steps >= 0) & (steps < lengths[:, None])
            rows = x[np.arange(len(x){device})[:, None], np.clip(steps, 0, x.shape[1] - 1)]
            return np.where(own[..., None], rows, 0)
        """

    static let preceded = """
        def preceded(x: np.ndarray, lengths: np.ndarray, state, count: int):
            \"\"\"x behind the `count` steps before it, which `state` [1, batch, count · width] holds, or zeros; and the last `count` steps of each sequence.\"\"\"
            batch, time, width = x.shape
            x = padded(x, lengths, count, count + time)
            if state is not None:
                x = np.concatenate([state.reshape(batch, count, width), x[:, count:]], axis=1)
            last = lengths[:, None] + np.arange(count{device})
            return x, x[np.arange(batch{device})[:, None], last].reshape(1, batch, count * width)
        """

    static let temporalBlock = """
        def temporal_block(x: np.ndarray, lengths: np.ndarray, state, count: int, first, second, around):
            \"\"\"Two convolutions, each of a step and the `count` before it, with `around` beside both (Bai, Kolter & Koltun 2018).\"\"\"
            before, between = state if state is not None else (None, None)
            y, before = preceded(x, lengths, before, count)
            y, between = preceded(np.clip(first(y), 0, None), lengths, between, count)
            return np.clip(np.clip(second(y), 0, None) + around(x), 0, None), (before, between)
        """

    static let attentionPool = """
        def attention_pool(x: np.ndarray, lengths: np.ndarray, scores: np.ndarray) -> np.ndarray:
            \"\"\"The mean of each sequence's own steps with the softmax of scores [batch, time, 1] as weights, [batch, 1, width].\"\"\"
            scores = np.where(inside(x, lengths), scores, -np.inf)
            weights = np.exp(scores - np.amax(scores, axis=1, keepdims=True))
            return np.sum(weights / np.sum(weights, axis=1, keepdims=True) * x, axis=1, keepdims=True)
        """

    static let rotary = """
        def rotate(x: np.ndarray, first: int) -> np.ndarray:
            \"\"\"Rows [batch, heads, time, width] turned by the angles of their positions, from `first` on (Su et al. 2021).\"\"\"
            pairs = x.shape[3] // 2
            frequencies = 10000.0 ** (np.arange(pairs, dtype=np.float64{device}) * (-2 / x.shape[3]))
            angles = np.arange(first, first + x.shape[2], dtype=np.float64{device})[:, None] * frequencies
            cosines, sines = np.cos(angles){float}, np.sin(angles){float}
            left, right, rest = x[..., :pairs], x[..., pairs : 2 * pairs], x[..., 2 * pairs :]
            return np.concatenate([left * cosines - right * sines, left * sines + right * cosines, rest], axis=3)
        """

    static let sinusoids = """
        def sinusoids(x: np.ndarray) -> np.ndarray:
            \"\"\"The positions [time, width] that are added to x [batch, time, width] (Vaswani et al. 2017).\"\"\"
            units = np.arange(x.shape[2]{device})
            frequencies = 10000.0 ** (np.arange(x.shape[2], dtype=np.float64{device}) // 2 * (-2 / x.shape[2]))
            angles = np.arange(x.shape[1], dtype=np.float64{device})[:, None] * frequencies
            return np.where(units % 2 == 0, np.sin(angles), np.cos(angles)){float}
        """

    /// Scores that don't count are -1e30, not -∞: a row past a sequence's end may have no other.
    static let attention = """
        def attend(x: np.ndarray, lengths: np.ndarray, state, weight: np.ndarray, bias: np.ndarray, heads: int, causal: bool, context: int, rotary: bool):
            \"\"\"The heads' outputs [batch, time, width], and the next state: with a context the last steps read, and in the last place how many they are.\"\"\"
            batch, time, width = x.shape
            span = x
            if context > 0:
                before, filled = state[0, :, :-1], state[0, :, -1:]
                span = np.concatenate([before.reshape(batch, context, width), x], axis=1)
                last = lengths[:, None] + np.arange(context{device})
                steps = span[np.arange(batch{device})[:, None], last].reshape(batch, context * width)
                state = np.concatenate([steps, np.clip(filled + lengths[:, None], 0, context){float}], axis=1)[None]
            q, k, v = np.split(span @ weight.T + bias, 3, axis=2)
            q, k, v = (np.swapaxes(part.reshape(batch, -1, heads, width // heads), 1, 2) for part in (q[:, context:], k, v))
            if rotary:
                q, k = rotate(q, context), rotate(k, 0)
            queries, keys = np.arange(time{device})[:, None], np.arange(context + time{device})
            if context > 0:
                counts = (keys >= queries) & (keys <= queries + context) & (keys >= context - filled[:, :, None, None])
            elif causal:
                counts = keys <= queries
            else:
                counts = keys < lengths[:, None, None, None]
            scores = np.where(counts, q @ np.swapaxes(k, 2, 3) * (width // heads) ** -0.5, -1e30)
            weights = np.exp(scores - np.amax(scores, axis=3, keepdims=True))
            y = (weights / np.sum(weights, axis=3, keepdims=True)) @ v
            return np.swapaxes(y, 1, 2).reshape(batch, time, width), state
        """
}
