/// Scratch memory of one head of one sequence: its rows side by side, packed for the products, and the scores of a block of queries.
struct AttentionMemory {
    /// Queries whose scores are computed at once: with 512 keys they and their gradients take a fifth of a second-level cache of 1 MB.
    static let blockCount = 48

    let queries: FloatView
    let keys: FloatView
    let values: FloatView
    let outputGradients: FloatView
    let keyGradients: FloatView
    let valueGradients: FloatView
    /// `[blockCount, scoreStride]`.
    let scores: FloatView
    let scoreGradients: FloatView
    /// `[blockCount, rowStride]`.
    let product: FloatView
    let zeros: FloatView
    let keyColumns: PanelView
    let valueColumns: PanelView
    let keyPanels: PanelView
    let valuePanels: PanelView
    let queryPanels: PanelView
    let gradientPanels: PanelView
    /// Keys in whole panels.
    let scoreStride: Int
    /// A head's width in whole panels.
    let rowStride: Int

    init(_ floats: FloatView, _ span: AttentionSpan, width: Int) {
        let (keyCount, queryCount) = (span.keyCount, span.queryCount)
        scoreStride = PanelView.panelCount(columns: keyCount) * PanelView.width
        rowStride = PanelView.panelCount(columns: width) * PanelView.width
        var cut = Cut(floats)
        queries = cut.next(queryCount * width)
        keys = cut.next(keyCount * width)
        values = cut.next(keyCount * width)
        outputGradients = cut.next(queryCount * width)
        keyGradients = cut.next(keyCount * rowStride)
        valueGradients = cut.next(keyCount * rowStride)
        scores = cut.next(Self.blockCount * scoreStride)
        scoreGradients = cut.next(Self.blockCount * scoreStride)
        product = cut.next(Self.blockCount * rowStride)
        zeros = cut.next(max(scoreStride, rowStride))
        keyColumns = PanelView(floats: cut.next(width * scoreStride), depth: width, columnCount: keyCount)
        valueColumns = PanelView(floats: cut.next(width * scoreStride), depth: width, columnCount: keyCount)
        keyPanels = PanelView(floats: cut.next(keyCount * rowStride), depth: keyCount, columnCount: width)
        valuePanels = PanelView(floats: cut.next(keyCount * rowStride), depth: keyCount, columnCount: width)
        queryPanels = PanelView(floats: cut.next(queryCount * rowStride), depth: queryCount, columnCount: width)
        gradientPanels = PanelView(floats: cut.next(queryCount * rowStride), depth: queryCount, columnCount: width)
    }

    /// Floats that suffice for so many keys and queries.
    static func count(keyCount: Int, queryCount: Int, width: Int) -> Int {
        let scoreStride = PanelView.panelCount(columns: keyCount) * PanelView.width
        let rowStride = PanelView.panelCount(columns: width) * PanelView.width
        let rows = 2 * (queryCount + keyCount) * width + (4 * keyCount + 2 * queryCount) * rowStride
        return rows + blockCount * (2 * scoreStride + rowStride) + max(scoreStride, rowStride) + 2 * width * scoreStride + 16 * Cut.partCount
    }

    /// Hands out parts of a memory, each from a cache line on.
    private struct Cut {
        static let partCount = 16
        private let floats: FloatView
        private var used = 0

        init(_ floats: FloatView) { self.floats = floats }

        mutating func next(_ count: Int) -> FloatView {
            defer { used += (count + 15) / 16 * 16 }
            return floats.slice(from: used, count: count)
        }
    }
}
