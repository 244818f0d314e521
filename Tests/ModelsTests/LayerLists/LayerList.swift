import Batches
import Kernels
import Layers
import Models
import ReferenceModel
import Threads

/// A list of layers of any kind with a batch for it, made from a seed. Every kind of layer is in ``layerLists``, and each test of this folder is over them all.
struct LayerList: Sendable, CustomStringConvertible {
    enum Input: Sendable { case tokens(vocabulary: Int, embedding: Int), numbers(width: Int) }

    let name: String
    var input: Input
    var layers: [LayerDescription]
    var outputs = 4
    var head = ModelDescription.Head.lastStep
    var loss = Loss.crossEntropy
    var lengths = [4, 1, 7, 3, 5, 5, 2]
    var seed: UInt64 = 1
    var embeddingDropout = 0.0
    /// Of the characters of the tokens, which are words then.
    var encoder: CharacterEncoder?

    var description: String { name }

    var shape: ModelDescription {
        let input: ModelDescription.Input =
            switch input {
            case .tokens(let vocabulary, 0): .oneHot(vocabularyCount: vocabulary)
            case .tokens(let vocabulary, let width): .embedding(vocabularyCount: vocabulary, width: width)
            case .numbers(let width): .vectors(width: width)
            }
        var shape = ModelDescription(input: input, layers: layers, outputs: outputs, head: head, loss: loss, initialization: .pyTorch)
        shape.embeddingDropout = embeddingDropout
        shape.characterEncoder = encoder
        return shape
    }

    /// Whether a step depends on random numbers.
    var isRandom: Bool {
        embeddingDropout > 0
            || layers.contains { layer in
                switch layer {
                case .dropout, .noise, .specAugment: true
                case .transformer(let layer): layer.dropout > 0
                case .temporalBlock(let layer): layer.dropout > 0
                case .recurrent(let layer): layer.regularization.rates.contains { $0 > 0 }
                default: false
                }
            }
    }

    /// Masks are drawn; the step is above 2³² so that its upper half counts too.
    static let training = Purpose.training(seed: 0x1234_5678_9abc, step: 5 << 32 | 77)

    var parameters: [Float] {
        var numbers = SeededNumbers(seed: seed)
        return numbers.reals(count: ModelPlan(shape).parameters.count, within: 0.4).map(Float.init)
    }

    /// Sequences at `places`, padded to `extraTime` steps more than the longest; numbers of all sequences don't depend on `places`.
    func batch(places: Range<Int>? = nil, extraTime: Int = 0) -> Batch {
        var numbers = SeededNumbers(seed: seed &+ 1000)
        let input: ReferenceModel.Input
        switch self.input {
        case .tokens(let vocabulary, _): input = .tokens(lengths.map { numbers.wholeNumbers(count: $0, below: vocabulary) })
        case .numbers(let width): input = .vectors(lengths.map { length in (0..<length).map { _ in numbers.reals(count: width, within: 2) } })
        }
        let target: ReferenceModel.Target
        switch (head, loss.isOfNumbers) {
        case (.everyStep, _): target = .tokenEveryStep(lengths.map { numbers.wholeNumbers(count: $0, below: outputs) })
        case (.lastStep, false): target = .classAtEnd(numbers.wholeNumbers(count: lengths.count, below: outputs))
        case (.lastStep, true): target = .vectorAtEnd(lengths.map { _ in numbers.reals(count: outputs, within: 1.5) })
        }
        var batch = Sequences(input: input, target: target, states: nil).batch(places: places, extraTime: extraTime)
        batch.globalIndices = batch.globalIndices.map { 1000 + 3 * $0 }
        if let encoder { batch.inputs.append(.characters(characters(of: batch, encoder))) }
        if loss == .ctc { batch.target = .transcripts(batch.lengths.indices.map { transcript($0, batch) }) }
        if let density = loss.mixture {
            batch.target = .vectorEveryStep(mixtureTargets(density, batch), outputCount: density.targetCount)
        } else if hasNumbersEveryStep {
            // A function of the sequence, so that ranks' parts have the same; NaN past a sequence's end, which nothing reads.
            batch.target = .vectorEveryStep(
                (0..<batch.timeCount * batch.sequenceCount * outputs).map { place in
                    let (row, output) = place.quotientAndRemainder(dividingBy: outputs)
                    let (time, sequence) = row.quotientAndRemainder(dividingBy: batch.sequenceCount)
                    guard time < batch.lengths[sequence] else { return .nan }
                    let number = (batch.globalIndices[sequence] * 31 + time * 7 + output * 3) % 5
                    return loss == .binaryCrossEntropy ? (number < 2 ? 1 : 0) : Float(number) / 4 - 0.5
                }, outputCount: outputs)
        }
        return batch
    }

