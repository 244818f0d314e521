import Communication
import Datasets

/// What an evaluation sums for the metrics of a task, of the model or of the baseline: on this rank, until ``totals(of:over:)`` joins the ranks.
struct MetricSums {
    private let metrics: [Metric]
    /// A sum of each metric that is one; zeros for the others.
    private(set) var sums: [ShardSums]
    /// Counts of each rule, by its name.
    private var tallies: [String: Tally] = [:]
    private let rules: [TallyRule]
    /// Of each metric that takes numbers of every sequence, those: the sequence's place in the pass, how many numbers, the numbers.
    private var numbers: [[Double]]

    init(_ metrics: [Metric], shardCount: Int) {
        self.metrics = metrics
        sums = Array(repeating: ShardSums(shardCount: shardCount), count: metrics.count)
        numbers = Array(repeating: [], count: metrics.count)
        rules = metrics.reduce(into: []) { rules, metric in
            if case .counts(let rule, _) = metric.statistic, !rules.contains(where: { $0.name == rule.name }) { rules.append(rule) }
        }
        for rule in rules { tallies[rule.name] = Tally() }
    }

    /// Adds the outcomes of this rank's share of a batch.
    /// - Parameter firstPlace: the place of its first sequence in the pass.
    mutating func add(_ outcomes: [SequenceOutcome], shards: [Range<Int>], firstPlace: Int) {
        for (place, metric) in metrics.enumerated() {
            switch metric.statistic {
            case .sum(let term, _): sums[place].add(outcomes.map(term), shards: shards)
            case .counts: break
            case .numbers(_, let own, _):
                for (sequence, outcome) in outcomes.enumerated() {
                    let values = own(outcome)
                    numbers[place] += [Double(firstPlace + sequence), Double(values.count)] + values
                }
            }
        }
        for rule in rules {
            for outcome in outcomes { rule.add(outcome, &tallies[rule.name, default: Tally()]) }
        }
    }

    /// The metrics over all ranks, and the counts that they are of.
    struct Totals {
        fileprivate(set) var values: [Double] = []
        fileprivate(set) var tallies: [String: Tally] = [:]
    }

    /// Of several subjects with the same metrics, such as the model and the baseline. Collective.
    static func totals(of subjects: [MetricSums], targetCount: Int, over group: any Communicator) throws -> [Totals] {
        let sums = try ShardSums.totals(of: subjects.flatMap(\.sums), over: group)
        return try subjects.enumerated().map { index, subject in
            var totals = Totals()
            for rule in subject.rules { totals.tallies[rule.name] = try subject.tally(rule, over: group) }
            for (place, metric) in subject.metrics.enumerated() {
                switch metric.statistic {
                case .sum(_, let value): totals.values.append(value(sums[index * subject.metrics.count + place], targetCount))
                case .counts(let rule, let value): totals.values.append(value(totals.tallies[rule.name] ?? Tally()))
                case .numbers(_, _, let value): totals.values.append(value(try subject.rows(ofMetric: place, over: group)))
                }
            }
            return totals
        }
    }

    private func tally(_ rule: TallyRule, over group: any Communicator) throws -> Tally {
        try group.gatherEverywhere(tallies[rule.name]?.list ?? []).reduce(into: Tally()) { $0.add(list: $1) }
    }

    /// The numbers of all sequences, in the order of the pass.
    private func rows(ofMetric metric: Int, over group: any Communicator) throws -> [[Double]] {
        var rows: [(place: Double, numbers: [Double])] = []
        for list in try group.gatherEverywhere(numbers[metric]) {
            var next = 0
            while next + 1 < list.count {
                let end = next + 2 + Int(list[next + 1])
                rows.append((list[next], Array(list[next + 2..<end])))
                next = end
            }
        }
        return rows.sorted { $0.place < $1.place }.map(\.numbers)
    }
}
