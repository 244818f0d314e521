import ArgumentParser
import StrictJSON

/// Writes the manual page, for launch/install and packagers.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page, for a file lstm-train.1.", shouldDisplay: false)

    func run() throws {
        let help = try JSONValue.parse(Array(LSTMTrain._dumpHelp().utf8))
        printLine(ManualPage(of: help["command"] ?? help, version: LSTMTrain.configuration.version).text)
    }
}
