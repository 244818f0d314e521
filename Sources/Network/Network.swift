public import Batches
public import Kernels
public import Threads

/// Embedding or one-hot input, LSTM layers, linear head and loss: forward beside backward, over one rank's share of a batch.
///
/// A training step calls, in this order, `load`, `forward`, `loss`, `backward`. The parameters and their gradient are flat buffers of ``layout``.
/// Memory grows to the largest batch seen.
public final class Network {
    public let shape: NetworkShape
    public let layout: ParameterLayout
    /// Time of `load`, `forward`, `loss` and `backward` by phase.
    public let profile: StepProfile
    private let team: ThreadTeam
    let layers: [LSTMLayer]
    let parameterSlots: [LayerParameterSlots]
    let headWeight: Parameter
    let headBias: Parameter
    let head: Head
    /// If time steps are kept segment by segment.
    private let segments: Segments?
    let gradientSums: WeightGradients
    let input: InputProjection
    let zeros: FloatMemory
    let precision: Precision

    /// - Parameters:
    ///   - precision: of the inputs of matrix products, and of what is added up in their place: derivatives for the biases, a token's column of the
    ///     weights. Parameters, gradients and all else are float32, and so is the head of a regression: it multiplies one row a sequence, which costs
    ///     nothing, and 8 bits would show in the forecast.
    ///   - embeddingGradient: the order in which an embedding's gradient is summed.
    ///   - segmentLength: time steps whose activations are kept at once (``Segments``); 0 for all.
    public init(
        shape: NetworkShape, gates: GateMode, precision: Precision = .float32, team: ThreadTeam,
        embeddingGradient: EmbeddingGradient = .byRow, segmentLength: Int = 0,
        profile: StepProfile = StepProfile()
    ) {
        self.shape = shape
        self.precision = precision
        self.team = team
        self.profile = profile
        segments = segmentLength > 0 ? Segments(length: segmentLength) : nil
        layout = ParameterLayout(shape)
        let firstInput: LayerInput
        switch shape.input {
        case .oneHot: firstInput = .oneHot
        case .embedding: firstInput = .activations
        case .vectors: firstInput = .numbers
        }
        let derivatives = DerivativeMemory()
        layers = (0..<shape.layers).map { layer in
            LSTMLayer(
                hidden: shape.hidden, inputWidth: shape.inputWidth(ofLayer: layer), gates: gates, precision: precision,
                input: layer > 0 ? .activations : firstInput, needsInputGradient: layer > 0 || firstInput == .activations,
                derivatives: derivatives, team: team)
        }
        let layout = layout
        parameterSlots = (0..<shape.layers).map { LayerParameterSlots(layer: $0, layout: layout) }
        headWeight = layout["head.weight"]
        headBias = layout["head.bias"]
        head = Head(shape: shape, precision: shape.loss == .squaredError ? .float32 : precision, team: team)
        gradientSums = WeightGradients(team: team)
        input = InputProjection(shape: shape, precision: precision, layout: layout, order: embeddingGradient, team: team, profile: profile)
        let widest = max(shape.hidden, shape.inputWidth(ofLayer: 0))
        zeros = FloatMemory(count: PanelView.panelCount(columns: widest) * PanelView.width)
    }

    /// Takes the parameters for the steps that follow: packs them for the tiles.
    /// - Parameter parameters: the flat buffer; it must live, unchanged, until the next `load`.
    public func load(_ parameters: FloatView) {
        profile.measure(.packing) {
            for (index, layer) in layers.enumerated() {
                layer.weights.pack(parameterSlots[index].parameters(in: parameters), team: team)
            }
            head.load(weight: headWeight.view(in: parameters), bias: headBias.view(in: parameters))
            input.load(parameters, layer: layers[0])
        }
    }

    /// Computes all layers' activations.
    /// - Parameter state: initial state of each sequence; zero if nil. Unchanged: ``advance(_:lengths:)`` updates it.
    public func forward(_ batch: Batch, state: RecurrentState? = nil) {
        guard batch.sequenceCount > 0 else { return }
        if let segments { forward(batch, state: state, in: segments) } else { forwardAtOnce(batch, state: state) }
    }

    func forwardAtOnce(_ batch: Batch, state: RecurrentState?) {
        for (index, layer) in layers.enumerated() {
            layer.activations.prepareForward(timeCount: batch.timeCount, sequenceCount: batch.sequenceCount)
            begin(layer.activations, layer: index, state: state)
            let start = index == 0 ? input.start(batch, layer) : project(layers[index - 1].activations, batch, layer: index)
            let products = batch.timeCount * batch.sequenceCount * 4 * shape.hidden * shape.hidden
            let inputProducts = layer.weights.isNarrow ? inputMultiplyAdds(batch, layer: index) : 0
            profile.measure(.recurrenceForward, multiplyAdds: products + inputProducts) { layer.recurrence(start).forward() }
        }
    }

