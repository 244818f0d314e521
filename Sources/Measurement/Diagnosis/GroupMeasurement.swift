public import Communication
public import Configuration
public import Datasets
public import Threads
public import StrictJSON

/// Measurements of a group of ranks: its sums, and steps with the batch divided among this group, or among larger groups of which it is a part.
public struct GroupMeasurement: Sendable, Equatable {
    public let sums: SumCurve
    /// Steps of this group first; then of two, four … times as many ranks, of which this group is one machine's.
    public let steps: [StepTiming]

    package init(sums: SumCurve, steps: [StepTiming]) { (self.sums, self.steps) = (sums, steps) }

    /// Collective.
    /// - Parameters:
    ///   - rankCounts: this group's number of ranks, then multiples of it.
    ///   - seconds: for each of them.
    public init(
        _ configuration: Configuration, dataset: any Dataset, rankCounts: [Int], group: any Communicator, team: ThreadTeam, seconds: Double
    ) throws {
        let probe = StepProbe(configuration, dataset: dataset, group: group)
        steps = try rankCounts.map {
            try probe.measure(rankCount: $0, precision: configuration.training.precision, team: team, seconds: seconds)
        }
        sums = try SumCurve(measuring: group, order: configuration.parallelism.reduction)
    }

    public var json: JSONValue { .object(["sums": sums.json, "steps": .list(steps.map(\.json))]) }

    /// Parses ``json`` from the last line of `text` that is a JSON object; nil if there is none.
    public init?(textEndingInJSON text: String) {
        guard let line = text.split(separator: "\n").last(where: { $0.hasPrefix("{") }), let json = try? JSONValue.parse(Array(line.utf8)),
            let sums = json["sums"].flatMap(SumCurve.init(json:)), let steps = json["steps"]?.arrayValue?.map(StepTiming.init(json:)),
            !steps.isEmpty, !steps.contains(nil)
        else { return nil }
        self.sums = sums
        self.steps = steps.compactMap { $0 }
    }
}
