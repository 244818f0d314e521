/// Sums over the rows of a batch of the products of two of their numbers: the gradient of a weight that multiplies one number of a unit.
extension ShardedRows {
    /// Σ over rows of left ∘ right, for 16 columns. A shard's rows are added in order, starting from 0; the shards' sums are then added in the fixed tree.
    /// - Parameters:
    ///   - left: row r's columns begin at `r * leftStride + leftOffset`; `right` likewise.
    ///   - sums: 16 floats for each shard, where they are kept between parts of the rows.
    /// - Returns: nil until `phase` ends.
    public func sumProducts(
        _ left: OperandView, leftStride: Int, leftOffset: Int, _ right: FloatView, rightStride: Int, rightOffset: Int, phase: AccumulationPhase, sums: FloatView
    ) -> SIMD16<Float>? {
        let zero = SIMD16<Float>(repeating: 0)
        for shard in shards.indices {
            var sum = phase.begin ? zero : sums.sixteen(at: 16 * shard)
            forEachRow(at: places(ofShard: shard), ofShard: shard) { row in
                sum += left.sixteen(at: row &* leftStride &+ leftOffset) * right.sixteen(at: row &* rightStride &+ rightOffset)
            }
            sums.setSixteen(sum, at: 16 * shard)
        }
        guard phase.end else { return nil }
        var tree = ShardTree()
        return withUnsafeTemporaryAllocation(of: SIMD16<Float>.self, capacity: ShardTree.levelCount(shardCount: shards.count)) { levels in
            for shard in shards.indices {
                // As in FloatView.makeZerosPositive.
                levels[tree.nextLevel] = sums.sixteen(at: 16 * shard) + zero
                tree.pushed { levels[$0] += levels[$1] }
            }
            tree.finish { levels[$0] += levels[$1] }
            return levels[0]
        }
    }
}
