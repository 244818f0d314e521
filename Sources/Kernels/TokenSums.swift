/// The rows of a batch grouped by token, to sum an embedding table's gradient.
///
/// Within a token, rows are in the order of ``ShardedRows``. Rebuilt for each batch in the same memory.
public struct TokenRows: Sendable {
    /// Row numbers, token by token.
    private var order: [Int32] = []
    /// The shard of each entry of `order`.
    private var shardOfEntry: [Int32] = []
    /// Entries of token v: `starts[v]..<starts[v + 1]`.
    private var starts: [Int32]
    private let tokenCount: Int
    /// Tokens that occur, ascending.
    private var present: [Int32] = []
    private var shardCount = 0

    public init(tokenCount: Int) {
        self.tokenCount = tokenCount
        starts = Array(repeating: 0, count: tokenCount + 1)
        present.reserveCapacity(tokenCount)
    }

    /// Groups `tokens`, one per row of `[time, batch]`; negative tokens are ignored.
    public mutating func group(_ tokens: [Int32], by rows: ShardedRows) {
        shardCount = rows.shards.count
        for token in 0...tokenCount { starts[token] = 0 }
        for token in tokens where token >= 0 { starts[Int(token) + 1] += 1 }
        for token in 0..<tokenCount { starts[token + 1] += starts[token] }
        let total = Int(starts[tokenCount])
        if order.count < total {
            order = Array(repeating: 0, count: rows.count)
            shardOfEntry = Array(repeating: 0, count: rows.count)
        }
        for shard in rows.shards.indices {
            rows.forEachRow(at: rows.places(ofShard: shard), ofShard: shard) { row in
                let token = Int(tokens[row])
                guard token >= 0 else { return }
                order[Int(starts[token])] = Int32(row)
                shardOfEntry[Int(starts[token])] = Int32(shard)
                starts[token] += 1
            }
        }
        // The loop above moved each start to the next token's.
        for token in stride(from: tokenCount, to: 0, by: -1) { starts[token] = starts[token - 1] }
        starts[0] = 0
        present.removeAll(keepingCapacity: true)
        for token in 0..<tokenCount where starts[token + 1] > starts[token] { present.append(Int32(token)) }
    }

    /// Calls `write(token, sum)` for each token that occurs, with the sum of its rows' 16 elements starting at `offset`.
    ///
    /// Within a shard, rows are added in order, starting from 0; the shards' sums are then added in the fixed tree, where a shard without the token
    /// counts as 0. This gives the same bits as summing every shard.
    /// - Parameter source: row r begins at `r * rowStride`.
    @inline(__always)
    public func sum(
        _ source: OperandView, rowStride: Int, offset: Int, write: (_ token: Int, _ sum: SIMD16<Float>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: ShardTree.levelCount(shardCount: shardCount)) { levels in
            for token in present {
                let token = Int(token)
                write(token, sum(of: token, source, rowStride: rowStride, offset: offset, levels: levels))
            }
        }
    }

    @inline(__always)
    private func sum(
        of token: Int, _ source: OperandView, rowStride: Int, offset: Int, levels: UnsafeMutableBufferPointer<SIMD16<Float>>
    ) -> SIMD16<Float> {
        var entry = Int(starts[token])
        let end = Int(starts[token + 1])
        var tree = ShardTree()
        for shard in 0..<shardCount {
            var chain = SIMD16<Float>(repeating: 0)
            while entry < end, shardOfEntry[entry] == Int32(shard) {
                let row = Int(order[entry])
                chain += source.sixteen(at: row * rowStride + offset)
                entry += 1
            }
            // As in FloatView.makeZerosPositive.
            levels[tree.nextLevel] = chain + SIMD16(repeating: 0)
            tree.pushed { levels[$0] += levels[$1] }
        }
        tree.finish { levels[$0] += levels[$1] }
        return levels[0]
    }
}

extension ShardedRows {
    /// Sums one shard's rows by token: row `token * shards + shard` of `table` becomes the sum of that token's rows, in order, starting from 0.
    ///
    /// Negative tokens are ignored. Rows of tokens that don't occur in the shard become 0.
    /// - Parameters:
    ///   - source: row r begins at `r * rowStride`, as in `table`.
    ///   - columns: range of a row's elements to sum; a multiple of 16.
    ///   - table: `[tokens, shards, rowStride]`.
    ///   - continues: whether sums start from the table's values instead of 0.
    public func sumByToken(
        _ source: OperandView, rowStride: Int, columns: Range<Int>, tokens: [Int32], tokenCount: Int, shard: Int, into table: FloatView,
        continues: Bool = false
    ) {
        precondition(columns.count % 16 == 0 && table.count >= tokenCount * shards.count * rowStride)
        for token in 0..<(continues ? 0 : tokenCount) {
            table.slice(from: (token * shards.count + shard) * rowStride + columns.lowerBound, count: columns.count).fill(0)
        }
        forEachRow(at: places(ofShard: shard), ofShard: shard) { row in
            let token = Int(tokens[row])
            guard token >= 0 else { return }
            let target = (token * shards.count + shard) * rowStride
            for column in stride(from: columns.lowerBound, to: columns.upperBound, by: 16) {
                table.setSixteen(table.sixteen(at: target + column) + source.sixteen(at: row * rowStride + column), at: target + column)
            }
        }
    }
}
