import CVector
import Kernels
import Testing

/// Activations `[time, batch]` of both operands of a weight gradient; rows past a sequence's end are 0.
struct Activations {
    let timeCount: Int
    let lengths: [Int]
    /// Floats per row of the left operand, and of the right.
    let leftWidth: Int, rightWidth: Int
    let left: [Float], right: [Float]

    var sequenceCount: Int { lengths.count }

    init(timeCount: Int, lengths: [Int], leftWidth: Int, rightWidth: Int, seed: UInt64) {
        (self.timeCount, self.lengths, self.leftWidth, self.rightWidth) = (timeCount, lengths, leftWidth, rightWidth)
        func rows(_ width: Int, _ seed: UInt64) -> [Float] {
            let values = floats(count: timeCount * lengths.count * width, seed: seed)
            return values.indices.map { index in
                let (time, sequence) = (index / width).quotientAndRemainder(dividingBy: lengths.count)
                return time < lengths[sequence] ? values[index] : 0
            }
        }
        left = rows(leftWidth, seed)
        right = rows(rightWidth, seed + 1)
    }

    init(timeCount: Int, lengths: [Int], leftWidth: Int, rightWidth: Int, left: [Float], right: [Float]) {
        (self.timeCount, self.lengths, self.leftWidth, self.rightWidth) = (timeCount, lengths, leftWidth, rightWidth)
        (self.left, self.right) = (left, right)
    }

    /// The same with the longest sequences first and NaN past their ends; and where each sequence then stands.
    func longestFirst() -> (activations: Activations, columns: [Int]) {
        let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        var columns = order
        for (column, sequence) in order.enumerated() { columns[sequence] = column }
        func rows(_ values: [Float], _ width: Int) -> [Float] {
            (0..<timeCount).flatMap { time in
                order.flatMap { sequence -> [Float] in
                    let first = (time * sequenceCount + sequence) * width
                    return time < lengths[sequence] ? Array(values[first..<first + width]) : Array(repeating: .nan, count: width)
                }
            }
        }
        let arranged = Activations(
            timeCount: timeCount, lengths: order.map { lengths[$0] }, leftWidth: leftWidth, rightWidth: rightWidth, left: rows(left, leftWidth),
            right: rows(right, rightWidth))
        return (arranged, columns)
    }

    /// A range of the sequences, up to the longest of them: one rank's part.
    func share(_ sequences: Range<Int>) -> Activations {
        let ownTimeCount = lengths[sequences].max() ?? 0
        func rows(_ values: [Float], _ width: Int) -> [Float] {
            var own: [Float] = []
            for time in 0..<ownTimeCount {
                let first = time * sequenceCount
                own += values[(first + sequences.lowerBound) * width..<(first + sequences.upperBound) * width]
            }
            return own
        }
        return Activations(
            timeCount: ownTimeCount, lengths: Array(lengths[sequences]), leftWidth: leftWidth, rightWidth: rightWidth,
            left: rows(left, leftWidth), right: rows(right, rightWidth))
    }

    /// Row numbers of a shard's valid rows, in the order of the sum: by time from the last step to the first, then by sequence.
    func rows(ofShard shard: Range<Int>) -> [Int] {
        (0..<timeCount).reversed().flatMap { time in shard.filter { time < lengths[$0] }.map { time * sequenceCount + $0 } }
    }
}

@Suite("Weight gradients")
struct OuterProductTests {
    private let leftWidth = 416

