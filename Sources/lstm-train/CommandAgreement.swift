import ArgumentParser
import Checkpoints
import Communication
import Foundation
import Runs
import Training

/// What this rank was told on its command line, and by which program: held against the other ranks' before anything else, since ranks that
/// were told different things would wait for one another in vain.
struct CommandAgreement: Sendable {
    /// The program's version and the SHA-256 of its file.
    var binary: String
    /// Verb and options, apart from those that ranks may have otherwise; nil where there is nothing to run: help, or an error.
    var command: String?
    /// As typed.
    var arguments: String
    /// Of an error.
    var exitCode: Int32 = 0
    var complaint = ""

    /// - Parameter outcome: of parsing.
    init(_ outcome: Result<any ParsableCommand, any Error>, arguments: [String]) throws {
        binary = "SHA-256 \(try SHA256.hex(ofFile: "/proc/self/exe")), version \(LSTMTrain.configuration.version)"
        self.arguments = arguments.joined(separator: " ")
        switch outcome {
        case .success(let command as any GroupCommand): self.command = command.options
        // Only rank 0 does it: what the others were told would go by unnoticed.
        case .success: command = self.arguments
        case .failure(let error):
            exitCode = LSTMTrain.exitCode(for: error).rawValue
            complaint = exitCode == 0 ? "" : LSTMTrain.fullMessage(for: error)
        }
    }

    /// Collective: the first thing that ranks do together.
    /// - Throws: ``GroupFailure`` on every rank where they differ: 64 if one's command line is wrong, else 78. If all were told the same, nothing.
    func check(over group: any Communicator) throws {
        let messages = try group.gatherEverywhere(message)
        let ranks = messages.map(Self.init(message:))
        if let other = ranks.firstIndex(where: { $0 == nil }) {
            // It won't leave the group as this version does, so it is taken along. Of the ranks that know better, the first speaks.
            if ranks.firstIndex(where: { $0 != nil }) != group.rank { Thread.sleep(forTimeInterval: 5) } else {
                printError("lstm-train: rank \(other) runs another version of lstm-train than rank \(group.rank). Give every rank the same binary.")
            }
            group.abort(exitCode: 78)
        }
        if let difference = Self.difference(between: ranks.compactMap(\.self)) { throw difference }
    }

    /// What keeps the ranks from beginning; nil where they were told the same, be it the same wrong thing.
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

    /// What every version's first message begins with; what doesn't is another program's, or that of a version that asked otherwise.
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
    /// The verb and its options' values. Configurations, and where files lie, are left out: what is in those is compared when they are read.
    fileprivate var options: String {
        let options = Mirror(reflecting: self).children.compactMap { child -> String? in
            let name = String((child.label ?? "").drop { $0 == "_" })
            // Options describe themselves by their values.
            return child.value is OptionGroup<ConfigurationArguments> || Self.freeOptions.contains(name) ? nil : "\(name): \(child.value)"
        }
        return ([Self._commandName] + options).joined(separator: "\n")
    }
}
