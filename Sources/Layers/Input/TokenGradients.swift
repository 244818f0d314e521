import Kernels
import Threads

/// Sums of rows by their token: the table of each token's and shard's sums, and the gradient of an embedding.
///
/// Sendable: the team's tasks write disjoint parts of its memory, which changes size only between passes.
final class TokenGradients: @unchecked Sendable {
    let vocabularyCount: Int
    private let team: ThreadTeam
    /// Rows of a table `[token, shard]`, and each row's token.
    private(set) var tableRows = ShardedRows(timeCount: 0, shards: [])
    private(set) var tableTokens: [Int32] = []
    /// Rows grouped by token, by the last ``group(_:by:)``.
    private(set) var tokenRows: TokenRows
    /// With several parts of the shards' chains: the embedding's gradient by token and shard.
    private var carriedEmbedding = FloatMemory(count: 0)

    init(vocabularyCount: Int, team: ThreadTeam) {
        self.vocabularyCount = vocabularyCount
        self.team = team
        tokenRows = TokenRows(tokenCount: vocabularyCount)
    }

    func prepareTable(shardCount: Int) {
        guard tableRows.shards.count != shardCount else { return }
        tableRows = ShardedRows(timeCount: vocabularyCount, shards: (0..<shardCount).map { $0..<$0 + 1 })
        tableTokens = (0..<vocabularyCount).flatMap { Array(repeating: Int32($0), count: shardCount) }
    }

    func group(_ tokens: [Int32], by rows: ShardedRows) { tokenRows.group(tokens, by: rows) }

    /// `table` `[token, shard, rowStride]`: a row's first `columnCount` floats, a multiple of 16, added up by token.
    func sumByToken(
        _ source: OperandView, rowStride: Int, columnCount: Int, tokens: [Int32], rows: ShardedRows, _ phase: AccumulationPhase, into table: FloatView
    ) {
        let shardCount = rows.shards.count
        let blocks = columnCount / 16
        // Few shards are cut into parts of a row, so that every thread has some.
        let parts = min(blocks, max(1, (team.threadCount + shardCount - 1) / shardCount))
        let (continues, tokenCount) = (!phase.begin, vocabularyCount)
        team.run(taskCount: shardCount * parts) { task in
            let (shard, part) = task.quotientAndRemainder(dividingBy: parts)
            rows.sumByToken(
                source, rowStride: rowStride, columns: part * blocks / parts * 16..<(part + 1) * blocks / parts * 16, tokens: tokens,
                tokenCount: tokenCount, shard: shard, into: table, continues: continues)
        }
    }

    /// The gradient of an embedding `[vocabulary, width]`, from the gradients by the embedded tokens.
    /// - Parameters:
    ///   - rowGradients: of `rows`, which have `tokens`.
    ///   - phase: `gradient` is written at the end of the shards' chains.
    func sumEmbedding(
        _ rowGradients: GradientRows, width: Int, tokens: [Int32], rows: ShardedRows, phase: AccumulationPhase, into gradient: FloatView
    ) {
        let rowStride = rowGradients.rowStride
        var (summed, isTable) = (OperandView(rowGradients.floats), false)
        if phase.areCarried {
            prepareTable(shardCount: rows.shards.count)
            let count = vocabularyCount * rows.shards.count * rowStride
            if carriedEmbedding.count < count { carriedEmbedding = FloatMemory(count: count) }
            sumByToken(summed, rowStride: rowStride, columnCount: (width + 15) / 16 * 16, tokens: tokens, rows: rows, phase, into: carriedEmbedding.view)
            guard phase.end else { return }
            (summed, isTable) = (OperandView(carriedEmbedding.view), true)
        }
        group(isTable ? tableTokens : tokens, by: isTable ? tableRows : rows)
        team.fill(gradient, with: 0)
        let source = summed
        team.run(taskCount: (width + 15) / 16) { block in
            let valid = min(16, width - block * 16)
            tokenRows.sum(source, rowStride: rowStride, offset: block * 16) { token, sum in
                for column in 0..<valid { gradient[token * width + block * 16 + column] = sum[column] }
            }
        }
    }
}
