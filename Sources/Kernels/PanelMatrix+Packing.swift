import CVector

extension PanelView {
    /// Packs `panels` of the transpose of `weight`: column n of the product is row n of `weight` `[rows, depth]`,
    /// so that x·weightᵀ is a product with these panels.
    ///
    /// - Parameters:
    ///   - rowOfVector: first row of `weight` in vector `vector` of panel `panel`, and how many of its lanes are rows (the rest is 0).
    public func packRows(
        of weight: FloatView, depth: Int, panels: Range<Int>, rowOfVector: (_ panel: Int, _ vector: Int) -> (first: Int, count: Int)
    ) {
        precondition(precision.wordCount(depth) == stepCount)
        for panel in panels {
            for vector in 0..<4 {
                let (first, count) = rowOfVector(panel, vector)
                let target = floats.base + panel * stepCount * Self.width + vector * laneCount
                let rows = weight.base + first * depth
                switch precision {
                case .float32: packRows(rows, depth: depth, count: count, to: target)
                case .bfloat16: packRowPairs(rows, depth: depth, count: count, to: target)
                }
            }
        }
    }

    private func packRows(_ rows: UnsafePointer<Float>, depth: Int, count: Int, to target: UnsafeMutablePointer<Float>) {
        // Square blocks are transposed in registers; the remainder is copied float by float.
        let blocksEnd = count == laneCount ? depth / laneCount * laneCount : 0
        for k in stride(from: 0, to: blocksEnd, by: laneCount) { transposeBlock(rows + k, depth, target + k * Self.width, Self.width) }
        for lane in 0..<laneCount {
            for k in blocksEnd..<depth { target[k * Self.width + lane] = lane < count ? rows[lane * depth + k] : 0 }
        }
    }

    private func packRowPairs(_ rows: UnsafePointer<Float>, depth: Int, count: Int, to target: UnsafeMutablePointer<Float>) {
        for step in stride(from: 0, to: stepCount, by: laneCount) {
            transposePairs(
                rows + 2 * step, depth, Int32(count), Int32(min(2 * laneCount, depth - 2 * step)), target + step * Self.width, Self.width)
        }
    }

    /// Packs `panels` of a matrix with `columnCount` columns without transposing: index k of the inner dimension is the row that begins at `rowStart(k)` in
    /// `source`, or all 0 if that is nil.
    /// - Parameter depth: length of the inner dimension.
    public func packColumns(of source: FloatView, depth: Int, columnCount: Int, panels: Range<Int>, rowStart: (_ k: Int) -> Int?) {
        precondition(precision.wordCount(depth) == stepCount)
        for panel in panels {
            let first = panel * Self.width
            let valid = min(Self.width, columnCount - first)
            var target = floats.base + panel * stepCount * Self.width
            for step in 0..<stepCount {
                switch precision {
                case .float32: packRow(source, start: rowStart(step).map { $0 + first }, valid: valid, to: target)
                case .bfloat16:
                    let later = 2 * step + 1 < depth ? rowStart(2 * step + 1) : nil
                    packRowPair(source, starts: (rowStart(2 * step).map { $0 + first }, later.map { $0 + first }), valid: valid, to: target)
                }
                target += Self.width
            }
        }
    }

    private func packRow(_ source: FloatView, start: Int?, valid: Int, to target: UnsafeMutablePointer<Float>) {
        guard let start else { return target.update(repeating: 0, count: Self.width) }
        target.update(from: source.base + start, count: valid)
        (target + valid).update(repeating: 0, count: Self.width - valid)
    }

    private func packRowPair(_ source: FloatView, starts: (earlier: Int?, later: Int?), valid: Int, to target: UnsafeMutablePointer<Float>) {
        let zero = SIMD16<Float>(repeating: 0)
        for column in stride(from: 0, to: Self.width, by: 16) {
            var words = SIMD16<UInt32>(repeating: 0)
            if column < valid {
                // FloatMemory has one vector of padding after its last float.
                words = roundedPairs(
                    starts.earlier.map { source.sixteen(at: $0 + column) } ?? zero, starts.later.map { source.sixteen(at: $0 + column) } ?? zero)
                words &= firstWords(valid - column)
            }
            UnsafeMutableRawPointer(target + column).storeBytes(of: words, as: SIMD16<UInt32>.self)
        }
    }
}
