import Batches
import Datasets
import Layers
import Models
import StrictJSON

/// `model.py` of an export: a Python file that rebuilds and uses the model, composed of the parts that this model needs.
struct PythonModule {
    let model: ExportedModel
    let format: ExportFormat

    var text: String {
        let parts: [String]
        switch format {
        case .pytorch: parts = [pytorchOpening, pytorchModel, torchUse]
        case .onnx: parts = [onnxOpening, onnxModel, numpyUse]
        case .keras: parts = [kerasOpening, kerasModel, numpyUse]
        case .npz: parts = [numpyOpening, numpyModel, numpyUse]
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n\n") + "\n"
    }

    /// `zero_state`, with NumPy, where it isn't one array of zeros; else empty.
    var numpyZeroState: String {
        guard !states.isStacked else { return "" }
        let groups = states.groups.map { group in
            let zeros = group.map { "np.zeros((\($0.count), batch, \($0.width)), np.float32)" }
            return "        " + (zeros.count == 1 ? zeros[0] : "(" + zeros.joined(separator: ", ") + ")") + ",\n"
        }
        return """
            def zero_state(batch: int) -> State:
                \"\"\"The state of new sequences: \(states.words).\"\"\"
                return [
            \(groups.joined())    ]



            """
    }

    /// The state to begin with, in NumPy.
    var numpyState: String { "state if state is not None else \(states.isStacked ? states.numpyZeros : "zero_state(batch)")" }

    // MARK: Python expressions

    var states: ExportedStates { model.states }
    var outputs: Int { model.shape.outputs }
    var inputName: String { model.shape.input.name }
    var inputWidth: Int { model.shape.inputWidth(ofLayer: 0) }

    /// For example "scores [batch, time, 65] before softmax".
    var outputWords: String {
        let shape = model.hasOutputEveryStep ? "[batch, \(model.outputTimeWords), \(outputs)]" : "[batch, \(outputs)]"
        guard model.shape.loss.mixture == nil else { return "parameters \(shape) of a mixture" }
        return model.shape.loss.isOfNumbers ? "predictions \(shape)" : "scores \(shape) before \(model.shape.loss.functionName)"
    }

    /// Describes a call, for each format's docstring.
    var callWords: String {
        """
        Reads `\(inputName)` \(model.shape.input.shapeWords), of sequence b the first `lengths[b]` steps (default: all), from `state`,
                \(states.words) (default: zero). Returns \(outputWords), and the state at each sequence's end.
        """
    }

    /// The module's docstring: a description of the model and a minimal example.
    func opening(example: String) -> String {
        """
        \"\"\"\(pythonWords(model.name)): \(model.summary).

        \(example.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))

        Written by lstm-train \(model.origin.programVersion), from step \(model.origin.step) of its training.
        \"\"\"
        """
    }

    /// A minimal example.
    func example(load: String) -> String {
        switch model.use {
        case .text: "from model import generate, load\nprint(generate(\(load), prompt=\(literal(examplePrompt)), length=200))"
        case .series(let series):
            "from model import forecast, load\nrows = forecast(\(load), past\(series.isBySeries ? ", series" : "")"
                + "\(series.futureNames.isEmpty ? "" : ", future")\(series.calendar.isEmpty ? "" : ", times"))"
        case .frames: "from model import load, sample\nsteps = sample(\(load), temperature=0.5, seed=1)"
        case .classes, .numbers: "from model import load\noutputs, state = load()(\(inputName))"
        }
    }

    /// A Python literal.
    func literal(_ text: String) -> String { JSONValue.text(text).serialized() }
    func literal(_ texts: [String]) -> String { "[" + texts.map(literal).joined(separator: ", ") + "]" }
    func literal(_ isTrue: Bool) -> String { isTrue ? "True" : "False" }

    /// A text escaped for a docstring, so that it can't end it.
    private func pythonWords(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\"" || $0 == "\\" || $0.properties.generalCategory == .control ? "_" : $0 }))
    }
}
