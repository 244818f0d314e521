public import Communication
import Foundation
public import Threads
public import StrictJSON

/// Host and cores of a rank.
public struct RankFacts: Sendable, Equatable {
    public let rank: Int
    public let host: String
    /// Cores in the rank's affinity mask, as Linux writes them: "0-3,8".
    public let cores: String
    public let coreCount: Int
    /// The host's cores divided by its ranks.
    public let coreShare: Int
    /// Number of ranks on the same host.
    public let localRankCount: Int
    public let threadCount: Int

    /// The mpirun flag that gives the rank its share of the cores; nil if it has them.
    public var suggestedFlag: String? {
        guard coreCount < coreShare else { return nil }
        return localRankCount == 1 ? "--bind-to none" : "--map-by socket:PE=\(coreShare), or --bind-to none"
    }

    /// Describes this process.
    public init(rank: Int, team: ThreadTeam) {
        let environment = LaunchEnvironment.current()
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let list = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }?.split(whereSeparator: \.isWhitespace).last
        let coreCount = usableCoreCount()
        self.init(
            rank: rank, host: environment.hostName, cores: list.map(String.init) ?? "unknown", coreCount: coreCount,
            coreShare: max(1, max(coreCount, ProcessInfo.processInfo.processorCount) / environment.localRankCount),
            localRankCount: environment.localRankCount, threadCount: team.threadCount)
    }

    package init(rank: Int, host: String, cores: String, coreCount: Int, coreShare: Int, localRankCount: Int, threadCount: Int) {
        (self.rank, self.host, self.cores, self.coreCount) = (rank, host, cores, coreCount)
        (self.coreShare, self.localRankCount, self.threadCount) = (coreShare, localRankCount, threadCount)
    }

    /// All ranks' facts, in rank order. Collective.
    public func everywhere(over group: any Communicator) throws -> [RankFacts] {
        let names = try group.gatherEverywhere(host + "\u{0}" + cores).map { $0.split(separator: "\u{0}", omittingEmptySubsequences: false).map(String.init) }
        let counts = try group.gatherEverywhere([coreCount, coreShare, localRankCount, threadCount])
        return zip(names, counts).enumerated().map { rank, facts in
            let (names, counts) = facts
            return RankFacts(
                rank: rank, host: names[0], cores: names[1], coreCount: counts[0], coreShare: counts[1], localRankCount: counts[2],
                threadCount: counts[3])
        }
    }

    public var json: JSONValue {
        .object([
            "rank": .integer(rank), "host": .text(host), "cores": .text(cores), "coreCount": .integer(coreCount), "coreShare": .integer(coreShare),
            "threads": .integer(threadCount), "mendingFlag": suggestedFlag.map(JSONValue.text) ?? JSONValue(.null),
        ])
    }
}
