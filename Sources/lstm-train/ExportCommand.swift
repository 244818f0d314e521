public import ArgumentParser
import Checkpoints
import Communication
import Exports
import Foundation
import Inference
import NumberText
import Runs
import Threads
import ShellText
import Training

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a trained model for PyTorch, ONNX, Keras or NumPy, with the code that uses it, a model card, and a proof that it says the same.",
        discussion: """
            The folder has the weights, model.py, which rebuilds the model, README.md (a model card), the configuration, vocabulary or statistics, and \
            verify.py, which runs the exported model with its own library on a batch whose outputs were computed here. With --verify that is done at once. \
            A file of --format pytorch is also what model.initialWeights takes, to train on from it.

            EXAMPLE
              lstm-train export runs/text --format onnx --output text-onnx --verify
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints.", valueName: "run"))
    var path: String

    @Option(help: "pytorch (safetensors), onnx (opset 17), keras (Keras 3) or npz (NumPy).")
    var format: ExportFormat

    @Option(help: ArgumentHelp("The folder to make.", valueName: "path"))
    var output: String

    @OptionGroup var checkpoint: CheckpointOptions

    @Flag(help: "Replace an earlier export even if files in it were changed or added.")
    var force = false

    @Flag(help: "Run the exported model with its own library, and compare.")
    var verify = false

    @Option(help: ArgumentHelp("The Python to verify with. (default: what LSTM_TRAIN_PYTHON names, else python3)", valueName: "path"))
    var python: String?

    func validate() throws {
        try refuseEmpty([("run", path), ("--output", output), ("--python", python)])
        guard python == nil || verify else { throw ValidationError("--python goes with --verify only.") }
    }

    func run() throws {
        let run = try TrainedRun(path, at: checkpoint.choice)
        let data = data(of: run)
        for note in run.notes { printError(note) }
        let team = ThreadTeam(threadCount: usableCoreCount(), spins: false)
        let model = try ExportedModel(
            run, data: data, programVersion: LSTMTrain.configuration.version, group: SingleProcess(), team: team)
        let written = try model.write(format, to: output, data: data, force: force, team: team)
        show(written, from: run)
        if verify {
            printLine("verified    " + (try PythonCheck(python: python).verify(written)))
        } else {
            printLine("next        cd \(output.shellPath) && python3 verify.py")
        }
    }

    /// The run's data. Without them the model is exported too, and verified with random inputs.
    private func data(of run: TrainedRun) -> RunData? {
        do { return try run.data() } catch {
            printError("lstm-train: exported without the run's data: \(error)")
            return nil
        }
    }

    private func show(_ written: WrittenExport, from run: TrainedRun) {
        printLine("exported    \(run.checkpoint.path) as \(written.format.rawValue): \(written.path)")
        let width = written.files.map(\.name.count).max() ?? 0
        for file in written.files { printLine("  " + file.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + counted(file.byteCount, "byte")) }
        printLine("weights     SHA-256 \(written.weightsFileSHA256) (\(written.format.weightsFile))")
        if let part = written.evaluatedPart {
            printLine("figures     " + written.figures.map { "\($0.name) " + lossText($0.value) }.joined(separator: ", ") + " on the \(part) part")
        }
        printLine("replay      \(written.replayDescription)")
    }
}

extension ExportFormat: ExpressibleByArgument {}
