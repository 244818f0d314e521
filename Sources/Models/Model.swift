public import Batches
public import Kernels
public import Layers
public import Threads

/// A model: a list of layers and a head with its loss, forward beside backward, over one rank's share of a batch.
///
/// A training step calls, in this order, `load`, `forward`, `loss`, `backward`. The parameters and their gradient are flat buffers of ``layout``.
/// Memory grows to the largest batch seen.
public final class Model {
    public let shape: ModelDescription
    public let plan: ModelPlan
    public var layout: ParameterLayout { plan.parameters }
    /// Whether losses contain the scores of classes, except in training: for metrics that need them. Memory: as much again as the outputs.
    public var keepsScores = false
    /// Time of `load`, `forward`, `loss` and `backward` by phase.
    public var profile: StepProfile { context.profile }
    let context: LayerContext
    let layers: [any Layer]
    let head: any Head
    /// What each layer read in the last forward pass, and at the end what the head reads.
    var signals: [Signal]
    /// The pass of each layer in the last forward pass, and at the end that of the head: where layers change the number of time steps, passes differ.
    private var passes: [Pass] = []
    /// The order of the sequences in the last forward pass; nil if it was the batch's own.
    private(set) var order: LongestFirst?
    /// What the last forward pass was for.
    private var purpose = Purpose.inference
    /// Of the last forward pass; empty for 1.
    private var classWeights: [Float] = []
    /// What the parameters were loaded for.
    private var loadedPurpose = Purpose.inference
    private let penalties: OutputPenalties
    /// If time steps are kept segment by segment.
    private let segments: Segments?
    private let labelSmoothing: Double

    /// - Parameters:
    ///   - precision: of the inputs of matrix products, and of what is added up in their place: derivatives for the biases, a token's column of the
    ///     weights. Parameters, gradients and all else are float32, and so is the head of a regression: it multiplies one row a sequence, which costs
    ///     nothing, and 8 bits would show in the forecast.
    ///   - embeddingGradient: the order in which an embedding's gradient is summed.
    ///   - segmentLength: time steps whose activations are kept at once (``Segments``); 0 for all.
    ///   - labelSmoothing: the part of each target that training divides among all outputs (Szegedy et al. 2016), as in torch's `CrossEntropyLoss`.
    public init(
        shape: ModelDescription, gates: GateMode, precision: Precision = .float32, team: ThreadTeam,
        embeddingGradient: EmbeddingGradient = .byRow, segmentLength: Int = 0, labelSmoothing: Double = 0,
        profile: StepProfile = StepProfile()
    ) {
        self.shape = shape
        self.labelSmoothing = labelSmoothing
        plan = ModelPlan(shape)
        segments = segmentLength > 0 ? Segments(length: segmentLength) : nil
        context = LayerContext(team: team, profile: profile, gates: gates, precision: precision, widest: shape.widestInput)
        let factory = ModelFactory(shape, plan, order: embeddingGradient, context)
        (layers, head) = (factory.layers, factory.head)
        penalties = OutputPenalties(shape, layerCount: layers.count, context)
        signals = Array(repeating: .tokens([]), count: layers.count + 1)
    }

    /// Takes the parameters for the passes that follow: packs them for the tiles.
    /// - Parameters:
    ///   - parameters: the flat buffer; it must live, unchanged, until the next `load`.
    ///   - purpose: of these passes: for a training step the masks of weights are drawn here.
    public func load(_ parameters: FloatView, for purpose: Purpose = .inference) {
        loadedPurpose = purpose
        profile.measure(.packing) {
            for layer in layers { layer.load(parameters, for: purpose) }
            head.load(parameters)
        }
    }

    /// Computes all layers' activations.
    /// - Parameters:
    ///   - state: initial state of each sequence; zero if nil. Unchanged: ``advance(_:lengths:)`` updates it.
    ///   - purpose: what the pass is for; `backward` is for the same.
    ///   - classWeights: what the loss of a target of each class is multiplied by; empty for 1.
    public func forward(_ batch: Batch, state: RecurrentState? = nil, for purpose: Purpose = .inference, classWeights: [Float] = []) {
        guard batch.sequenceCount > 0 else { return }
        self.purpose = purpose
        self.classWeights = classWeights
        order = LongestFirst(batch)
        let batch = ordered(batch)
        var state = state
        if let order { state = state?.sequences(order.sequences) }
        if let segments { forward(batch, state: state, in: segments) } else { forward(batch, state: state, pass(over: batch)) }
    }

    /// The batch of the last forward pass in the order that it had there.
    private func ordered(_ batch: Batch) -> Batch { order?.batch ?? batch }

