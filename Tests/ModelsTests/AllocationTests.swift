import AllocationCounter
import Batches
import Kernels
import Layers
import Models
import Optimization
import ReferenceModel
import Threads
import Testing

@Suite("Memory of a step", .enabled(if: canCountAllocations() != 0, "a sanitizer has its own malloc"))
struct AllocationTests {
    /// One of each path: one-hot, embedding by row and by token, numbers, narrow numbers; both heads and losses; fused and split gates.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let shape: ModelDescription
        var gates = GateMode.fused
        var embedding = EmbeddingGradient.byRow
        var precision = Precision.float32

        var testDescription: String { "\(name), \(precision)" }

        static func shape(
            _ input: ModelDescription.Input, _ outputs: Int, _ head: ModelDescription.Head, _ loss: Loss, hidden: Int = 20,
            cell: ReferenceModel.Cell = .lstm
        ) -> ModelDescription {
            ModelDescription(
                input: input, layers: Array(repeating: .recurrent(cell.layer(hidden: hidden)), count: 2), outputs: outputs, head: head, loss: loss,
                initialization: .pyTorch)
        }

        private static func bidirectional(_ cell: CellKind) -> LayerDescription {
            var layer = RecurrentDescription(cell: cell, hidden: 20)
            layer.isBidirectional = true
            return .recurrent(layer)
        }

        private static func transformer(dropout: Double, context: Int) -> LayerDescription {
            var layer = TransformerDescription(heads: 3, feedForward: 20)
            (layer.dropout, layer.context) = (dropout, context)
            return .transformer(layer)
        }

        private static func regularized(_ cell: CellKind) -> LayerDescription {
            var layer = RecurrentDescription(cell: cell, hidden: 20)
            (layer.regularization.weightDrop, layer.regularization.recurrentDropout, layer.regularization.zoneout) = (0.5, 0.5, 0.1)
            (layer.regularization.activationL2, layer.regularization.temporalL2) = (1, 1)
            return .recurrent(layer)
        }

        private static let normalizedBlock: TemporalBlockDescription = {
            var block = TemporalBlockDescription(channels: 9, width: 2)
            block.hasWeightNorm = true
            return block
        }()

        private static func lstm(layerNorm: LayerNormPlace = .none, projection: Int = 0) -> LayerDescription {
            var layer = RecurrentDescription(cell: .lstm, hidden: 20)
            (layer.layerNorm, layer.projection, layer.initialState) = (layerNorm, projection, .learned)
            return .recurrent(layer)
        }

        private static func layers(_ layers: [LayerDescription], _ input: ModelDescription.Input, _ outputs: Int) -> ModelDescription {
            ModelDescription(input: input, layers: layers, outputs: outputs, head: .lastStep, loss: .crossEntropy, initialization: .pyTorch)
        }

        static let all = Precision.all.flatMap { precision in
            kinds.map { kind in
                var kind = kind
                kind.precision = precision
                return kind
            }
        }

