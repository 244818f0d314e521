// `model.py` for NumPy alone: the LSTM is spelt out.
extension PythonModule {
    var numpyOpening: String {
        opening(example: numpyExample(load: "load()")) + """


            from __future__ import annotations

            \(jsonImport)from pathlib import Path

            import numpy as np

            FOLDER = Path(__file__).parent
            State = tuple[np.ndarray, np.ndarray]
            """
    }

    func numpyExample(load: String) -> String {
        switch model.use {
        case .text: "from model import generate, load\nprint(generate(\(load), prompt=\(literal(examplePrompt)), length=200))"
        case .series: "from model import forecast, load\nrows = forecast(\(load), past)"
        case .classes, .numbers: "from model import load\noutputs, state = load()(\(inputName))"
        }
    }

    var numpyModel: String {
        """
        def sigmoid(x: np.ndarray) -> np.ndarray:
            return 0.5 + 0.5 * np.tanh(0.5 * x)  # no overflow, however large x is


        class Model:
            def __init__(self, weights: dict[str, np.ndarray]) -> None:
                self.weights = weights

            def __call__(
                self, \(inputName): np.ndarray, state: State | None = None, lengths: np.ndarray | None = None
            ) -> tuple[np.ndarray, State]:
                \"\"\"\(callWords)\"\"\"
                w = self.weights
                x = \(numpyInput)
                batch, time = x.shape[:2]
                h, c = (np.array(part) for part in state) if state is not None else np.zeros((2, \(layers), batch, \(hidden)), np.float32)
                lengths = np.full(batch, time) if lengths is None else lengths
                for layer in range(\(layers)):
                    sums = x @ w[f"rnn.weight_ih_l{layer}"].T + w[f"rnn.bias_ih_l{layer}"] + w[f"rnn.bias_hh_l{layer}"]
                    hidden = np.zeros((batch, time, \(hidden)), np.float32)
                    for t in range(time):
                        i, f, g, o = np.split(sums[:, t] + h[layer] @ w[f"rnn.weight_hh_l{layer}"].T, 4, axis=1)
                        counts = (t < lengths)[:, None]
                        cell = sigmoid(f) * c[layer] + sigmoid(i) * np.tanh(g)
                        c[layer] = np.where(counts, cell, c[layer])
                        h[layer] = np.where(counts, sigmoid(o) * np.tanh(cell), h[layer])
                        hidden[:, t] = h[layer]
                    x = hidden
                return \(model.speaksEveryStep ? "x" : "h[-1]") @ w["head.weight"].T + w["head.bias"], (h, c)


        def load(path: str | Path = FOLDER / "model.npz") -> Model:
            \"\"\"The trained model, ready to be used.\"\"\"
            return Model(dict(np.load(path)))
        """
    }

    private var numpyInput: String {
        switch model.input {
        case .oneHot(let count): "np.eye(\(count), dtype=np.float32)[tokens]"
        case .embedding: "w[\"embedding.weight\"][tokens]"
        case .vectors: "np.asarray(inputs, np.float32)"
        }
    }
}
