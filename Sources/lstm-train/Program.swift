import ArgumentParser
import Foundation
import Measurement
import Runs
import Training

/// `lstm-train`: trains, evaluates and uses LSTMs. There is one file per command; this one starts them and turns errors into exit codes.
@main
struct Program {
    static func main() {
        occupyStandardDescriptors()
        prepareForLimits()
        refuseForeignProcessor()
        let command = Result { try LSTMTrain.parseAsRoot() }
        if case .success(let command) = command, command is TrainCommand || command is BacktestCommand { StopSignals.listen() }
        do {
            let session = try Session(arguments: Array(CommandLine.arguments.dropFirst()))
            session.run(command)
        } catch {
            printError("\(error)")
            exit(exitCode(of: error))
        }
    }

    /// Prints an error message, where the program would otherwise crash with an illegal instruction.
    private static func refuseForeignProcessor() {
        guard let message = processorMismatch() else { return }
        printError(message)
        exit(78)
    }
}

struct LSTMTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lstm-train",
        abstract: "Trains LSTMs on CPUs: data-parallel over MPI ranks, multithreaded within each, the same bits on any number of both.",
        discussion: """
            EXAMPLES
              lstm-train                                train the embedded default
              lstm-train init play.txt                  write a configuration to begin with: play.json
              lstm-train config.json                    train; again: go on
              mpirun -n 4 lstm-train config.json        the same weights, on 4 ranks
              lstm-train config.json model.hidden=256   with a key changed
            """,
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, InitCommand.self, PrepareCommand.self, EvaluateCommand.self, PredictCommand.self, TuneCommand.self, GenerateCommand.self,
            ReportCommand.self,
            GatesCommand.self, ExportCommand.self, InspectCommand.self, VerifyCommand.self, DoctorCommand.self, RateTestCommand.self, BacktestCommand.self,
            BenchCommand.self, RanksCommand.self,
            SchemaCommand.self, ManualCommand.self,
        ],
        defaultSubcommand: TrainCommand.self)

    /// For example "train, evaluate and bench".
    static var verbs: String {
        let names = configuration.subcommands.filter { $0.configuration.shouldDisplay }.compactMap { $0.configuration.commandName }
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
}

/// A command that all ranks of a group run together.
protocol GroupCommand: ParsableCommand {
    func run(in session: Session) throws

    /// Names of properties that may differ between ranks, since they are file paths.
    static var freeOptions: Set<String> { get }
}

extension GroupCommand {
    static var freeOptions: Set<String> { [] }
}
