import Kernels
import Threads

/// Multi-head self-attention (Vaswani et al. 2017), as `torch.nn.MultiheadAttention`: each sequence attends to its own time steps, never to padding.
///
/// ```
/// [Q, K, V] = W_in·x + b_in      O = the heads' outputs side by side (``HeadAttention``)      y = W_out·O + b_out
/// ```
///
/// With a context, a sequence's state is the last rows that keys and values were made of (Transformer-XL, Dai et al. 2019): they are multiplied anew, and no
/// gradient goes into them. Unlike there a time step attends to as many rows at any place of a chunk, so that chunks of other lengths give the same outputs.
///
/// Sendable: a task is one head of one sequence or some rows, and writes these; memory changes size only between passes.
final class SelfAttention: @unchecked Sendable {
    private let description: TransformerDescription
    private let layer: Int
    private let stateIndex: Int
    private let width: Int
    private let inProjection: LinearMap
    private let outProjection: LinearMap
    private let context: LayerContext
    /// Q, K and V, then their gradients, `[memory + time, batch, 3 · width]`.
    private let sums: RowMemory
    /// O.
    private let outputs: RowMemory
    /// Of each head of each sequence the maximum and sum of each query, `[batch, heads, time, 2]`.
    private var statistics = FloatMemory(count: 0)
    /// Each thread's.
    private var scratch = FloatMemory(count: 0)
    private var scratchCount = 0
    private var angles = FloatMemory(count: 0)
    private var angleCount = 0
    /// With a context: the memory's rows, then the input's.
    private let span: RowMemory
    /// Rows of the memory at each sequence, and how many of them hold time steps.
    private var memoryCount = 0
    private var filledCounts: [Int] = []

    /// - Parameters:
    ///   - parameters: W_in, b_in, W_out, b_out.
    ///   - layer: number among the model's layers, from 0.
    ///   - stateIndex: number of its state among the model's.
    init(_ description: TransformerDescription, _ parameters: ArraySlice<Parameter>, layer: Int, stateIndex: Int, _ context: LayerContext) {
        (self.description, self.layer, self.stateIndex) = (description, layer, stateIndex)
        self.context = context
        let first = parameters.startIndex
        inProjection = LinearMap(weight: parameters[first], bias: parameters[first + 1], context)
        outProjection = LinearMap(weight: parameters[first + 2], bias: parameters[first + 3], context)
        width = outProjection.units
        sums = RowMemory(width: inProjection.units, rowStride: inProjection.outputStride, precision: context.precision)
        outputs = RowMemory(width: width, precision: context.precision)
        span = RowMemory(width: width, precision: context.precision)
    }

    func load(_ parameters: FloatView) {
        inProjection.load(parameters)
        outProjection.load(parameters)
    }

    // MARK: Forward

    /// Writes y, with rows of whole panels.
    func forward(_ input: SignalRows, from state: RecurrentState?, _ pass: Pass, into target: FloatView) {
        begin(state, pass)
        let read = join(input, state, pass)
        let (rowCount, spanRows) = (pass.rowCount, (memoryCount + pass.timeCount) * pass.sequenceCount)
        let products = inProjection.multiplyAdds(rowCount: spanRows) + outProjection.multiplyAdds(rowCount: rowCount)
        context.profile.measure(.otherLayers, multiplyAdds: products + multiplyAdds(pass)) {
            forEachPart(spanRows) { inProjection.multiply(rows: $0, of: read.operand, rowStride: read.rowStride, into: sums.exact) }
            forEachHead(pass) { head in
                head.attention?.forward(
                    queries: head.queries, keys: head.keys, values: head.values, outputs: head.outputs, statistics: head.statistics)
                head.clearPaddedOutputs()
            }
            forEachPart(rowCount) { rows in
                for row in rows { outputs.round(row: row) }
                outProjection.multiply(rows: rows, of: outputs.rounded, rowStride: outputs.rowStride, into: target)
            }
        }
    }

    /// Multiply-adds of scores and outputs, without rows of a memory.
    private func multiplyAdds(_ pass: Pass) -> Int {
        let pairs = pass.lengths.reduce(0) { $0 + (description.isCausal ? $1 * ($1 + 1) / 2 : $1 * $1) }
        return 2 * pairs * width
    }

