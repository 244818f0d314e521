package import Kernels
import Threads

/// A block of a temporal convolutional network (Bai, Kolter & Koltun 2018): two dilated causal convolutions with a residual connection.
///
/// ```
/// f(x) = drop(relu(conv2(drop(relu(conv1(x))))))      y = relu(f(x) + r(x))      r: a linear layer where the widths differ, otherwise x
/// ∂L/∂f = ∂L/∂r = ∂L/∂y where y > 0, otherwise 0      ∂L/∂x = (what conv1 gives) + (what r gives)
/// ```
///
/// As in the paper dropout is of whole channels of a sequence (Tompson et al. 2015), and both convolutions may have weight normalisation (``WeightNorm``). Each
/// convolution has its state (``ConvolutionLayer``).
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class TemporalBlockLayer: Layer, @unchecked Sendable {
    private let inputWidth: Int
    private let channels: Int
    private let context: LayerContext
    /// Convolution, dropout if there is any, convolution, dropout.
    private let inner: [any Layer]
    private let projection: DenseLayer?
    /// What each of ``inner`` read in the last `forward`.
    private var signals: [Signal]
    private let outputs: RowMemory
    private let gradients: GradientMemory
    /// ∂L/∂x through the projection.
    private let projectedGradients: GradientMemory

    /// - Parameters:
    ///   - plan: with the parameters of the convolutions, and of the projection if there is one.
    ///   - number: the layer's number among the model's layers, from 0.
    ///   - stateIndex: the first convolution's number among the layers with a state.
    package init(_ description: TemporalBlockDescription, _ plan: LayerPlan, number: Int, stateIndex: Int, _ context: LayerContext) {
        (inputWidth, channels, self.context) = (plan.inputWidth, description.channels, context)
        var inner: [any Layer] = []
        var parameters = plan.parameters[...]
        for (place, width) in [plan.inputWidth, description.channels].enumerated() {
            let gain = description.hasWeightNorm ? parameters.removeFirst() : nil
            let convolution = ConvolutionLayer(
                description.convolution, inputWidth: width, weight: parameters.removeFirst(), gain: gain, bias: parameters.removeFirst(),
                stateIndex: stateIndex + place, context)
            inner.append(convolution)
            guard description.dropout > 0 else { continue }
            let dropout = DropoutDescription(rate: description.dropout, isVariational: true)
            inner.append(
                DropoutLayer(
                    dropout, width: description.channels, number: number + place * TemporalBlockDescription.secondMask, below: convolution, context))
        }
        self.inner = inner
        projection = parameters.popFirst().map { weight in
            DenseLayer(DenseDescription(units: description.channels), weight: weight, bias: parameters[parameters.startIndex], context)
        }
        signals = Array(repeating: .tokens([]), count: inner.count)
        outputs = RowMemory(width: channels, precision: context.precision)
        gradients = GradientMemory(width: channels)
        projectedGradients = GradientMemory(width: inputWidth)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        for layer in inner { layer.load(parameters, for: purpose) }
        projection?.load(parameters, for: purpose)
    }

    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) { for layer in inner { layer.finishGradient(gradient, for: purpose) } }

    // MARK: Forward

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        var signal = input
        for (place, layer) in inner.enumerated() {
            signals[place] = signal
            signal = layer.forward(signal, from: state, pass)
        }
        let residual = projection?.forward(input, from: nil, pass) ?? input
        guard case .rows(_, let own, let ownStride) = signal, case .rows(_, let other, let otherStride) = residual else {
            preconditionFailure("a temporal block reads a layer's outputs")
        }
        outputs.prepare(rowCount: pass.rowCount)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                for unit in stride(from: 0, to: outputs.rowStride, by: laneCount) {
                    let sum = own.lane(at: row * ownStride + unit) + other.lane(at: row * otherStride + unit)
                    outputs.exact.setLane(DenseActivation.relu.value(sum), at: row * outputs.rowStride + unit)
                }
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    // MARK: Backward

    package func prepareBackward(_ pass: Pass) {
        gradients.prepare(rowCount: pass.rowCount)
        for layer in inner { layer.prepareBackward(pass) }
        projection?.prepareBackward(pass)
        if projection != nil { projectedGradients.prepare(rowCount: pass.rowCount) }
    }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        differentiate(into: inner[inner.count - 1].outputGradients, pass)
        for place in inner.indices.reversed() {
            let below = place > 0 ? inner[place - 1].outputGradients : inputGradients
            inner[place].backward(signals[place], pass, rows: rows, into: gradient, inputGradients: below)
        }
        guard let projection else {
            if let inputGradients { add(gradients.rows, width: channels, to: inputGradients, pass) }
            return
        }
        copyRows(of: gradients.rows, to: projection.outputGradients, pass)
        projection.backward(input, pass, rows: rows, into: gradient, inputGradients: inputGradients == nil ? nil : projectedGradients.rows)
        if let inputGradients { add(projectedGradients.rows, width: inputWidth, to: inputGradients, pass) }
    }

    /// ∂L/∂f, in place of ∂L/∂y and in `target`.
    private func differentiate(into target: GradientRows, _ pass: Pass) {
        let (own, values) = (gradients.rows, outputs.exact)
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                for unit in stride(from: 0, to: outputs.rowStride, by: laneCount) {
                    let value = DenseActivation.relu.derivative(
                        ofValue: values.lane(at: row * outputs.rowStride + unit), own.floats.lane(at: row * own.rowStride + unit))
                    own.floats.setLane(value, at: row * own.rowStride + unit)
                    target.floats.setLane(value, at: row * target.rowStride + unit)
                }
            }
        }
    }

    private func copyRows(of source: GradientRows, to target: GradientRows, _ pass: Pass) {
        context.forEachRow(pass.rowCount) { row in
            target.floats.slice(from: row * target.rowStride, count: channels).copy(source.floats.slice(from: row * source.rowStride, count: channels))
        }
    }

    private func add(_ source: GradientRows, width: Int, to target: GradientRows, _ pass: Pass) {
        context.profile.measure(.otherLayers) {
            context.forEachRow(pass.rowCount) { row in
                target.floats.slice(from: row * target.rowStride, count: width).add(source.floats.slice(from: row * source.rowStride, count: width))
            }
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {
        for layer in inner { layer.keepState(state, after: stepCount) }
    }
}

extension TemporalBlockDescription {
    /// Added to the layer's number in the counters of the second convolution's masks; a model has fewer layers.
    package static let secondMask = 1 << 16
}
