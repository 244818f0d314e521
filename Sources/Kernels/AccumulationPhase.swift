/// Which part of the shards' chains some rows are, where not all of them are at hand at once.
public struct AccumulationPhase: Sendable, Equatable {
    /// Whether the chains begin here, and whether they end.
    public let begin: Bool
    public let end: Bool

    public init(begin: Bool, end: Bool) {
        self.begin = begin
        self.end = end
    }

    public static let whole = AccumulationPhase(begin: true, end: true)
    public var areCarried: Bool { !(begin && end) }
}
