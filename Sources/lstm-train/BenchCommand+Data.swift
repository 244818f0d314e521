import ArgumentParser
import Configuration
import Measurement
import Runs
import StrictJSON

// `bench --data CONFIG`.
extension BenchCommand {
    /// Refuses options that are for shapes.
    func validateData() throws {
        if kernels || optimizers || shape != nil || givesSizes {
            throw ValidationError("--data times a configuration's own model and data; leave out shapes, sizes, --kernels and --optimizers.")
        }
        guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds is \(seconds); it must be above 0 and at most 3600.") }
        _ = try arguments()
    }

    func timeData(_ path: String, in session: Session) throws {
        let configuration = try session.group.agree { try arguments().load() }
        let team = session.team(threadsAsked: threads > 0 ? threads : configuration.parallelism.threads)
        let benchmark = try DataBenchmark(configuration, group: session.group, team: team, seconds: seconds)
        guard session.isRoot else { return }
        let files = configuration.data.allFiles.map { String($0.split(separator: "/").last ?? "") }
        printLine(json ? benchmark.json.serialized() : BenchmarkText.lines(benchmark, files: files).joined(separator: "\n"))
    }

    /// The configuration and keys to change.
    private func arguments() throws -> ConfigurationArguments { try ConfigurationArguments.parse([data].compactMap(\.self) + surplus) }
}
