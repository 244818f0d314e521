import Kernels
import Threads

/// Layer normalisation of rows (Ba, Kiros & Hinton 2016), as `torch.nn.LayerNorm`: what a layer is made of.
///
/// ```
/// x̂ = (x - mean x) / √(var x + ε)      y = γ ∘ x̂ + β      var: mean of squares, not corrected
/// g = ∂L/∂y ∘ γ      ∂L/∂x = (g - mean g - x̂ · mean(g ∘ x̂)) / √(var x + ε)      ∂L/∂γ = Σ ∂L/∂y ∘ x̂      ∂L/∂β = Σ ∂L/∂y
/// ```
///
/// Sums over a row are 16 chains and the fixed tree of ``treeSum(_:)``, whatever the vector width; those of γ and β over rows are weight gradients'.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
final class RowNormalization: @unchecked Sendable {
    private let width: Int
    private let epsilon: Float
    private let gain: Parameter
    private let bias: Parameter
    private let context: LayerContext
    /// y.
    let outputs: RowMemory
    /// x̂, then ∂L/∂y ∘ x̂, as wide as the gradients' rows, in which products read them.
    private var normalizedMemory = FloatMemory(count: 0)
    private let rowStride: Int
    /// 1/√(var x + ε), `[rows]`.
    private var scaleMemory = FloatMemory(count: 0)
    private let gainMemory: FloatMemory
    private let biasMemory: FloatMemory
    private let carriedGains = CarriedSums()
    private let carriedBiases = CarriedSums()

    /// - Parameter gain: γ, `[width]`, like `bias`, β.
    init(gain: Parameter, bias: Parameter, epsilon: Float, _ context: LayerContext) {
        width = gain.count
        self.epsilon = epsilon
        (self.gain, self.bias) = (gain, bias)
        self.context = context
        outputs = RowMemory(width: width, precision: context.precision)
        rowStride = PanelView.panelCount(columns: width) * PanelView.width
        gainMemory = FloatMemory(count: outputs.rowStride)
        biasMemory = FloatMemory(count: outputs.rowStride)
    }

    func load(_ parameters: FloatView) {
        gainMemory.view.copy(gain.view(in: parameters))
        biasMemory.view.copy(bias.view(in: parameters))
    }

    // MARK: Forward

    func prepare(rowCount: Int) {
        outputs.prepare(rowCount: rowCount)
        if normalizedMemory.count < rowCount * rowStride { normalizedMemory = FloatMemory(count: rowCount * rowStride) }
        if scaleMemory.count < rowCount { scaleMemory = FloatMemory(count: rowCount) }
    }

    /// Writes a row of y and keeps x̂.
    /// - Parameter source: x of that row, in whole blocks of 16.
    func normalize(_ source: FloatView, row: Int) {
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
            normalized.setSixteen(value, at: row * rowStride + unit)
            outputs.exact.setSixteen(value * gains.sixteen(at: unit) + biases.sixteen(at: unit), at: row * outputs.rowStride + unit)
        }
        outputs.round(row: row)
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

    /// Writes a row of ∂L/∂x, and ∂L/∂y ∘ x̂ in place of x̂.
    /// - Parameters:
    ///   - above: ∂L/∂y, with rows of whole panels.
    ///   - inputGradients: nil if they aren't needed; other memory than `above`.
    ///   - isAdded: whether to add ∂L/∂x to what is there.
    func differentiate(row: Int, _ above: GradientRows, _ inputGradients: GradientRows?, isAdded: Bool = false) {
        let (normalized, gains) = (normalizedMemory.view, gainMemory.view)
        let (begin, first) = (row * rowStride, row * above.rowStride)
        if let inputGradients {
            let mean = sum { above.floats.sixteen(at: first + $0) * gains.sixteen(at: $0) } / Float(width)
            let share = sum { above.floats.sixteen(at: first + $0) * gains.sixteen(at: $0) * normalized.sixteen(at: begin + $0) } / Float(width)
            let scale = scaleMemory.view[row]
            for unit in stride(from: 0, to: width, by: 16) {
                let own = above.floats.sixteen(at: first + unit) * gains.sixteen(at: unit)
                let value = kept((own - mean - normalized.sixteen(at: begin + unit) * share) * scale, from: unit)
                let index = row * inputGradients.rowStride + unit
                inputGradients.floats.setSixteen(isAdded ? inputGradients.floats.sixteen(at: index) + value : value, at: index)
            }
        }
        for unit in stride(from: 0, to: width, by: 16) {
            normalized.setSixteen(normalized.sixteen(at: begin + unit) * above.floats.sixteen(at: first + unit), at: begin + unit)
        }
    }

    /// Writes the gradients of γ and β to the flat buffer `gradient`, after all rows are differentiated.
    /// - Parameter above: ∂L/∂y, unchanged since then.
    func sumGradients(_ above: GradientRows, _ rows: ShardedRows, _ phase: AccumulationPhase, into gradient: FloatView) {
        context.profile.measure(.weightGradients) {
            let layout = GateLayout(hidden: width, groupCount: 1)
            context.gradientSums.sumRows(
                normalizedMemory.view, rowStride: rowStride, layout, rows: rows, phase: phase, into: gain.view(in: gradient), carried: carriedGains)
            context.gradientSums.sumRows(
                above.floats, rowStride: above.rowStride, layout, rows: rows, phase: phase, into: bias.view(in: gradient), carried: carriedBiases)
        }
    }
}
