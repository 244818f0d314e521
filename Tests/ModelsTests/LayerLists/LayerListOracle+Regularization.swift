import Batches
import Foundation
import Kernels
import Layers
import Models

/// What is added to a layer's number for each use of masks, as the documentation of ``RandomMask`` and its users has it.
enum MaskNumber {
    static let weightDrop = 1 << 16
    static let recurrentDropout = 2 << 16
    static let candidateDropout = 3 << 16
    static let zoneout = 4 << 16
    static let zoneoutCell = 5 << 16
    static let embeddingDropout = 6 << 16
    static let reverse = 1 << 24
}

extension LayerListOracle {
    /// A mask's factor in training, word by word; 1 otherwise.
    func mask(_ rate: Double, _ number: Int, sequence: Int, time: Int, unit: Int, isScaled: Bool = true) -> Double {
        guard rate > 0, case .training(let seed, let step) = purpose else { return 1 }
        let key = Philox(seed: seed, purpose: .masks).block(step & 0xffff_ffff, step >> 32, number)
        let words = Philox(seed: UInt64(key.y) << 32 | UInt64(key.x), purpose: .masks).block(sequence, time, unit / 64 * 16 + unit % 16)
        return Double(words[unit % 64 / 16]) < rate * 0x1p32 ? 0 : isScaled ? 1 / (1 - rate) : 1
    }

    /// The part of the new state: k drawn in training, and its mean otherwise.
    private func share(_ rate: Double, _ number: Int, sequence: Int, time: Int, unit: Int) -> Double {
        purpose.isTraining ? mask(rate, number, sequence: sequence, time: time, unit: unit, isScaled: false) : 1 - rate
    }

    /// The hidden-to-hidden weights of one direction as a training step reads them.
    func dropped(_ weight: [Double], of layer: RecurrentDescription, number: Int) -> [Double] {
        weight.enumerated().map { element, value in
            value * mask(layer.regularization.weightDrop, number + MaskNumber.weightDrop, sequence: element / 4096, time: 0, unit: element % 4096)
        }
    }

    /// Hidden states of one direction over a sequence, `[time][hidden]`.
    /// - Parameter number: the layer's, with ``MaskNumber/reverse`` for the backward direction.
    func regularizedOutputs(
        of layer: RecurrentDescription, number: Int, sequence: Int, reading rows: [[Double]], _ values: (String) -> [Double]
    ) -> [[Double]] {
        let (hidden, settings, index) = (layer.hidden, layer.regularization, batch.globalIndices[sequence])
        let units = 0..<hidden
        let inputWeight = values("weight_ih")
        let hiddenWeight = dropped(values("weight_hh"), of: layer, number: number)
        let (inputBias, hiddenBias) = (values("bias_ih"), values("bias_hh"))
        func peephole(_ name: String) -> [Double] { layer.hasPeepholes ? values("weight_\(name)") : units.map { _ in 0 } }
        func sigmoid(_ x: Double) -> Double { layer.gateFunction == .hardSigmoid ? min(1, max(0, x / 6 + 0.5)) : 1 / (1 + exp(-x)) }
        func product(_ weight: [Double], _ row: Int, _ vector: [Double]) -> Double {
            vector.indices.reduce(0) { $0 + weight[row * vector.count + $1] * vector[$1] }
        }
        let (inputPeephole, forgetPeephole, outputPeephole) = (layer.isCoupled ? [] : peephole("ci"), peephole("cf"), peephole("co"))
        var (h, c) = ([Double](repeating: 0, count: hidden), [Double](repeating: 0, count: hidden))
        return rows.enumerated().map { time, input in
            let seen = units.map { h[$0] * mask(settings.recurrentDropout, number + MaskNumber.recurrentDropout, sequence: index, time: 0, unit: $0) }
            func fromInput(_ gate: Int, _ unit: Int) -> Double { product(inputWeight, gate * hidden + unit, input) + inputBias[gate * hidden + unit] }
            func fromHidden(_ gate: Int, _ unit: Int) -> Double { product(hiddenWeight, gate * hidden + unit, seen) + hiddenBias[gate * hidden + unit] }
            func sum(_ gate: Int, _ unit: Int) -> Double { fromInput(gate, unit) + fromHidden(gate, unit) }
            func kept(_ candidate: Double, _ unit: Int) -> Double {
                candidate * mask(settings.candidateDropout, number + MaskNumber.candidateDropout, sequence: index, time: time, unit: unit)
            }
            var (newH, newC) = (h, c)
            switch layer.cell {
            case .rnn: newH = units.map { layer.activation == .relu ? max(0, sum(0, $0)) : tanh(sum(0, $0)) }
            case .gru:
                let reset = units.map { sigmoid(sum(0, $0)) }
                newH = units.map { unit in
                    let fromState =
                        layer.reset == .after
                        ? reset[unit] * fromHidden(2, unit)
                        : product(hiddenWeight, 2 * hidden + unit, units.map { reset[$0] * seen[$0] }) + hiddenBias[2 * hidden + unit]
                    let update = sigmoid(sum(1, unit))
                    return (1 - update) * kept(tanh(fromInput(2, unit) + fromState), unit) + update * h[unit]
                }
            case .lstm:
                let first = layer.isCoupled ? 0 : 1
                for unit in units {
                    let forget = sigmoid(sum(first, unit) + forgetPeephole[unit] * c[unit])
                    let entry = layer.isCoupled ? 1 - forget : sigmoid(sum(0, unit) + inputPeephole[unit] * c[unit])
                    newC[unit] = forget * c[unit] + entry * kept(tanh(sum(first + 1, unit)), unit)
                    newH[unit] = sigmoid(sum(first + 2, unit) + outputPeephole[unit] * newC[unit]) * tanh(newC[unit])
                }
            case .slstm: preconditionFailure("it has no masks within a time step")
            }
            for unit in units {
                let hiddenShare = share(settings.zoneout, number + MaskNumber.zoneout, sequence: index, time: time, unit: unit)
                let cellShare = share(settings.zoneoutCell, number + MaskNumber.zoneoutCell, sequence: index, time: time, unit: unit)
                h[unit] = hiddenShare * newH[unit] + (1 - hiddenShare) * h[unit]
                c[unit] = cellShare * newC[unit] + (1 - cellShare) * c[unit]
            }
            return h
        }
    }

    // MARK: Penalties, of one sequence's outputs `[time][width]`: its part of the means

    func isDropped(above layer: Int) -> Bool {
        guard layer + 1 < list.layers.count, case .dropout = list.layers[layer + 1] else { return false }
        return true
    }

    func activationPenalty(_ rows: [[Double]], _ factor: Double) -> Double {
        let count = list.lengths.reduce(0, +) * rows[0].count
        return factor * rows.joined().reduce(0) { $0 + $1 * $1 } / Double(count)
    }

    func temporalPenalty(_ rows: [[Double]], _ factor: Double) -> Double {
        let count = list.lengths.reduce(0) { $0 + $1 - 1 } * rows[0].count
        let squares = zip(rows, rows.dropFirst()).map { earlier, later in zip(earlier, later).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) } }
        return factor * squares.reduce(0, +) / Double(count)
    }
}