    /// One to five characters for each word, a function of the sequence and its step, so that ranks' parts have the same.
    private func characters(of batch: Batch, _ encoder: CharacterEncoder) -> WordCharacters {
        WordCharacters((0..<batch.timeCount).flatMap { time in
            batch.lengths.indices.map { sequence -> ArraySlice<Int32> in
                guard time < batch.lengths[sequence] else { return [] }
                let number = batch.globalIndices[sequence] * 7 + time * 3
                return (0...number % 5).map { Int32((number + $0 * $0) % encoder.characterCount) }[...]
            }
        })
    }

    /// Numbers at each time step, and a pen's state, as a function of the sequence; every fifth step has only a pen.
    private func mixtureTargets(_ density: MixtureDensity, _ batch: Batch) -> [Float] {
        (0..<batch.timeCount * batch.sequenceCount * density.targetCount).map { place in
            let (row, number) = place.quotientAndRemainder(dividingBy: density.targetCount)
            let (time, sequence) = row.quotientAndRemainder(dividingBy: batch.sequenceCount)
            let key = batch.globalIndices[sequence] * 31 + time * 7
            guard time < batch.lengths[sequence], number > 0 || density.penStateCount == 0 || key % 5 > 0 else { return .nan }
            return number == density.numberCount ? Float(key % density.penStateCount) : Float((key + number * 3) % 11) / 4 - 1
        }
    }

    /// Whether targets are numbers, or labels that are on or off, at every time step.
    private var hasNumbersEveryStep: Bool { head == .everyStep && loss != .crossEntropy && loss != .crf && loss != .ctc }

    /// The symbols of the sequence at `index` in the batch: repeated ones, one for a short sequence, and none for every fifth.
    private func transcript(_ index: Int, _ batch: Batch) -> [Int32] {
        let stepCount = layers.reduce(batch.lengths[index]) { $1.stepChange.stepCount($0) }
        let number = batch.globalIndices[index] / 3
        var symbols = number % 5 == 4 ? [] : (0..<stepCount).map { Int32(1 + ($0 / 2 + number) % (outputs - 1)) }
        while CTC.leastStepCount(symbols) > stepCount { symbols.removeLast() }
        return symbols
    }

    var targetCount: Int { head == .everyStep ? lengths.reduce(0, +) : lengths.count * (loss.isOfNumbers ? outputs : 1) }

    /// Does to a gradient that is summed over ranks what remains.
    func finish(_ gradient: [Float], _ setting: Setting, for purpose: Purpose) -> [Float] {
        let network = setting.network(shape)
        let memory = FloatMemory(count: network.layout.count)
        memory.view.copy(parameters)
        network.load(memory.view, for: purpose)
        let summed = FloatMemory(count: network.layout.count)
        summed.view.copy(gradient)
        network.finishGradient(summed.view)
        return summed.view.array()
    }

    /// One step over the sequences at `places`; of all of them unless a rank has only some.
    func pass(
        _ setting: Setting, for purpose: Purpose, shards: [Range<Int>]? = nil, places: Range<Int>? = nil, extraTime: Int = 0, isSummed: Bool = true
    ) throws -> Pass {
        let network = setting.network(shape)
        let memory = FloatMemory(count: network.layout.count)
        memory.view.copy(parameters)
        let batch = batch(places: places, extraTime: extraTime)
        return network.pass(
            batch, parameters: memory.view, divisor: targetCount, shards: try shards ?? setting.shards(sequenceCount: batch.sequenceCount),
            scores: setting.segmentLength == 0, totals: BatchTotals(lengths: lengths), isSummed: isSummed, for: purpose)
    }
}

