import CVector

extension HeadAttention {
    /// Overwrites Q, K and V with ∂L/∂Q, ∂L/∂K and ∂L/∂V.
    /// - Parameters:
    ///   - outputs: O, and `outputGradients` ∂L/∂O.
    ///   - statistics: of ``forward(queries:keys:values:outputs:statistics:)``.
    public func backward(
        queries: HeadRows, keys: HeadRows, values: HeadRows, outputs: HeadRows, outputGradients: HeadRows, statistics: FloatView
    ) {
        load(queries: queries, keys: keys, values: values)
        copy(outputGradients, positions: span.memoryCount..<span.keyCount, to: memory.outputGradients, nil)
        packRows(memory.values, rowCount: span.keyCount, into: memory.valueColumns)
        packColumns(memory.keys, rowCount: span.keyCount, into: memory.keyPanels)
        packColumns(memory.queries, rowCount: span.queryCount, into: memory.queryPanels)
        packColumns(memory.outputGradients, rowCount: span.queryCount, into: memory.gradientPanels)
        memory.keyGradients.fill(0)
        memory.valueGradients.fill(0)
        forEachBlock { block, columns in
            multiplyScores(block, columns)
            multiply(memory.outputGradients, by: memory.valueColumns, block, columns, into: memory.scoreGradients)
            for query in block { differentiate(query, in: block, columns, outputs, statistics) }
            multiply(memory.scoreGradients, by: memory.keyPanels, block, columns)
            addTransposed(memory.scores, by: memory.gradientPanels, block, columns, to: memory.valueGradients)
            addTransposed(memory.scoreGradients, by: memory.queryPanels, block, columns, to: memory.keyGradients)
            store(memory.product, positions: block.lowerBound + span.memoryCount..<block.upperBound + span.memoryCount, to: queries.from(row: block.lowerBound), rotation)
        }
        store(memory.keyGradients, positions: 0..<span.keyCount, to: keys, rotation)
        store(memory.valueGradients, positions: 0..<span.keyCount, to: values, nil)
    }

    /// Turns a query's row of scores to P ∘ m, and ∂O·Vᵀ to ∂L/∂S.
    private func differentiate(_ query: Int, in block: Range<Int>, _ columns: Range<Int>, _ outputs: HeadRows, _ statistics: FloatView) {
        let (scores, gradients) = (scoreRow(memory.scores, query - block.lowerBound), scoreRow(memory.scoreGradients, query - block.lowerBound))
        rows.normalize(
            scores, columns: columns, keys: span.keys(ofQuery: query), maximum: statistics[2 * query], reciprocal: statistics[2 * query + 1])
        drop(gradients, columns, query)
        // Σ P ∘ ∂P over the keys, as fewer products: (P ∘ m)·V is O.
        let mean = dotProduct(
            outputs.floats, at: outputs.first + query * outputs.rowStride, memory.outputGradients, at: query * width, count: width)
        rows.differentiate(gradients, probabilities: scores, columns: columns, mean: mean)
        drop(scores, columns, query)
    }

    /// `sum[key] += scoresᵀ · rows` over a block of queries, for the keys that `columns` are.
    private func addTransposed(_ scores: FloatView, by panels: PanelView, _ block: Range<Int>, _ columns: Range<Int>, to sum: FloatView) {
        let stride = memory.rowStride
        Kernels.multiply(
            rows: 0..<columns.count, of: TransposedOperand(scores, column: columns.lowerBound, rowStride: memory.scoreStride), by: panels,
            panels: 0..<panels.panelCount, steps: block, ends: AddedProduct(to: sum.slice(from: columns.lowerBound * stride, count: columns.count * stride), rowStride: stride))
    }

    /// Copies rows of gradients, ``AttentionMemory/rowStride`` apart, to a head's rows, turned back.
    private func store(_ source: FloatView, positions: Range<Int>, to target: HeadRows, _ rotation: RotaryAngles?) {
        for (row, position) in positions.enumerated() {
            let from = source.slice(from: row * memory.rowStride, count: width)
            let to = target.floats.slice(from: target.first + row * target.rowStride, count: width)
            if let rotation { rotation.turn(from, position: position, direction: -1, width: width, into: to) } else { to.copy(from) }
        }
    }

    /// Σ left ∘ right: 16 chains and the fixed tree.
    private func dotProduct(_ left: FloatView, at leftIndex: Int, _ right: FloatView, at rightIndex: Int, count: Int) -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        let whole = count / 16 * 16
        for unit in stride(from: 0, to: whole, by: 16) { chains += left.sixteen(at: leftIndex + unit) * right.sixteen(at: rightIndex + unit) }
        for unit in whole..<count { chains[unit - whole] += left[leftIndex + unit] * right[rightIndex + unit] }
        return treeSum(chains)
    }
}

/// The transpose of consecutive rows: row m is column m.
///
/// Sendable: it is read only, and its owner outlives the products.
struct TransposedOperand: LeftFactor, @unchecked Sendable {
    let base: UnsafePointer<Float>
    let stepStride: Int

    /// - Parameter column: the first column.
    init(_ floats: FloatView, column: Int, rowStride: Int) {
        base = UnsafePointer(floats.base + column)
        stepStride = rowStride
    }

    @inline(__always)
    var precision: Precision { .float32 }
    @inline(__always)
    var rowStride: Int { 1 }
}