    /// Weight gradient `[weight rows, rightWidth]`, then bias gradient `[weight rows]`.
    private func fast(
        _ activations: Activations, shards: [Range<Int>], _ weightRows: WeightRows, _ precision: Precision = .float32, rows: ShardedRows? = nil
    ) -> [Float] {
        let rows = rows ?? ShardedRows(timeCount: activations.timeCount, shards: shards)
        let panelCount = PanelView.panelCount(columns: activations.rightWidth)
        let stepCount = rows.stepCount(precision)
        let packed = FloatMemory(count: PanelView.wordCount(stepCount: stepCount, columnCount: activations.rightWidth))
        packed.view.fill(.nan)
        let panels = PanelView(floats: packed.view, stepCount: stepCount, columnCount: activations.rightWidth, precision: precision)
        let left = OperandMemory(activations.left, width: activations.leftWidth, precision)
        let right = OperandMemory(activations.right, width: activations.rightWidth, precision)
        rows.pack(right.view, rowStride: right.rowStride, columnCount: activations.rightWidth, into: panels, panels: 0..<panelCount)
        let rowCount = weightRows.groupCount * weightRows.groupSize
        let gradient = FloatMemory(count: rowCount * activations.rightWidth)
        let biasGradient = FloatMemory(count: rowCount)
        let second = FloatMemory(count: gradient.count)
        let packedLeft = FloatMemory(count: OuterProducts.packedCount)
        let sums = FloatMemory(count: OuterProducts.sumCount(shardCount: shards.count, panelCount: 2 * panelCount))
        for memory in [gradient.view, biasGradient.view, second.view, packedLeft.view, sums.view] { memory.fill(.nan) }
        func forEachBlock(of size: Int, _ body: (OuterProducts.Left) -> Void) {
            for first in stride(from: 0, to: weightRows.columnCount, by: size) {
                let columns = first..<min(first + size, weightRows.columnCount)
                body(OuterProducts.Left(left.view, rowStride: left.rowStride, weightRows: weightRows, columns: columns))
            }
        }
        func part(_ panelRange: Range<Int>, _ target: FloatView) -> OuterProducts.Right {
            OuterProducts.Right(panels, panels: panelRange, columnCount: activations.rightWidth, gradient: target)
        }
        // Some tasks have a second matrix, others have none and take its panels one by one; the sums must be the same.
        forEachBlock(of: 192) {
            OuterProducts(rows: rows).sum(
                $0, part(0..<panelCount, gradient.view), and: part(0..<panelCount, second.view), biasGradient: biasGradient.view,
                packed: packedLeft.view, sums: sums.view)
        }
        #expect(areSame(second.view.array(), gradient.view.array()))
        second.view.fill(.nan)
        forEachBlock(of: 80) { block in
            for panel in 0..<panelCount {
                OuterProducts(rows: rows).sum(block, part(panel..<panel + 1, second.view), biasGradient: nil, packed: packedLeft.view, sums: sums.view)
            }
        }
        #expect(areSame(second.view.array(), gradient.view.array()))
        return gradient.view.array() + biasGradient.view.array()
    }

    /// The plain implementation: for each element, one chain per shard over its valid rows, then the tree.
    private func plain(
        _ activations: Activations, shards: [Range<Int>], _ weightRows: WeightRows, _ precision: Precision = .float32
    ) -> [Float] {
        let (lefts, rights) = (precision.plainlyRounded(activations.left), precision.plainlyRounded(activations.right))
        // Sixteen units of one group, then the same units of the next, and so on.
        let columns = (0..<weightRows.groupCount).flatMap { group in
            (0..<weightRows.groupSize).map { ($0 / 16 * weightRows.groupCount + group) * 16 + $0 % 16 }
        }
        return levelByLevel(
            shards.map { shard in
                let rows = activations.rows(ofShard: shard)
                func left(_ row: Int, _ column: Int) -> Float { lefts[row * activations.leftWidth + column] }
                let weight = columns.flatMap { column in
                    (0..<activations.rightWidth).map { unit in
                        rows.reduce(Float(0)) { $0.addingProduct(left($1, column), rights[$1 * activations.rightWidth + unit]) }
                    }
                }
                return weight + columns.map { column in rows.reduce(Float(0)) { $0 + left($1, column) } }
            })
    }

