import Layers
import Models

// `model.py` for NumPy only, with its own implementation of the recurrent layers.
extension PythonModule {
    var numpyOpening: String {
        opening(example: example(load: "load()")) + """


            from __future__ import annotations

            \(jsonImport)\(mathImport)from pathlib import Path

            import numpy as np
            \(tokenizerImport)
            FOLDER = Path(__file__).parent
            State = \(states.type("np.ndarray"))
            """
    }

    var numpyModel: String {
        let functions = (numpyCells + [numpyReverse] + sharedFunctions(.numpy)).filter { !$0.isEmpty }.map { $0 + "\n\n\n" }.joined()
        return """
            def sigmoid(x: np.ndarray) -> np.ndarray:
                return 0.5 + 0.5 * np.tanh(0.5 * x)  # no overflow, however large x is


            \(functions)\(numpyZeroState)class Model:
                def __init__(self, weights: dict[str, np.ndarray]) -> None:
                    self.weights = weights

                def __call__(
                    self, \(inputName): np.ndarray, state: State | None = None, lengths: np.ndarray | None = None
                ) -> tuple[np.ndarray, State]:
                    \"\"\"\(callWords)\"\"\"
                    w = self.weights
                    x = \(numpyInput)
                    batch, time = x.shape[:2]
                    lengths = np.full(batch, time) if lengths is None else lengths
            \((states.isStacked ? numpyStack : numpyList).map { "        \($0)\n" }.joined())

            def load(path: str | Path = FOLDER / "model.npz") -> Model:
                \"\"\"The trained model, ready to be used.\"\"\"
                return Model(dict(np.load(path)))
            """
    }

    private var mathImport: String { !jsonImport.contains("import math") && model.shape.layers.contains { $0.heads != nil } ? "import math\n" : "" }

    private var numpyInput: String {
        switch model.shape.input {
        case .oneHot: "np.asarray(tokens)"
        case .embedding: "w[\"embedding.weight\"][tokens]"
        case .vectors: "np.asarray(inputs, np.float32)"
        }
    }
}
