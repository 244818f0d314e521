// `model.py` for Keras 3, on any backend.
import Layers
import Models

extension PythonModule {
    var kerasOpening: String {
        opening(example: kerasExample) + """


            from __future__ import annotations

            \(jsonImport)from pathlib import Path

            import keras
            import numpy as np
            \(tokenizerImport)
            FOLDER = Path(__file__).parent
            State = \(states.type("np.ndarray"))
            """
    }

    private var kerasExample: String {
        switch model.use {
        case .text, .series, .frames: example(load: "load(with_state=True)") + "\nload().save(\"model.keras\")"
        case .classes, .numbers: "from model import load\noutputs = load().predict(\(inputName))\nload().save(\"model.keras\")"
        }
    }

    var kerasModel: String {
        """
        def build(with_state: bool = False) -> keras.Model:
            \"\"\"The model before it has its weights: \(inputName) \(model.shape.input.shapeWords) → \(outputWords).

            With state it reads [\(inputName), mask\(states.groups.isEmpty ? "" : ", \(kerasNames(suffix: "_0")), …")] and returns [outputs, …], the states of each layer and direction, [batch, width];
            `mask` [batch, time] is False behind a sequence's end.
            \"\"\"
        \(kerasInput)
            given = mask = keras.Input((None,), dtype="bool", name="mask") if with_state else None
            before, after = [], []

            def recur(layer: keras.Layer, x, units: int, *names: str):
                state = [keras.Input((units,), name=name) for name in names] if with_state else None
                y, *ends = layer(x, initial_state=state, mask=mask)
                before.extend(state or [])
                after.extend(ends)
                return y

        \(kerasFunctions.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined() + "\n" }.joined())\
        \(model.layers.flatMap(kerasStep).map { "    \($0)\n" }.joined())\
            outputs = keras.layers.Dense(\(outputs), name="head")(x)
            if with_state:
                return keras.Model([\(inputName), given, *before], [outputs, *after])
            return keras.Model(\(inputName), outputs)


        def load(path: str | Path = FOLDER / "weights.npz", with_state: bool = False) -> keras.Model:
            \"\"\"The trained model, ready to be used, or to be saved: load().save("model.keras").\"\"\"
            weights = np.load(path)
            model = build(with_state)
            model.set_weights([weights[name] for name in weights.files])
            return model


        \(numpyZeroState)def run(
            model: keras.Model, \(inputName): np.ndarray, state: State | None = None, lengths: np.ndarray | None = None
        ) -> tuple[np.ndarray, State]:
            \"\"\"\(callWords.replacing("\n        ", with: "\n    "))

            `model` is from load(with_state=True).
            \"\"\"
            batch, time = \(inputName).shape[:2]
            \(states.targets("0")) = \(numpyState)
            mask = np.arange(time) < (np.full(batch, time) if lengths is None else lengths)[:, None]
            \(kerasCall)
            after = [keras.ops.convert_to_numpy(part) for part in after]
            return keras.ops.convert_to_numpy(outputs), \(kerasFinalStates)
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