    @Test("Gradients have the same bits as one chain per shard and the tree over shards, also for ragged and empty shards", arguments: 1...9, Precision.all)
    func isChainsAndTree(shardCount: Int, precision: Precision) {
        for (rightWidth, groups, size) in [
            (1, 1, 1), (3, 4, 7), (laneCount, 1, 8), (4 * laneCount - 1, 4, 3), (5, 1, 16), (6, 4, 17), (4 * laneCount + 1, 1, 24), (2, 1, 47),
            (laneCount, 4, 49), (3 * laneCount, 1, 192), (2, 2, 33), (7, 1, 401),
        ] {
            let weightRows = WeightRows(groupCount: groups, groupSize: size)
            for counts in [Array(repeating: 2, count: shardCount), (0..<shardCount).map { ($0 + shardCount) % 3 }] where counts.reduce(0, +) > 0 {
                let sequenceCount = counts.reduce(0, +)
                let lengths = (0..<sequenceCount).map { 1 + ($0 * 5 + shardCount) % 9 }
                let activations = Activations(
                    timeCount: 9, lengths: lengths, leftWidth: leftWidth, rightWidth: rightWidth, seed: UInt64(shardCount * 100 + size))
                let found = fast(activations, shards: shards(counts), weightRows, precision)
                let wanted = plain(activations, shards: shards(counts), weightRows, precision)
                #expect(areSame(found, wanted), "\(groups) × \(size) × \(rightWidth), shards of \(counts)")
                let (arranged, columns) = activations.longestFirst()
                let rows = ShardedRows(timeCount: 9, shards: shards(counts), columns: columns, lengths: arranged.lengths)
                #expect(rows.placeCount == lengths.reduce(0, +))
                #expect(areSame(fast(arranged, shards: shards(counts), weightRows, precision, rows: rows), wanted), "longest first, shards of \(counts)")
            }
        }
    }

    @Test("Sequences that stand elsewhere keep all their rows with another number of time steps")
    func allRows() {
        let rows = ShardedRows(timeCount: 9, shards: shards([1, 2]), columns: [2, 0, 1], lengths: [9, 3, 1])
        #expect(rows.placeCount == 13)
        let activations = Activations(timeCount: 4, lengths: [4, 4, 4], leftWidth: leftWidth, rightWidth: 3, seed: 93)
        let weightRows = WeightRows(groupCount: 1, groupSize: 5)
        let arranged = Activations(
            timeCount: 4, lengths: [4, 4, 4], leftWidth: leftWidth, rightWidth: 3, left: moved(activations.left, leftWidth), right: moved(activations.right, 3))
        let found = fast(arranged, shards: shards([1, 2]), weightRows, rows: rows.allRows(timeCount: 4))
        #expect(areSame(found, fast(activations, shards: shards([1, 2]), weightRows)))
    }

    /// Rows of three sequences, of which the first now stands last.
    private func moved(_ values: [Float], _ width: Int) -> [Float] {
        stride(from: 0, to: values.count, by: 3 * width).flatMap { values[$0 + width..<$0 + 3 * width] + values[$0..<$0 + width] }
    }

    @Test("Chains continue over more rows than one block has", arguments: Precision.all)
    func longShards(precision: Precision) {
        let activations = Activations(
            timeCount: 521, lengths: [521, 100, 7, 231, 64], leftWidth: leftWidth, rightWidth: 5, seed: 81)
        for counts in [[5], [3, 2], [1, 4], [1, 1, 1, 1, 1]] {
            let found = fast(activations, shards: shards(counts), WeightRows(groupCount: 1, groupSize: 20), precision)
            #expect(areSame(found, plain(activations, shards: shards(counts), WeightRows(groupCount: 1, groupSize: 20), precision)), "\(counts)")
        }
    }

    @Test("Aligned blocks of shards, summed separately and then in the tree, have the same bits as the whole", arguments: [2, 4, 8])
    func blocksOfShards(rankCount: Int) {
        let counts = [2, 1, 0, 2, 1, 1, 3, 0]
        let lengths = [3, 9, 1, 4, 4, 2, 7, 9, 5, 1]
        let activations = Activations(timeCount: 9, lengths: lengths, leftWidth: leftWidth, rightWidth: 21, seed: 91)
        let wanted = fast(activations, shards: shards(counts), WeightRows(groupCount: 1, groupSize: 11))
        let blockSize = 8 / rankCount
        let nodes = (0..<rankCount).map { rank -> [Float] in
            let own = shards(counts)[rank * blockSize..<(rank + 1) * blockSize]
            let first = own.first?.lowerBound ?? 0
            let sequences = first..<(own.last?.upperBound ?? first)
            // A rank without sequences contributes zeros.
            if sequences.isEmpty { return Array(repeating: 0, count: wanted.count) }
            return fast(activations.share(sequences), shards: own.map { $0.lowerBound - first..<$0.upperBound - first }, WeightRows(groupCount: 1, groupSize: 11))
        }
        #expect(areSame(levelByLevel(nodes), wanted))
    }

