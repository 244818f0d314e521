/// Position of a call in a sum that several calls accumulate: whether this call starts the sums, finishes them, or both.
public struct AccumulationPhase: Sendable, Equatable {
    /// Whether the sums start here, and whether they are complete after this call.
    public let begin: Bool
    public let end: Bool

    public init(begin: Bool, end: Bool) {
        self.begin = begin
        self.end = end
    }

    public static let whole = AccumulationPhase(begin: true, end: true)
    public var areCarried: Bool { !(begin && end) }
}
