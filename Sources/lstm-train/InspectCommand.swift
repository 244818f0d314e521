import ArgumentParser
import Checkpoints
import Foundation
import StrictJSON
import Training

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a run holds: parameters with shapes, the step, the SHA-256 of the weights.",
        discussion: """
            The SHA-256 is that of the flat buffer's bytes: all parameters in the order shown, row by row, float32, least significant byte first.

            EXAMPLE
              lstm-train inspect runs/text --json
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints.", valueName: "run"))
    var path: String

    @Flag(help: "One JSON object.")
    var json = false

    func run() throws {
        let trained = try TrainedRun(path)
        let manifest = trained.checkpoint.manifest
        let parameters = trained.parameters
        let count = parameters.elementCount
        if json {
            print(
                JSONValue.object([
                    "checkpoint": .text(trained.checkpoint.path), "step": .integer(manifest.step), "epoch": .integer(manifest.progress.epoch),
                    "weightsSHA256": .text(manifest.weightsSHA256), "parameterCount": .integer(count),
                    "validationLoss": manifest.progress.validationLoss.map(JSONValue.real) ?? JSONValue(.null),
                    "parameters": .list(
                        parameters.map { .object(["name": .text($0.name), "shape": .list($0.dimensions.map(JSONValue.integer))]) }),
                ]).serialized())
            return
        }
        for passedOver in trained.passedOver { say("\(passedOver)") }
        print("checkpoint   \(trained.checkpoint.path)")
        print("step         \(manifest.step), epoch \(manifest.progress.epoch)" + (manifest.progress.validationLoss.map { ", validation loss \($0)" } ?? ""))
        print("weights      \(count) parameters, SHA-256 \(manifest.weightsSHA256)")
        let width = parameters.map(\.name.count).max() ?? 0
        for parameter in parameters {
            print("  " + parameter.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + "\(parameter.dimensions)")
        }
    }
}