    /// A whole batch at once, or a segment's part of one.
    func pass(over batch: Batch, _ segment: SegmentPosition = .whole) -> Pass {
        Pass(purpose: purpose, timeCount: batch.timeCount, lengths: batch.lengths, sequenceIndices: batch.globalIndices, segment: segment)
    }

    func forward(_ batch: Batch, state: RecurrentState?, _ pass: Pass) {
        signals[0] = Signal(batch)
        // Before layers make new ones, so that each writes its lengths in place.
        passes.removeAll(keepingCapacity: true)
        passes.append(pass)
        for (index, layer) in layers.enumerated() {
            signals[index + 1] = layer.forward(signals[index], from: state, passes[index])
            passes.append(layer.outputPass(passes[index]))
        }
    }

    /// The batch with the time steps that the top layer gave in the last forward pass.
    private func atTop(_ batch: Batch) -> Batch {
        guard plan.changesSteps, let top = passes.last else { return batch }
        var batch = batch
        (batch.timeCount, batch.lengths) = (top.timeCount, top.lengths)
        return batch
    }

    /// Computes the outputs of the last `forward`, for ``outputs(row:)``. Not in segments.
    public func score(_ batch: Batch) {
        precondition(segments == nil, "outputs of segments are not kept")
        guard batch.sequenceCount > 0 else { return }
        profile.measure(.head, multiplyAdds: headMultiplyAdds(batch)) { head.score(top, batch: atTop(ordered(batch))) }
    }

    /// Time steps of the top layer for a sequence of the last `forward`: fewer than the sequence has where layers change their number.
    public func outputStepCount(ofSequence sequence: Int) -> Int { passes.last?.lengths[order?.places[sequence] ?? sequence] ?? 0 }

    /// Scores or predictions of the last `score`, with a CRF or CTC the logarithms of the classes' probabilities: those of row `row`, time · batch + sequence, or the sequence.
    public func outputs(row: Int) -> FloatView {
        head.outputs.slice(from: (order?.row(row) ?? row) * head.outputWidth, count: shape.outputs)
    }

    /// The class of each time step of a sequence of the last `score`, or of the last `loss` for inference, as a CRF decodes it, or with CTC the likeliest alignment;
    /// nil where it is the one with the highest score. `[time]`.
    public func decodedClasses(ofSequence sequence: Int) -> [Int32]? { head.decoded?[order?.places[sequence] ?? sequence] }

    /// The loss of the last `forward`, in training with smoothed labels; keeps what `backward` needs. Invalidates ``outputs(row:)``.
    /// - Parameter divisor: targets of the whole global batch: the loss that is differentiated is the sum over them divided by it.
    public func loss(_ batch: Batch, divisor: Int) -> SequenceLosses {
        guard batch.sequenceCount > 0 else { return SequenceLosses(sequenceCount: 0) }
        let batch = ordered(batch)
        let losses = segments.map { loss(batch, divisor: divisor, in: $0) } ?? loss(batch, divisor: divisor, continues: false)
        return order?.restored(losses) ?? losses
    }

    func loss(_ batch: Batch, divisor: Int, continues: Bool) -> SequenceLosses {
        headLoss(top, batch, divisor: divisor, continues: continues)
    }

    /// - Parameter input: nil if the head has gathered its rows.
    func headLoss(_ input: Signal?, _ batch: Batch, divisor: Int, continues: Bool) -> SequenceLosses {
        precondition(shape.head == .lastStep || shape.loss == .ctc || !plan.changesSteps, "a model with a target at each step keeps the number of steps")
        return profile.measure(.head, multiplyAdds: headMultiplyAdds(batch)) {
            let settings = LossSettings(
                divisor: divisor, labelSmoothing: purpose.isTraining ? labelSmoothing : 0, classWeights: classWeights, decodes: !purpose.isTraining,
                keepsScores: keepsScores && !purpose.isTraining)
            return head.loss(input, batch: atTop(batch), settings, continues: continues)
        }
    }

    /// Whether `backward` asks for the batch's totals: whether anything is a mean over time steps.
    public var needsTotals: Bool { !penalties.isEmpty }

    /// Overwrites `gradient` with the sum over this share of the batch, shards in the fixed tree. Once that is summed over all ranks, ``finishGradient(_:)``
    /// must follow.
    /// - Parameters:
    ///   - shards: sequences of each shard, from ``ShardPlan/localShards(ofRank:sequenceCount:)``.
    ///   - totals: of the whole global batch; may be nil unless ``needsTotals``.
    public func backward(_ batch: Batch, shards: [Range<Int>], totals: BatchTotals? = nil, gradient: FloatView) {
        precondition(totals != nil || !needsTotals, "the model has a penalty on its outputs, whose means need the batch's totals")
        penalties.totals = totals
        guard batch.sequenceCount > 0 else { return gradient.fill(0) }
        let batch = ordered(batch)
        if let segments { return backward(batch, shards: shards, gradient: gradient, in: segments) }
        let pass = pass(over: batch)
        prepareBackward()
        backwardHead(atTop(batch), shards: shards, pass, gradient: gradient)
        backwardLayers(shards: shards, gradient: gradient)
    }

