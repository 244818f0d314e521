extension OuterProducts {
    /// Copies 48 of the left's columns, of a stretch's rows, to `[step, 48]`, and goes on with the chains of their sums.
    func pack(_ left: Left, from column: Int, into packed: FloatView, biases: FloatView, _ stretch: Stretch) {
        let own = biases.slice(from: stretch.ownLevel * Self.blockWidth + column, count: Self.packedWidth)
        let zero = SIMD16<Float>(repeating: 0)
        var sums = stretch.begins ? (zero, zero, zero) : (own.sixteen(at: 0), own.sixteen(at: 16), own.sixteen(at: 32))
        let groupCount = min(3, (left.columnCount - column + 15) / 16)
        let offset = left.start + column / 16 * left.groupStride
        let floats = left.floats
        // Rows lie far apart, out of the hardware's sight: the next stretch's are asked for now, and come while this one's are multiplied.
        let ahead = rows.rowsBetweenTimes(Self.stepCount, ofShard: stretch.shard) * left.rowStride
        if stretch.ends { prefetchNextShard(left, offset: offset, groupCount: groupCount, stretch.shard) }
        var target = 0
        if let softmax = left.softmax {
            packSoftmax(softmax, left, from: column, into: packed, stretch)
            for step in 0..<stretch.steps.count {
                sums.0 += packed.sixteen(at: step * Self.packedWidth)
                sums.1 += packed.sixteen(at: step * Self.packedWidth + 16)
                sums.2 += packed.sixteen(at: step * Self.packedWidth + 32)
            }
            keep(sums, in: biases, at: column, stretch)
            return
        }
        rows.forEachRow(at: stretch.steps, ofShard: stretch.shard) { row in
            let first = row * left.rowStride + offset
            floats.prefetch(at: first - ahead)
            let a = floats.sixteen(at: first)
            packed.setSixteen(a, at: target)
            sums.0 += a
            if groupCount > 1 {
                floats.prefetch(at: first + left.groupStride - ahead)
                let b = floats.sixteen(at: first + left.groupStride)
                packed.setSixteen(b, at: target + 16)
                sums.1 += b
            }
            if groupCount > 2 {
                floats.prefetch(at: first + 2 * left.groupStride - ahead)
                let c = floats.sixteen(at: first + 2 * left.groupStride)
                packed.setSixteen(c, at: target + 32)
                sums.2 += c
            }
            target += Self.packedWidth
        }
        keep(sums, in: biases, at: column, stretch)
    }

    private func keep(
        _ sums: (SIMD16<Float>, SIMD16<Float>, SIMD16<Float>), in biases: FloatView, at column: Int, _ stretch: Stretch
    ) {
        stretch.keep(sums.0, in: biases, at: column, levelSize: Self.blockWidth)
        stretch.keep(sums.1, in: biases, at: column + 16, levelSize: Self.blockWidth)
        stretch.keep(sums.2, in: biases, at: column + 32, levelSize: Self.blockWidth)
    }

    /// The same copy, of exponentials that become derivatives on the way.
    private func packSoftmax(_ softmax: SoftmaxRows, _ left: Left, from column: Int, into packed: FloatView, _ stretch: Stretch) {
        let first = left.start + column
        let groupCount = min(3, (left.columnCount - column + 15) / 16)
        var target = 0
        rows.forEachRow(at: stretch.steps, ofShard: stretch.shard) { row in
            let factor = SIMD16(repeating: softmax.factor(row: row, column: first))
            for group in 0..<groupCount {
                packed.setSixteen(left.floats.sixteen(at: row * left.rowStride + first + 16 * group) * factor, at: target + 16 * group)
            }
            let place = Int(softmax.targets[row]) - first
            if 0..<Self.packedWidth ~= place { packed[target + place] -= softmax.scale }
            target += Self.packedWidth
        }
    }

    private func prefetchNextShard(_ left: Left, offset: Int, groupCount: Int, _ shard: Int) {
        guard shard + 1 < rows.shards.count else { return }
        let places = rows.places(ofShard: shard + 1)
        rows.forEachRow(at: places.prefix(Self.stepCount), ofShard: shard + 1) { row in
            for group in 0..<groupCount { left.floats.prefetch(at: row * left.rowStride + offset + group * left.groupStride) }
        }
    }
}
