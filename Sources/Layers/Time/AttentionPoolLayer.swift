package import Kernels
import Threads

/// Pooling over time with attention (Yang et al. 2016, after Bahdanau, Cho & Bengio 2015): a mean of each sequence's steps with trained weights.
///
/// ```
/// u[t] = tanh(W·x[t] + b)      s[t] = v·u[t]      α = softmax(s) over the sequence's own steps      y = Σ α[t]·x[t]
/// a[t] = ∂L/∂y · x[t]          ∂L/∂s[t] = α[t]·(a[t] - Σ α·a)         ∂L/∂v = Σ ∂L/∂s[t]·u[t]      ∂L/∂u[t] = ∂L/∂s[t]·v
/// ∂L/∂x[t] = (what W's layer gives for ∂L/∂u[t]) + α[t]·∂L/∂y
/// ```
///
/// W and b are a ``DenseLayer``. Sums over a row are 16 chains and the fixed tree of ``treeSum(_:)``; sums over time are chains from the first step on.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class AttentionPoolLayer: Layer, @unchecked Sendable {
    private let width: Int
    private let units: Int
    private let query: Parameter
    private let context: LayerContext
    private let hidden: DenseLayer
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private let queryMemory: FloatMemory
    /// u, `[time, batch, units]`, as the last `forward` left it.
    private var hiddenRows: (floats: FloatView, rowStride: Int)
    /// α, `[time, batch]`; 0 past a sequence's end.
    private var weightMemory = FloatMemory(count: 0)
    /// ∂L/∂s[t]·u[t], whose sum over the rows is ∂L/∂v.
    private let queryTerms: GradientMemory
    private let carriedSums = CarriedSums()
    private var outputLengths: [Int] = []

    /// - Parameter plan: with the parameters W `[units, width]`, b `[units]` and v `[1, units]`.
    package init(_ plan: LayerPlan, _ context: LayerContext) {
        (width, units, query) = (plan.inputWidth, plan.parameters[0].shape[0], plan.parameters[2])
        self.context = context
        hidden = DenseLayer(DenseDescription(units: units, activation: .tanh), plan, context)
        outputs = RowMemory(width: width, precision: context.precision)
        gradients = GradientMemory(width: width)
        queryMemory = FloatMemory(count: Signal.rowStride(units: units))
        queryTerms = GradientMemory(width: units)
        hiddenRows = (queryMemory.view, 0)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        hidden.load(parameters, for: purpose)
        queryMemory.view.copy(query.view(in: parameters))
    }

    package func outputPass(_ pass: Pass) -> Pass { pass.changed(by: .toOne, &outputLengths) }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(_, let source, let inputStride) = input, case .rows(_, let own, let ownStride) = hidden.forward(input, from: nil, pass) else {
            preconditionFailure("pooling reads a layer's outputs")
        }
        hiddenRows = (own, ownStride)
        outputs.prepare(rowCount: pass.sequenceCount)
        if weightMemory.count < pass.rowCount { weightMemory = FloatMemory(count: pass.rowCount) }
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.sequenceCount) { sequence in
                updateWeights(pass, sequence)
                average(source, rowStride: inputStride, pass, sequence)
                outputs.round(row: sequence)
            }
        }
        return outputs.signal
    }

    /// Writes a sequence's α.
    private func updateWeights(_ pass: Pass, _ sequence: Int) {
        let (weights, count, length) = (weightMemory.view, pass.sequenceCount, pass.lengths[sequence])
        var largest = -Float.infinity
        for time in 0..<length {
            let row = time * count + sequence
            let score = dotProduct(hiddenRows.floats, row * hiddenRows.rowStride, queryMemory.view, 0, count: units)
            weights[row] = score
            // NaN stays, so that it reaches the loss.
            if !(score <= largest) { largest = score }
        }
        var sum: Float = 0
        for time in 0..<length {
            let row = time * count + sequence
            weights[row] = exponential(weights[row] - largest)
            sum += weights[row]
        }
        for time in 0..<pass.timeCount {
            let row = time * count + sequence
            weights[row] = time < length ? weights[row] / sum : 0
        }
    }

    private func average(_ source: FloatView, rowStride: Int, _ pass: Pass, _ sequence: Int) {
        let target = outputs.exact.slice(from: sequence * outputs.rowStride, count: outputs.rowStride)
        target.fill(0)
        for time in 0..<pass.lengths[sequence] {
            let row = time * pass.sequenceCount + sequence
            let weight = SIMD16<Float>(repeating: weightMemory.view[row])
            for unit in stride(from: 0, to: width, by: 16) {
                target.setSixteen(target.sixteen(at: unit).addingProduct(source.sixteen(at: row * rowStride + unit), weight), at: unit)
            }
        }
    }

    /// Σ over `count` units; those behind the last are 0 in both.
    @inline(__always)
    private func dotProduct(_ left: FloatView, _ leftStart: Int, _ right: FloatView, _ rightStart: Int, count: Int) -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        for unit in stride(from: 0, to: count, by: 16) {
            chains = chains.addingProduct(left.sixteen(at: leftStart + unit), right.sixteen(at: rightStart + unit))
        }
        return treeSum(chains)
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) {
        gradients.prepare(rowCount: pass.sequenceCount)
        queryTerms.prepare(rowCount: pass.rowCount)
        hidden.prepareBackward(pass)
    }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard case .rows(_, let source, let inputStride) = input else { preconditionFailure("pooling reads a layer's outputs") }
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.sequenceCount) { sequence in differentiateScores(source, rowStride: inputStride, pass, sequence) }
        }
        hidden.backward(input, pass, rows: rows, into: gradient, inputGradients: inputGradients)
        let terms = queryTerms.rows
        context.profile.measure(.weightGradients) {
            context.gradientSums.sumRows(
                terms.floats, rowStride: terms.rowStride, GateLayout(hidden: units, groupCount: 1), rows: rows, phase: pass.segment.phase, into: query.view(in: gradient), carried: carriedSums)
        }
        guard let inputGradients else { return }
        let above = gradients.rows
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                let weight = SIMD16<Float>(repeating: weightMemory.view[row])
                let begin = row % pass.sequenceCount * above.rowStride
                for unit in stride(from: 0, to: width, by: 16) {
                    let place = row * inputGradients.rowStride + unit
                    let sum = inputGradients.floats.sixteen(at: place).addingProduct(above.floats.sixteen(at: begin + unit), weight)
                    inputGradients.floats.setSixteen(sum, at: place)
                }
            }
        }
    }

    /// Writes a sequence's rows of ∂L/∂u, and of ∂L/∂s·u.
    private func differentiateScores(_ source: FloatView, rowStride: Int, _ pass: Pass, _ sequence: Int) {
        let (weights, above, count, length) = (weightMemory.view, gradients.rows, pass.sequenceCount, pass.lengths[sequence])
        let (own, terms) = (hidden.outputGradients, queryTerms.rows)
        func share(_ row: Int) -> Float { dotProduct(above.floats, sequence * above.rowStride, source, row * rowStride, count: width) }
        var mean: Float = 0
        for time in 0..<length { mean = mean.addingProduct(weights[time * count + sequence], share(time * count + sequence)) }
        for time in 0..<pass.timeCount {
            let row = time * count + sequence
            let derivative = SIMD16<Float>(repeating: time < length ? weights[row] * (share(row) - mean) : 0)
            for unit in stride(from: 0, to: units, by: 16) {
                own.floats.setSixteen(derivative * queryMemory.view.sixteen(at: unit), at: row * own.rowStride + unit)
                let value = time < length ? hiddenRows.floats.sixteen(at: row * hiddenRows.rowStride + unit) : SIMD16(repeating: 0)
                terms.floats.setSixteen(derivative * value, at: row * terms.rowStride + unit)
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
