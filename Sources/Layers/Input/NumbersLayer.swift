package import Kernels
import Threads

/// Numbers of the batch as a layer's outputs: for models whose first layer isn't recurrent.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class NumbersLayer: Layer, @unchecked Sendable {
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory

    package init(width: Int, _ context: LayerContext) {
        self.context = context
        outputs = RowMemory(width: width, precision: context.precision)
        gradients = GradientMemory(width: width)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {}

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .numbers(let numbers, let featureCount) = input else { preconditionFailure("the model reads numbers") }
        precondition(featureCount == outputs.width && numbers.count == pass.rowCount * featureCount)
        outputs.prepare(rowCount: pass.rowCount)
        let (rows, width, rowStride) = (outputs.exact, outputs.width, outputs.rowStride)
        context.forEachRow(pass.rowCount) { row in
            rows.slice(from: row * rowStride, count: width).copy(numbers, from: row * width)
            outputs.round(row: row)
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) { gradients.prepare(rowCount: pass.rowCount) }

    package var needsOutputGradients: Bool { false }

    /// For a layer above that writes them in any case.
    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {}

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
