import Batches
import Layers
import Models

extension Subjects {
    /// Convolutions, pooling, and layers that change the number of steps: alone, above one another, and beside recurrent layers.
    static var overTime: [(String, [LayerDescription])] {
        let recurrent = [layer(.lstm, 5), layer(.gru, 4, merge: .concatenate)]
        var lists: [(String, [LayerDescription])] = []
        for padding in ConvolutionPadding.allCases {
            func convolution(_ width: Int, stride: Int = 1, dilation: Int = 1, groups: Int = 1, _ activation: DenseActivation = .linear) -> LayerDescription {
                .convolution(
                    ConvolutionDescription(
                        channels: 8, width: width, stride: stride, dilation: dilation, padding: padding, groups: groups, activation: activation))
            }
            lists += [
                ("convolution-\(padding)", [convolution(3)]), ("convolution-\(padding)-even", [convolution(4, .tanh), layer(.rnn, 3)]),
                ("convolution-\(padding)-one", [convolution(1, .sigmoid)]), ("convolution-\(padding)-dilated", [convolution(3, dilation: 2, .relu)] + recurrent),
                ("convolution-\(padding)-groups", [dense(6, .tanh), convolution(3, groups: 2), layer(.lstm, 4)]),
                ("convolution-\(padding)-stride", [convolution(3, stride: 2)] + recurrent),
                ("convolution-\(padding)-long-stride", [convolution(2, stride: 3, .relu), layer(.gru, 4)]),
                ("convolution-\(padding)-dilated-stride", [convolution(3, stride: 2, dilation: 2), dense(5, .relu)]),
                ("convolutions-\(padding)", [convolution(4, stride: 2), convolution(3), layer(.lstm, 3)]),
                // Longer than some of the sequences.
                ("convolution-\(padding)-long", [convolution(7), layer(.lstm, 3)]),
            ]
        }
        for method in PoolMethod.allCases {
            let pool = LayerDescription.pool(PoolDescription(method: method, units: 3))
            lists += [
                ("pool-\(method)", [pool]), ("pool-\(method)-recurrent", recurrent + [pool, dense(4, .relu)]),
                ("pool-\(method)-convolution", [.convolution(ConvolutionDescription(channels: 5, width: 3, stride: 2, padding: .causal)), pool]),
            ]
        }
        lists += [2, 3].flatMap { frames -> [(String, [LayerDescription])] in
            [
                ("subsample-\(frames)", [.subsample(SubsampleDescription(factor: frames))] + recurrent),
                ("stack-\(frames)", [.stack(StackDescription(frames: frames))] + recurrent),
                ("stack-\(frames)-top", [layer(.lstm, 4), .stack(StackDescription(frames: frames))]),
            ]
        }
        let blocks = [(8, 3, 1), (8, 3, 2), (4, 1, 1)].map { LayerDescription.temporalBlock(TemporalBlockDescription(channels: $0, width: $1, dilation: $2)) }
        var normalized = TemporalBlockDescription(channels: 5, width: 3, dilation: 2)
        normalized.hasWeightNorm = true
        return lists + [
            ("block-normalized", [.temporalBlock(normalized)] + recurrent.prefix(1)), ("block", [blocks[0]]), ("blocks", [blocks[0], blocks[1]] + recurrent.prefix(1)), ("block-one", [blocks[2], layer(.gru, 3)]),
            ("block-above", [layer(.lstm, 8), blocks[1], layer(.slstm, 3)]),
            ("block-pool", [blocks[0], .subsample(SubsampleDescription(factor: 2)), .pool(PoolDescription(method: .mean))]),
        ]
    }

    /// A convolution whose windows are longer than each of the batch's sequences: Keras can't have that.
    static let windowBeyondAll = ModelDescription(
        input: .vectors(width: 3),
        layers: [.convolution(ConvolutionDescription(channels: 4, width: 3, dilation: 7, padding: .valid)), layer(.lstm, 3)], outputs: 5, head: .lastStep,
        loss: .crossEntropy, initialization: .pyTorch)

    /// Transformer blocks of each option, with an even and an odd number of units of a head.
    static var transformers: [(String, [LayerDescription])] {
        var lists: [(String, [LayerDescription])] = []
        func block(_ heads: Int, _ change: (inout TransformerDescription) -> Void) -> LayerDescription {
            var layer = TransformerDescription(heads: heads, feedForward: 7)
            change(&layer)
            return .transformer(layer)
        }
        for norm in [NormPlace.pre, .post] {
            for positions in [PositionKind.rotary, .sinusoidal, .none] {
                for isCausal in [true, false] {
                    let made = block(2) { ($0.norm, $0.positions, $0.isCausal, $0.activation) = (norm, positions, isCausal, isCausal ? .relu : .gelu) }
                    lists.append(("transformer-\(norm)-\(positions)\(isCausal ? "-causal" : "")", [dense(isCausal ? 8 : 6, .linear), made]))
                }
                guard positions != .sinusoidal else { continue }
                let made = block(3) { ($0.norm, $0.positions, $0.context) = (norm, positions, 4) }
                lists.append(("transformer-\(norm)-\(positions)-context", [dense(6, .linear), made, layer(.lstm, 6), made]))
            }
        }
        let attention = LayerDescription.pool(PoolDescription(method: .attention))
        let convolution = LayerDescription.convolution(ConvolutionDescription(channels: 6, width: 3, stride: 2))
        return lists + [
            ("transformers", [dense(6, .linear), block(1) { $0.positions = .sinusoidal }, block(6) { $0.positions = .none }]),
            ("transformer-mixed", [convolution, block(2) { $0.isCausal = false }, .layerNorm(LayerNormDescription()), attention]),
            ("transformer-long", [dense(4, .linear), block(2) { $0.context = 20 }]),
        ]
    }
}
