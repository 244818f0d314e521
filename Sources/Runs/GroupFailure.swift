import Checkpoints
public import Communication
import Configuration
import Datasets
import Files

/// An error that stops the whole group. All ranks agree on it, so each can exit with the same code, and only one of them prints it.
public struct GroupFailure: Error, Equatable, CustomStringConvertible {
    public let exitCode: Int32
    public let description: String

    public init(exitCode: Int32, description: String) {
        self.exitCode = exitCode
        self.description = description
    }
}

extension Communicator {
    /// The result of `work`, if it succeeds on every rank. Collective: each rank does its own part, and all learn whether any failed.
    /// - Throws: ``GroupFailure``, the same on all ranks, if it failed on any: each different message once, with its ranks.
    public func agree<Result>(_ work: () throws -> Result) throws -> Result {
        let outcome = Swift.Result { try work() }
        var text = ""
        var code: Int32 = 0
        if case .failure(let error) = outcome {
            (text, code) = ("\(error)", exitCode(of: error))
        }
        let codes = try gatherEverywhere([Int(code)]).map { Int32(truncatingIfNeeded: $0.first ?? 0) }
        guard let failed = codes.first(where: { $0 != 0 }) else { return try outcome.get() }
        throw GroupFailure(exitCode: failed, description: Self.message(from: try gatherEverywhere(text)))
    }

    private static func message(from texts: [String]) -> String {
        var order: [String] = []
        var ranks: [String: [Int]] = [:]
        for (rank, text) in texts.enumerated() where !text.isEmpty {
            if ranks[text] == nil { order.append(text) }
            ranks[text, default: []].append(rank)
        }
        // If all ranks have the same message, it is shown without ranks.
        if order.count == 1, ranks[order[0]]?.count == texts.count { return order[0] }
        return order.map { text in
            let names = (ranks[text] ?? []).map(String.init).joined(separator: ", ")
            return (ranks[text]?.count == 1 ? "rank " : "ranks ") + names + ": " + text
        }.joined(separator: "\n")
    }
}

/// An error of a higher module that provides its exit code, from sysexits.
public protocol ExitCoded: Error {
    var exitCode: Int32 { get }
}

/// The process's exit code for an error of any module, from sysexits.
public func exitCode(of error: any Error) -> Int32 {
    switch error {
    case let failure as GroupFailure: return failure.exitCode
    case let error as TrainingError: return error.exitCode
    case let error as ConfigurationError:
        switch error {
        case .unreadable, .mistakenFile(_, .directory): return 66
        case .mistakenFile, .syntax, .faults: return 78
        }
    case let error as DatasetError:
        switch error.category {
        case .noInput: return 66
        case .noOutput: return 74
        case .badData: return 65
        case .badConfiguration: return 78
        case .noMemory: return 71
        }
    case let error as CheckpointError: return error.category.rawValue
    case let error as FileError: return CheckpointError.file(error).category.rawValue
    case is CommunicationError: return 71
    case let error as any ExitCoded: return error.exitCode
    default: return 70
    }
}
