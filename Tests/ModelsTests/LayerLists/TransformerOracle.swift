import Foundation
import Layers

/// A Transformer's block in Double over one sequence, as its paper has it: each time step's scores by themselves.
struct TransformerOracle {
    let layer: TransformerDescription
    /// A dropout's factor: of which place, of a time step and a unit.
    let mask: (_ place: Int, _ time: Int, _ unit: Int) -> Double

    init(_ layer: TransformerDescription, mask: @escaping (Int, Int, Int) -> Double) { (self.layer, self.mask) = (layer, mask) }

    func outputs(reading rows: [[Double]], _ values: (String) -> [Double]) -> [[Double]] {
        func norm(_ name: String, _ rows: [[Double]]) -> [[Double]] {
            normalized(rows, epsilon: 1e-5, gain: values("\(name).weight"), bias: values("\(name).bias"))
        }
        func linear(_ name: String, _ rows: [[Double]]) -> [[Double]] { product(values("\(name).weight"), values("\(name).bias"), rows) }
        func add(_ rows: [[Double]], _ other: [[Double]], place: Int) -> [[Double]] {
            rows.indices.map { time in rows[time].indices.map { rows[time][$0] + other[time][$0] * mask(place, time, $0) } }
        }
        func attention(_ rows: [[Double]]) -> [[Double]] {
            linear("self_attn.out_proj", attended(product(values("self_attn.in_proj_weight"), values("self_attn.in_proj_bias"), rows)))
        }
        func feedForward(_ rows: [[Double]]) -> [[Double]] {
            let hidden = linear("linear1", rows).enumerated().map { time, row in row.enumerated().map { activated($1) * mask(3, time, $0) } }
            return linear("linear2", hidden)
        }
        let input = layer.positions == .sinusoidal ? rows.enumerated().map { time, row in row.indices.map { row[$0] + sinusoid(time, $0, row.count) } } : rows
        switch layer.norm {
        case .pre:
            let hidden = add(input, attention(norm("norm1", input)), place: 1)
            return add(hidden, feedForward(norm("norm2", hidden)), place: 2)
        case .post:
            let hidden = norm("norm1", add(input, attention(input), place: 1))
            return norm("norm2", add(hidden, feedForward(hidden), place: 2))
        }
    }

    private func activated(_ x: Double) -> Double { layer.activation == .relu ? max(x, 0) : x * erfc(-x / 2.0.squareRoot()) / 2 }

    private func sinusoid(_ time: Int, _ unit: Int, _ width: Int) -> Double {
        let angle = Double(time) / pow(10000, Double(unit / 2 * 2) / Double(width))
        return unit % 2 == 0 ? sin(angle) : cos(angle)
    }

    /// The heads' outputs side by side, from rows of Q, K and V.
    private func attended(_ rows: [[Double]]) -> [[Double]] {
        let width = rows[0].count / 3
        let size = width / layer.heads
        return rows.indices.map { time in
            (0..<layer.heads).flatMap { head in
                func part(_ part: Int, _ row: Int) -> [Double] { Array(rows[row][part * width + head * size..<part * width + (head + 1) * size]) }
                let query = turned(part(0, time), time)
                let keys = rows.indices.filter { !layer.isCausal || ($0 <= time && (layer.context == 0 || $0 >= time - layer.context)) }
                let scores = keys.map { key in exp(zip(query, turned(part(1, key), key)).reduce(0) { $0 + $1.0 * $1.1 } / Double(size).squareRoot()) }
                let total = scores.reduce(0, +)
                return (0..<size).map { unit in
                    zip(keys, scores).reduce(0) { $0 + $1.1 / total * mask(4 + head, time, $1.0) * part(2, $1.0)[unit] }
                }
            }
        }
    }

    private func turned(_ numbers: [Double], _ position: Int) -> [Double] {
        guard layer.positions == .rotary else { return numbers }
        var turned = numbers
        let half = numbers.count / 2
        for pair in 0..<half {
            let angle = Double(position) / pow(10000, Double(2 * pair) / Double(numbers.count))
            turned[pair] = numbers[pair] * cos(angle) - numbers[pair + half] * sin(angle)
            turned[pair + half] = numbers[pair] * sin(angle) + numbers[pair + half] * cos(angle)
        }
        return turned
    }

    private func product(_ weight: [Double], _ bias: [Double], _ rows: [[Double]]) -> [[Double]] {
        rows.map { row in
            bias.indices.map { unit in
                var sum = bias[unit]
                for place in row.indices { sum += weight[unit * row.count + place] * row[place] }
                return sum
            }
        }
    }
}

/// Layer normalisation of rows.
func normalized(_ rows: [[Double]], epsilon: Double, gain: [Double], bias: [Double]) -> [[Double]] {
    rows.map { row in
        let mean = row.reduce(0, +) / Double(row.count)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
        return row.indices.map { gain[$0] * (row[$0] - mean) / (variance + epsilon).squareRoot() + bias[$0] }
    }
}
