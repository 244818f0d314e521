package import Kernels
import Threads

/// Fewer time steps: of every `stride` steps the first `frameCount` side by side, as one step. Subsampling keeps one of them, stacking all, as encoders of
/// speech do (Chan et al. 2016; Sak et al. 2015).
///
/// ```
/// y[t] = x[t·stride], …, x[t·stride + frameCount - 1]      0 beyond a sequence's own end
/// ```
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class FramesLayer: Layer, @unchecked Sendable {
    private let inputWidth: Int
    private let frameCount: Int
    private let stride: Int
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private var outputLengths: [Int] = []

    package init(inputWidth: Int, frameCount: Int, stride: Int, _ context: LayerContext) {
        precondition(1...stride ~= frameCount)
        (self.inputWidth, self.frameCount, self.stride, self.context) = (inputWidth, frameCount, stride, context)
        outputs = RowMemory(width: frameCount * inputWidth, precision: context.precision)
        gradients = GradientMemory(width: frameCount * inputWidth)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {}

    private var change: StepChange { .every(stride) }
    private func rowCount(_ pass: Pass) -> Int { change.stepCount(pass.timeCount) * pass.sequenceCount }

    package func outputPass(_ pass: Pass) -> Pass { pass.changed(by: change, &outputLengths) }

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(_, let source, let inputStride) = input else { preconditionFailure("frames are a layer's outputs") }
        let rowCount = rowCount(pass)
        outputs.prepare(rowCount: rowCount)
        let count = pass.sequenceCount
        context.profile.measure(.otherLayers) {
            context.forEachRow(rowCount) { row in
                let (step, sequence) = row.quotientAndRemainder(dividingBy: count)
                let target = outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride)
                for frame in 0..<frameCount {
                    let time = step * stride + frame
                    if time < pass.lengths[sequence] {
                        target.copy(source.slice(from: (time * count + sequence) * inputStride, count: inputWidth), to: frame * inputWidth)
                    } else {
                        target.slice(from: frame * inputWidth, count: inputWidth).fill(0)
                    }
                }
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: rowCount(pass)) }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard let inputGradients else { return }
        let (above, count) = (gradients.rows, pass.sequenceCount)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                let (time, sequence) = row.quotientAndRemainder(dividingBy: count)
                let (step, frame) = time.quotientAndRemainder(dividingBy: stride)
                let target = inputGradients.floats.slice(from: row * inputGradients.rowStride, count: inputWidth)
                guard frame < frameCount, time < pass.lengths[sequence] else { return target.fill(0) }
                target.copy(above.floats.slice(from: (step * count + sequence) * above.rowStride + frame * inputWidth, count: inputWidth))
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
