import Models

// `model.py` for ONNX Runtime.
extension PythonModule {
    var onnxOpening: String {
        opening(example: example(load: "load()")) + """


            from __future__ import annotations

            \(jsonImport)from pathlib import Path

            import numpy as np
            import onnxruntime
            \(tokenizerImport)
            FOLDER = Path(__file__).parent
            State = \(states.type("np.ndarray"))
            """
    }

    var onnxModel: String {
        let isTokens = inputName == "tokens"
        return numpyZeroState + """
            class Model:
                def __init__(self, session: onnxruntime.InferenceSession) -> None:
                    self.session = session

                def __call__(
                    self, \(inputName): np.ndarray, state: State | None = None, lengths: np.ndarray | None = None
                ) -> tuple[np.ndarray, State]:
                    \"\"\"\(callWords)\"\"\"
                    x = np.asarray(\(inputName), np.\(isTokens ? "int64" : "float32"))
                    batch, time = x.shape[:2]
                    \(states.targets("0")) = \(numpyState)
                    lengths = np.full(batch, time) if lengths is None else lengths
                    feed = {"\(inputName)": x, "lengths": lengths.astype(np.int32)\(states.parts.map { ", \"\($0.name("0"))\": \($0.name("0"))" }.joined())}
                    [outputs\(states.parts.map { ", " + $0.name("n") }.joined())] = self.session.run(["outputs"\(states.parts.map { ", \"\($0.name("n"))\"" }.joined())], feed)
                    return outputs, \(states.expression("n"))


            def load(path: str | Path = FOLDER / "model.onnx") -> Model:
                \"\"\"The trained model, ready to be used.\"\"\"
                return Model(onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]))
            """
    }
}
