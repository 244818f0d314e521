import Batches
import Communication
import Configuration
import Foundation
import Runs
import Threads
import Training

/// One rank of a real training run with an injected fault. The test checks the result.
///
///     TrainingProbe CONFIG RUN [key=value ...] [FAULT ...]
///
///     input:RANK:BATCH       a NaN in the rank's inputs of that batch of each epoch, from 0
///     loss:RANK:BATCH        a target so large that the loss is infinite, while derivatives are finite
///     gradient:RANK:STEP     a NaN in the rank's gradient before the sum, at that step, from 1
///     flip:RANK:STEP         a flipped bit in the rank's sum, hence in its weights after that step
///     loop:RANK:BATCH        reading that batch never ends
///     omit:BATCH             each epoch lacks that batch
@main
struct TrainingProbe {
    static func main() {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            let group = try joinGroup()
            do {
                let faults = try arguments.dropFirst(2).filter { $0.contains(":") }.map(Fault.init)
                try train(path: arguments[0], run: arguments[1], overrides: arguments.dropFirst(2).filter { $0.contains("=") }, faults: faults, in: group)
                try group.finish()
            } catch where error is TrainingError || error is GroupFailure {
                // All ranks throw it, while rank 0 still waits for its save.
                if group.rank == 0 { report("\(error)") }
                try group.finish()
                exit(exitCode(of: error))
            } catch {
                report("rank \(group.rank): \(error)")
                group.abort(exitCode: exitCode(of: error))
            }
        } catch {
            report("\(error)")
            exit(71)
        }
    }

    static func report(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    private static func train(path: String, run: String, overrides: [String], faults: [Fault], in group: any Communicator) throws {
        var configuration = try Configuration.load(path: path, overrides: overrides)
        configuration.data.resolveFiles { _ in URL(fileURLWithPath: path).deletingLastPathComponent().path }
        try group.watch(budgetSeconds: configuration.integrity.hangSeconds, exitCode: 70) { report("\($0)") }
        let own = try RunData(configuration)
        let data = RunData(FaultyDataset(own.dataset, faults: faults, rank: group.rank))
        let trainer = try Trainer(
            configuration, data: data, runDirectory: run, resume: .auto, group: FaultyGroup(group, faults: faults),
            team: ThreadTeam(threadCount: 1, spins: false), request: { .goOn }, reporter: nil)
        _ = try trainer.train()
        if group.rank == 0 { print(try trainer.weightsSHA256()) }
    }
}

/// A fault with its rank and its position.
struct Fault {
    enum Kind: String { case input, loss, gradient, flip, loop, omit }
    let kind: Kind
    let rank: Int
    /// A batch of each epoch, or a step of the run.
    let place: Int

    init(_ text: String) throws {
        let parts = text.split(separator: ":").map(String.init)
        guard let kind = Kind(rawValue: parts[0]), let place = Int(parts[parts.count - 1]) else { throw ProbeError.unknownFault(text) }
        self.kind = kind
        self.place = place
        rank = parts.count == 3 ? Int(parts[1]) ?? 0 : 0
    }
}

enum ProbeError: Error {
    case unknownFault(String)
}
