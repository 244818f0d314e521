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

            FOLDER = Path(__file__).parent
            State = \(cell.stateType("np.ndarray"))
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

            With state it reads [\(inputName), mask, \(cell.names("_0")), …] and returns [outputs, \(cell.names("_0")), …], states a layer, [batch, \(hidden)]; `mask` [batch, time] is
            False behind a sequence's end.
            \"\"\"
        \(kerasInput)
            mask = keras.Input((None,), dtype="bool", name="mask") if with_state else None
            before, after = [], []
            for layer in range(\(layers)):
                state = [keras.Input((\(hidden),), name=f"{part}_{layer}") for part in "\(cell.stateNames.joined())"] if with_state else None
                \(kerasLayerName) = keras.layers.\(cell.kerasLayer)(\(hidden), return_sequences=True, return_state=True\(cell.kerasArguments), name=f"\(kerasLayerName)_{layer}")
                x, \(cell.names()) = \(kerasLayerName)(x, initial_state=state, mask=mask)
                before += state or []
                after += [\(cell.names())]
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
            \(cell.names()) = state if state is not None else \(cell.numpyZeros(layers: layers, hidden: hidden))
            mask = np.arange(time) < (np.full(batch, time) if lengths is None else lengths)[:, None]
            outputs, *after = model([\(inputName), mask, \(kerasStates)])
            after = [keras.ops.convert_to_numpy(part) for part in after]
            return keras.ops.convert_to_numpy(outputs), \(kerasFinalStates)
        """
    }

    private var kerasLayerName: String { cell.kerasLayer.lowercased() }

    /// The parts of the states, layer by layer.
    private var kerasStates: String { cell.states.count == 1 ? "*h" : "*(part for pair in zip(\(cell.names())) for part in pair)" }

    private var kerasFinalStates: String {
        let count = cell.states.count
        return cell.grouped(count == 1 ? ["np.stack(after)"] : (0..<count).map { "np.stack(after[\($0 == 0 ? "" : "\($0)")::\(count)])" })
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
