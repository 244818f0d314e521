package import Kernels
import Threads

/// Layer normalisation (Ba, Kiros & Hinton 2016), as `torch.nn.LayerNorm`: of each time step's numbers.
///
/// ```
/// x̂ = (x - mean x) / √(var x + ε)      y = γ ∘ x̂ + β      var: mean of squares, not corrected
/// g = ∂L/∂y ∘ γ      ∂L/∂x = (g - mean g - x̂ · mean(g ∘ x̂)) / √(var x + ε)      ∂L/∂γ = Σ ∂L/∂y ∘ x̂      ∂L/∂β = Σ ∂L/∂y
/// ```
///
/// Sums over a row are 16 chains and the fixed tree of ``treeSum(_:)``, whatever the vector width; those of γ and β over rows are weight gradients'.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class LayerNormLayer: Layer, @unchecked Sendable {
    private let width: Int
    private let epsilon: Float
    private let gain: Parameter
    private let bias: Parameter
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory
    /// x̂, then ∂L/∂y ∘ x̂, `[time, batch, rowStride]`.
    private var normalizedMemory = FloatMemory(count: 0)
    /// 1/√(var x + ε), `[time, batch]`.
    private var scaleMemory = FloatMemory(count: 0)
    private let gainMemory: FloatMemory
    private let biasMemory: FloatMemory
    private let carriedGains = CarriedSums()
    private let carriedBiases = CarriedSums()

    package init(_ description: LayerNormDescription, _ plan: LayerPlan, _ context: LayerContext) {
        width = plan.width
        epsilon = Float(description.epsilon)
        (gain, bias) = (plan.parameters[0], plan.parameters[1])
        self.context = context
        outputs = RowMemory(width: width, precision: context.precision)
        gradients = GradientMemory(width: width)
        gainMemory = FloatMemory(count: outputs.rowStride)
        biasMemory = FloatMemory(count: outputs.rowStride)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        gainMemory.view.copy(gain.view(in: parameters))
        biasMemory.view.copy(bias.view(in: parameters))
    }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(_, let source, let inputStride) = input else { preconditionFailure("layer normalisation reads a layer's outputs") }
        outputs.prepare(rowCount: pass.rowCount)
        // As wide as the gradients' rows, in which products read them.
        if normalizedMemory.count < pass.rowCount * gradients.rowStride { normalizedMemory = FloatMemory(count: pass.rowCount * gradients.rowStride) }
        if scaleMemory.count < pass.rowCount { scaleMemory = FloatMemory(count: pass.rowCount) }
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                normalize(source.slice(from: row * inputStride, count: inputStride), row: row)
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    private func normalize(_ source: FloatView, row: Int) {
        let mean = sum { source.sixteen(at: $0) } / Float(width)
        let variance = sum { unit in
            let distance = source.sixteen(at: unit) - mean
            return distance * distance
        } / Float(width)
        let scale = 1 / (variance + epsilon).squareRoot()
        scaleMemory.view[row] = scale
        let (gains, biases, normalized) = (gainMemory.view, biasMemory.view, normalizedMemory.view)
        for unit in stride(from: 0, to: width, by: 16) {
            let value = kept((source.sixteen(at: unit) - mean) * scale, from: unit)
            normalized.setSixteen(value, at: row * gradients.rowStride + unit)
            outputs.exact.setSixteen(value * gains.sixteen(at: unit) + biases.sixteen(at: unit), at: row * outputs.rowStride + unit)
        }
    }

    /// Σ over the units of `values`, which gives those of a block of 16.
    @inline(__always)
    private func sum(_ values: (_ unit: Int) -> SIMD16<Float>) -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        for unit in stride(from: 0, to: width, by: 16) { chains += kept(values(unit), from: unit) }
        return treeSum(chains)
    }

    /// 0 behind the last unit.
    @inline(__always)
    private func kept(_ values: SIMD16<Float>, from unit: Int) -> SIMD16<Float> {
        guard unit + 16 > width else { return values }
        var values = values
        for place in width - unit..<16 { values[place] = 0 }
        return values
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: pass.rowCount) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in differentiate(row: row, inputGradients) }
        }
        context.profile.measure(.weightGradients) {
            sumRows(normalizedMemory.view, rows, pass, into: gain.view(in: gradient), carried: carriedGains)
            sumRows(gradients.rows.floats, rows, pass, into: bias.view(in: gradient), carried: carriedBiases)
        }
    }

    /// Writes a row of ∂L/∂x, and ∂L/∂y ∘ x̂ in place of x̂.
    private func differentiate(row: Int, _ inputGradients: GradientRows?) {
        let (above, normalized, gains) = (gradients.rows, normalizedMemory.view, gainMemory.view)
        let begin = row * above.rowStride
        if let inputGradients {
            let mean = sum { above.floats.sixteen(at: begin + $0) * gains.sixteen(at: $0) } / Float(width)
            let share = sum { above.floats.sixteen(at: begin + $0) * gains.sixteen(at: $0) * normalized.sixteen(at: begin + $0) } / Float(width)
            let scale = scaleMemory.view[row]
            for unit in stride(from: 0, to: width, by: 16) {
                let own = above.floats.sixteen(at: begin + unit) * gains.sixteen(at: unit)
                let value = kept((own - mean - normalized.sixteen(at: begin + unit) * share) * scale, from: unit)
                inputGradients.floats.setSixteen(value, at: row * inputGradients.rowStride + unit)
            }
        }
        for unit in stride(from: 0, to: width, by: 16) {
            normalized.setSixteen(normalized.sixteen(at: begin + unit) * above.floats.sixteen(at: begin + unit), at: begin + unit)
        }
    }

    /// Σ over the rows, shard by shard, in float32: as a bias's gradient.
    private func sumRows(_ numbers: FloatView, _ rows: ShardedRows, _ pass: Pass, into gradient: FloatView, carried: CarriedSums) {
        context.gradientSums.sum(
            WeightGradients.Factor(right: OperandView(numbers), rowStride: gradients.rowStride, columnCount: 0, gradient: gradient),
            derivatives: WeightGradients.Derivatives(
                numbers: OperandView(numbers), rowStride: gradients.rowStride, weightRows: WeightRows(groupCount: 1, groupSize: width),
                biasGradient: gradient),
            rows: rows, phase: pass.segment.phase, carried: carried)
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