    /// The rows that have data of a pass whose sequences are these shards'.
    private func rows(timeCount: Int, shards: [Range<Int>], lengths: [Int]?) -> ShardedRows {
        ShardedRows(timeCount: timeCount, shards: shards, columns: order?.places, lengths: lengths)
    }

    /// Whether ``finishGradient(_:)`` has something to do.
    public var finishesGradient: Bool { plan.copiedParameterCount > 0 || shape.isTied || !shape.trainsEmbedding }

    /// Does to the gradient, once it is summed over all ranks, what remains: masks and normalisation of weights, tied and frozen parameters.
    public func finishGradient(_ gradient: FloatView) {
        for layer in layers { layer.finishGradient(gradient, for: loadedPurpose) }
        layout.finish(gradient: gradient, team: context.team)
    }

    func prepareBackward() {
        for (index, layer) in layers.enumerated() { layer.prepareBackward(passes[index]) }
    }

    func backwardHead(_ batch: Batch, shards: [Range<Int>], _ pass: Pass, gradient: FloatView) {
        profile.measure(.head, multiplyAdds: 2 * headMultiplyAdds(batch)) {
            head.inputGradients(into: topGradients, batch: batch)
            sumHeadGradients(batch, shards: shards, phase: pass.segment.phase, gradient: gradient)
        }
    }

    func sumHeadGradients(_ batch: Batch, shards: [Range<Int>], phase: AccumulationPhase, gradient: FloatView) {
        let sequences = rows(timeCount: 1, shards: shards, lengths: nil)
        let rows = shape.head == .everyStep ? rows(timeCount: batch.timeCount, shards: shards, lengths: batch.lengths) : sequences
        head.sumGradients(input: top, gradient: gradient, rows: rows, sequences: sequences, phase: phase)
    }

    func backwardLayers(shards: [Range<Int>], gradient: FloatView) {
        var rows: ShardedRows?
        for index in layers.indices.reversed() {
            if rows == nil || plan.changesSteps { rows = self.rows(timeCount: passes[index].timeCount, shards: shards, lengths: passes[index].lengths) }
            guard let rows else { continue }
            let below = index > 0 && layers[index - 1].needsOutputGradients ? layers[index - 1].outputGradients : nil
            penalties.addGradients(index, layers[index], signals[index + 1], passes[index + 1])
            layers[index].backward(signals[index], passes[index], rows: rows, into: gradient, inputGradients: below)
        }
    }

    /// What the head reads, and where it writes the gradient by that.
    var top: Signal { signals[layers.count] }
    var topGradients: GradientRows { layers[layers.count - 1].outputGradients }

    func headMultiplyAdds(_ batch: Batch) -> Int {
        shape.topWidth * shape.outputs * batch.sequenceCount * (shape.head == .everyStep ? batch.timeCount : 1)
    }

    // MARK: States

    /// Sets `state` to the final state of each sequence of the last `forward`.
    public func advance(_ state: RecurrentState, lengths: [Int]) {
        // A share without a sequence had no forward pass: what the layers hold is another batch's.
        guard !lengths.isEmpty else { return }
        precondition(lengths.count == state.sequenceCount)
        guard let order else { return advanceOrdered(state, lengths: lengths) }
        let own = state.sequences(order.sequences)
        advanceOrdered(own, lengths: order.sequences.map { lengths[$0] })
        state.set(order.sequences, from: own)
    }

    private func advanceOrdered(_ state: RecurrentState, lengths: [Int]) {
        if let ends = segments?.ends { return state.values.copy(ends.values) }
        guard plan.changesSteps else { return keepStates(state) { lengths[$0] } }
        // Each layer after as many of its own steps.
        for (index, layer) in layers.enumerated() { layer.keepState(state) { passes[index].lengths[$0] } }
    }

    /// Copies each sequence's state after so many steps of the last forward pass to `state`; skips sequences where that is nil.
    func keepStates(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {
        for layer in layers { layer.keepState(state, after: stepCount) }
    }
}

extension Signal {
    init(_ batch: Batch) {
        switch (batch.input, batch.inputs.dropFirst().first) {
        case (.tokens(let tokens), nil): self = .tokens(tokens)
        case (.vectors(let numbers, let featureCount), nil): self = .numbers(numbers, featureCount: featureCount)
        case (.tokens(let tokens), .characters(let words)?): self = .words(tokens, characters: words.values, starts: words.starts)
        default: preconditionFailure("a model reads tokens, tokens and the characters of each, or numbers")
        }
    }
}
