import ArgumentParser
import Batches
import Checkpoints
import Communication
import Configuration
import Foundation
import Kernels
import Measurement
import Runs
import Threads
import StrictJSON
import Training

struct DoctorCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine the machine, MPI and the disk, and predict how fast a configuration trains on how many ranks and machines.",
        discussion: """
            All that this machine can do is measured: real steps of the configuration on its own data, with each rank's share of the batch, and the sum \
            over ranks. Alone it starts groups itself; under mpirun it measures the group that it is, over the network if that spans hosts. \
            Nothing is written but a temporary file of 4 MB where the run directory is or will be.

            EXAMPLES
              lstm-train doctor config.json
              mpirun -n 4 --hostfile hosts lstm-train doctor config.json
              lstm-train doctor config.json --network-gigabits 25 --network-microseconds 10 --json
            """)

    @OptionGroup var configured: ConfigurationArguments

    @Option(help: ArgumentHelp("Where the run would write. (default: runs/ and the configuration's name)", valueName: "path"))
    var runDirectory: String?

    @Option(parsing: .unconditional, help: "Speed of each machine's network, where it can't be measured here.")
    var networkGigabits = 10.0

    @Option(parsing: .unconditional, help: "Time of a message between machines, where it can't be measured here.")
    var networkMicroseconds = 30.0

    @Option(parsing: .unconditional, help: "Seconds to time each number of ranks for.")
    var seconds = 1.0

    @Flag(help: "One JSON object with all figures.")
    var json = false

    /// For groups that doctor starts: the numbers of ranks among which to divide the batch.
    @Option(help: .hidden)
    var measureGroup: String?

    func validate() throws {
        try refuseEmpty([("--run-directory", runDirectory)])
        for (name, value, most) in [
            ("network-gigabits", networkGigabits, 1e5), ("network-microseconds", networkMicroseconds, 1e6), ("seconds", seconds, 600),
        ] where !(value > 0 && value <= most) {
            throw ValidationError("--\(name) is \(value); it must be above 0 and at most \(most).")
        }
    }

    func run(in session: Session) throws {
        let configuration = try session.group.agree { try configured.load() }
        let data = try session.group.agree { try RunData(configuration) }
        let team = session.team(threadsAsked: configuration.parallelism.threads)
        if let measureGroup {
            let measurement = try GroupMeasurement(
                configuration, dataset: data.dataset, rankCounts: measureGroup.split(separator: ",").compactMap { Int($0) }, group: session.group,
                team: team, seconds: seconds)
            if session.isRoot { printLine(measurement.json.serialized()) }
            return
        }
        let examination = DoctorExamination(
            session: session, configuration: configuration, data: data, team: team, seconds: seconds, tells: session.isRoot && !json)
        let network = NodeNetwork.assumed(gigabits: networkGigabits, microseconds: networkMicroseconds)
        let diagnosis = try examination.examine(
            runDirectory: runDirectory ?? configured.usualRunDirectory, network: network, arguments: configured.arguments)
        if json, let diagnosis { printLine(diagnosis.json.serialized()) }
    }
}