        private static let kinds = [
            Case(name: "one-hot, every step", shape: shape(.oneHot(vocabularyCount: 7), 7, .everyStep, .crossEntropy)),
            Case(name: "one-hot of a large vocabulary", shape: shape(.oneHot(vocabularyCount: 300), 300, .lastStep, .crossEntropy)),
            Case(name: "embedding by row", shape: shape(.embedding(vocabularyCount: 250, width: 9), 250, .everyStep, .crossEntropy)),
            Case(
                name: "embedding by token", shape: shape(.embedding(vocabularyCount: 5, width: 9), 5, .everyStep, .crossEntropy),
                embedding: .byToken),
            Case(name: "numbers", shape: shape(.vectors(width: 21), 3, .lastStep, .squaredError)),
            Case(name: "few numbers", shape: shape(.vectors(width: 3), 1, .lastStep, .squaredError, hidden: 70)),
            Case(name: "split gates", shape: shape(.vectors(width: 3), 4, .lastStep, .crossEntropy), gates: .split),
            Case(name: "GRU, one-hot", shape: shape(.oneHot(vocabularyCount: 7), 7, .everyStep, .crossEntropy, cell: .gru)),
            Case(
                name: "bidirectional, dropout",
                shape: layers([bidirectional(.lstm), .dropout(DropoutDescription(rate: 0.5)), bidirectional(.gru)], .oneHot(vocabularyCount: 7), 7)),
            Case(
                name: "dropout from an embedding",
                shape: layers(
                    [.dropout(DropoutDescription(rate: 0.5)), .recurrent(RecurrentDescription(cell: .gru, hidden: 20))],
                    .embedding(vocabularyCount: 5, width: 9), 5)),
            Case(
                name: "regularised layers, from a dropped embedding",
                shape: {
                    var shape = layers([regularized(.lstm), regularized(.gru)], .embedding(vocabularyCount: 5, width: 9), 5)
                    shape.embeddingDropout = 0.5
                    return shape
                }()),
            Case(
                name: "layers without a recurrence",
                shape: layers(
                    [
                        .noise(NoiseDescription(deviation: 0.1)), .dense(DenseDescription(units: 9, activation: .relu)),
                        .recurrent(RecurrentDescription(cell: .lstm, hidden: 20)), .layerNorm(LayerNormDescription()),
                    ], .vectors(width: 3), 4)),
            Case(
                name: "transformers",
                shape: layers([transformer(dropout: 0.1, context: 0), transformer(dropout: 0, context: 4)], .embedding(vocabularyCount: 5, width: 12), 5)),
            Case(
                name: "bidirectional, few numbers", shape: layers([bidirectional(.lstm), bidirectional(.lstm)], .vectors(width: 3), 4)),
            Case(
                name: "convolutions and pooling",
                shape: layers(
                    [
                        .convolution(ConvolutionDescription(channels: 9, width: 3, stride: 2)), .stack(StackDescription(frames: 2)),
                        .recurrent(RecurrentDescription(cell: .lstm, hidden: 20)), .pool(PoolDescription(method: .attention)),
                    ], .vectors(width: 3), 4)),
            Case(
                name: "temporal blocks, largest values",
                shape: layers(
                    [
                        .temporalBlock(TemporalBlockDescription(channels: 9, width: 3, dropout: 0.2)), .temporalBlock(normalizedBlock), .subsample(SubsampleDescription(factor: 2)),
                        .pool(PoolDescription(method: .max)),
                    ], .embedding(vocabularyCount: 5, width: 9), 5)),
            Case(name: "GRU, few numbers", shape: shape(.vectors(width: 3), 1, .lastStep, .squaredError, hidden: 70, cell: .gru)),
            Case(name: "GRU with reset first", shape: shape(.oneHot(vocabularyCount: 7), 7, .everyStep, .crossEntropy, cell: .gruBefore)),
            Case(name: "LSTM with peepholes", shape: shape(.vectors(width: 3), 4, .lastStep, .crossEntropy, cell: .lstmPeephole), gates: .split),
            Case(
                name: "layer normalisation in the recurrence, learned initial states",
                shape: layers([lstm(layerNorm: .products), lstm(layerNorm: .gates)], .oneHot(vocabularyCount: 7), 7)),
            Case(name: "projections", shape: layers([lstm(projection: 9), lstm(projection: 5)], .vectors(width: 3), 4)),
            Case(name: "projections, split gates", shape: layers([lstm(projection: 9)], .vectors(width: 3), 4), gates: .split),
            Case(name: "sLSTM", shape: layers([.recurrent(RecurrentDescription(cell: .slstm, hidden: 20))], .embedding(vocabularyCount: 5, width: 9), 5)),
            Case(name: "RNN, one-hot", shape: shape(.oneHot(vocabularyCount: 7), 7, .everyStep, .crossEntropy, cell: .rnn)),
            Case(name: "RNN, few numbers", shape: shape(.vectors(width: 3), 1, .lastStep, .squaredError, hidden: 70, cell: .rnn)),
        ]
    }

    private func batch(_ shape: ModelDescription, seed: Int) -> Batch {
        let (timeCount, sequenceCount) = (6, 12)
        let rows = timeCount * sequenceCount
        var input = Batch.Input.tokens([])
        switch shape.input {
        case .oneHot(let count), .embedding(let count, _): input = .tokens((0..<rows).map { Int32(($0 * 31 + seed) % count) })
        case .vectors(let width): input = .vectors((0..<rows * width).map { Float(($0 * 7 + seed) % 13) / 13 }, featureCount: width)
        }
        let target: Batch.Target =
            shape.loss == .squaredError
            ? .vectorAtEnd((0..<sequenceCount * shape.outputs).map { Float($0 % 5) }, outputCount: shape.outputs)
            : shape.head == .everyStep
                ? .tokenEveryStep((0..<rows).map { Int32(($0 * 17 + seed) % shape.outputs) })
                : .classAtEnd((0..<sequenceCount).map { Int32(($0 + seed) % shape.outputs) })
        return Batch(
            timeCount: timeCount, lengths: Array(repeating: timeCount, count: sequenceCount), input: input, target: target,
            globalIndices: Array(0..<sequenceCount))
    }

    @Test("After the first steps, a step allocates nothing", arguments: Case.all)
    func stepAllocatesNothing(_ kind: Case) {
        let team = ThreadTeam(threadCount: 1, spins: false)
        let network = Model(shape: kind.shape, gates: kind.gates, precision: kind.precision, team: team, embeddingGradient: kind.embedding)
        let parameters = FloatMemory(count: network.layout.count)
        kind.shape.initialize(parameters.view, seed: 1)
        let gradient = FloatMemory(count: network.layout.count)
        let norm = GradientNorm(count: network.layout.count, team: team)
        let adam = Adam()
        let state = adam.initialState(count: network.layout.count)
        let streams = RecurrentState(ModelPlan(kind.shape).state, sequenceCount: 12)
        let batches = (0..<3).map { batch(kind.shape, seed: $0) }
        let shards = (0..<4).map { 3 * $0..<3 * $0 + 3 }
        let totals = BatchTotals(lengths: batches[0].lengths)
        func step(_ batch: Batch) {
            network.load(parameters.view, for: .training(seed: 1, step: 2))
            network.forward(batch, state: streams, for: .training(seed: 1, step: 2))
            network.advance(streams, lengths: batch.lengths)
            _ = network.loss(batch, divisor: 12)
            network.backward(batch, shards: shards, totals: totals, gradient: gradient.view)
            network.finishGradient(gradient.view)
            let scale = GradientNorm.scale(norm: norm.norm(of: gradient.view), limit: 1)
            adam.update(parameters.view, gradient: gradient.view, gradientScale: scale, learningRate: 0.01, state: state, team: team)
        }
        for batch in batches { step(batch) }
        beginCountingAllocations()
        for batch in batches { step(batch) }
        let count = endCountingAllocations()
        #expect(count == 0, "three steps made \(count) allocations")
    }

    @Test("The counter counts")
    func counts() {
        beginCountingAllocations()
        let array = Array(repeating: 1, count: 1000 + Int.random(in: 0...1))
        let count = endCountingAllocations()
        #expect(count >= 1 && array.count >= 1000)
    }
}
