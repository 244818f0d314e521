import Batches
import Layers
import Models

private func convolution(
    _ channels: Int, _ width: Int, stride: Int = 1, dilation: Int = 1, _ padding: ConvolutionPadding = .same, groups: Int = 1,
    _ activation: DenseActivation = .linear
) -> LayerDescription {
    .convolution(
        ConvolutionDescription(
            channels: channels, width: width, stride: stride, dilation: dilation, padding: padding, groups: groups, activation: activation))
}

private func recurrent(_ cell: CellKind, _ hidden: Int, bidirectional: Bool = false) -> LayerDescription {
    var layer = RecurrentDescription(cell: cell, hidden: hidden)
    layer.isBidirectional = bidirectional
    return .recurrent(layer)
}

private func block(_ channels: Int, _ width: Int, dilation: Int = 1, dropout: Double = 0, weightNorm: Bool = false) -> LayerDescription {
    var block = TemporalBlockDescription(channels: channels, width: width, dilation: dilation, dropout: dropout)
    block.hasWeightNorm = weightNorm
    return .temporalBlock(block)
}

private func pool(_ method: PoolMethod, units: Int = 0) -> LayerDescription { .pool(PoolDescription(method: method, units: units)) }

/// Convolutions of each padding, pooling of each kind, and layers that change the number of steps; below, between and above others.
let layerListsOverTime = [
    LayerList(
        name: "CTC above stacked frames and a bidirectional LSTM, some sequences of one step", input: .numbers(width: 3),
        layers: [.stack(StackDescription(frames: 2)), recurrent(.lstm, 5, bidirectional: true)], outputs: 4, head: .everyStep, loss: .ctc,
        lengths: [9, 1, 14, 6, 10, 10, 4], seed: 70),
    LayerList(
        name: "CTC of more outputs than a vector has, above a strided convolution", input: .numbers(width: 5),
        layers: [convolution(18, 3, stride: 2, .same, .relu), recurrent(.gru, 7), .dropout(DropoutDescription(rate: 0.3))], outputs: 19, head: .everyStep,
        loss: .ctc, lengths: [9, 1, 14, 6, 10, 10, 4], seed: 71),
    LayerList(
        name: "CTC above windows within the sequence, halved between recurrences", input: .tokens(vocabulary: 7, embedding: 4),
        layers: [recurrent(.lstm, 6), .subsample(SubsampleDescription(factor: 2)), convolution(5, 2, .valid), recurrent(.rnn, 4)], outputs: 3, head: .everyStep,
        loss: .ctc, lengths: [9, 3, 14, 6, 10, 10, 4], seed: 72),
    LayerList(
        name: "CTC of a symbol a step at most, from one-hot tokens", input: .tokens(vocabulary: 6, embedding: 0), layers: [recurrent(.lstm, 17)], outputs: 5,
        head: .everyStep, loss: .ctc, seed: 73),
    LayerList(
        name: "causal convolutions, from an embedding", input: .tokens(vocabulary: 7, embedding: 5),
        layers: [
            convolution(17, 3, dilation: 2, .causal, .relu), .dropout(DropoutDescription(rate: 0.3)), recurrent(.gru, 6),
            convolution(9, 2, .causal, .tanh), convolution(4, 1, .causal),
        ], head: .everyStep, seed: 20),
    LayerList(
        name: "temporal blocks, from an embedding", input: .tokens(vocabulary: 7, embedding: 6),
        layers: [block(6, 3), block(18, 2, dilation: 2, dropout: 0.3), block(18, 2, dilation: 4)], head: .everyStep, seed: 21),
    LayerList(
        name: "temporal blocks with weight normalisation, from an embedding", input: .tokens(vocabulary: 7, embedding: 6),
        layers: [block(6, 3, weightNorm: true), block(18, 2, dilation: 2, weightNorm: true)], head: .everyStep, seed: 66),
    LayerList(
        name: "centred convolutions with groups and an even width, from numbers", input: .numbers(width: 3),
        layers: [
            convolution(8, 3, .same, .tanh), convolution(6, 4, .same, groups: 2, .sigmoid), convolution(18, 3, dilation: 2, .same, groups: 3),
            recurrent(.lstm, 5, bidirectional: true),
        ], seed: 22),
    LayerList(
        name: "strided convolutions, then a recurrence, from numbers", input: .numbers(width: 19),
        layers: [
            convolution(7, 3, stride: 2, .same, .tanh), recurrent(.lstm, 5), convolution(6, 2, stride: 2, .causal), .noise(NoiseDescription(deviation: 0.1)),
            convolution(4, 3, .same),
        ], outputs: 2, loss: .squaredError, seed: 23),
    LayerList(
        name: "convolutions within the sequence, some longer than it", input: .numbers(width: 2),
        layers: [convolution(5, 3, .valid), convolution(17, 2, stride: 2, dilation: 2, .valid, .tanh), pool(.mean)], seed: 24),
    LayerList(
        name: "mean of a recurrence, with layers above", input: .tokens(vocabulary: 6, embedding: 0),
        layers: [
            recurrent(.lstm, 17), pool(.mean), .layerNorm(LayerNormDescription()), .dropout(DropoutDescription(rate: 0.4)),
            .dense(DenseDescription(units: 5, activation: .tanh)),
        ], seed: 25),
    LayerList(
        name: "largest of a bidirectional recurrence", input: .tokens(vocabulary: 6, embedding: 9), layers: [recurrent(.gru, 9, bidirectional: true), pool(.max)],
        seed: 26),
    LayerList(
        name: "attention over a recurrence", input: .numbers(width: 4), layers: [recurrent(.lstm, 19), pool(.attention, units: 5)], outputs: 3,
        loss: .squaredError, seed: 27),
    LayerList(
        name: "attention over embedded symbols, and a recurrence over its one step", input: .tokens(vocabulary: 6, embedding: 5),
        layers: [pool(.attention), recurrent(.rnn, 4)], seed: 28),
    LayerList(
        name: "stacked and left out frames", input: .numbers(width: 3),
        layers: [
            .stack(StackDescription(frames: 2)), recurrent(.lstm, 9), .dropout(DropoutDescription(rate: 0.2)), .subsample(SubsampleDescription(factor: 2)),
            recurrent(.gru, 5, bidirectional: true), pool(.last),
        ], seed: 29),
    LayerList(
        name: "subsampling above an embedding, stacking below the head", input: .tokens(vocabulary: 6, embedding: 4),
        layers: [.subsample(SubsampleDescription(factor: 3)), block(5, 2, dropout: 0.2), .stack(StackDescription(frames: 3))], seed: 31),
]
