import Communication
import Foundation

/// One rank of a real group, which runs the operation that a test asks for and writes the results. The test checks them.
///
///     CommunicationProbe describe             prints each rank's launch environment
///     CommunicationProbe sum DIRECTORY        sums NAME.RANK.in over ranks: NAME.RANK.tree, .pieces (tree, split small) and .fast
///     CommunicationProbe exchange DIRECTORY   gathers and broadcasts message.RANK.in: message.RANK.KIND.FROM
///     CommunicationProbe abort CODE           the last rank aborts while the others wait for it
///     CommunicationProbe disagree             ranks sum different counts
///     CommunicationProbe hang KIND            watched for 2 s, the others wait for the last rank, which is stopped, endless or slow
@main
struct CommunicationProbe {
    let group: any Communicator
    let arguments: [String]

    static func main() {
        do {
            let probe = CommunicationProbe(group: try joinGroup(), arguments: Array(CommandLine.arguments.dropFirst()))
            do {
                try probe.run()
                try probe.group.finish()
            } catch {
                report("\(error)")
                probe.group.abort(exitCode: 70)
            }
        } catch {
            report("\(error)")
            exit(71)
        }
    }

    static func report(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    func run() throws {
        switch (arguments.first, arguments.dropFirst().first) {
        case ("describe", nil): try describe()
        case ("sum", let directory?): try sum(in: URL(filePath: directory, directoryHint: .isDirectory))
        case ("exchange", let directory?): try exchange(in: URL(filePath: directory, directoryHint: .isDirectory))
        case ("abort", let code?): try abort(exitCode: Int32(code) ?? 1)
        case ("disagree", nil): try disagree()
        case ("hang", let kind?): try hang(kind)
        default: throw ProbeError.unknownVerb(arguments)
        }
    }

    func describe() throws {
        let environment = LaunchEnvironment.current()
        let line = """
            \(type(of: group)) rank \(group.rank) of \(group.rankCount), \
            here \(environment.localRank) of \(environment.localRankCount), launched \(environment.isLaunched)
            """
        for line in try group.gatherEverywhere(line) where group.rank == 0 { print(line) }
    }

    func sum(in directory: URL) throws {
        let suffix = ".\(group.rank).in"
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path()).filter { $0.hasSuffix(suffix) }.sorted()
        for name in names.map({ String($0.dropLast(suffix.count)) }) {
            let values = floats(in: try Data(contentsOf: directory.appending(path: name + suffix)))
            func write(_ kind: String, _ sum: (inout MutableSpan<Float>) throws -> Void) throws {
                var sums = values
                var span = sums.mutableSpan
                try sum(&span)
                try sums.withUnsafeBytes { Data($0) }.write(to: directory.appending(path: "\(name).\(group.rank).\(kind)"))
            }
            try write("tree") { span in try group.sumOverRanks(&span) }
            try write("fast") { span in try group.sumOverRanksFast(&span) }
            try withSmallMessages(of: 10_000) { try write("pieces") { span in try group.sumOverRanks(&span) } }
        }
    }

    func exchange(in directory: URL) throws {
        let own = "message.\(group.rank)"
        let message = [UInt8](try Data(contentsOf: directory.appending(path: own + ".in")))
        func gatherAndBroadcast(_ kind: String) throws {
            for (sender, received) in try group.gatherEverywhere(message).enumerated() {
                try Data(received).write(to: directory.appending(path: "\(own).gathered\(kind).\(sender)"))
            }
            for root in 0..<group.rankCount {
                // The other ranks' argument must be ignored, so it has a different length.
                let passed = group.rank == root ? message : [UInt8](repeating: 255, count: group.rank)
                let received = try group.broadcast(passed, from: root)
                try Data(received).write(to: directory.appending(path: "\(own).broadcast\(kind).\(root)"))
            }
        }
        try gatherAndBroadcast("")
        try withSmallMessages(of: 100) { try gatherAndBroadcast("-in-pieces") }
        try Data(try typedMessages().utf8).write(to: directory.appending(path: own + ".typed"))
    }

    func typedMessages() throws -> String {
        let rank = group.rank
        let last = group.rankCount - 1
        return """
            \(try group.gatherEverywhere((0..<rank).map { Double($0) / 3 }))
            \(try group.gatherEverywhere([-rank, .min, .max]))
            \(try group.gatherEverywhere("rank \(rank): ü"))
            \(try group.broadcast(-7 * rank, from: last))
            \(try group.broadcast("from \(rank): é", from: last))
            """
    }

    func abort(exitCode: Int32) throws {
        if group.rank == group.rankCount - 1 { group.abort(exitCode: exitCode) }
        try group.barrier()
        throw ProbeError.passedTheBarrier
    }

    func disagree() throws {
        // Few enough that MPI notices: with 100,000 and 10 a rank crashed in malloc.
        var values = [Float](repeating: 1, count: group.rank == 0 ? 10 : 2)
        var span = values.mutableSpan
        try group.sumOverRanks(&span)
        throw ProbeError.passedTheBarrier
    }

    func hang(_ kind: String) throws {
        try group.watch(budgetSeconds: 2, exitCode: 70) { Self.report("\($0)") }
        try group.barrier()
        group.recorder.begin("the work of step 7", step: 7)
        if group.rank == group.rankCount - 1 {
            switch kind {
            case "stopped": raise(SIGSTOP)
            case "endless": while true {}
            case "slow":
                for _ in 0..<50 {
                    Thread.sleep(forTimeInterval: 0.1)
                    group.recorder.advance()
                }
            default: throw ProbeError.unknownVerb(arguments)
            }
        }
        try group.barrier()
    }

    /// Runs `body` while MPI calls move at most `count` elements.
    private func withSmallMessages(of count: Int, _ body: () throws -> Void) rethrows {
        let world = group as? MPIWorld
        let usual = world?.largestMessageCount
        world?.largestMessageCount = count
        try body()
        if let usual { world?.largestMessageCount = usual }
    }

    private func floats(in data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
        }
    }
}

enum ProbeError: Error, CustomStringConvertible {
    case unknownVerb([String])
    case passedTheBarrier

    var description: String {
        switch self {
        case .unknownVerb(let arguments): "not something that this probe does: \(arguments)"
        case .passedTheBarrier: "a collective ended that must not"
        }
    }
}
