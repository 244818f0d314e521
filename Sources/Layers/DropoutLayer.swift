package import Kernels
import Threads

/// Dropout (Srivastava et al. 2014), as `torch.nn.Dropout`: while training each unit is 0 with probability p, and otherwise multiplied by 1/(1 - p).
///
/// ```
/// y = x ∘ m      m ∈ {0, 1/(1 - p)}, drawn anew for each time step, or, variational (Gal & Ghahramani 2016), once for each sequence
/// ∂L/∂x = ∂L/∂y ∘ m
/// ```
///
/// Masks are computed from ``RandomMask`` whenever they are needed, and never kept. Without training the layer passes on what it reads.
/// It has no gradient memory of its own: the layer above writes to the layer below's, where the mask is then multiplied in place.
package final class DropoutLayer: Layer {
    private let description: DropoutDescription
    /// Its number among the model's layers, from 0: a layer's masks differ from another's.
    private let number: Int
    private let below: any Layer
    private let context: LayerContext
    private let outputs: RowMemory

    /// - Parameter below: the layer that it reads.
    package init(_ description: DropoutDescription, width: Int, number: Int, below: any Layer, _ context: LayerContext) {
        self.description = description
        self.number = number
        self.below = below
        self.context = context
        outputs = RowMemory(width: width, precision: context.precision)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {}

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard let mask = mask(pass) else { return input }
        guard case .rows(_, let exact, let rowStride) = input else { preconditionFailure("dropout reads a layer's outputs") }
        outputs.prepare(rowCount: pass.rowCount)
        let (source, outputs) = (exact, outputs)
        precondition(rowStride == outputs.rowStride)
        context.profile.measure(.otherLayers) {
            forEachRow(pass) { row, sequence, time in
                mask.apply(
                    to: source, at: row * rowStride, into: outputs.exact, at: row * rowStride, count: outputs.width, sequence: sequence, time: time)
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) {}

    package var outputGradients: GradientRows { below.outputGradients }
    package var needsOutputGradients: Bool { below.needsOutputGradients }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard needsOutputGradients, let mask = mask(pass) else { return }
        let (gradients, width) = (outputGradients, outputs.width)
        context.profile.measure(.otherLayers) {
            forEachRow(pass) { row, sequence, time in
                let index = row * gradients.rowStride
                mask.apply(to: gradients.floats, at: index, into: gradients.floats, at: index, count: width, sequence: sequence, time: time)
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}

    private func mask(_ pass: Pass) -> RandomMask? {
        guard description.rate > 0, case .training(let seed, let step) = pass.purpose else { return nil }
        return RandomMask(probability: description.rate, seed: seed, step: step, layer: number)
    }

    /// Calls `body` for each row with the counters of its mask.
    @inline(__always)
    private func forEachRow(_ pass: Pass, _ body: @Sendable (_ row: Int, _ sequence: Int, _ time: Int) -> Void) {
        let isVariational = description.isVariational
        context.forEachRow(pass.rowCount) { row in
            let (time, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
            body(row, pass.sequenceIndices[sequence], isVariational ? 0 : pass.segment.firstTime + time)
        }
    }
}
