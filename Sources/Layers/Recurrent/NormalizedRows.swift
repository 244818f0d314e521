import CVector
import Kernels

/// Layer normalisation (Ba, Kiros & Hinton 2016) of rows of units inside a recurrence: of all groups of a row together, or of each on its own.
///
/// ```
/// x̂ = (x - mean x) / √(var x + ε)      y = γ ∘ x̂ (+ β, which is added elsewhere)
/// g = ∂L/∂y ∘ γ      ∂L/∂x = (g - mean g - x̂ · mean(g ∘ x̂)) / √(var x + ε)      ∂L/∂γ = Σ ∂L/∂y ∘ x̂
/// ```
///
/// Sums over a row are 16 chains and the fixed tree of ``treeSum(_:)``, whatever the vector width, as in ``LayerNormLayer``.
///
/// Sendable: tasks write disjoint rows of its memory, which changes size only between passes.
final class NormalizedRows: @unchecked Sendable {
    private let layout: GateLayout
    /// The groups that have statistics together.
    private let parts: [Range<Int>]
    private let epsilon: Float
    /// γ in the row's layout.
    private let gainMemory: FloatMemory
    /// x̂, then ∂L/∂y ∘ x̂, `[rows, layout]`.
    private var valueMemory = FloatMemory(count: 0)
    /// 1/√(var x + ε), `[rows, parts]`.
    private var scaleMemory = FloatMemory(count: 0)

    init(_ layout: GateLayout, parts: [Range<Int>], epsilon: Float) {
        (self.layout, self.parts, self.epsilon) = (layout, parts, epsilon)
        gainMemory = FloatMemory(count: layout.width)
    }

    var gains: FloatView { gainMemory.view }
    var values: FloatView { valueMemory.view }

    /// Takes γ, `[groups · units]`.
    func load(_ gains: FloatView) { layout.copy(gains, to: gainMemory.view) }

    func prepare(rowCount: Int) {
        if scaleMemory.count < rowCount * parts.count {
            valueMemory = FloatMemory(count: rowCount * layout.width)
            scaleMemory = FloatMemory(count: rowCount * parts.count)
        }
    }

    /// Sets a row of ``values`` to x̂ of the row of `source` that begins at `start`.
    func normalize(_ source: FloatView, from start: Int, row: Int) {
        let (target, first) = (valueMemory.view, row * layout.width)
        for (place, groups) in parts.enumerated() {
            let count = Float(groups.count * layout.hidden)
            let mean = sum(groups) { source.sixteen(at: start + $0) } / count
            let variance = sum(groups) { index in
                let distance = source.sixteen(at: start + index) - mean
                return distance * distance
            } / count
            let scale = 1 / (variance + epsilon).squareRoot()
            scaleMemory.view[row * parts.count + place] = scale
            forEachBlock(groups) { index, unit in
                target.setSixteen(kept((source.sixteen(at: start + index) - mean) * scale, from: unit), at: first + index)
            }
        }
    }

    /// mean g, mean(g ∘ x̂) and 1/√(var x + ε) of a row and part, from ∂L/∂y in the row of `gradients` that begins at `start`.
    @inline(__always)
    func statistics(part: Int, _ gradients: FloatView, from start: Int, row: Int) -> (mean: Float, share: Float, scale: Float) {
        let (gains, values, first, groups) = (gains, values, row * layout.width, parts[part])
        let count = Float(groups.count * layout.hidden)
        let mean = sum(groups) { gradients.sixteen(at: start + $0) * gains.sixteen(at: $0) } / count
        let share = sum(groups) { gradients.sixteen(at: start + $0) * gains.sixteen(at: $0) * values.sixteen(at: first + $0) } / count
        return (mean, share, scaleMemory.view[row * parts.count + part])
    }

    /// Writes ∂L/∂x of a row, rounded as products read it, to `target`, and ∂L/∂y ∘ x̂ in place of x̂.
    func differentiate(_ gradients: FloatView, from start: Int, row: Int, into target: OperandView, at targetStart: Int) {
        let (gains, values, first) = (gains, values, row * layout.width)
        for (place, groups) in parts.enumerated() {
            let (mean, share, scale) = statistics(part: place, gradients, from: start, row: row)
            for unit in stride(from: 0, to: layout.hidden, by: laneCount) {
                for group in groups {
                    let index = layout.index(group: group, unit: unit)
                    let (gradient, value) = (gradients.lane(at: start + index), values.lane(at: first + index))
                    let own = gradient * gains.lane(at: index)
                    let derivative = (own - Lane(repeating: mean) - value * Lane(repeating: share)) * Lane(repeating: scale)
                    target.setLane(unit + laneCount <= layout.hidden ? derivative : laneKept(derivative, Int32(layout.hidden - unit)), at: targetStart + index)
                    values.setLane(gradient * value, at: first + index)
                }
            }
        }
    }

    /// Σ over the units of some groups of `values`, which gives those of a block of 16.
    @inline(__always)
    private func sum(_ groups: Range<Int>, _ values: (_ index: Int) -> SIMD16<Float>) -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        forEachBlock(groups) { index, unit in chains += kept(values(index), from: unit) }
        return treeSum(chains)
    }

    @inline(__always)
    private func forEachBlock(_ groups: Range<Int>, _ body: (_ index: Int, _ unit: Int) -> Void) {
        for unit in stride(from: 0, to: layout.hidden, by: 16) {
            for group in groups { body(layout.index(group: group, unit: unit), unit) }
        }
    }

    /// 0 behind the last unit.
    @inline(__always)
    private func kept(_ values: SIMD16<Float>, from unit: Int) -> SIMD16<Float> {
        guard unit + 16 > layout.hidden else { return values }
        var values = values
        for place in layout.hidden - unit..<16 { values[place] = 0 }
        return values
    }
}

extension GateLayout {
    /// Copies `[groups · units]`, group after group, to a row.
    func copy(_ source: FloatView, to row: FloatView) {
        for group in 0..<groupCount {
            for unit in 0..<hidden { row[index(group: group, unit: unit)] = source[group * hidden + unit] }
        }
    }
}
