package import Kernels
import Threads

/// Gaussian noise added in training, as Keras's `GaussianNoise`: y = x + deviation · n, n of mean 0 and variance 1. Its gradient passes through unchanged.
///
/// n is a function of (seed, step, layer, sequence, time step, unit): two units take one ``Philox/normalPair(_:_:_:)`` of counters (sequence, time step, pair),
/// with a key as in ``RandomMask``. Without training the layer passes on what it reads.
package final class NoiseLayer: Layer {
    private let deviation: Double
    /// Its number among the model's layers, from 0.
    private let number: Int
    private let below: any Layer
    private let context: LayerContext
    private let outputs: RowMemory

    /// - Parameter below: the layer that it reads.
    package init(_ description: NoiseDescription, width: Int, number: Int, below: any Layer, _ context: LayerContext) {
        deviation = description.deviation
        self.number = number
        self.below = below
        self.context = context
        outputs = RowMemory(width: width, precision: context.precision)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {}

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard deviation > 0, case .training(let seed, let step) = pass.purpose else { return input }
        guard case .rows(_, let source, let rowStride) = input else { preconditionFailure("noise is added to a layer's outputs") }
        precondition(rowStride == outputs.rowStride)
        outputs.prepare(rowCount: pass.rowCount)
        let random = Philox(seed: seed, step: step, layer: number)
        let (target, width, deviation) = (outputs.exact, outputs.width, deviation)
        let outputs = outputs
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                let (time, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
                for unit in stride(from: 0, to: width, by: 2) {
                    let (first, second) = random.normalPair(
                        pass.sequenceIndices[sequence] & 0xffff_ffff, pass.segment.firstTime + time, unit / 2)
                    target[row * rowStride + unit] = source[row * rowStride + unit] + Float(deviation * first)
                    if unit + 1 < width { target[row * rowStride + unit + 1] = source[row * rowStride + unit + 1] + Float(deviation * second) }
                }
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) {}

    package var outputGradients: GradientRows { below.outputGradients }
    package var needsOutputGradients: Bool { below.needsOutputGradients }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {}

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