    /// Makes room, and takes the memories' counts.
    private func begin(_ state: RecurrentState?, _ pass: Pass) {
        memoryCount = state == nil ? 0 : description.context
        if filledCounts.count != pass.sequenceCount { filledCounts = Array(repeating: 0, count: pass.sequenceCount) }
        for sequence in filledCounts.indices {
            filledCounts[sequence] = memoryCount == 0 ? 0 : self.state(state, sequence).map { Int($0[$0.count - 1]) } ?? 0
        }
        let spanCount = memoryCount + pass.timeCount
        sums.prepare(rowCount: spanCount * pass.sequenceCount)
        outputs.prepare(rowCount: pass.rowCount)
        let statisticCount = pass.rowCount * description.heads * 2
        if statistics.count < statisticCount { statistics = FloatMemory(count: statisticCount) }
        let needed = HeadAttention.scratchCount(keyCount: spanCount, queryCount: pass.timeCount, width: headWidth)
        if scratchCount < needed {
            scratchCount = needed
            scratch = FloatMemory(count: needed * context.team.threadCount)
        }
        guard description.positions == .rotary, angleCount < spanCount else { return }
        angleCount = spanCount
        angles = FloatMemory(count: RotaryAngles.count(positions: spanCount, width: headWidth))
        RotaryAngles.fill(angles.view, positions: spanCount, width: headWidth)
    }

    /// What keys and values are made of: the input itself, or with a context the memory's rows and then the input's.
    private func join(_ input: SignalRows, _ state: RecurrentState?, _ pass: Pass) -> SignalRows {
        guard description.context > 0 else { return input }
        let (memoryRows, count) = (memoryCount * pass.sequenceCount, pass.sequenceCount)
        span.prepare(rowCount: memoryRows + pass.rowCount)
        let (span, width, states) = (span, width, state?.values)
        let (stateCount, stateStart) = (state?.layout.count ?? 0, state?.layout.range(layer: stateIndex, part: 0)?.lowerBound ?? 0)
        context.forEachRow(memoryRows + pass.rowCount) { row in
            let target = span.exact.slice(from: row * span.rowStride, count: width)
            let (time, sequence) = row.quotientAndRemainder(dividingBy: count)
            if row >= memoryRows {
                target.copy(input.exact.slice(from: (row - memoryRows) * input.rowStride, count: width))
            } else if let states {
                target.copy(states.slice(from: sequence * stateCount + stateStart + time * width, count: width))
            }
            span.round(row: row)
        }
        return SignalRows(span)
    }

    private func state(_ state: RecurrentState?, _ sequence: Int) -> FloatView? { state?.part(.hidden, layer: stateIndex, sequence: sequence) }

    /// Keeps the last rows up to a time step as the sequences' states; does nothing without a context.
    func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {
        guard description.context > 0 else { return }
        let count = filledCounts.count
        for sequence in 0..<count {
            guard let steps = stepCount(sequence), let own = self.state(state, sequence) else { continue }
            let filled = min(description.context, filledCounts[sequence] + steps)
            own.fill(0)
            for place in description.context - filled..<description.context {
                let row = (memoryCount + steps - description.context + place) * count + sequence
                own.copy(span.exact.slice(from: row * span.rowStride, count: width), to: place * width)
            }
            own[own.count - 1] = Float(filled)
        }
    }

    // MARK: Backward

    /// Writes the parameters' gradients, and ∂L/∂x to `lower`.
    /// - Parameters:
    ///   - input: that of the last `forward`.
    ///   - derivatives: ∂L/∂y, as products read it, in rows of whole panels: other memory than `lower`.
    func backward(_ input: SignalRows, derivatives: OperandView, _ pass: Pass, _ rows: ShardedRows, into gradient: FloatView, lower: GradientRows) {
        let phase = pass.segment.phase
        outProjection.sumGradients(outputs.rounded, rowStride: outputs.rowStride, derivatives: derivatives, rows: rows, phase: phase, into: gradient)
        outProjection.multiplyInputGradients(derivatives: derivatives, rowCount: pass.rowCount, into: lower)
        let memoryRows = memoryCount * pass.sequenceCount
        context.profile.measure(.otherLayers, multiplyAdds: 5 * multiplyAdds(pass) / 2) {
            forEachHead(pass) { head in
                head.attention?.backward(
                    queries: head.queries, keys: head.keys, values: head.values, outputs: head.outputs, outputGradients: head.gradients(lower),
                    statistics: head.statistics)
                head.clearGradients()
            }
            if context.precision == .bfloat16 { context.forEachRow(memoryRows + pass.rowCount) { row in sums.round(row: row) } }
        }
        let read = description.context > 0 ? SignalRows(span) : input
        inProjection.sumGradients(
            read.operand, rowStride: read.rowStride, derivatives: sums.rounded,
            rows: rows.allRows(timeCount: memoryCount + pass.timeCount), phase: phase, into: gradient)
        let first = memoryRows * sums.rowStride
        inProjection.multiplyInputGradients(
            derivatives: sums.rounded.slice(from: first, count: pass.rowCount * sums.rowStride), rowCount: pass.rowCount, into: lower)
    }

