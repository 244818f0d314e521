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
        return (objective(up) - objective(down)) / (2 * step)
    }

    /// What is differentiated: the loss and the penalties on outputs.
    private func objective(_ parameters: [Double]) -> Double {
        loss(parameters) + list.lengths.indices.reduce(0) { $0 + sums(ofSequence: $1, parameters).penalty }
    }

    /// Mean over the targets.
    func loss(_ parameters: [Double]) -> Double {
        let total = list.lengths.indices.reduce(0) { $0 + sums(ofSequence: $1, parameters).loss }
        return total / Double(list.targetCount)
    }

    private func sums(ofSequence sequence: Int, _ parameters: [Double]) -> (loss: Double, penalty: Double) {
        func values(_ name: String) -> [Double] { Array(parameters[plan.parameters[name].range]) }
        var rows = input(sequence, values)
        var recurrentCount = 0
        var penalty = 0.0
        for (number, layer) in list.layers.enumerated() {
            switch layer {
            case .recurrent(let description):
                let own = outputs(of: description, "l\(recurrentCount)", number: number, sequence: sequence, reading: rows, values)
                rows = zip(rows, own).map { input, output in
                    switch description.connection {
                    case .none: output
                    case .residual: zip(input, output).map { $0 + $1 }
                    case .concatenate: input + output
                    }
                }
                recurrentCount += 1
                penalty += temporalPenalty(rows, description.regularization.temporalL2)
                if !isDropped(above: number) { penalty += activationPenalty(rows, description.regularization.activationL2) }
            case .dropout(let description):
                rows = dropped(rows, description, number: number, sequence: sequence)
                if number > 0, case .recurrent(let below) = list.layers[number - 1] {
                    penalty += activationPenalty(rows, below.regularization.activationL2)
                }
            case .specAugment(let description): rows = masked(rows, description, number: number, sequence: sequence)
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
                rows = normalized(rows, epsilon: description.epsilon, gain: values("layers.\(number).weight"), bias: values("layers.\(number).bias"))
            case .transformer(let description):
                rows = TransformerOracle(description, mask: { keptFactor(description.dropout, number: $0 * 64 + number, sequence: sequence, time: $1, unit: $2) })
                    .outputs(reading: rows) { values("layers.\(number).\($0)") }
            case .convolution(let description): rows = convolved(rows, description, "layers.\(number)", values)
            case .temporalBlock(let description):
                var inner = rows
                for place in 0..<2 {
                    let convolution = ConvolutionDescription(
                        channels: description.channels, width: description.width, dilation: description.dilation, padding: .causal, activation: .relu)
                    inner = convolved(inner, convolution, "layers.\(number).conv\(place + 1)", hasWeightNorm: description.hasWeightNorm, values)
                    // The second convolution's masks have a layer number of their own.
                    let dropout = DropoutDescription(rate: description.dropout, isVariational: true)
                    inner = dropped(inner, dropout, number: number + place * 65_536, sequence: sequence)
                }
                if rows[0].count != description.channels {
                    rows = convolved(rows, ConvolutionDescription(channels: description.channels, width: 1), "layers.\(number).downsample", values)
                }
                rows = zip(inner, rows).map { zip($0, $1).map { max($0 + $1, 0) } }
            case .pool(let description): rows = [pooled(rows, description, "layers.\(number)", values)]
            case .subsample(let description): rows = stride(from: 0, to: rows.count, by: description.factor).map { rows[$0] }
            case .stack(let description):
                let zeros = [Double](repeating: 0, count: rows[0].count)
                rows = stride(from: 0, to: rows.count, by: description.frames).map { first in
                    (first..<first + description.frames).flatMap { $0 < rows.count ? rows[$0] : zeros }
                }
            }
        }
        let (weight, bias) = (values("head.weight"), values("head.bias"))
        let asked = list.head == .everyStep ? rows[...] : rows.suffix(1)
        let outputs = asked.map { row in
            bias.indices.map { output in bias[output] + row.indices.reduce(0) { $0 + weight[output * row.count + $1] * row[$1] } }
        }
        if list.loss == .ctc { return (alignmentLoss(outputs, sequence: sequence), penalty) }
        if list.loss == .crf { return (chainLoss(outputs, sequence: sequence, values), penalty) }
        return (outputs.enumerated().reduce(0) { $0 + self.loss($1.element, sequence: sequence, time: $1.offset) }, penalty)
    }

    /// -ln P of the targets, with the sum over all sequences of classes, term by term in logarithms.
    private func chainLoss(_ scores: [[Double]], sequence: Int, _ values: (String) -> [Double]) -> Double {
        let (transitions, starts, ends) = (values("crf.transitions"), values("crf.start_transitions"), values("crf.end_transitions"))
        guard case .tokenEveryStep(let targets)? = batch.target else { return .nan }
        let classes = scores.indices.map { Int(targets[$0 * batch.sequenceCount + sequence]) }
        func logSum(_ terms: [Double]) -> Double { log(terms.reduce(0) { $0 + exp($1) }) }
        var sums = starts.indices.map { starts[$0] + scores[0][$0] }
        var own = starts[classes[0]] + scores[0][classes[0]] + ends[classes[classes.count - 1]]
        for time in 1..<max(1, scores.count) {
            own += transitions[classes[time - 1] * starts.count + classes[time]] + scores[time][classes[time]]
            sums = starts.indices.map { next in logSum(starts.indices.map { sums[$0] + transitions[$0 * starts.count + next] }) + scores[time][next] }
        }
        return logSum(starts.indices.map { sums[$0] + ends[$0] }) - own
    }

    private func loss(_ outputs: [Double], sequence: Int, time: Int) -> Double {
        func crossEntropy(_ target: Int32) -> Double { log(outputs.reduce(0) { $0 + exp($1) }) - outputs[Int(target)] }
        switch batch.target {
        case .tokenEveryStep(let targets)?: return crossEntropy(targets[time * batch.sequenceCount + sequence])
        case .classAtEnd(let targets)?: return crossEntropy(targets[sequence])
        case .vectorEveryStep(let targets, let count)?:
            if let density = list.loss.mixture {
                let first = (time * batch.sequenceCount + sequence) * count
                return mixtureLoss(outputs, density, targets[first..<first + count].map(Double.init))
            }
            return outputs.indices.reduce(0) { sum, output in
                let target = Double(targets[(time * batch.sequenceCount + sequence) * count + output])
                guard list.loss == .binaryCrossEntropy else { return sum + pow(outputs[output] - target, 2) }
                let probability = 1 / (1 + exp(-outputs[output]))
                return sum - target * log(probability) - (1 - target) * log(1 - probability)
            }
        case .vectorAtEnd(let targets, let count)?:
            return outputs.indices.reduce(0) { $0 + pow(outputs[$1] - Double(targets[sequence * count + $1]), 2) }
        case .transcripts?, nil: return 0
        }
    }

    private func input(_ sequence: Int, _ values: @escaping (String) -> [Double]) -> [[Double]] {
        (0..<batch.lengths[sequence]).map { time in
            let row = time * batch.sequenceCount + sequence
            switch (batch.input, list.input) {
            case (.vectors(let numbers, let width), _): return numbers[row * width..<(row + 1) * width].map(Double.init)
            case (.tokens(let tokens), .tokens(let vocabulary, 0)): return (0..<vocabulary).map { $0 == Int(tokens[row]) ? 1 : 0 }
            case (.tokens(let tokens), .tokens(_, let width)):
                let factor = mask(list.embeddingDropout, MaskNumber.embeddingDropout, sequence: Int(tokens[row]), time: 0, unit: 0)
                let own = values("embedding.weight")[Int(tokens[row]) * width..<(Int(tokens[row]) + 1) * width].map { $0 * factor }
                return own + encodedCharacters(ofRow: row, values)
            case (.tokens, .numbers), (.characters, _): return []
            }
        }
    }

    /// What the encoder makes of a word's characters; nothing without one.
    private func encodedCharacters(ofRow row: Int, _ values: @escaping (String) -> [Double]) -> [Double] {
        guard let encoder = list.encoder, case .characters(let words) = batch.inputs[1] else { return [] }
        func own(_ name: String) -> [Double] { values("characters.\(name)") }
        let (table, width) = (own("embedding.weight"), encoder.embeddingWidth)
        let rows = words[row].map { Array(table[Int($0) * width..<(Int($0) + 1) * width]) }
        switch encoder.layer {
        case .recurrent(let layer):
            let states = outputs(of: layer, "l0", number: 0, sequence: 0, reading: rows, own)
            return Array(states[states.count - 1].prefix(layer.hidden)) + Array(states[0].suffix(layer.hidden))
        case .convolution(let layer):
            let channels = convolved(rows, layer, "layers.0", own)
            return channels[0].indices.map { channel in channels.map { $0[channel] }.max() ?? .nan }
        default: return []
        }
    }

    private func outputs(
        of layer: RecurrentDescription, _ name: String, number: Int, sequence: Int, reading rows: [[Double]], _ values: @escaping (String) -> [Double]
    ) -> [[Double]] {
        var oneWay = layer
        (oneWay.isBidirectional, oneWay.merge, oneWay.connection) = (false, .concatenate, .none)
        let cell = oneWay.plain.reference
        func direction(_ rows: [[Double]], _ suffix: String) -> [[Double]] {
            func own(_ parameter: String) -> [Double] { values("rnn.\(parameter)_\(name)\(suffix)") }
            let ownNumber = number + (suffix.isEmpty ? 0 : MaskNumber.reverse)
            if let cell, layer.regularization == RecurrentRegularization() {
                return ReferenceModel.outputs(of: cell, hidden: layer.hidden, reading: rows, own)
            }
            let settings = layer.regularization
            guard cell != nil || settings.zoneout + settings.zoneoutCell + settings.candidateDropout + settings.recurrentDropout > 0 else {
                func masked(_ parameter: String) -> [Double] {
                    parameter == "weight_hh" ? dropped(own(parameter), of: oneWay, number: ownNumber) : own(parameter)
                }
                return CellOracle(layer: oneWay.plain, values: masked).outputs(reading: rows)
            }
            return regularizedOutputs(of: oneWay, number: ownNumber, sequence: sequence, reading: rows, own)
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

    /// Runs of time steps, then bands of features, each drawn length first from the numbers of (sequence, 0) and (sequence, 1).
    private func masked(_ rows: [[Double]], _ layer: SpecAugmentDescription, number: Int, sequence: Int) -> [[Double]] {
        guard case .training(let seed, let step) = purpose else { return rows }
        let random = Philox(seed: seed, step: step, layer: number)
        func ranges(_ which: Int, _ count: Int, atMost longest: Int, of whole: Int) -> [Range<Int>] {
            var draws = RandomDraws(random, batch.globalIndices[sequence], which)
            return (0..<count).map { _ in
                let length = draws.integer(below: longest + 1)
                let first = draws.integer(below: whole - length + 1)
                return first..<first + length
            }
        }
        let longest = min(layer.timeWidth, Int((layer.timeShare * Double(rows.count)).rounded(.down)))
        let times = ranges(0, layer.timeMasks, atMost: longest, of: rows.count)
        let features = ranges(1, layer.featureMasks, atMost: min(layer.featureWidth, rows[0].count), of: rows[0].count)
        return rows.enumerated().map { time, row in
            row.enumerated().map { unit, value in times.contains { $0.contains(time) } || features.contains { $0.contains(unit) } ? 0 : value }
        }
    }

    /// The masks' definition, word by word: key from (step, its upper half, layer), counters (sequence, time, block), 16 blocks for 64 units.
    func dropped(_ rows: [[Double]], _ layer: DropoutDescription, number: Int, sequence: Int) -> [[Double]] {
        rows.enumerated().map { time, row in
            row.enumerated().map { unit, value in
                value * keptFactor(layer.rate, number: number, sequence: sequence, time: layer.isVariational ? 0 : time, unit: unit)
            }
        }
    }

    /// 0, or 1/(1 - rate).
    private func keptFactor(_ rate: Double, number: Int, sequence: Int, time: Int, unit: Int) -> Double {
        guard rate > 0, case .training(let seed, let step) = purpose else { return 1 }
        let key = Philox(seed: seed, purpose: .masks).block(step & 0xffff_ffff, step >> 32, number)
        let source = Philox(seed: UInt64(key.y) << 32 | UInt64(key.x), purpose: .masks)
        let words = source.block(batch.globalIndices[sequence], time, unit / 64 * 16 + unit % 16)
        return Double(words[unit % 64 / 16]) < rate * 0x1p32 ? 0 : 1 / (1 - rate)
    }
}