private func recurrent(
    _ cell: CellKind, _ hidden: Int, bidirectional: Bool = false, merge: DirectionMerge = .concatenate
) -> LayerDescription {
    var description = RecurrentDescription(cell: cell, hidden: hidden)
    (description.isBidirectional, description.merge) = (bidirectional, merge)
    return .recurrent(description)
}

private func bidirectional(_ layer: RecurrentDescription) -> LayerDescription {
    var layer = layer
    layer.isBidirectional = true
    return .recurrent(layer)
}

private func connected(_ cell: CellKind, _ hidden: Int, _ connection: LayerConnection, bidirectional: Bool = false) -> LayerDescription {
    var layer = RecurrentDescription(cell: cell, hidden: hidden)
    (layer.connection, layer.isBidirectional) = (connection, bidirectional)
    return .recurrent(layer)
}

private func residual(_ cell: CellKind, _ hidden: Int) -> RecurrentDescription {
    var layer = RecurrentDescription(cell: cell, hidden: hidden)
    layer.connection = .residual
    return layer
}

private func regularized(_ layer: RecurrentDescription, bidirectional: Bool = false, _ change: (inout RecurrentRegularization) -> Void) -> LayerDescription {
    var layer = layer
    layer.isBidirectional = bidirectional
    change(&layer.regularization)
    return .recurrent(layer)
}

extension RecurrentRegularization {
    /// Of all masks.
    var rates: [Double] { [weightDrop, recurrentDropout, candidateDropout, zoneout, zoneoutCell] }
}

private func lstm(
    _ hidden: Int, layerNorm: LayerNormPlace = .none, projection: Int = 0, initialState: InitialState = .zero, peepholes: Bool = false, bidirectional: Bool = false,
    connection: LayerConnection = .none
) -> LayerDescription {
    var layer = RecurrentDescription(cell: .lstm, hidden: hidden, hasPeepholes: peepholes)
    (layer.layerNorm, layer.projection, layer.initialState) = (layerNorm, projection, initialState)
    (layer.isBidirectional, layer.connection) = (bidirectional, connection)
    return .recurrent(layer)
}

private func weightDropped(_ layer: LayerDescription) -> LayerDescription {
    guard case .recurrent(let recurrent) = layer else { return layer }
    return regularized(recurrent, bidirectional: recurrent.isBidirectional) { ($0.weightDrop, $0.activationL2, $0.temporalL2) = (0.3, 0.5, 0.4) }
}

private func slstm(_ hidden: Int, _ forgetFunction: ForgetFunction = .sigmoid, bidirectional: Bool = false) -> LayerDescription {
    var layer = RecurrentDescription(cell: .slstm, hidden: hidden)
    (layer.forgetFunction, layer.isBidirectional) = (forgetFunction, bidirectional)
    return .recurrent(layer)
}

private func learned(_ layer: RecurrentDescription, bidirectional: Bool = false) -> LayerDescription {
    var layer = layer
    (layer.initialState, layer.isBidirectional) = (.learned, bidirectional)
    return .recurrent(layer)
}

private func masks(_ timeMasks: Int, _ timeWidth: Int, _ timeShare: Double, _ featureMasks: Int, _ featureWidth: Int) -> LayerDescription {
    var layer = SpecAugmentDescription()
    (layer.timeMasks, layer.timeWidth, layer.timeShare, layer.featureMasks, layer.featureWidth) = (timeMasks, timeWidth, timeShare, featureMasks, featureWidth)
    return .specAugment(layer)
}

private func dropout(_ rate: Double, variational: Bool = false) -> LayerDescription {
    .dropout(DropoutDescription(rate: rate, isVariational: variational))
}

private func transformer(
    heads: Int, _ feedForward: Int, causal: Bool = true, _ norm: NormPlace = .pre, _ positions: PositionKind = .rotary,
    _ activation: FeedForwardActivation = .relu, dropout: Double = 0, context: Int = 0
) -> LayerDescription {
    var layer = TransformerDescription(heads: heads, feedForward: feedForward)
    (layer.isCausal, layer.norm, layer.positions, layer.activation) = (causal, norm, positions, activation)
    (layer.dropout, layer.context) = (dropout, context)
    return .transformer(layer)
}

