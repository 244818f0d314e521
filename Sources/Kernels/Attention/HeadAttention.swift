import CVector

/// Scaled dot-product attention (Vaswani et al. 2017) of one head over one sequence.
///
/// ```
/// S = Q·Kᵀ/√d      P = softmax(S) over each query's keys      O = (P ∘ m)·V      m: dropout's mask
/// ∂V = (P ∘ m)ᵀ·∂O      ∂P = m ∘ (∂O·Vᵀ)      ∂S = P ∘ (∂P - Σ ∂O ∘ O)/√d      ∂Q = ∂S·K      ∂K = ∂Sᵀ·Q
/// ```
///
/// Scores are computed for a block of queries at a time and never kept: the way back computes them anew from Q, K, and each row's maximum and sum (Dao et al.
/// 2022). All numbers are float32.
public struct HeadAttention {
    /// Dropout of the probabilities: key k is unit k of the mask.
    public struct Dropout: Sendable {
        let mask: RandomMask
        let sequence: Int
        let firstTime: Int

        /// - Parameter firstTime: the first query's time step, counted from the sequence's begin.
        public init(_ mask: RandomMask, sequence: Int, firstTime: Int) {
            (self.mask, self.sequence, self.firstTime) = (mask, sequence, firstTime)
        }
    }

    let span: AttentionSpan
    let width: Int
    let rotation: RotaryAngles?
    let dropout: Dropout?
    let memory: AttentionMemory
    let rows: ScoreRows

    /// - Parameters:
    ///   - width: d.
    ///   - rotation: of at least as many positions as there are keys; nil for none.
    ///   - scratch: ``scratchCount(keyCount:queryCount:width:)`` floats.
    public init(_ span: AttentionSpan, width: Int, rotation: RotaryAngles?, dropout: Dropout?, scratch: FloatView) {
        (self.span, self.width, self.rotation, self.dropout) = (span, width, rotation, dropout)
        memory = AttentionMemory(scratch, span, width: width)
        rows = ScoreRows(scale: 1 / Float(width).squareRoot())
    }

    /// Floats of scratch memory for so many keys and queries, or fewer.
    public static func scratchCount(keyCount: Int, queryCount: Int, width: Int) -> Int {
        AttentionMemory.count(keyCount: keyCount, queryCount: queryCount, width: width)
    }

    /// Writes O, and for each query the maximum and the sum that ``backward`` needs.
    /// - Parameters:
    ///   - queries: Q, whose row 0 is the first query; `keys` and `values`: K and V, whose row 0 is the memory's first.
    ///   - statistics: `[queries, 2]`.
    public func forward(queries: HeadRows, keys: HeadRows, values: HeadRows, outputs: HeadRows, statistics: FloatView) {
        load(queries: queries, keys: keys, values: values)
        packColumns(memory.values, rowCount: span.keyCount, into: memory.valuePanels)
        forEachBlock { block, columns in
            multiplyScores(block, columns)
            for query in block {
                let row = scoreRow(memory.scores, query - block.lowerBound)
                let (maximum, sum) = rows.exponentiate(row, columns: columns, keys: span.keys(ofQuery: query))
                statistics[2 * query] = maximum
                statistics[2 * query + 1] = 1 / sum
                drop(row, columns, query)
            }
            multiply(memory.scores, by: memory.valuePanels, block, columns)
            for query in block {
                let source = memory.product.slice(from: (query - block.lowerBound) * memory.rowStride, count: width)
                let target = outputs.floats.slice(from: outputs.first + query * outputs.rowStride, count: width)
                let reciprocal = statistics[2 * query + 1]
                for unit in 0..<width { target[unit] = source[unit] * reciprocal }
            }
        }
    }

    // MARK: Parts

    /// Copies Q, K and V, turned by their positions, and packs K for the scores.
    func load(queries: HeadRows, keys: HeadRows, values: HeadRows) {
        memory.zeros.fill(0)
        copy(queries, positions: span.memoryCount..<span.keyCount, to: memory.queries, rotation)
        copy(keys, positions: 0..<span.keyCount, to: memory.keys, rotation)
        copy(values, positions: 0..<span.keyCount, to: memory.values, nil)
        packRows(memory.keys, rowCount: span.keyCount, into: memory.keyColumns)
    }

    func copy(_ rows: HeadRows, positions: Range<Int>, to target: FloatView, _ rotation: RotaryAngles?) {
        if let rotation { return rotation.copyTurned(rows, positions: positions, width: width, to: target, stride: width) }
        for row in 0..<positions.count { target.copy(rows.floats.slice(from: rows.first + row * rows.rowStride, count: width), to: row * width) }
    }

    /// Rows of a head as columns of a product.
    func packRows(_ rows: FloatView, rowCount: Int, into panels: PanelView) {
        panels.packRows(of: rows, depth: width, panels: 0..<panels.panelCount) { panel, vector in
            let first = panel * PanelView.width + vector * laneCount
            return (min(first, rowCount), max(0, min(laneCount, rowCount - first)))
        }
    }

    /// Rows of a head as the inner dimension of a product.
    func packColumns(_ rows: FloatView, rowCount: Int, into panels: PanelView) {
        panels.packColumns(of: rows, depth: rowCount, columnCount: width, panels: 0..<panels.panelCount) { $0 * width }
    }

    /// Calls `body` for each block of queries with the columns of its scores.
    func forEachBlock(_ body: (_ block: Range<Int>, _ columns: Range<Int>) -> Void) {
        for first in stride(from: 0, to: span.queryCount, by: AttentionMemory.blockCount) {
            let block = first..<min(first + AttentionMemory.blockCount, span.queryCount)
            body(block, span.keys(ofQueries: block))
        }
    }

    func scoreRow(_ scores: FloatView, _ row: Int) -> FloatView { scores.slice(from: row * memory.scoreStride, count: memory.scoreStride) }

    /// Q·Kᵀ of a block.
    func multiplyScores(_ block: Range<Int>, _ columns: Range<Int>) { multiply(memory.queries, by: memory.keyColumns, block, columns, into: memory.scores) }

    /// Products of a block's rows with the keys that `columns` are.
    func multiply(_ rows: FloatView, by columnPanels: PanelView, _ block: Range<Int>, _ columns: Range<Int>, into scores: FloatView) {
        let panels = columns.lowerBound / PanelView.width..<(columns.upperBound + PanelView.width - 1) / PanelView.width
        Kernels.multiply(
            rows: 0..<block.count, of: RowsOperand(rows.slice(from: block.lowerBound * width, count: block.count * width), rowStride: width), by: columnPanels,
            panels: panels, ends: BiasedProduct(into: scores, rowStride: memory.scoreStride, bias: memory.zeros))
    }

    /// Sums over the keys that `columns` are, to ``AttentionMemory/product``.
    func multiply(_ scores: FloatView, by panels: PanelView, _ block: Range<Int>, _ columns: Range<Int>) {
        Kernels.multiply(
            rows: 0..<block.count, of: RowsOperand(scores, rowStride: memory.scoreStride).from(step: columns.lowerBound), by: panels, panels: 0..<panels.panelCount,
            steps: columns, ends: BiasedProduct(into: memory.product, rowStride: memory.rowStride, bias: memory.zeros))
    }

    /// Dropout of a row's probabilities, or of their gradients.
    func drop(_ row: FloatView, _ columns: Range<Int>, _ query: Int) {
        guard let dropout else { return }
        dropout.mask.apply(
            to: row, at: 0, into: row, at: 0, count: columns.upperBound, sequence: dropout.sequence, time: dropout.firstTime + query)
    }
}