    @Test("A shard's sum that underflows to -0 becomes 0, for any number of zeros added to it")
    func underflow() {
        let before = flushDenormals()
        defer { restoreFloatingPoint(before) }
        // Their sum is a negative denormal.
        let least = Float.leastNormalMagnitude
        let tiny: [Float] = [least, -least * 1.5]
        for rest in [[], [0], [-0.0]] as [[Float]] {
            let rows = tiny + rest
            let activations = Activations(
                timeCount: rows.count, lengths: [rows.count], leftWidth: leftWidth, rightWidth: 1,
                left: rows.flatMap { Array(repeating: $0, count: leftWidth) }, right: rows.map { _ in 1 })
            #expect(areSame(fast(activations, shards: [0..<1], WeightRows(groupCount: 1, groupSize: 2)), [0, 0, 0, 0]), "then \(rest)")
            var grouped = TokenRows(tokenCount: 1)
            grouped.group(Array(repeating: 0, count: rows.count), by: ShardedRows(timeCount: rows.count, shards: [0..<1]))
            let source = memory(activations.left)
            grouped.sum(OperandView(source.view), rowStride: leftWidth, offset: 0) { _, sum in
                #expect(areSame([sum[0], sum[15]], [0, 0]), "token, then \(rest)")
            }
        }
    }

    @Test("Sums by token have the same bits as one chain per shard and the tree over shards", arguments: 1...9)
    func tokenSums(shardCount: Int) {
        var grouped = TokenRows(tokenCount: 6)
        for counts in [Array(repeating: 2, count: shardCount), (0..<shardCount).map { ($0 + shardCount) % 3 }] where counts.reduce(0, +) > 0 {
            let lengths = (0..<counts.reduce(0, +)).map { 1 + ($0 * 5 + shardCount) % 9 }
            let activations = Activations(timeCount: 9, lengths: lengths, leftWidth: 40, rightWidth: 1, seed: UInt64(shardCount))
            let (found, wanted) = (sums(activations, shards: shards(counts), &grouped), plainSums(activations, shards: shards(counts)))
            #expect(areSame(found, wanted), "shards of \(counts)")
            #expect(areSame(sumsLongestFirst(activations, shards: shards(counts), &grouped), wanted), "longest first, shards of \(counts)")
        }
    }

    /// ``sums(_:tokensOf:_:shards:_:)`` with the longest sequences first.
    private func sumsLongestFirst(_ activations: Activations, shards: [Range<Int>], _ grouped: inout TokenRows) -> [Float] {
        let (arranged, columns) = activations.longestFirst()
        var tokens = Array(repeating: Int32(-1), count: 9 * columns.count)
        for time in 0..<9 {
            for (sequence, column) in columns.enumerated() { tokens[time * columns.count + column] = token(activations, time: time, sequence: sequence) }
        }
        let rows = ShardedRows(timeCount: 9, shards: shards, columns: columns, lengths: arranged.lengths)
        grouped.group(tokens, by: rows)
        let source = memory(arranged.left)
        let table = FloatMemory(count: 6 * shards.count * 40)
        for shard in shards.indices {
            rows.sumByToken(
                OperandView(source.view), rowStride: 40, columns: 0..<32, tokens: tokens, tokenCount: 6, shard: shard, into: table.view)
        }
        let isFinite = table.view.slice(from: 0, count: 32).array().allSatisfy { $0.isFinite }
        #expect(isFinite)
        var result = Array(repeating: Float(0), count: 6 * 16)
        grouped.sum(OperandView(source.view), rowStride: 40, offset: 19) { token, sum in
            for lane in 0..<16 { result[token * 16 + lane] = sum[lane] }
        }
        return result
    }

