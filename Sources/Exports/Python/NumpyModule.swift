import Layers
import Models

// `model.py` for NumPy only, with its own implementation of the recurrent layers.
extension PythonModule {
    var numpyOpening: String {
        opening(example: example(load: "load()")) + """


            from __future__ import annotations

            \(jsonImport)from pathlib import Path

            import numpy as np

            FOLDER = Path(__file__).parent
            State = \(cell.stateType("np.ndarray"))
            """
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
                \(cell.names()) = \(numpyStateCopies) if state is not None else \(cell.numpyZeros(layers: layers, hidden: hidden))
                lengths = np.full(batch, time) if lengths is None else lengths
                for layer in range(\(layers)):
                    weight = w[f"rnn.weight_ih_l{layer}"].T
                    sums = \(isOneHot ? "(weight[x] if layer == 0 else x @ weight)" : "x @ weight") + w[f"rnn.bias_ih_l{layer}"]\(cell.numpyInputHasBothBiases ? " + w[f\"rnn.bias_hh_l{layer}\"]" : "")
                    hidden = np.zeros((batch, time, \(hidden)), np.float32)
                    for t in range(time):
                        \(cell.numpyStep.joined(separator: "\n                "))
                        hidden[:, t] = h[layer]
                    x = hidden
                return \(model.hasOutputEveryStep ? "x" : "h[-1]") @ w["head.weight"].T + w["head.bias"], \(cell.state())


        def load(path: str | Path = FOLDER / "model.npz") -> Model:
            \"\"\"The trained model, ready to be used.\"\"\"
            return Model(dict(np.load(path)))
        """
    }

    private var numpyStateCopies: String {
        cell.states.count == 1 ? "np.array(state)" : "(np.array(part) for part in state)"
    }

    private var isOneHot: Bool {
        if case .oneHot = model.shape.input { return true }
        return false
    }

    private var numpyInput: String {
        switch model.shape.input {
        // A one-hot vector selects a row of the weights.
        case .oneHot: "np.asarray(tokens)"
        case .embedding: "w[\"embedding.weight\"][tokens]"
        case .vectors: "np.asarray(inputs, np.float32)"
        }
    }
}
