package import Kernels
import Threads

/// Runs of time steps and bands of features that are 0 in training.
public struct SpecAugmentDescription: Sendable, Hashable {
    /// Runs of time steps of a sequence.
    public var timeMasks = 2
    /// Time steps of a run at most.
    public var timeWidth = 20
    /// Share of a sequence's time steps that a run has at most.
    public var timeShare = 0.2
    /// Bands of features.
    public var featureMasks = 2
    /// Features of a band at most.
    public var featureWidth = 4

    public init() {}
}

/// In training, zeros in runs of time steps and in bands of features (SpecAugment, Park et al. 2019, without its time warp): y = x ∘ m, ∂L/∂x = ∂L/∂y ∘ m.
///
/// A run's length is an integer drawn uniformly from 0 to `timeWidth`, but at most `timeShare` of the sequence, and its first step uniformly among those from which it
/// fits; bands of features likewise. Runs and bands may overlap. They are functions of (seed, step, layer, sequence): ``RandomDraws`` of counters (sequence, 0) for
/// runs and (sequence, 1) for bands, with a key as in ``RandomMask``. Without training the layer passes on what it reads.
package final class SpecAugmentLayer: Layer {
    private let description: SpecAugmentDescription
    /// Its number among the model's layers, from 0.
    private let number: Int
    private let below: any Layer
    private let context: LayerContext
    private let outputs: RowMemory

    /// - Parameter below: the layer that it reads.
    package init(_ description: SpecAugmentDescription, width: Int, number: Int, below: any Layer, _ context: LayerContext) {
        self.description = description
        self.number = number
        self.below = below
        self.context = context
        outputs = RowMemory(width: width, precision: context.precision)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {}

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .training(let seed, let step) = pass.purpose else { return input }
        guard case .rows(_, let source, let rowStride) = input else { preconditionFailure("features of a layer's outputs are masked") }
        precondition(rowStride == outputs.rowStride)
        outputs.prepare(rowCount: pass.rowCount)
        let (target, width, outputs, description) = (outputs.exact, outputs.width, outputs, description)
        let random = Philox(seed: seed, step: step, layer: number)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.sequenceCount) { sequence in
                for time in 0..<pass.timeCount {
                    let row = time * pass.sequenceCount + sequence
                    target.copy(source.slice(from: row * rowStride, count: width), to: row * rowStride)
                }
                description.mask(target, rowStride: rowStride, width: width, sequence: sequence, pass, random)
                for time in 0..<pass.timeCount { outputs.round(row: time * pass.sequenceCount + sequence) }
            }
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) {}

    package var outputGradients: GradientRows { below.outputGradients }
    package var needsOutputGradients: Bool { below.needsOutputGradients }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard needsOutputGradients, case .training(let seed, let step) = pass.purpose else { return }
        let (gradients, width, description) = (outputGradients, outputs.width, description)
        let random = Philox(seed: seed, step: step, layer: number)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.sequenceCount) { sequence in
                description.mask(gradients.floats, rowStride: gradients.rowStride, width: width, sequence: sequence, pass, random)
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}

extension SpecAugmentDescription {
    /// Writes zeros to `rows`, `[time, batch, rowStride]`, where a sequence's runs of time steps and bands of features are.
    @inline(__always)
    fileprivate func mask(_ rows: FloatView, rowStride: Int, width: Int, sequence: Int, _ pass: Pass, _ random: Philox) {
        let (stepCount, index) = (pass.lengths[sequence], pass.sequenceIndices[sequence] & 0xffff_ffff)
        func zero(times: Range<Int>, features: Range<Int>) {
            for time in times where !features.isEmpty {
                rows.slice(from: (time * pass.sequenceCount + sequence) * rowStride + features.lowerBound, count: features.count).fill(0)
            }
        }
        var draws = RandomDraws(random, index, 0)
        let longest = min(timeWidth, Int(timeShare * Double(stepCount)))
        for _ in 0..<timeMasks { zero(times: draws.range(atMost: longest, within: stepCount), features: 0..<width) }
        draws = RandomDraws(random, index, 1)
        for _ in 0..<featureMasks { zero(times: 0..<stepCount, features: draws.range(atMost: min(featureWidth, width), within: width)) }
    }
}

extension RandomDraws {
    /// A range in 0..<`count`: its length from 0 to `longest`, then its begin, which it takes whatever the length.
    package mutating func range(atMost longest: Int, within count: Int) -> Range<Int> {
        let length = integer(below: longest + 1)
        let first = integer(below: count - length + 1)
        return first..<first + length
    }
}