    @Test("Sums by token, added to a table row by row, equal each shard's chain", arguments: 1...5)
    func tokenTable(shardCount: Int) {
        let counts = (0..<shardCount).map { 1 + ($0 + shardCount) % 3 }
        let lengths = (0..<counts.reduce(0, +)).map { 1 + ($0 * 5 + shardCount) % 9 }
        let activations = Activations(timeCount: 9, lengths: lengths, leftWidth: 48, rightWidth: 1, seed: UInt64(shardCount))
        let tokens = (0..<9).flatMap { time in lengths.indices.map { token(activations, time: time, sequence: $0) } }
        let table = FloatMemory(count: 6 * shardCount * 48)
        table.view.fill(.nan)
        let source = memory(activations.left)
        for shard in 0..<shardCount {
            // Ranges of columns, as different threads have them.
            for columns in [0..<16, 16..<48] {
                ShardedRows(timeCount: 9, shards: shards(counts)).sumByToken(
                    OperandView(source.view), rowStride: 48, columns: columns, tokens: tokens, tokenCount: 6, shard: shard, into: table.view)
            }
        }
        for (shard, sequences) in shards(counts).enumerated() {
            for token in 0..<6 {
                var wanted = Array(repeating: Float(0), count: 48)
                for row in activations.rows(ofShard: sequences) where tokens[row] == Int32(token) {
                    for column in 0..<48 { wanted[column] += activations.left[row * 48 + column] }
                }
                let found = table.view.slice(from: (token * shardCount + shard) * 48, count: 48).array()
                #expect(areSame(found, wanted), "token \(token), shard \(shard) of \(counts)")
            }
        }
    }

    @Test("Sums by token over blocks of shards, then in the tree, have the same bits too")
    func tokenSumsOfBlocks() {
        let counts = [2, 1, 0, 2, 1, 1, 3, 0]
        let activations = Activations(timeCount: 9, lengths: [3, 9, 1, 4, 4, 2, 7, 9, 5, 1], leftWidth: 40, rightWidth: 1, seed: 92)
        var grouped = TokenRows(tokenCount: 6)
        let wanted = sums(activations, shards: shards(counts), &grouped)
        let parts = [(0..<5, [2, 1, 0, 2]), (5..<10, [1, 1, 3, 0])].map { sequences, counts in
            sums(activations.share(sequences), tokensOf: activations, sequences, shards: shards(counts), &grouped)
        }
        #expect(areSame(levelByLevel(parts), wanted))
    }

    /// The token of a sequence's step: never 4, and 5 in only one sequence. Padding after the end.
    private func token(_ activations: Activations, time: Int, sequence: Int) -> Int32 {
        guard time < activations.lengths[sequence] else { return -1 }
        return sequence == 1 && time % 2 == 0 ? 5 : Int32((time * 3 + sequence * sequence) % 4)
    }

    /// Sums of floats 19..<35 of each row of the left, for tokens 0...5.
    private func sums(
        _ activations: Activations, tokensOf whole: Activations? = nil, _ sequences: Range<Int>? = nil, shards: [Range<Int>],
        _ grouped: inout TokenRows
    ) -> [Float] {
        let whole = whole ?? activations
        let sequences = sequences ?? 0..<activations.sequenceCount
        let tokens = (0..<activations.timeCount).flatMap { time in sequences.map { token(whole, time: time, sequence: $0) } }
        grouped.group(tokens, by: ShardedRows(timeCount: activations.timeCount, shards: shards))
        let source = memory(activations.left)
        // Tokens without rows are not reported, so their sums stay 0.
        var result = Array(repeating: Float(0), count: 6 * 16)
        grouped.sum(OperandView(source.view), rowStride: activations.leftWidth, offset: 19) { token, sum in
            for lane in 0..<16 { result[token * 16 + lane] = sum[lane] }
        }
        return result
    }

    private func plainSums(_ activations: Activations, shards: [Range<Int>]) -> [Float] {
        levelByLevel(
            shards.map { shard in
                var result = Array(repeating: Float(0), count: 6 * 16)
                for row in activations.rows(ofShard: shard) {
                    let (time, sequence) = row.quotientAndRemainder(dividingBy: activations.sequenceCount)
                    let token = Int(token(activations, time: time, sequence: sequence))
                    for lane in 0..<16 { result[token * 16 + lane] += activations.left[row * activations.leftWidth + 19 + lane] }
                }
                return result
            })
    }
}
