import ArgumentParser
import Communication
import Files
import Foundation
import Runs
import Training

/// This rank's command line and program, compared with the other ranks' before anything else, since ranks with
/// different commands would wait for each other forever.
struct CommandAgreement: Sendable {
    /// The program's version and the SHA-256 of its file.
    var binary: String
    /// Command and options, except those that may differ between ranks; nil if there is nothing to run: help, or an error.
    var command: String?
    /// The command line as typed.
    var arguments: String
    /// Exit code of a command line error.
    var exitCode: Int32 = 0
    var complaint = ""

    /// - Parameter outcome: of parsing the command line.
    init(_ outcome: Result<any ParsableCommand, any Error>, arguments: [String]) throws {
        binary = "SHA-256 \(try SHA256.hex(ofFile: "/proc/self/exe")), version \(LSTMTrain.configuration.version)"
        self.arguments = arguments.joined(separator: " ")
        switch outcome {
        case .success(let command as any GroupCommand): self.command = command.options
        // Only rank 0 runs it, so differences on the other ranks would go unnoticed.
        case .success: command = self.arguments
        case .failure(let error):
            exitCode = LSTMTrain.exitCode(for: error).rawValue
            complaint = exitCode == 0 ? "" : LSTMTrain.fullMessage(for: error)
        }
    }

    /// Collective: the first communication between ranks.
    /// - Throws: ``GroupFailure`` on every rank if they differ: 64 if a rank's command line is invalid, otherwise 78. Nothing if all are the same.
    func check(over group: any Communicator) throws {
        let messages = try group.gatherEverywhere(message)
        let ranks = messages.map(Self.init(message:))
        if let other = ranks.firstIndex(where: { $0 == nil }) {
            // Another version may not leave the group in the same way, so the whole group is ended. The first rank with this version prints the message.
            if ranks.firstIndex(where: { $0 != nil }) != group.rank { Thread.sleep(forTimeInterval: 5) } else {
                printError("lstm-train: rank \(other) runs another version of lstm-train than rank \(group.rank). Give every rank the same binary.")
            }
            group.abort(exitCode: 78)
        }
        if let difference = Self.difference(between: ranks.compactMap(\.self)) { throw difference }
    }

    /// The difference that prevents the ranks from starting; nil if all are the same, even if they have the same error.
    static func difference(between ranks: [CommandAgreement]) -> GroupFailure? {
        if let error = TrainingError(field: "the binary", valuesByRank: ranks.map(\.binary)) {
            return GroupFailure(exitCode: error.exitCode, description: "\(error)")
        }
        let commands = ranks.map(\.command)
        if Set(commands).count == 1, commands.first != .some(nil) || Set(ranks.map(\.arguments)).count == 1 { return nil }
        let wrong = ranks.enumerated().filter { $0.element.exitCode != 0 }
        guard let first = wrong.first else {
            let typed = ranks.map { "'lstm-train" + ($0.arguments.isEmpty ? "" : " ") + $0.arguments + "'" }
            let values = RankAgreement.groups(of: typed).joined(separator: "; ")
            return GroupFailure(
                exitCode: 78, description: "the command line is not the same on all ranks: \(values). Give every rank the same verb and options.")
        }
        let errorOutput = wrong.map { rank, own in "rank \(rank), 'lstm-train \(own.arguments)': \(own.complaint)" }
        return GroupFailure(exitCode: first.element.exitCode, description: errorOutput.joined(separator: "\n"))
    }

    // MARK: As a message

    /// Prefix of every version's first message; anything else comes from another program, or from a version with another protocol.
    private static let head = "lstm-train agrees"
    private static let separator = "\u{0}"

    private var message: String {
        [Self.head, binary, command == nil ? "" : "runs", command ?? "", arguments, "\(exitCode)", complaint].joined(separator: Self.separator)
    }

    private init?(message: String) {
        let fields = message.components(separatedBy: Self.separator)
        guard fields.count == 7, fields[0] == Self.head, let code = Int32(fields[5]) else { return nil }
        binary = fields[1]
        command = fields[2].isEmpty ? nil : fields[3]
        arguments = fields[4]
        exitCode = code
        complaint = fields[6]
    }
}

extension GroupCommand {
    /// The command and its options' values, without configurations and file paths, whose contents are compared when they are read.
    fileprivate var options: String {
        let options = Mirror(reflecting: self).children.compactMap { child -> String? in
            let name = String((child.label ?? "").drop { $0 == "_" })
            // The description of an option is its value.
            return child.value is OptionGroup<ConfigurationArguments> || Self.freeOptions.contains(name) ? nil : "\(name): \(child.value)"
        }
        return ([Self._commandName] + options).joined(separator: "\n")
    }
}
