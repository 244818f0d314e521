import Datasets
import Layers
import Models
import StrictJSON

/// The Python example of a model card: its lines run as printed, in the export's folder.
struct CardExample {
    let model: ExportedModel
    let format: ExportFormat

    var text: String {
        let lines =
            switch model.use {
            case .text: generating
            case .series(let series): forecasting(series)
            case .frames: drawing
            case .classes, .numbers: calling
            }
        return (preparation + lines + afterwards).joined(separator: "\n")
    }

    private var isTorch: Bool { format == .pytorch }
    private var loading: String { format == .keras && keepsState ? "load(with_state=True)" : "load()" }
    private var keepsState: Bool { if case .frames = model.use { true } else { model.task.pipelineTag != nil } }

    private var preparation: [String] {
        format == .keras ? ["import os", "", "os.environ.setdefault(\"KERAS_BACKEND\", \"torch\")  # or \"tensorflow\", \"jax\"", ""] : []
    }

    private var afterwards: [String] {
        format == .keras ? ["load().save(\"model.keras\")  # in Keras's own format, for keras.saving.load_model"] : []
    }

    private var generating: [String] {
        let prompt = JSONValue.text(PythonModule(model: model, format: format).examplePrompt).serialized()
        return ["from model import generate, load", "", "model = \(loading)", "print(generate(model, \(prompt), length=100, temperature=0.8, seed=1))"]
    }

    private var drawing: [String] {
        ["from model import load, sample", "", "model = \(loading)", "print(sample(model, length=100, temperature=0.5, seed=1))"]
    }

    private func forecasting(_ series: SeriesScaling) -> [String] {
        let mean = series.isBySeries ? "scale(series)[0]" : "MEAN"
        func rows(_ columns: String, _ count: Int) -> String {
            isTorch ? "\(mean)[\(columns)].repeat(\(count), 1)" : "np.tile(\(mean)[\(columns)], (\(count), 1))"
        }
        let reads = !series.futureNames.isEmpty
        let names = ["COLUMNS"] + (reads ? ["FUTURE"] : []) + [series.isBySeries ? "SERIES" : "MEAN", "forecast", "load"]
            + (series.isBySeries ? ["scale"] : [])
        let arguments = ["model", "past"] + (series.isBySeries ? ["series"] : []) + (reads ? ["future"] : []) + (series.calendar.isEmpty ? [] : ["times"])
        var lines = (series.calendar.isEmpty ? [] : ["from datetime import datetime, timedelta"]) + (isTorch ? [] : ["import numpy as np"])
        lines += ["from model import \(names.joined(separator: ", "))", "", "model = \(loading)", "print(COLUMNS)"]
        if series.isBySeries { lines.append("series = list(SERIES)[0]  # the name of your series") }
        let count = series.pastRowCount
        lines.append("past = \(rows(": len(COLUMNS)", count))  # your last \(count) rows stand here, in these columns and their own units")
        if reads { lines.append("future = \(rows("FUTURE", series.horizon))  # what is known of the rows to forecast") }
        if !series.calendar.isEmpty {
            let all = "range(\(count + series.horizon))"
            lines.append("times = [datetime(2030, 1, 1) + timedelta(hours=row) for row in \(all)]  # of these rows and of those to forecast")
        }
        return lines + ["print(forecast(\(arguments.joined(separator: ", "))))"]
    }

    private var calling: [String] {
        let array: String
        let steps = model.shape.fewestSteps
        let tokens = Array(repeating: "0", count: max(3, steps)).joined(separator: ", ")
        switch (model.shape.input, isTorch) {
        case (.vectors(let width), true): array = "torch.zeros(1, \(max(10, steps)), \(width))"
        case (.vectors(let width), false): array = "np.zeros((1, \(max(10, steps)), \(width)), \"float32\")"
        case (_, true): array = "torch.tensor([[\(tokens)]])"
        case (_, false): array = "np.array([[\(tokens)]])"
        }
        let call = format == .keras ? "outputs = model.predict(\(array))" : "outputs, state = model(\(array))"
        return [isTorch ? "import torch" : "import numpy as np", "from model import load", "", "model = load()", call, "print(outputs)"]
    }
}

extension ModelDescription {
    /// Time steps of the shortest sequence that fills a window of each convolution, which Keras asks for.
    fileprivate var fewestSteps: Int {
        layers.reversed().reduce(1) { count, layer in
            switch layer.stepChange {
            case .none: count
            case .toOne: 1
            case .every(let stride): (count - 1) * stride + 1
            case .windows(let extent, let stride): (count - 1) * stride + extent
            }
        }
    }
}
