import Audio
import Configuration
import Datasets
import Foundation
import Kernels
import Layers
import Models
import NumberText
import Training

/// `README.md` of an export: a model card with a YAML header for Hugging Face and a text for readers.
struct ModelCard {
    let model: ExportedModel
    let format: ExportFormat
    /// SHA-256 of the file with the weights.
    let weightsFileSHA256: String
    let replayed: ReplayedBatch
    /// Names of the export's files.
    let files: [String]

    var text: String {
        let title = "# \(model.name.markdown)\n\n\(model.summary.prefix(1).uppercased() + model.summary.dropFirst()), trained by lstm-train."
        return [head, title, use, numbers, origin, figures, contents, limits].filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    // MARK: For Hugging Face

    private var head: String {
        var lines = ["---", "# license: choose one, for instance mit", "library_name: \(format.libraryName)"]
        if let tag = model.task.pipelineTag { lines.append("pipeline_tag: \(tag)") }
        let cells = Set(model.shape.recurrentLayers.map(\.cell.rawValue)).sorted()
        lines += ["tags:"] + (cells + ["lstm-train", model.configuration.data.kindName] + (format == .pytorch ? ["safetensors"] : [])).map { "- \($0)" }
        if let figures = model.origin.figures { lines += index(of: figures) }
        return (lines + ["---"]).joined(separator: "\n")
    }

    private func index(of figures: ModelFigures) -> [String] {
        let dataset = (model.origin.dataDescription ?? model.configuration.data.kindName).yaml
        return [
            "model-index:", "- name: \(model.name.yaml)", "  results:", "  - task:", "      type: \(model.task.pipelineTag ?? "other")",
            "      name: \(model.task.name)", "    dataset:", "      type: \(model.configuration.data.kindName)", "      name: \(dataset)",
            "      split: \(figures.part)", "    metrics:",
        ] + figures.figures.flatMap { ["    - type: \($0.type)", "      name: \($0.name.yaml)", "      value: \(rounded($0.value))"] }
    }

    // MARK: For readers

    private var use: String {
        """
        ## Use

        ```
        pip install \(model.packages(format).joined(separator: " "))
        ```

        In this folder:

        ```python
        \(CardExample(model: model, format: format).text)
        ```

        `model.py` is the whole model in a page. `python verify.py` runs it on a batch whose outputs lstm-train computed, and prints the largest difference.
        """
    }

    /// What the numbers are, for calls of the model without `forecast`.
    private var numbers: String {
        if case .frames(let use) = model.use { return use.numbersText }
        guard let series = model.series else { return recordings }
        return SeriesNumbersText(scaling: series).text
    }

    /// How recordings become the model's inputs.
    private var recordings: String {
        let data = model.configuration.data
        guard !data.audio.isEmpty else { return "" }
        let settings = data.recordingFrontEnd
        let definitions = ["librosa": "librosa 0.11's", "torchaudio": "torchaudio's transforms'", "kaldi": "Kaldi's"]
        let frames =
            [.logMel, .mfcc].contains(settings.features)
            ? " A frame every \(settings.hopLength) samples has a window of \(settings.windowLength) in a transform of \(settings.transformLength); \(settings.bandCount) mel bands from "
                + "\(settings.lowFrequency) to \(settings.highFrequency) Hz\(settings.features == .mfcc ? ", of which come \(settings.coefficientCount) cepstral coefficients" : ""), by "
                + "\(definitions[settings.definition.rawValue] ?? settings.definition.rawValue) definition."
            : ""
        return """
            ## Inputs

            A recording of \(settings.rate) samples a second becomes a sequence of `\(settings.features.rawValue)`, \(counted(settings.featureNames.count, "number")) a time step.\(frames) \
            `model.py` takes these numbers as they are, before they are standardised.
            """
    }

    private var origin: String {
        let data = model.configuration.withoutFolders.data
        let source =
            model.origin.dataDescription.map { "Learned from \($0.markdown)." }
            ?? "Learned from data of the kind \"\(data.kindName)\"" + (data.files.isEmpty ? "" : " (\(data.files.joined(separator: ", ").markdown))")
            + ", not looked at for this card."
        let training = model.configuration.training
        return """
            ## Training

            \(source)\(beginning) \(counted(model.origin.step, "step")) of \(counted(training.batch, "sequence")), in \(model.origin.precision.rawValue), seed \(training.seed). \
            `config.json` is the whole configuration; with the same data\(beginning.isEmpty ? "" : " and first weights") it gives the same bits again, \
            on any number of ranks and threads. Weights as a flat buffer: SHA-256 `\(model.origin.weightsSHA256)`.
            """
    }

    /// Describes initial weights that come from a file.
    private var beginning: String {
        guard let sha256 = model.origin.initialWeightsSHA256 else { return "" }
        let name = model.configuration.withoutFolders.model.initialWeights
        return " Training began with weights from elsewhere\(name.isEmpty ? "" : ", \(name.markdownCode)"): as a flat buffer SHA-256 `\(sha256)`."
    }

    private var figures: String {
        guard let figures = model.origin.figures else {
            return "## Figures\n\nNot measured for this card: the data weren't there. `lstm-train evaluate` measures them."
        }
        let rows = figures.figures.map { "| \($0.name) | \(rounded($0.value)) |" }
        let table = ["| figure | value |", "|---|---|"] + rows
        return (["## Figures", "", "On the \(figures.part) part, each example counted once:", ""] + table).joined(separator: "\n")
    }

    private var contents: String {
        var meanings = [
            "model.py": "the model in Python", "verify.py": "holds what the model says against what lstm-train said",
            "verification.npz": "a batch to verify with: \(replayed.description); initial states, and what lstm-train said",
            "config.json": "the configuration, files without their folders", format.weightsFile: "the weights: SHA-256 `\(weightsFileSHA256)`",
        ]
        if let stored = model.stored { meanings[stored.name] = stored.words }
        return (["## Files", "", "| file | what it is |", "|---|---|"] + files.compactMap { name in meanings[name].map { "| `\(name)` | \($0) |" } })
            .joined(separator: "\n")
    }

    private var limits: String {
        let precision =
            model.origin.precision == .float32
            ? ""
            : " It was trained in \(model.origin.precision.rawValue), and the outputs to verify against are computed in float32, so figures may differ a little."
        return """
            ## Limits

            The model computes in float32, in another order of sums than lstm-train: outputs agree to about 1e-6, not to the bit.\(precision) \
            It has seen nothing but its data, and says nothing reliable beyond them.
            """
    }

    /// Six significant digits, more than is meaningful. YAML reads a number with an exponent as text unless it has a point.
    private func rounded(_ value: Double) -> String {
        let digits = String(format: "%.6g", value)
        return digits.contains("e") && !digits.contains(".") ? digits.replacing("e", with: ".0e") : digits
    }
}
