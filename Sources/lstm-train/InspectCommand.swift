import ArgumentParser
import Checkpoints
import Files
import Foundation
import Inference
import Layers
import Models
import NumberText
import StrictJSON
import Training

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a run holds: its checkpoints and whether each is whole, parameters with shapes, the step, the SHA-256 of the weights.",
        discussion: """
            Every byte of each checkpoint is checked against its manifest. The newest that is whole is the one that a resume takes. \
            The weights' SHA-256 is that of the flat buffer's bytes: all parameters in the order shown, row by row, float32, least significant byte first.

            EXAMPLE
              lstm-train inspect runs/text --json
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints.", valueName: "run"))
    var path: String

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws { try refuseEmpty([("run", path)]) }

    func run() throws {
        let trained = try TrainedRun(path)
        let checkpoints = trained.isOneCheckpoint ? [] : try trained.checkpoints()
        if json {
            printLine(object(trained, checkpoints).serialized())
        } else {
            show(trained, checkpoints)
        }
    }

    // MARK: Text

    private func show(_ trained: TrainedRun, _ checkpoints: [CheckpointReport]) {
        let manifest = trained.checkpoint.manifest
        let parameters = trained.parameters
        printLine("checkpoint   \(trained.checkpoint.path)")
        printLine("step         \(manifest.step), epoch \(manifest.progress.epoch)" + (manifest.progress.validationLoss.map { ", validation loss \(numberText($0))" } ?? ""))
        if let layers = layers(trained) { printLine("model        \(layers.joined(separator: "; "))") }
        printLine("weights      \(parameters.elementCount) parameter\(parameters.elementCount == 1 ? "" : "s"), SHA-256 \(manifest.weightsSHA256)")
        let width = parameters.map(\.name.count).max() ?? 0
        for parameter in parameters {
            printLine("  " + parameter.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + "\(parameter.dimensions)")
        }
        guard !trained.isOneCheckpoint else { return }
        printLine("checkpoints  \(checkpoints.count), newest first")
        let best = best(of: checkpoints)?.path
        for report in checkpoints { printLine(line(report, isResumed: report.path == trained.checkpoint.path, isBest: report.path == best)) }
    }

    private func line(_ report: CheckpointReport, isResumed: Bool, isBest: Bool) -> String {
        let name = URL(filePath: report.path).lastPathComponent
        let loss = report.validationLoss.map { "; validation loss \(lossText($0))" + (isBest ? ", the best" : "") } ?? ""
        let state = report.damage.map { "damaged   \($0)" } ?? "verified" + (isResumed ? ", a resume takes it" : "") + loss
        return "  \(name)  \(state)"
    }

    /// The valid checkpoint with the lowest validation loss, which --best selects.
    private func best(of checkpoints: [CheckpointReport]) -> CheckpointReport? {
        let evaluated = checkpoints.compactMap { report in report.validationLoss.flatMap { $0.isNaN ? nil : (loss: $0, report: report) } }
        return evaluated.min { ($0.loss, $0.report.step) < ($1.loss, $1.report.step) }?.report
    }

    /// What each layer is, from the input to the head; nil if the checkpoint's parameters aren't the configuration's.
    private func layers(_ trained: TrainedRun) -> [String]? {
        (try? trained.modelDescription()).map { ModelPlan($0).layers.map(\.name) }
    }

    // MARK: JSON

    private func object(_ trained: TrainedRun, _ checkpoints: [CheckpointReport]) -> JSONValue {
        let manifest = trained.checkpoint.manifest
        let parameters = trained.parameters
        return .object([
            "checkpoint": .text(trained.checkpoint.path), "step": .integer(manifest.step), "epoch": .integer(manifest.progress.epoch),
            "weightsSHA256": .text(manifest.weightsSHA256), "parameterCount": .integer(parameters.elementCount),
            "validationLoss": manifest.progress.validationLoss.map(Self.json) ?? JSONValue(.null),
            "layers": layers(trained).map { .list($0.map(JSONValue.text)) } ?? JSONValue(.null),
            "parameters": .list(parameters.map { .object(["name": .text($0.name), "shape": .list($0.dimensions.map(JSONValue.integer))]) }),
            "best": best(of: checkpoints).map { .text($0.path) } ?? JSONValue(.null), "checkpoints": .list(checkpoints.map(object)),
        ])
    }

    /// JSON has no numbers that aren't finite.
    private static func json(_ loss: Double) -> JSONValue { loss.isFinite ? .real(loss) : .text(loss.isNaN ? "nan" : loss > 0 ? "inf" : "-inf") }

    private func object(_ report: CheckpointReport) -> JSONValue {
        .object([
            "checkpoint": .text(report.path), "step": .integer(report.step), "isVerified": .bool(report.damage == nil),
            "validationLoss": report.validationLoss.map(Self.json) ?? JSONValue(.null),
            "damage": report.damage.map { .text("\($0)") } ?? JSONValue(.null),
        ])
    }
}
