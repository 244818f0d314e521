import Batches
import Foundation
import Kernels
import Layers
import Models
import ReferenceModel

/// A list of layers in Double, forward only, one sequence after the other, without padding: its loss, and central differences of it as the gradient.
struct LayerListOracle {
    let list: LayerList
    let purpose: Purpose
    let plan: ModelPlan
    let batch: Batch

    init(_ list: LayerList, for purpose: Purpose) {
        (self.list, self.purpose) = (list, purpose)
        plan = ModelPlan(list.shape)
        batch = list.batch()
    }

    /// The derivative of the loss by one parameter, as the difference quotient over ±1e-4: exact to the square of that.
    func derivative(by index: Int, _ parameters: [Double]) -> Double {
        let step = 1e-4
        var (up, down) = (parameters, parameters)
        up[index] += step
        down[index] -= step
        return (loss(up) - loss(down)) / (2 * step)
    }

    /// Mean over the targets.
    func loss(_ parameters: [Double]) -> Double {
        let total = list.lengths.indices.reduce(0) { $0 + loss(ofSequence: $1, parameters) }
        return total / Double(list.targetCount)
    }

    private func loss(ofSequence sequence: Int, _ parameters: [Double]) -> Double {
        func values(_ name: String) -> [Double] { Array(parameters[plan.parameters[name].range]) }
        var rows = input(sequence, values)
        var recurrentCount = 0
        for (number, layer) in list.layers.enumerated() {
            switch layer {
            case .recurrent(let description):
                let own = outputs(of: description, "l\(recurrentCount)", reading: rows, values)
                rows = zip(rows, own).map { input, output in
                    switch description.connection {
                    case .none: output
                    case .residual: zip(input, output).map { $0 + $1 }
                    case .concatenate: input + output
                    }
                }
                recurrentCount += 1
            case .dropout(let description): rows = dropped(rows, description, number: number, sequence: sequence)
            case .noise(let description): rows = noisy(rows, description, number: number, sequence: sequence)
            case .dense(let description):
                let (weight, bias) = (values("layers.\(number).weight"), values("layers.\(number).bias"))
                rows = rows.map { row in
                    bias.indices.map { unit in
                        let sum = bias[unit] + row.indices.reduce(0) { $0 + weight[unit * row.count + $1] * row[$1] }
                        return switch description.activation {
                        case .linear: sum
                        case .relu: max(sum, 0)
                        case .tanh: tanh(sum)
                        case .sigmoid: 1 / (1 + exp(-sum))
                        }
                    }
                }
            case .layerNorm(let description):
                let (gain, bias) = (values("layers.\(number).weight"), values("layers.\(number).bias"))
                rows = rows.map { row in
                    let mean = row.reduce(0, +) / Double(row.count)
                    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
                    return row.indices.map { gain[$0] * (row[$0] - mean) / (variance + description.epsilon).squareRoot() + bias[$0] }
                }
            }
        }
        let (weight, bias) = (values("head.weight"), values("head.bias"))
        let asked = list.head == .everyStep ? rows[...] : rows.suffix(1)
        return asked.enumerated().reduce(0) { total, row in
            let outputs = bias.indices.map { output in
                bias[output] + row.element.indices.reduce(0) { $0 + weight[output * row.element.count + $1] * row.element[$1] }
            }
            return total + loss(outputs, sequence: sequence, time: row.offset)
        }
    }

    private func loss(_ outputs: [Double], sequence: Int, time: Int) -> Double {
        func crossEntropy(_ target: Int32) -> Double { log(outputs.reduce(0) { $0 + exp($1) }) - outputs[Int(target)] }
        switch batch.target {
        case .tokenEveryStep(let targets)?: return crossEntropy(targets[time * batch.sequenceCount + sequence])
        case .classAtEnd(let targets)?: return crossEntropy(targets[sequence])
        case .vectorAtEnd(let targets, let count)?:
            return outputs.indices.reduce(0) { $0 + pow(outputs[$1] - Double(targets[sequence * count + $1]), 2) }
        case nil: return 0
        }
    }

    private func input(_ sequence: Int, _ values: (String) -> [Double]) -> [[Double]] {
        (0..<batch.lengths[sequence]).map { time in
            let row = time * batch.sequenceCount + sequence
            switch (batch.input, list.input) {
            case (.vectors(let numbers, let width), _): return numbers[row * width..<(row + 1) * width].map(Double.init)
            case (.tokens(let tokens), .tokens(let vocabulary, 0)): return (0..<vocabulary).map { $0 == Int(tokens[row]) ? 1 : 0 }
            case (.tokens(let tokens), .tokens(_, let width)):
                return Array(values("embedding.weight")[Int(tokens[row]) * width..<(Int(tokens[row]) + 1) * width])
            case (.tokens, .numbers): return []
            }
        }
    }

    private func outputs(of layer: RecurrentDescription, _ name: String, reading rows: [[Double]], _ values: @escaping (String) -> [Double]) -> [[Double]] {
        var oneWay = layer
        (oneWay.isBidirectional, oneWay.merge, oneWay.connection) = (false, .concatenate, .none)
        let cell = oneWay.reference
        func direction(_ rows: [[Double]], _ suffix: String) -> [[Double]] {
            guard let cell else { return CellOracle(layer: oneWay) { values("rnn.\($0)_\(name)\(suffix)") }.outputs(reading: rows) }
            return ReferenceModel.outputs(of: cell, hidden: layer.hidden, reading: rows) { values("rnn.\($0)_\(name)\(suffix)") }
        }
        let ahead = direction(rows, "")
        guard layer.isBidirectional else { return ahead }
        let behind = Array(direction(rows.reversed(), "_reverse").reversed())
        return zip(ahead, behind).map { first, second in
            switch layer.merge {
            case .concatenate: first + second
            case .sum: zip(first, second).map { $0 + $1 }
            case .average: zip(first, second).map { ($0 + $1) / 2 }
            }
        }
    }

    private func noisy(_ rows: [[Double]], _ layer: NoiseDescription, number: Int, sequence: Int) -> [[Double]] {
        guard case .training(let seed, let step) = purpose else { return rows }
        let random = Philox(seed: seed, step: step, layer: number)
        return rows.enumerated().map { time, row in
            row.enumerated().map { unit, value in
                let pair = random.normalPair(batch.globalIndices[sequence], time, unit / 2)
                return value + layer.deviation * (unit % 2 == 0 ? pair.0 : pair.1)
            }
        }
    }

    /// The masks' definition, word by word: key from (step, its upper half, layer), counters (sequence, time, block), 16 blocks for 64 units.
    private func dropped(_ rows: [[Double]], _ layer: DropoutDescription, number: Int, sequence: Int) -> [[Double]] {
        guard case .training(let seed, let step) = purpose else { return rows }
        let key = Philox(seed: seed, purpose: .masks).block(step & 0xffff_ffff, step >> 32, number)
        let source = Philox(seed: UInt64(key.y) << 32 | UInt64(key.x), purpose: .masks)
        return rows.enumerated().map { time, row in
            row.enumerated().map { unit, value in
                let words = source.block(batch.globalIndices[sequence], layer.isVariational ? 0 : time, unit / 64 * 16 + unit % 16)
                return Double(words[unit % 64 / 16]) < layer.rate * 0x1p32 ? 0 : value / (1 - layer.rate)
            }
        }
    }
}
