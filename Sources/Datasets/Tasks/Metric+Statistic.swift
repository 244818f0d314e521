extension Metric {
    /// How a metric is computed from the outcomes of all sequences, in a way that gives the same bits for any number of ranks.
    public enum Statistic: Sendable {
        /// A function of a sum of one number a sequence, summed in the fixed tree over shards.
        case sum(term: @Sendable (SequenceOutcome) -> Double, value: @Sendable (_ sum: Double, _ targetCount: Int) -> Double)
        /// A function of whole numbers that are counted over all sequences; their sum is exact in any order.
        case counts(TallyRule, value: @Sendable (Tally) -> Double)
        /// A function of some numbers of every sequence, such as a score: `[sequences]` of them, in the order of the data.
        case numbers(OutcomeDetail, of: @Sendable (SequenceOutcome) -> [Double], value: @Sendable ([[Double]]) -> Double)
    }

    /// What it needs to know of each sequence.
    public var detail: OutcomeDetail {
        switch statistic {
        case .sum: .sums
        case .counts(let rule, _): rule.detail
        case .numbers(let detail, _, _): detail
        }
    }

    /// The metric of these outcomes, which are summed in order.
    public func value(of outcomes: [SequenceOutcome], targetCount: Int) -> Double {
        switch statistic {
        case .sum(let term, let value): value(outcomes.reduce(0) { $0 + term($1) }, targetCount)
        case .counts(let rule, let value): value(outcomes.reduce(into: Tally()) { rule.add($1, &$0) })
        case .numbers(_, let numbers, let value): value(outcomes.map(numbers))
        }
    }

    /// The metric where a mean over targets is known; nil unless it is a function of that.
    public func value(ofMean mean: Double) -> Double? {
        if case .sum(_, let value) = statistic { value(mean, 1) } else { nil }
    }
}

/// What is counted over the sequences of an evaluation. Metrics with a rule of the same name share the counts.
public struct TallyRule: Sendable {
    public let name: String
    public let detail: OutcomeDetail
    /// Adds a sequence's counts.
    public let add: @Sendable (SequenceOutcome, inout Tally) -> Void

    public init(name: String, detail: OutcomeDetail = .classes, add: @escaping @Sendable (SequenceOutcome, inout Tally) -> Void) {
        (self.name, self.detail, self.add) = (name, detail, add)
    }
}

/// Counts by key; the rule that fills it says what a key stands for. Keys that were never counted take no memory.
public struct Tally: Sendable, Equatable {
    public private(set) var counts: [Int: Int] = [:]

    public init() {}

    /// 0 for a key that was never counted.
    public subscript(key: Int) -> Int { counts[key] ?? 0 }

    public mutating func add(_ count: Int = 1, to key: Int) { counts[key, default: 0] += count }

    /// Keys and counts in turn, as messages between ranks have them.
    package var list: [Int] { counts.flatMap { [$0.key, $0.value] } }

    /// Adds what ``list`` gave.
    package mutating func add(list: [Int]) {
        for place in stride(from: 0, to: list.count - 1, by: 2) { add(list[place + 1], to: list[place]) }
    }
}
