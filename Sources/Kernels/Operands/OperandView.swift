public import CVector

/// Borrowed operands of matrix products; must not outlive their memory. Indices and counts are in elements; with bfloat16, rows start at multiples
/// of 16.
@frozen
public struct OperandView: Sendable {
    /// The raw words: floats, or bfloat16 pairs.
    @usableFromInline let words: FloatView
    public let precision: Precision

    @inlinable
    public init(_ floats: FloatView) { self.init(words: floats, precision: .float32) }

    /// - Parameter words: ``Precision/wordCount(_:)`` words.
    @inlinable
    public init(words: FloatView, precision: Precision) {
        self.words = words
        self.precision = precision
    }

    /// Capacity in elements.
    @inlinable
    public var count: Int { precision == .float32 ? words.count : 2 * words.count }

    /// Sets all elements to 0.
    public func clear() { words.fill(0) }

    /// `count` elements, starting at `start`.
    @inlinable
    public func slice(from start: Int, count: Int) -> OperandView {
        assert(precision == .float32 || start % 2 == 0)
        return OperandView(words: words.slice(from: precision.wordCount(start), count: precision.wordCount(count)), precision: precision)
    }

    /// Rounds a vector of consecutive elements and stores it at `index`.
    @inlinable
    @inline(__always)
    public func setLane(_ value: Lane, at index: Int) {
        switch precision {
        case .float32: words.setLane(value, at: index)
        case .bfloat16: storePairs(words.base + index / 2, value)
        }
    }

    /// 16 elements, starting at `index`.
    @inlinable
    @inline(__always)
    public func sixteen(at index: Int) -> SIMD16<Float> {
        switch precision {
        case .float32: words.sixteen(at: index)
        case .bfloat16: numbersOfPairs(words.base + index / 2)
        }
    }

    /// Prefetches the cache line of the element at `index` (``FloatView/prefetch(at:)``).
    @inline(__always)
    func prefetch(at index: Int) { prefetchLine(words.base + precision.wordCount(index)) }

    /// Copies `source` to `start`, word by word.
    public func copy(_ source: OperandView, to start: Int = 0) {
        precondition(source.precision == precision)
        words.copy(source.words, to: precision.wordCount(start))
    }

    /// Rounds a row of floats and stores it at `start`. With bfloat16 the row is padded with 0 to a multiple of 16.
    public func setRow(_ row: FloatView, at start: Int) {
        // FloatMemory has one vector of padding after its last float.
        setRow(UnsafePointer(row.base), count: row.count, readableCount: row.count + 16, at: start)
    }

    /// Rounds and stores consecutive rows of `width` elements.
    public func setRows(_ rows: [Float], width: Int) {
        guard precision == .bfloat16 else { return words.copy(rows) }
        rows.withUnsafeBufferPointer { floats in
            guard let base = floats.baseAddress else { return }
            let rowStride = precision.rowStride(width)
            for row in 0..<floats.count / width {
                setRow(base + row * width, count: width, readableCount: floats.count - row * width, at: row * rowStride)
            }
        }
    }

    private func setRow(_ row: UnsafePointer<Float>, count rowCount: Int, readableCount: Int, at start: Int) {
        precondition(start >= 0 && start + precision.rowStride(rowCount) <= count)
        guard precision == .bfloat16 else { return (words.base + start).update(from: row, count: rowCount) }
        let target = words.base + start / 2
        for column in stride(from: 0, to: rowCount, by: 16) {
            if column + 16 <= readableCount {
                let floats = UnsafeRawPointer(row + column).loadUnaligned(as: SIMD16<UInt32>.self) & firstWords(rowCount - column)
                storePairs(unsafeBitCast(floats, to: SIMD16<Float>.self), to: target + column / 2)
            } else {
                var floats = SIMD16<Float>(repeating: 0)
                for place in column..<rowCount { floats[place - column] = row[place] }
                storePairs(floats, to: target + column / 2)
            }
        }
    }

    /// Embedding lookup, rounded: row r of this matrix becomes row `tokens[r]` of `table`, or 0 if the token is negative.
    /// - Parameter width: length of a row of `table`; a row here takes ``Precision/rowStride(_:)`` of it.
    public func gather(rows: Range<Int>, width: Int, of table: FloatView, tokens: [Int32]) {
        let rowStride = precision.rowStride(width)
        precondition(rows.upperBound <= tokens.count && rows.upperBound * rowStride <= count)
        for row in rows {
            let token = Int(tokens[row])
            if token >= 0 {
                setRow(table.slice(from: token * width, count: width), at: row * rowStride)
            } else {
                slice(from: row * rowStride, count: rowStride).words.fill(0)
            }
        }
    }
}

/// A mask with all bits set in the first `count` words, none in the others.
@inline(__always)
func firstWords(_ count: Int) -> SIMD16<UInt32> {
    let places = SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    // The sign bit of place - count, extended over the word.
    return unsafeBitCast((places &- Int32(truncatingIfNeeded: min(count, 16))) &>> 31, to: SIMD16<UInt32>.self)
}

/// Rounds 16 consecutive elements and stores them in 8 words.
@inline(__always)
private func storePairs(_ numbers: SIMD16<Float>, to words: UnsafeMutablePointer<Float>) {
    withUnsafeBytes(of: numbers) { bytes in
        for part in stride(from: 0, to: 16, by: laneCount) {
            storePairs(words + part / 2, bytes.loadUnaligned(fromByteOffset: 4 * part, as: Lane.self))
        }
    }
}
