import Layers
import Models

/// `verify.py` of an export: runs the exported model with its own library on the replayed batch.
struct VerificationScript {
    let model: ExportedModel
    let format: ExportFormat

    private var states: ExportedStates { model.states }

    /// `(batch["h0"], batch["c0"])`.
    private func initialStates(_ batch: String) -> String { states.expression { "\(batch)[\"\($0.name("0"))\"]" } }

    /// Tolerance of outputs and states; relative to the largest one if that is above 1.
    static let limit = 1e-5
    /// The exit code if Python lacks a library.
    static let missingLibraryCode: Int32 = 3

    var text: String {
        """
        \"\"\"Runs the exported model on verification.npz, and holds what it says against what lstm-train said: outputs and states.

            python verify.py

        Prints the largest difference, of a value of its kind where the largest of these is above 1; ends with 1 if it is above \(Self.limit).
        \"\"\"

        \(imports)

        FOLDER = Path(__file__).parent
        LIMIT = \(Self.limit)

        sys.path.insert(0, str(FOLDER))
        try:
            import numpy as np
        \(libraries)
        except ModuleNotFoundError as error:
            if error.name not in \(literalModules):
                raise
            print(f"{error.name} is missing: {sys.executable} -m pip install \(model.packages(format).joined(separator: " "))")
            sys.exit(\(Self.missingLibraryCode))


        def run(batch) -> list[np.ndarray]:
            \"\"\"Outputs and final states, as the exported model computes them.\"\"\"
        \(run)
            return [np.asarray(part) for part in [outputs\(states.parts.map { ", " + $0.name("n") }.joined())]]


        def main() -> int:
            batch = np.load(FOLDER / "verification.npz")
            lengths = batch["lengths"]
            largest = 0.0
            for name, found in zip(["outputs"\(states.parts.map { ", \"\($0.name("n"))\"" }.joined())], run(batch)):
                wanted = batch[name]
                if found.shape != wanted.shape:
                    print(f"{name} is {list(found.shape)}, not {list(wanted.shape)}")
                    return 1
                difference = np.abs(found - wanted) / max(1.0, np.abs(wanted).max())
        \(mask)        # Of a value that is not a number, max() is none either.
                largest = max(largest, float(difference.max()) if np.isfinite(difference).all() else float("inf"))
            print(f"largest difference {largest:.1e} over {len(lengths)} sequences of {lengths.min()} to {lengths.max()} steps; at most {LIMIT:.0e} is right")
            return 0 if largest <= LIMIT else 1


        if __name__ == "__main__":
            sys.exit(main())

        """
    }

    /// Excludes time steps past a sequence's end, which have no outputs.
    private var mask: String {
        guard model.hasOutputEveryStep else { return "" }
        return """
                    if name == "outputs":
                        difference = difference[np.arange(wanted.shape[1]) < \(model.changesSteps ? "batch[\"output_lengths\"]" : "lengths")[:, None]]

            """
    }

    private var imports: String {
        format == .keras
            ? """
            import importlib.util
            import os
            import sys
            from pathlib import Path

            # Keras begins with TensorFlow, also where only another backend is installed.
            installed = [name for name in ("tensorflow", "jax", "torch") if importlib.util.find_spec(name)]
            os.environ.setdefault("KERAS_BACKEND", installed[0] if installed else "torch")
            """ : "import sys\nfrom pathlib import Path"
    }

    private var libraries: String {
        switch format {
        case .pytorch: "    import torch\n    from model import load"
        case .keras: "    from model import load, run as run_keras"
        case .onnx, .npz: "    from model import load"
        }
    }

    private var literalModules: String { "[" + model.packages(format).map { "\"\($0)\"" }.joined(separator: ", ") + "]" }

    private var run: String {
        let input = "batch[\"\(model.shape.input.name)\"]"
        switch format {
        case .pytorch:
            return """
                    tensors = {name: torch.from_numpy(batch[name]) for name in batch.files}
                    with torch.no_grad():
                        outputs, \(states.expression("n")) = load()(tensors["\(model.shape.input.name)"], \(initialStates("tensors")), tensors["lengths"])
                """
        case .keras:
            return "    outputs, \(states.expression("n")) = run_keras(load(with_state=True), \(input), \(initialStates("batch")), batch[\"lengths\"])"
        case .onnx, .npz:
            return "    outputs, \(states.expression("n")) = load()(\(input), \(initialStates("batch")), batch[\"lengths\"])"
        }
    }
}