    // MARK: Tasks

    private var headWidth: Int { width / description.heads }

    /// Calls `body` once in each thread with its part of the rows.
    private func forEachPart(_ rowCount: Int, _ body: @Sendable (_ rows: Range<Int>) -> Void) {
        let team = context.team
        team.run(taskCount: team.threadCount) { part in body(team.tasks(ofShare: part, taskCount: rowCount)) }
    }

    /// Calls `body` once for each head of each sequence.
    private func forEachHead(_ pass: Pass, _ body: @Sendable (_ head: Head) -> Void) {
        let (team, scratch) = (context.team, scratch.view)
        let rotation = description.positions == .rotary ? RotaryAngles(angles.view, positions: angleCount, width: headWidth) : nil
        team.run(taskCount: team.threadCount) { part in
            let own = scratch.slice(from: part * scratchCount, count: scratchCount)
            for task in team.tasks(ofShare: part, taskCount: pass.sequenceCount * description.heads) { body(head(task, pass, rotation, own)) }
        }
    }

    private func head(_ task: Int, _ pass: Pass, _ rotation: RotaryAngles?, _ scratch: FloatView) -> Head {
        let (sequence, head) = task.quotientAndRemainder(dividingBy: description.heads)
        let (length, count, column) = (pass.lengths[sequence], pass.sequenceCount, head * headWidth)
        let sumStride = count * sums.rowStride
        func rows(part: Int, fromTime time: Int) -> HeadRows {
            HeadRows(sums.exact, first: time * sumStride + sequence * sums.rowStride + part * width + column, rowStride: sumStride)
        }
        let spanned = AttentionSpan(
            queryCount: length, isCausal: description.isCausal, memoryCount: memoryCount, filledCount: filledCounts[sequence],
            window: description.context > 0 ? description.context : nil)
        let mask = RowMask.mask(rate: description.dropout, layer: layer, place: TransformerLayer.firstHeadMask + head, pass.purpose)
        let dropout = mask.map { HeadAttention.Dropout($0, sequence: pass.sequenceIndices[sequence], firstTime: pass.segment.firstTime) }
        return Head(
            attention: length > 0 ? HeadAttention(spanned, width: headWidth, rotation: rotation, dropout: dropout, scratch: scratch) : nil,
            queries: rows(part: 0, fromTime: memoryCount), keys: rows(part: 1, fromTime: 0), values: rows(part: 2, fromTime: 0),
            outputs: HeadRows(outputs.exact, first: sequence * outputs.rowStride + column, rowStride: count * outputs.rowStride),
            statistics: statistics.view.slice(from: task * pass.timeCount * 2, count: pass.timeCount * 2), width: headWidth, memoryCount: memoryCount,
            length: length, timeCount: pass.timeCount, sequence: sequence, sequenceCount: count, column: column)
    }

    /// A task: one head of one sequence.
    private struct Head {
        /// Nil for a sequence without a time step.
        let attention: HeadAttention?
        let queries: HeadRows
        let keys: HeadRows
        let values: HeadRows
        let outputs: HeadRows
        let statistics: FloatView
        let width: Int
        let memoryCount: Int
        let length: Int
        let timeCount: Int
        let sequence: Int
        let sequenceCount: Int
        let column: Int

        /// Outputs of padding are 0.
        func clearPaddedOutputs() { outputs.clear(rows: length..<timeCount, width: width) }

        /// Gradients of padding are 0, and those of a memory's queries.
        func clearGradients() {
            queries.clear(rows: -memoryCount..<0, width: width)
            queries.clear(rows: length..<timeCount, width: width)
            keys.clear(rows: memoryCount + length..<memoryCount + timeCount, width: width)
            values.clear(rows: memoryCount + length..<memoryCount + timeCount, width: width)
        }

        /// The head's part of ∂L/∂O.
        func gradients(_ rows: GradientRows) -> HeadRows {
            HeadRows(rows.floats, first: sequence * rows.rowStride + column, rowStride: sequenceCount * rows.rowStride)
        }
    }
}