/// One of each path; widths beside the multiples of 16, and different from layer to layer.
let layerLists = [
    LayerList(
        name: "CRF above a bidirectional LSTM", input: .tokens(vocabulary: 6, embedding: 4), layers: [recurrent(.lstm, 5, bidirectional: true)], outputs: 5,
        head: .everyStep, loss: .crf, seed: 40),
    LayerList(
        name: "CRF of more classes than a vector has", input: .numbers(width: 3), layers: [recurrent(.gru, 6), dropout(0.3)], outputs: 17, head: .everyStep, loss: .crf,
        seed: 41),
    LayerList(
        name: "labels that are on or off, at every step", input: .numbers(width: 9), layers: [recurrent(.lstm, 7)], outputs: 20, head: .everyStep,
        loss: .binaryCrossEntropy, seed: 42),
    LayerList(
        name: "numbers at every step", input: .tokens(vocabulary: 6, embedding: 0), layers: [recurrent(.rnn, 7), recurrent(.lstm, 4)], outputs: 3, head: .everyStep,
        loss: .squaredError, seed: 43),
    LayerList(
        name: "dropout between LSTMs", input: .tokens(vocabulary: 6, embedding: 0), layers: [recurrent(.lstm, 17), dropout(0.5), recurrent(.lstm, 5)],
        head: .everyStep),
    LayerList(
        name: "dropout everywhere, from a wide embedding", input: .tokens(vocabulary: 9, embedding: 83),
        layers: [dropout(0.2), recurrent(.lstm, 5), dropout(0.5), dropout(0.1), recurrent(.gru, 4), dropout(0.4)], head: .everyStep, seed: 2),
    LayerList(
        name: "variational dropout from numbers", input: .numbers(width: 19),
        layers: [dropout(0.3, variational: true), recurrent(.gru, 7), dropout(0.5, variational: true)], outputs: 2, loss: .squaredError, seed: 3),
    LayerList(
        name: "bidirectional LSTM, one-hot", input: .tokens(vocabulary: 6, embedding: 0), layers: [recurrent(.lstm, 9, bidirectional: true)], seed: 4),
    LayerList(
        name: "bidirectional stack from an embedding", input: .tokens(vocabulary: 8, embedding: 5),
        layers: [recurrent(.lstm, 9, bidirectional: true), dropout(0.3), recurrent(.gru, 6, bidirectional: true), recurrent(.lstm, 3)], head: .everyStep,
        seed: 5),
    LayerList(
        name: "dense layers of each activation, from numbers", input: .numbers(width: 19),
        layers: [
            .dense(DenseDescription(units: 21, activation: .tanh)), recurrent(.lstm, 5), .dense(DenseDescription(units: 7, activation: .sigmoid)),
            .dense(DenseDescription(units: 5)),
        ], head: .lastStep, seed: 7),
    LayerList(
        name: "layer normalisation, relu and noise, from an embedding", input: .tokens(vocabulary: 7, embedding: 6),
        layers: [
            .noise(NoiseDescription(deviation: 0.2)), .layerNorm(LayerNormDescription()), recurrent(.lstm, 18), .layerNorm(LayerNormDescription(epsilon: 0.01)),
            .dense(DenseDescription(units: 17, activation: .relu)), .noise(NoiseDescription(deviation: 0.1)), recurrent(.gru, 4),
        ], head: .everyStep, seed: 8),
    LayerList(
        name: "masked runs and bands, of numbers and of a layer's outputs", input: .numbers(width: 5),
        layers: [masks(2, 3, 0.5, 1, 2), recurrent(.lstm, 19), masks(1, 7, 1, 3, 40), masks(0, 9, 1, 0, 9), recurrent(.gru, 4)], head: .everyStep, seed: 21),
    LayerList(
        name: "bidirectional layers of other cells, few numbers", input: .numbers(width: 2),
        layers: [
            bidirectional(RecurrentDescription(cell: .rnn, hidden: 9)), bidirectional(RecurrentDescription(cell: .gru, hidden: 7, reset: .before)), dropout(0.3),
            bidirectional(RecurrentDescription(cell: .lstm, hidden: 5, hasPeepholes: true)),
        ], seed: 9),
    LayerList(
        name: "residual and concatenating connections, from an embedding", input: .tokens(vocabulary: 7, embedding: 9),
        layers: [
            connected(.lstm, 9, .residual), dropout(0.2), connected(.gru, 5, .concatenate), connected(.rnn, 14, .residual),
        ], head: .everyStep, seed: 10),
    LayerList(
        name: "connections around bidirectional layers, from numbers", input: .numbers(width: 3),
        layers: [connected(.lstm, 4, .concatenate, bidirectional: true), .dense(DenseDescription(units: 10)), connected(.gru, 5, .residual, bidirectional: true)],
        outputs: 2, loss: .squaredError, seed: 11),
    LayerList(
        name: "bidirectional sum and average, few numbers", input: .numbers(width: 2),
        layers: [recurrent(.gru, 7, bidirectional: true, merge: .sum), recurrent(.lstm, 5, bidirectional: true, merge: .average)], outputs: 1,
        loss: .squaredError, seed: 6),
    LayerList(
        name: "transformers with dropout, from an embedding", input: .tokens(vocabulary: 7, embedding: 18),
        layers: [transformer(heads: 3, 21, .pre, .rotary, .gelu, dropout: 0.2), transformer(heads: 2, 17, .post, .none, .relu, dropout: 0.1)],
        head: .everyStep, seed: 12),
    LayerList(
        name: "a transformer that isn't causal, from numbers", input: .numbers(width: 9),
        layers: [
            transformer(heads: 1, 19, causal: false, .post, .sinusoidal, .gelu, dropout: 0.3), recurrent(.lstm, 6),
            transformer(heads: 2, 70, causal: false, .pre, .sinusoidal, .gelu),
        ], seed: 13),
    LayerList(
        name: "transformers with a context", input: .numbers(width: 20),
        layers: [transformer(heads: 4, 33, .post, .rotary, .relu, context: 2), transformer(heads: 2, 16, .pre, .none, .gelu, dropout: 0.2, context: 3)],
        head: .lastStep, seed: 14),
    LayerList(
        name: "transformers over long sequences", input: .numbers(width: 6),
        layers: [transformer(heads: 1, 9, .pre, .none, .gelu), transformer(heads: 2, 7, .post, .rotary, .gelu, dropout: 0.2, context: 20)], outputs: 2,
        loss: .squaredError, lengths: [131, 1, 66, 49, 7], seed: 15),
    LayerList(
        name: "words and their characters by an LSTM", input: .tokens(vocabulary: 11, embedding: 9),
        layers: [dropout(0.3), recurrent(.lstm, 10, bidirectional: true)], head: .everyStep, seed: 31, embeddingDropout: 0.2,
        encoder: CharacterEncoder(characterCount: 8, embeddingWidth: 6, layer: recurrent(.lstm, 19, bidirectional: true))),
    LayerList(
        name: "words and their characters by a GRU, at the end", input: .tokens(vocabulary: 5, embedding: 33), layers: [recurrent(.gru, 7)],
        seed: 32, encoder: CharacterEncoder(characterCount: 9, embeddingWidth: 17, layer: recurrent(.gru, 3, bidirectional: true))),
    LayerList(
        name: "words and their characters by a convolution", input: .tokens(vocabulary: 11, embedding: 3), layers: [recurrent(.rnn, 6)], head: .everyStep,
        loss: .crf, seed: 33,
        encoder: CharacterEncoder(
            characterCount: 7, embeddingWidth: 5, layer: .convolution(ConvolutionDescription(channels: 18, width: 3, padding: .same)))),
    LayerList(
        name: "weight drop, and words dropped from an embedding", input: .tokens(vocabulary: 9, embedding: 5),
        layers: [
            regularized(RecurrentDescription(cell: .lstm, hidden: 37)) { $0.weightDrop = 0.5 },
            regularized(RecurrentDescription(cell: .gru, hidden: 9)) { $0.weightDrop = 0.3 },
        ], head: .everyStep, seed: 12, embeddingDropout: 0.3),
    LayerList(
        name: "weight drop of bidirectional layers above a dropped embedding", input: .tokens(vocabulary: 30, embedding: 6),
        layers: [
            dropout(0.2), regularized(RecurrentDescription(cell: .rnn, hidden: 7), bidirectional: true) { $0.weightDrop = 0.4 },
            regularized(RecurrentDescription(cell: .gru, hidden: 5, reset: .before)) { ($0.weightDrop, $0.recurrentDropout) = (0.2, 0.3) },
        ], seed: 13, embeddingDropout: 0.5),
    LayerList(
        name: "recurrent dropout of each cell, few numbers", input: .numbers(width: 2),
        layers: [
            regularized(RecurrentDescription(cell: .lstm, hidden: 19)) { $0.recurrentDropout = 0.4 },
            regularized(RecurrentDescription(cell: .gru, hidden: 7)) { $0.recurrentDropout = 0.3 },
            regularized(RecurrentDescription(cell: .gru, hidden: 33, reset: .before)) { $0.recurrentDropout = 0.25 },
            regularized(RecurrentDescription(cell: .rnn, hidden: 70)) { $0.recurrentDropout = 0.5 },
            regularized(RecurrentDescription(cell: .lstm, hidden: 5, hasPeepholes: true)) { $0.recurrentDropout = 0.5 },
        ], outputs: 2, loss: .squaredError, seed: 14),
    LayerList(
        name: "zoneout and dropout of the candidate", input: .tokens(vocabulary: 6, embedding: 0),
        layers: [
            regularized(RecurrentDescription(cell: .lstm, hidden: 18)) { ($0.zoneout, $0.zoneoutCell, $0.candidateDropout) = (0.2, 0.5, 0.25) },
            regularized(RecurrentDescription(cell: .gru, hidden: 7)) { ($0.zoneout, $0.candidateDropout, $0.recurrentDropout) = (0.3, 0.4, 0.2) },
            regularized(RecurrentDescription(cell: .rnn, hidden: 21)) { $0.zoneout = 0.4 },
            regularized(RecurrentDescription(cell: .lstm, hidden: 5, isCoupled: true)) { ($0.zoneout, $0.zoneoutCell, $0.candidateDropout) = (0.3, 0.1, 0.4) },
        ], head: .everyStep, seed: 15),
    LayerList(
        name: "zoneout of bidirectional layers and of other cells, with everything else", input: .numbers(width: 19),
        layers: [
            regularized(RecurrentDescription(cell: .lstm, hidden: 6, gateFunction: .hardSigmoid), bidirectional: true) {
                ($0.zoneout, $0.zoneoutCell, $0.recurrentDropout, $0.weightDrop) = (0.2, 0.3, 0.2, 0.2)
            },
            regularized(RecurrentDescription(cell: .rnn, hidden: 5, activation: .relu)) { ($0.zoneout, $0.weightDrop) = (0.5, 0.3) },
            regularized(RecurrentDescription(cell: .lstm, hidden: 4, isCoupled: true, gateFunction: .hardSigmoid)) {
                ($0.zoneout, $0.zoneoutCell, $0.candidateDropout) = (0.3, 0.2, 0.4)
            },
        ], seed: 16),
    LayerList(
        name: "penalties on outputs, dropped and not", input: .tokens(vocabulary: 6, embedding: 5),
        layers: [
            regularized(RecurrentDescription(cell: .gru, hidden: 19)) { ($0.activationL2, $0.temporalL2) = (0.3, 0.7) }, dropout(0.4, variational: true),
            regularized(RecurrentDescription(cell: .lstm, hidden: 5)) { ($0.activationL2, $0.temporalL2) = (2, 1) },
        ], head: .everyStep, seed: 17),
    LayerList(
        name: "penalties on bidirectional outputs and on added ones", input: .numbers(width: 3),
        layers: [
            regularized(RecurrentDescription(cell: .lstm, hidden: 9), bidirectional: true) { ($0.activationL2, $0.temporalL2) = (3, 2) },
            regularized(residual(.rnn, 18)) { $0.activationL2 = 1 },
        ], outputs: 2, loss: .squaredError, seed: 18),
    LayerList(
        name: "LSTMs with normalised products and gates, one-hot", input: .tokens(vocabulary: 6, embedding: 0),
        layers: [lstm(17, layerNorm: .products), dropout(0.3), lstm(5, layerNorm: .gates)], head: .everyStep, seed: 12),
    LayerList(
        name: "bidirectional LSTMs with normalised gates and products, few numbers", input: .numbers(width: 2),
        layers: [lstm(9, layerNorm: .gates, bidirectional: true), lstm(18, layerNorm: .products, bidirectional: true)], seed: 13),
    LayerList(
        name: "LSTM with normalised gates from an embedding", input: .tokens(vocabulary: 7, embedding: 5),
        layers: [lstm(21, layerNorm: .gates), lstm(6, layerNorm: .products, initialState: .learned)], head: .everyStep, seed: 14),
    LayerList(
        name: "LSTMs with projections, one-hot", input: .tokens(vocabulary: 6, embedding: 0),
        layers: [lstm(17, projection: 5), dropout(0.4), lstm(9, projection: 19)], head: .everyStep, seed: 15),
    LayerList(
        name: "bidirectional LSTMs with projections, few numbers", input: .numbers(width: 2),
        layers: [lstm(9, projection: 4, bidirectional: true), dropout(0.3), lstm(20, projection: 3, peepholes: true, bidirectional: true)], seed: 16),
    LayerList(
        name: "projections with connections and learned initial states, from an embedding", input: .tokens(vocabulary: 7, embedding: 6),
        layers: [
            lstm(19, projection: 6, initialState: .learned, connection: .residual),
            lstm(7, projection: 5, initialState: .learned, connection: .concatenate),
        ], head: .everyStep, seed: 17),
    LayerList(
        name: "sLSTMs of both forget gates, one-hot", input: .tokens(vocabulary: 6, embedding: 0), layers: [slstm(17), dropout(0.2), slstm(6, .exponential)],
        head: .everyStep, seed: 18),
    LayerList(
        name: "bidirectional sLSTMs, from numbers", input: .numbers(width: 19), layers: [slstm(9, bidirectional: true), slstm(18, .exponential, bidirectional: true)],
        outputs: 2, loss: .squaredError, seed: 19),
    LayerList(
        name: "GRUs with a hard sigmoid, few numbers", input: .numbers(width: 2),
        layers: [
            .recurrent(RecurrentDescription(cell: .gru, hidden: 17, gateFunction: .hardSigmoid)),
            bidirectional(RecurrentDescription(cell: .gru, hidden: 6, reset: .before, gateFunction: .hardSigmoid)),
        ], seed: 20),
    LayerList(
        name: "learned initial states of LSTM, GRUs and RNN, one-hot", input: .tokens(vocabulary: 6, embedding: 0),
        layers: [
            learned(RecurrentDescription(cell: .lstm, hidden: 17)), dropout(0.2), learned(RecurrentDescription(cell: .gru, hidden: 5)),
            learned(RecurrentDescription(cell: .gru, hidden: 9, reset: .before)), learned(RecurrentDescription(cell: .rnn, hidden: 6)),
        ], head: .everyStep, seed: 21),
    LayerList(
        name: "weight drop and penalties of cells by rows, with projections and learned states", input: .tokens(vocabulary: 6, embedding: 4),
        layers: [
            weightDropped(lstm(9, projection: 4)), weightDropped(slstm(17, .exponential, bidirectional: true)), weightDropped(lstm(6, layerNorm: .products)),
            weightDropped(lstm(5, layerNorm: .gates, initialState: .learned)), weightDropped(learned(RecurrentDescription(cell: .gru, hidden: 7))),
            regularized(RecurrentDescription(cell: .gru, hidden: 18, gateFunction: .hardSigmoid)) { ($0.zoneout, $0.candidateDropout) = (0.3, 0.2) },
        ], seed: 23),
    LayerList(
        name: "learned initial states of bidirectional layers, few numbers", input: .numbers(width: 3),
        layers: [
            learned(RecurrentDescription(cell: .lstm, hidden: 7), bidirectional: true), learned(RecurrentDescription(cell: .gru, hidden: 18), bidirectional: true),
        ], seed: 22),
] + layerListsOverTime + layerListsOfMixtures