    /// Computes the part of a layer's sums that comes from the layer below.
    private func project(_ below: LayerActivations, _ batch: Batch, layer index: Int) -> ChainStart {
        profile.measure(.inputProjection, multiplyAdds: inputMultiplyAdds(batch, layer: index)) {
            layers[index].inputSums.multiply(below.outputs, rowStride: below.layout.stateWidth)
        }
        return .inGates
    }

    /// Computes the outputs of the last `forward`, for ``outputs(row:)``. Not in segments.
    public func score(_ batch: Batch) {
        precondition(segments == nil, "outputs of segments are not kept")
        guard batch.sequenceCount > 0 else { return }
        profile.measure(.head, multiplyAdds: headMultiplyAdds(batch)) { head.score(topHiddens, batch: batch) }
    }

    /// Scores or predictions of the last `score`: those of row `row`, time · batch + sequence, or the sequence.
    public func outputs(row: Int) -> FloatView {
        head.outputs.slice(from: row * head.outputWidth, count: shape.outputs)
    }

    /// The loss of the last `forward`; keeps what `backward` needs. Invalidates ``outputs(row:)``.
    /// - Parameter divisor: targets of the whole global batch: the loss that is differentiated is the sum over them divided by it.
    public func loss(_ batch: Batch, divisor: Int) -> Losses {
        guard batch.sequenceCount > 0 else { return Losses(sequenceCount: 0) }
        if let segments { return loss(batch, divisor: divisor, in: segments) }
        return lossAtOnce(batch, divisor: divisor)
    }

    func lossAtOnce(_ batch: Batch, divisor: Int, continues: Bool = false) -> Losses {
        profile.measure(.head, multiplyAdds: headMultiplyAdds(batch)) {
            head.loss(topHiddens, batch: batch, divisor: divisor, continues: continues)
        }
    }

    /// Overwrites `gradient` with the sum over this share of the batch, shards in the fixed tree.
    /// - Parameter shards: sequences of each shard, from ``ShardPlan/localShards(ofRank:sequenceCount:)``.
    public func backward(_ batch: Batch, shards: [Range<Int>], gradient: FloatView) {
        guard batch.sequenceCount > 0 else {
            gradient.fill(0)
            return
        }
        if let segments {
            backward(batch, shards: shards, gradient: gradient, in: segments)
        } else {
            prepareBackward(.whole)
            backwardHead(batch, shards: shards, .whole, gradient: gradient)
            backwardLayers(batch, shards: shards, .whole, gradient: gradient)
        }
    }
}

// MARK: - States

extension Network {
    private func begin(_ activations: LayerActivations, layer: Int, state: RecurrentState?) {
        let width = activations.layout.stateWidth
        let first = activations.sequenceCount * width
        // Padding units too: after a batch of NaN they hold NaN, which a weight of 0 doesn't cancel.
        activations.hiddens.slice(from: 0, count: first).fill(0)
        activations.cells.slice(from: 0, count: first).fill(0)
        defer { activations.roundInitialStates() }
        guard let state else { return }
        for sequence in 0..<activations.sequenceCount {
            activations.hiddens.copy(state.part(.hidden, layer: layer, sequence: sequence), to: sequence * width)
            activations.cells.copy(state.part(.cell, layer: layer, sequence: sequence), to: sequence * width)
        }
    }

    /// Sets `state` to the final state of each sequence of the last `forward`.
    public func advance(_ state: RecurrentState, lengths: [Int]) {
        // A share without a sequence had no forward pass: what the layers hold is another batch's.
        guard !lengths.isEmpty else { return }
        precondition(lengths.count == state.sequenceCount)
        if let ends = segments?.ends { state.values.copy(ends.values) } else { keepStates(state) { lengths[$0] } }
    }

    /// Copies each sequence's state after so many steps of the last forward pass to `state`; skips sequences where that is nil.
    func keepStates(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {
        for (index, layer) in layers.enumerated() {
            let activations = layer.activations
            let width = activations.layout.stateWidth
            for sequence in 0..<activations.sequenceCount {
                guard let length = stepCount(sequence) else { continue }
                let start = (length * activations.sequenceCount + sequence) * width
                state.part(.hidden, layer: index, sequence: sequence).copy(activations.hiddens.slice(from: start, count: shape.hidden))
                state.part(.cell, layer: index, sequence: sequence).copy(activations.cells.slice(from: start, count: shape.hidden))
            }
        }
    }
}
