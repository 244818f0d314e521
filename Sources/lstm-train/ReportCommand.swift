import ArgumentParser
import Foundation
import NumberText
import Reports
import Threads

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a page of a run: curves, time, predictions or samples, model and configuration. Of several runs: a comparison.",
        discussion: """
            The page is one HTML file that loads nothing from anywhere; each picture on it is an SVG file too, in the directory beside it. \
            It works while a run is being trained. Predictions need the run's data, all else only the run.

            EXAMPLES
              lstm-train report runs/text
              lstm-train report runs/a runs/b --output comparison.html
            """)

    @Argument(help: ArgumentHelp("Run directories; or one of a run's checkpoints.", valueName: "run"))
    var paths: [String]

    @Option(help: ArgumentHelp("Where the page goes. (default: report.html in the run's directory; of several runs, here)", valueName: "file"))
    var output: String?

    @OptionGroup var checkpoint: CheckpointOptions

    func validate() throws { try refuseEmpty(paths.map { ("run", $0) } + [("--output", output)]) }

    func run() throws {
        // One thread, so that a running training keeps its cores.
        let report = try Report(runs: paths, at: checkpoint.choice, team: ThreadTeam(threadCount: 1, spins: false))
        let page = output ?? report.usualPath
        let pictures = try report.write(to: page)
        for note in report.notes { printError(note) }
        for fault in report.faults { printError("lstm-train: without predictions: \(fault)") }
        let byteCount = report.html.utf8.count
        printLine("report      \(page), \((byteCount + 999) / 1000) kB")
        printLine("pictures    \(counted(report.pictures.count, "SVG file")) in \(pictures)")
    }
}
