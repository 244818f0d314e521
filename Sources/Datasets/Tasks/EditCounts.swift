/// The fewest changes that make a list of symbols another one: symbols that are replaced, left out or put in (Levenshtein 1966).
public struct EditCounts: Sendable, Equatable {
    public private(set) var substitutions = 0
    /// Symbols of the true list that the found one lacks.
    public private(set) var deletions = 0
    /// Symbols that the found list has besides.
    public private(set) var insertions = 0

    public var errorCount: Int { substitutions + deletions + insertions }

    private init() {}

    /// Of several ways with as few changes one that replaces rather than leaves out and puts in. Cost: the product of the lengths.
    public init<Symbol: Equatable>(from truth: some Collection<Symbol>, to found: some Collection<Symbol>) {
        // Of the symbols so far of `truth`, to each beginning of `found`.
        var row = [EditCounts()]
        for _ in found { row.append(row[row.count - 1].with(\.insertions)) }
        for symbol in truth {
            var before = row[0]
            row[0] = before.with(\.deletions)
            for (place, other) in found.enumerated() {
                var best = symbol == other ? before : before.with(\.substitutions)
                let (deleted, inserted) = (row[place + 1].with(\.deletions), row[place].with(\.insertions))
                if deleted.errorCount < best.errorCount { best = deleted }
                if inserted.errorCount < best.errorCount { best = inserted }
                before = row[place + 1]
                row[place + 1] = best
            }
        }
        self = row[row.count - 1]
    }

    /// With one more of a kind.
    private func with(_ kind: WritableKeyPath<EditCounts, Int>) -> EditCounts {
        var counts = self
        counts[keyPath: kind] += 1
        return counts
    }
}
