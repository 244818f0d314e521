// `model.py` for Keras 3, on any backend.
import Network

extension PythonModule {
    var kerasOpening: String {
        opening(example: kerasExample) + """


            from __future__ import annotations

            \(jsonImport)from pathlib import Path

            import keras
            import numpy as np

            FOLDER = Path(__file__).parent
            State = tuple[np.ndarray, np.ndarray]
            """
    }

    private var kerasExample: String {
        switch model.use {
        case .text, .series: example(load: "load(with_state=True)") + "\nload().save(\"model.keras\")"
        case .classes, .numbers: "from model import load\noutputs = load().predict(\(inputName))\nload().save(\"model.keras\")"
        }
    }

    var kerasModel: String {
        """
        def build(with_state: bool = False) -> keras.Model:
            \"\"\"The model before it has its weights: \(inputName) \(model.shape.input.shapeWords) → \(outputWords).

            With state it reads [\(inputName), mask, h_0, c_0, …] and returns [outputs, h_0, c_0, …], states a layer, [batch, \(hidden)]; `mask` [batch, time] is
            False behind a sequence's end.
            \"\"\"
        \(kerasInput)
            mask = keras.Input((None,), dtype="bool", name="mask") if with_state else None
            before, after = [], []
            for layer in range(\(layers)):
                state = [keras.Input((\(hidden),), name=f"{part}_{layer}") for part in "hc"] if with_state else None
                lstm = keras.layers.LSTM(\(hidden), return_sequences=True, return_state=True, name=f"lstm_{layer}")
                x, h, c = lstm(x, initial_state=state, mask=mask)
                before += state or []
                after += [h, c]
            outputs = keras.layers.Dense(\(outputs), name="head")(\(model.hasOutputEveryStep ? "x" : "h"))
            if with_state:
                return keras.Model([\(inputName), mask, *before], [outputs, *after])
            return keras.Model(\(inputName), outputs)


        def load(path: str | Path = FOLDER / "weights.npz", with_state: bool = False) -> keras.Model:
            \"\"\"The trained model, ready to be used, or to be saved: load().save("model.keras").\"\"\"
            weights = np.load(path)
            model = build(with_state)
            model.set_weights([weights[name] for name in weights.files])
            return model


        def run(
            model: keras.Model, \(inputName): np.ndarray, state: State | None = None, lengths: np.ndarray | None = None
        ) -> tuple[np.ndarray, State]:
            \"\"\"\(callWords.replacing("\n        ", with: "\n    "))

            `model` is from load(with_state=True).
            \"\"\"
            batch, time = \(inputName).shape[:2]
            h, c = state if state is not None else np.zeros((2, \(layers), batch, \(hidden)), np.float32)
            mask = np.arange(time) < (np.full(batch, time) if lengths is None else lengths)[:, None]
            outputs, *after = model([\(inputName), mask, *(part for pair in zip(h, c) for part in pair)])
            after = [keras.ops.convert_to_numpy(part) for part in after]
            return keras.ops.convert_to_numpy(outputs), (np.stack(after[::2]), np.stack(after[1::2]))
        """
    }

    private var kerasInput: String {
        switch model.shape.input {
        case .oneHot(let count):
            "    tokens = keras.Input((None,), dtype=\"int32\", name=\"tokens\")\n    x = keras.ops.one_hot(tokens, \(count))"
        case .embedding(let count, let width):
            """
                tokens = keras.Input((None,), dtype="int32", name="tokens")
                x = keras.layers.Embedding(\(count), \(width), name="embedding")(tokens)
            """
        case .vectors(let width): "    x = inputs = keras.Input((None, \(width)), name=\"inputs\")"
        }
    }
}
