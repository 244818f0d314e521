import Foundation
import Layers

// Layers over time in Double, over one sequence.

extension LayerListOracle {
    /// A convolution as its definition has it: zeros put before and behind the sequence, and then a window that moves.
    func convolved(
        _ rows: [[Double]], _ layer: ConvolutionDescription, _ name: String, hasWeightNorm: Bool = false, _ values: (String) -> [Double]
    ) -> [[Double]] {
        let bias = values("\(name).bias")
        let weight = hasWeightNorm ? directed(values("\(name).weight_v"), lengths: values("\(name).weight_g")) : values("\(name).weight")
        let (inputCount, groupInputs, groupOutputs) = (rows[0].count, rows[0].count / layer.groups, layer.channels / layer.groups)
        let reach = (layer.width - 1) * layer.dilation
        let count: Int
        var before = 0
        switch layer.padding {
        case .valid: count = rows.count <= reach ? 1 : (rows.count - reach - 1) / layer.stride + 1
        case .causal: (count, before) = ((rows.count + layer.stride - 1) / layer.stride, reach)
        case .same:
            count = (rows.count + layer.stride - 1) / layer.stride
            before = max(0, (count - 1) * layer.stride + reach + 1 - rows.count) / 2
        }
        let zeros = [Double](repeating: 0, count: inputCount)
        let padded = Array(repeating: zeros, count: before) + rows + Array(repeating: zeros, count: reach + layer.stride)
        return (0..<count).map { step in
            (0..<layer.channels).map { channel in
                var sum = bias[channel]
                for input in 0..<groupInputs {
                    for tap in 0..<layer.width {
                        sum += weight[(channel * groupInputs + input) * layer.width + tap]
                            * padded[step * layer.stride + tap * layer.dilation][channel / groupOutputs * groupInputs + input]
                    }
                }
                return switch layer.activation {
                case .linear: sum
                case .relu: max(sum, 0)
                case .tanh: tanh(sum)
                case .sigmoid: 1 / (1 + exp(-sum))
                }
            }
        }
    }

    /// Weights of each channel, of this direction and length.
    private func directed(_ directions: [Double], lengths: [Double]) -> [Double] {
        let width = directions.count / lengths.count
        return lengths.enumerated().flatMap { channel, length in
            let own = directions[channel * width..<(channel + 1) * width]
            let norm = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return own.map { length * $0 / norm }
        }
    }

    func pooled(_ rows: [[Double]], _ layer: PoolDescription, _ name: String, _ values: (String) -> [Double]) -> [Double] {
        let columns = rows[0].indices
        switch layer.method {
        case .last: return rows[rows.count - 1]
        case .mean: return columns.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        case .max: return columns.map { column in rows.map { $0[column] }.max() ?? 0 }
        case .attention:
            let (weight, bias, query) = (values("\(name).weight"), values("\(name).bias"), values("\(name).query"))
            let exponentials = rows.map { row in
                exp(bias.indices.reduce(0) { score, unit in
                    score + query[unit] * tanh(bias[unit] + columns.reduce(0) { $0 + weight[unit * row.count + $1] * row[$1] })
                })
            }
            let sum = exponentials.reduce(0, +)
            return columns.map { column in zip(exponentials, rows).reduce(0) { $0 + $1.0 / sum * $1.1[column] } }
        }
    }
}
