package import Kernels
import Threads

/// A layer with a connection around it: its output is added to what it reads (residual, He et al. 2016), or both are put side by side (Huang et al. 2017).
///
/// ```
/// y = x + f(x)      ∂L/∂x = (what f gives) + ∂L/∂y
/// y = [x, f(x)]     ∂L/∂x = (what f gives) + its part of ∂L/∂y
/// ```
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class ConnectedLayer: Layer, @unchecked Sendable {
    package let inner: any Layer
    private let isAdded: Bool
    private let inputWidth: Int
    private let innerWidth: Int
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory

    /// - Parameters:
    ///   - inner: f, which reads rows of `inputWidth` and gives rows of `innerWidth`; the two are the same for a residual connection.
    package init(_ connection: LayerConnection, around inner: any Layer, inputWidth: Int, innerWidth: Int, _ context: LayerContext) {
        precondition(connection != .residual || inputWidth == innerWidth, "a residual layer reads as many numbers as it gives")
        self.inner = inner
        isAdded = connection == .residual
        (self.inputWidth, self.innerWidth) = (inputWidth, innerWidth)
        self.context = context
        let width = isAdded ? innerWidth : inputWidth + innerWidth
        outputs = RowMemory(width: width, precision: context.precision)
        gradients = GradientMemory(width: width)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) { inner.load(parameters, for: purpose) }

    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) { inner.finishGradient(gradient, for: purpose) }

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .rows(_, let source, let sourceStride) = input, case .rows(_, let own, let ownStride) = inner.forward(input, from: state, pass) else {
            preconditionFailure("a layer with a connection reads and gives rows")
        }
        outputs.prepare(rowCount: pass.rowCount)
        forEachRow(pass) { row in
            let target = outputs.exact.slice(from: row * outputs.rowStride, count: outputs.rowStride)
            if isAdded {
                for unit in stride(from: 0, to: innerWidth, by: 16) {
                    target.setSixteen(source.sixteen(at: row * sourceStride + unit) + own.sixteen(at: row * ownStride + unit), at: unit)
                }
            } else {
                target.copy(source.slice(from: row * sourceStride, count: inputWidth))
                target.copy(own.slice(from: row * ownStride, count: innerWidth), to: inputWidth)
            }
            outputs.round(row: row)
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) {
        gradients.prepare(rowCount: pass.rowCount)
        inner.prepareBackward(pass)
    }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        let (whole, own, first) = (gradients.rows, inner.outputGradients, isAdded ? 0 : inputWidth)
        forEachRow(pass) { row in
            own.floats.slice(from: row * own.rowStride, count: innerWidth).copy(whole.floats.slice(from: row * whole.rowStride + first, count: innerWidth))
        }
        inner.backward(input, pass, rows: rows, into: gradient, inputGradients: inputGradients)
        guard let inputGradients else { return }
        forEachRow(pass) { row in
            // Units behind the input's last stay 0.
            let target = inputGradients.floats.slice(from: row * inputGradients.rowStride, count: inputWidth)
            target.add(whole.floats.slice(from: row * whole.rowStride, count: inputWidth))
        }
    }

    private func forEachRow(_ pass: Pass, _ body: @Sendable (_ row: Int) -> Void) {
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in body(row) }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) { inner.keepState(state, after: stepCount) }
}
