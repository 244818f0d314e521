import ArgumentParser
import Batches
import Configuration
import Training

struct RanksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ranks",
        abstract: "Print the numbers of ranks that a configuration's shards allow, for scripts that start it.",
        discussion: """
            EXAMPLE
              lstm-train ranks config.json --at-most 6
            """)

    @OptionGroup var configured: ConfigurationArguments

    @Option(parsing: .unconditional, help: ArgumentHelp("Print only the largest number up to this.", valueName: "count"))
    var atMost: Int?

    func validate() throws {
        if let atMost, atMost < 1 { throw ValidationError("--at-most is \(atMost); it must be at least 1.") }
    }

    func run() throws {
        let counts = ShardPlan.allowedRankCounts(shardCount: try configured.load().parallelism.shards)
        let chosen = atMost.map { limit in counts.filter { $0 <= limit }.suffix(1) } ?? counts[...]
        printLine(chosen.map(String.init).joined(separator: " "))
    }
}
