/// Which keys each query of a sequence attends to. Keys are the rows of the sequence's memory, if it has one, and then its time steps.
///
/// A causal query attends to its own time step and those before it, at most `window` of these: so many as the memory has rows. What a query attends to
/// then doesn't depend on where a text is cut.
public struct AttentionSpan: Sendable {
    /// Rows of the memory; the key of query q is row `memoryCount` + q.
    public let memoryCount: Int
    /// Queries: the sequence's time steps.
    public let queryCount: Int
    /// First row of the memory that holds a time step.
    private let firstKey: Int
    private let isCausal: Bool
    private let window: Int

    /// - Parameters:
    ///   - filledCount: rows of the memory that hold time steps, its last ones.
    ///   - window: keys before its own that a causal query attends to; nil for all.
    public init(queryCount: Int, isCausal: Bool, memoryCount: Int = 0, filledCount: Int = 0, window: Int? = nil) {
        precondition(filledCount <= memoryCount && (isCausal || (memoryCount == 0 && window == nil)))
        self.memoryCount = memoryCount
        self.queryCount = queryCount
        self.isCausal = isCausal
        self.window = window ?? .max
        firstKey = memoryCount - filledCount
    }

    public var keyCount: Int { memoryCount + queryCount }

    /// The keys of a query; one at least.
    @inline(__always)
    func keys(ofQuery query: Int) -> Range<Int> {
        guard isCausal else { return 0..<keyCount }
        let own = memoryCount + query
        return max(firstKey, own - window)..<own + 1
    }

    /// The keys of consecutive queries, from the begin of a panel on.
    func keys(ofQueries queries: Range<Int>) -> Range<Int> {
        keys(ofQuery: queries.lowerBound).lowerBound / PanelView.width * PanelView.width..<keys(ofQuery: queries.upperBound - 1).upperBound
    }
}

/// The numbers of one head in the rows of one sequence.
public struct HeadRows: Sendable {
    let floats: FloatView
    let first: Int
    let rowStride: Int

    /// - Parameter first: place of row 0; row r is at `first + r * rowStride`.
    public init(_ floats: FloatView, first: Int, rowStride: Int) {
        (self.floats, self.first, self.rowStride) = (floats, first, rowStride)
    }

    /// Row `row` is row 0 of the result.
    func from(row: Int) -> HeadRows { HeadRows(floats, first: first + row * rowStride, rowStride: rowStride) }

    /// Makes `width` numbers of each row 0.
    public func clear(rows: Range<Int>, width: Int) {
        for row in rows { floats.slice(from: first + row * rowStride, count: width).fill(0) }
    }
}
