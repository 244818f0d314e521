import CVector

extension OuterProducts {
    /// Packs the left operand's columns, for one block of rows, as `[block of 48 columns][step, 48]`.
    ///
    /// Each row is packed whole, because rows are far apart: each is in another page, which the hardware prefetcher doesn't follow. So rows further on
    /// are prefetched here.
    func pack(_ left: Left, into packed: FloatView, _ rowBlock: RowBlock) {
        var groups = PackedGroups(left, packed)
        var walk = ShardedRows.RowIterator(rows, from: rowBlock.places.lowerBound, ofShard: rowBlock.shard)
        let ahead = rows.prefetchedRows(ofShard: rowBlock.shard)
        switch (left.numbers.precision, left.softmax) {
        case (.float32, nil):
            for _ in rowBlock.steps { groups.pack(walk.next(), prefetching: ahead) }
        case (.float32, let softmax?):
            for _ in rowBlock.steps { groups.pack(softmax, walk.next()) }
        case (.bfloat16, nil):
            for _ in 0..<rowBlock.places.count / 2 { groups.packPair(walk.next(), walk.next(), prefetching: ahead) }
            if rowBlock.places.count % 2 == 1 { groups.packPair(walk.next(), nil, prefetching: ahead) }
        case (.bfloat16, let softmax?):
            for _ in 0..<rowBlock.places.count / 2 { groups.packPair(softmax, walk.next(), walk.next()) }
            if rowBlock.places.count % 2 == 1 { groups.packPair(softmax, walk.next(), nil) }
        }
    }

    /// Adds the packed columns, starting at `column`, to the bias sums.
    func sumBiases(_ packed: OperandView, from column: Int, biases: FloatView, _ rowBlock: RowBlock) {
        let own = biases.slice(from: rowBlock.ownLevel * Self.blockWidth + column, count: Self.packedWidth)
        let zero = SIMD16<Float>(repeating: 0)
        var sums = rowBlock.begins ? (zero, zero, zero) : (own.sixteen(at: 0), own.sixteen(at: 16), own.sixteen(at: 32))
        let words = packed.words
        for step in 0..<rowBlock.steps.count {
            let start = step * Self.packedWidth
            switch packed.precision {
            case .float32:
                sums.0 += words.sixteen(at: start)
                sums.1 += words.sixteen(at: start + 16)
                sums.2 += words.sixteen(at: start + 32)
            case .bfloat16:
                add(words.sixteen(at: start), to: &sums.0)
                add(words.sixteen(at: start + 16), to: &sums.1)
                add(words.sixteen(at: start + 32), to: &sums.2)
            }
        }
        rowBlock.keep(sums.0, in: biases, at: column, levelSize: Self.blockWidth)
        rowBlock.keep(sums.1, in: biases, at: column + 16, levelSize: Self.blockWidth)
        rowBlock.keep(sums.2, in: biases, at: column + 32, levelSize: Self.blockWidth)
    }

    @inline(__always)
    private func add(_ words: SIMD16<Float>, to sum: inout SIMD16<Float>) {
        let pairs = unsafeBitCast(words, to: SIMD16<UInt32>.self)
        sum += upperNumbers(pairs)
        sum += lowerNumbers(pairs)
    }
}

/// The left operand's columns in groups of 16, step by step.
private struct PackedGroups {
    private let numbers: OperandView
    private let rowStride: Int
    private let start: Int
    private let groupCount: Int
    private var target: UnsafeMutablePointer<Float>

    init(_ left: OuterProducts.Left, _ packed: FloatView) {
        numbers = left.numbers
        rowStride = left.rowStride
        start = left.columns.lowerBound
        groupCount = left.columns.count / 16
        target = packed.base
    }

    /// Calls `write` with each group's offset in a row and its destination, then advances to the next step.
    @inline(__always)
    private mutating func forEachGroup(_ write: (_ offset: Int, _ target: UnsafeMutableRawPointer) -> Void) {
        var (offset, block, group) = (start, target, 0)
        while group < groupCount {
            for place in 0..<min(3, groupCount - group) {
                write(offset, UnsafeMutableRawPointer(block + 16 * place))
                offset += 16
            }
            group += 3
            block += OuterProducts.packedWidth * OuterProducts.stepCount
        }
        target += OuterProducts.packedWidth
    }

    @inline(__always)
    mutating func pack(_ row: Int, prefetching rowCount: Int) {
        let (words, first, ahead) = (numbers.words, row * rowStride, rowCount * rowStride)
        forEachGroup { offset, target in
            words.prefetch(at: first + offset - ahead)
            target.storeBytes(of: words.sixteen(at: first + offset), as: SIMD16<Float>.self)
        }
    }

    @inline(__always)
    mutating func pack(_ softmax: SoftmaxRows, _ row: Int) {
        let (numbers, rowStride) = (numbers, rowStride)
        forEachGroup { offset, target in
            target.storeBytes(of: softmax.derivatives(numbers, rowStride, row: row, column: offset), as: SIMD16<Float>.self)
        }
    }

    /// Transposes pairs of columns into pairs of rows.
    @inline(__always)
    mutating func packPair(_ earlier: Int, _ later: Int?, prefetching rowCount: Int) {
        let (numbers, first, ahead) = (numbers, earlier * rowStride, rowCount * rowStride)
        guard let later else {
            forEachGroup { offset, target in
                target.storeBytes(of: numbers.pairs(earlier: first + offset, later: nil), as: SIMD16<UInt32>.self)
            }
            return
        }
        let second = later * rowStride
        forEachGroup { offset, target in
            numbers.prefetch(at: first + offset - ahead)
            numbers.prefetch(at: second + offset - ahead)
            target.storeBytes(of: numbers.pairs(earlier: first + offset, later: second + offset), as: SIMD16<UInt32>.self)
        }
    }

    /// Converts exponentials to softmax derivatives while packing.
    @inline(__always)
    mutating func packPair(_ softmax: SoftmaxRows, _ earlier: Int, _ later: Int?) {
        let (numbers, rowStride) = (numbers, rowStride)
        forEachGroup { offset, target in
            let first = softmax.derivatives(numbers, rowStride, row: earlier, column: offset)
            let second = later.map { softmax.derivatives(numbers, rowStride, row: $0, column: offset) } ?? SIMD16(repeating: 0)
            target.storeBytes(of: roundedPairs(first, second), as: SIMD16<UInt32>.self)
        }
    }
}
