import ArgumentParser
import Charts
import Configuration
import Datasets
import Foundation
import Inference
import Layers
import Models
import NumberText
import Reports
import Threads
import Training

struct GatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gates",
        abstract: "Draw what units remember and when they forget: gates and cells while the model reads a text, or an example of its data.",
        discussion: """
            A unit remembers about 1/(1 - f) steps, f being its forget gate's mean over what it reads (a GRU's update gate; a simple RNN has no gate).

            EXAMPLES
              lstm-train gates runs/text --text "To be, or not to be" --units 0,5,9
              lstm-train gates runs/series --row 100 --output gates.html
            """)

    @Argument(help: ArgumentHelp("A run directory, or one of its checkpoints.", valueName: "run"))
    var path: String

    @OptionGroup var checkpoint: CheckpointOptions

    @Option(parsing: .unconditional, help: "What the model is to read, from a zero state.")
    var text: String?

    @Option(parsing: .unconditional, help: "Instead of a text: an example of the validation part, from 0. Needs the run's data.")
    var row: Int?

    @Option(parsing: .unconditional, help: "The layer to look at, from 1. (default: the last)")
    var layer: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Units to show, from 0, with commas. (default: the most active ones)", valueName: "numbers"))
    var units: String?

    @Option(help: ArgumentHelp("Where the picture goes, an .svg or an .html file. (default: gates.svg in the run's directory)", valueName: "file"))
    var output: String?

    func validate() throws {
        try refuseEmpty([("run", path), ("--output", output)])
        guard (text == nil) != (row == nil) else { throw ValidationError("give either --text or --row.") }
        if let layer, layer < 1 { throw ValidationError("--layer is \(layer); layers are counted from 1.") }
        if let row, row < 0 { throw ValidationError("--row is \(row); rows are counted from 0.") }
        guard let units else { return }
        guard !units.isEmpty, units.split(separator: ",", omittingEmptySubsequences: false).allSatisfy({ (Int($0) ?? -1) >= 0 }) else {
            throw ValidationError("--units is '\(units)'; it must be numbers from 0 with commas: 0,5,9.")
        }
    }

    func run() throws {
        let trained = try TrainedRun(path, at: checkpoint.choice)
        let layer = (layer ?? trained.configuration.model.recurrentLayerCount) - 1
        let trace = try trace(trained, layer: layer)
        for note in trained.notes { printError(note) }
        let chosen = units?.split(separator: ",").compactMap { Int($0) }
        let picture = try GatePicture(trace, title: title(trained), layer: layer, units: chosen)
        let file = output ?? trained.path + "/gates.svg"
        try picture.write(to: file)
        show(picture, trained: trained, layer: layer, trace: trace.layer, file: file)
    }

    private func trace(_ trained: TrainedRun, layer: Int) throws -> SequenceTrace {
        let team = ThreadTeam(threadCount: 1, spins: false)
        if let text { return try trained.trace(ofText: text, layer: layer, team: team) }
        return try trained.trace(ofExample: row ?? 0, in: .validation, data: trained.data(), layer: layer, team: team)
    }

    private func title(_ trained: TrainedRun) -> String {
        let name = URL(filePath: trained.path).lastPathComponent
        return row.map { "\(name), row \($0) of the validation part" } ?? "\(name) reads “\(shortened(text ?? "", to: 40))”"
    }

    private func show(_ picture: GatePicture, trained: TrainedRun, layer: Int, trace: LayerTrace, file: String) {
        printLine("gates       \(file)")
        let direction = trace.cell.isBidirectional ? ", its forward direction" : ""
        printLine("layer       \(layer + 1) of \(trained.configuration.model.recurrentLayerCount)\(direction), over \(counted(trace.timeCount, "time step")); \(picture.units.count == 1 ? "unit" : "units") \(picture.units.map(String.init).joined(separator: ", "))")
        guard let gate = picture.memoryGate else { return }
        printLine("longest memory, 1/(1 - mean \(gate) gate):")
        for memory in picture.memories.prefix(5) {
            printLine("  unit " + "\(memory.unit)".padding(toLength: 6, withPad: " ", startingAt: 0)
                + "mean \(gate) gate \(fixed(memory.meanGate, decimals: 4))   \(memory.words(digits: 3))")
        }
        let middle = picture.memories[picture.memories.count / 2]
        printLine("median      unit \(middle.unit), \(middle.words(digits: 3))")
    }
}
