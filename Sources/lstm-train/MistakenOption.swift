import ArgumentParser
import Configuration
import Foundation
import ShellText
import Training

/// An unknown option that was meant as a key of the configuration ("--epochs 3"), or as a file whose name begins with a dash.
enum MistakenOption {
    /// A message about the first of them; nil if none is recognised, or the command has no configuration.
    static func sentence(arguments: [String]) -> String? {
        guard takesConfiguration(arguments.first) else { return nil }
        let known = Set(TrainCommand.helpMessage().split { !($0.isLetter || $0 == "-") }.filter { $0.hasPrefix("--") }.map(String.init))
        for (place, argument) in arguments.enumerated() where argument.hasPrefix("-") && argument.count > 1 && Double(argument) == nil {
            if argument == "--" { return nil }
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard !known.contains(parts[0]) else { continue }
            let next = place + 1 < arguments.count ? arguments[place + 1] : nil
            let value = parts.count > 1 ? parts[1] : next.flatMap { $0.hasPrefix("-") && Double($0) == nil ? nil : $0 }
            if let sentence = sentence(option: parts[0], argument: argument, value: value) { return sentence }
        }
        return nil
    }

    private static func sentence(option: String, argument: String, value: String?) -> String? {
        if FileManager.default.fileExists(atPath: argument) { return "\(argument) is taken for an option. Write \(argument.shellPath) for the file." }
        if ["--config", "--config-file", "--conf", "--cfg", "-c"].contains(option) {
            return "\(option) is not an option; a configuration is named without one: lstm-train \((value ?? "config.json").shellPath)"
        }
        return ConfigurationKey.sentence(aboutOption: option, value: value?.shellWord)
    }

    private static func takesConfiguration(_ first: String?) -> Bool {
        guard let first, let verb = LSTMTrain.configuration.subcommands.first(where: { $0.configuration.commandName == first }) else { return true }
        return verb is any ConfiguredCommand.Type
    }
}

/// A command with a configuration and keys to override.
protocol ConfiguredCommand: ParsableCommand {
    var configured: ConfigurationArguments { get }
}

extension TrainCommand: ConfiguredCommand {}
extension PrepareCommand: ConfiguredCommand {}
extension DoctorCommand: ConfiguredCommand {}
extension VerifyCommand: ConfiguredCommand {}
extension RanksCommand: ConfiguredCommand {}
