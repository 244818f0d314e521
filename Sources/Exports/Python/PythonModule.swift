import Datasets
import Network
import StrictJSON

/// `model.py` of an export: one file of Python that rebuilds the model and uses it, made of parts. Each says only what this model needs.
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

    // MARK: Facts in Python's words

    var hidden: Int { model.shape.hidden }
    var layers: Int { model.shape.layers }
    var outputs: Int { model.shape.outputs }
    var inputName: String { model.shape.input.name }
    var inputWidth: Int { model.shape.inputWidth(ofLayer: 0) }

    /// "scores [batch, time, 65] before softmax", say.
    var outputWords: String {
        let shape = model.hasOutputEveryStep ? "[batch, time, \(outputs)]" : "[batch, \(outputs)]"
        return model.shape.loss == .squaredError ? "predictions \(shape)" : "scores \(shape) before softmax"
    }

    /// What a call does, for each format's docstring.
    var callWords: String {
        """
        Reads `\(inputName)` \(model.shape.input.shapeWords), of sequence b the first `lengths[b]` steps (default: all), from `state`: h and c,
                each [\(layers), batch, \(hidden)] (default: zero). Returns \(outputWords), and the state at each sequence's end.
        """
    }

    /// The module's docstring: what the model is, and the least that one does with it.
    func opening(example: String) -> String {
        """
        \"\"\"\(pythonWords(model.name)): \(model.summary).

        \(example.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))

        Written by lstm-train \(model.origin.programVersion), from step \(model.origin.step) of its training.
        \"\"\"
        """
    }

    /// The least that one does with the model.
    func example(load: String) -> String {
        switch model.use {
        case .text: "from model import generate, load\nprint(generate(\(load), prompt=\(literal(examplePrompt)), length=200))"
        case .series: "from model import forecast, load\nrows = forecast(\(load), past)"
        case .classes, .numbers: "from model import load\noutputs, state = load()(\(inputName))"
        }
    }

    /// A Python literal.
    func literal(_ text: String) -> String { JSONValue.text(text).serialized() }
    func literal(_ texts: [String]) -> String { "[" + texts.map(literal).joined(separator: ", ") + "]" }
    func literal(_ isTrue: Bool) -> String { isTrue ? "True" : "False" }

    /// A text within a docstring, which it can't end.
    private func pythonWords(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\"" || $0 == "\\" || $0.properties.generalCategory == .control ? "_" : $0 }))
    }
}
