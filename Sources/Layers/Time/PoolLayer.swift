package import Kernels
import Threads

/// Pooling over the time steps of each sequence, without parameters: one step comes out.
///
/// ```
/// mean: y = Σ x[t] / n      ∂L/∂x[t] = ∂L/∂y / n
/// max:  y = max x[t]        ∂L/∂x[t] = ∂L/∂y where x[t] is the first of the largest, unit by unit; otherwise 0
/// last: y = x[n - 1]        ∂L/∂x[n - 1] = ∂L/∂y; otherwise 0
/// ```
///
/// A unit's sum is one chain from the first step to the sequence's own last; padding has no part in it.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class PoolLayer: Layer, @unchecked Sendable {
    private let method: PoolMethod
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private var outputLengths: [Int] = []

    /// - Parameter method: any but attention, which is ``AttentionPoolLayer``.
    package init(_ method: PoolMethod, width: Int, _ context: LayerContext) {
        precondition(method != .attention)
        (self.method, self.context) = (method, context)
        outputs = RowMemory(width: width, precision: context.precision)
        gradients = GradientMemory(width: width)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {}

    package func outputPass(_ pass: Pass) -> Pass { pass.changed(by: .toOne, &outputLengths) }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(_, let source, let inputStride) = input else { preconditionFailure("pooling reads a layer's outputs") }
        outputs.prepare(rowCount: pass.sequenceCount)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.sequenceCount) { sequence in
                pool(source, rowStride: inputStride, pass, sequence)
                outputs.round(row: sequence)
            }
        }
        return outputs.signal
    }

    private func pool(_ source: FloatView, rowStride: Int, _ pass: Pass, _ sequence: Int) {
        let length = pass.lengths[sequence]
        let target = outputs.exact.slice(from: sequence * outputs.rowStride, count: outputs.rowStride)
        let first = method == .last ? length - 1 : 0
        target.copy(source.slice(from: (first * pass.sequenceCount + sequence) * rowStride, count: outputs.rowStride))
        guard method != .last else { return }
        for time in 1..<Swift.max(1, length) {
            let begin = (time * pass.sequenceCount + sequence) * rowStride
            for unit in Swift.stride(from: 0, to: outputs.rowStride, by: 16) {
                let (value, earlier) = (source.sixteen(at: begin + unit), target.sixteen(at: unit))
                target.setSixteen(method == .mean ? earlier + value : Self.larger(earlier, value), at: unit)
            }
        }
        guard method == .mean else { return }
        for unit in Swift.stride(from: 0, to: outputs.rowStride, by: 16) { target.setSixteen(target.sixteen(at: unit) / Float(length), at: unit) }
    }

    /// NaN stays, so that it reaches the loss.
    @inline(__always)
    private static func larger(_ earlier: SIMD16<Float>, _ value: SIMD16<Float>) -> SIMD16<Float> {
        earlier.replacing(with: value, where: (value .> earlier) .| (value .!= value))
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: pass.sequenceCount) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard let inputGradients, case .rows(_, let source, let inputStride) = input else { return }
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.sequenceCount) { sequence in
                for time in 0..<pass.timeCount {
                    let row = time * pass.sequenceCount + sequence
                    let place = Place(time: time, length: pass.lengths[sequence], sequence: sequence, input: row * inputStride)
                    differentiate(place, source, inputGradients.floats.slice(from: row * inputGradients.rowStride, count: outputs.rowStride))
                }
            }
        }
    }

    private struct Place {
        let time: Int
        let length: Int
        let sequence: Int
        /// Where the step's numbers begin in the input.
        let input: Int
    }

    /// Writes ∂L/∂x of one step. With max, ∂L/∂y becomes 0 where it has been given to a step.
    private func differentiate(_ place: Place, _ source: FloatView, _ target: FloatView) {
        let isRead = place.time < place.length && (method != .last || place.time == place.length - 1)
        guard isRead else { return target.fill(0) }
        let (above, begin) = (gradients.rows.floats, place.sequence * gradients.rowStride)
        for unit in Swift.stride(from: 0, to: outputs.rowStride, by: 16) {
            let value = above.sixteen(at: begin + unit)
            switch method {
            case .mean: target.setSixteen(value / Float(place.length), at: unit)
            case .last, .attention: target.setSixteen(value, at: unit)
            case .max:
                let isLargest = source.sixteen(at: place.input + unit) .== outputs.exact.sixteen(at: place.sequence * outputs.rowStride + unit)
                target.setSixteen(value.replacing(with: 0, where: .!isLargest), at: unit)
                above.setSixteen(value.replacing(with: 0, where: isLargest), at: begin + unit)
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
