import Batches
import Layers
import Models

private func list(_ name: String, _ density: MixtureDensity, width: Int, _ layers: [LayerDescription], seed: UInt64) -> LayerList {
    LayerList(
        name: name, input: .numbers(width: width), layers: layers, outputs: density.outputCount, head: .everyStep, loss: .mixture(density), lengths: [9, 1, 14, 6, 10, 10, 4],
        seed: seed)
}

/// Heads whose outputs are the parameters of mixtures.
let layerListsOfMixtures = [
    list(
        "correlated Gaussians and a pen above LSTMs with dropout",
        MixtureDensity(componentCount: 3, numberCount: 2, isCorrelated: true, penStateCount: 3, leastDeviation: 0.1), width: 3,
        [
            .recurrent(RecurrentDescription(cell: .lstm, hidden: 17)), .dropout(DropoutDescription(rate: 0.3)),
            .recurrent(RecurrentDescription(cell: .lstm, hidden: 6)),
        ], seed: 80),
    list(
        "Gaussians of several numbers above a GRU, more outputs than a block has",
        MixtureDensity(componentCount: 14, numberCount: 7, leastDeviation: 0.2), width: 7, [.recurrent(RecurrentDescription(cell: .gru, hidden: 9))], seed: 81),
    list(
        "logistic distributions of a number above temporal blocks",
        MixtureDensity(componentCount: 4, numberCount: 1, family: .logistic, leastDeviation: 0.1), width: 1,
        [.temporalBlock(TemporalBlockDescription(channels: 5, width: 2)), .dense(DenseDescription(units: 6, activation: .tanh))], seed: 82),
]
