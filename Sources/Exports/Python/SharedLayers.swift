import Layers
import Models

// Layers over time and attention in `model.py`, alike for NumPy and torch: statements from `x` [batch, time, width] and `lengths` below a layer to those above
// it, and the functions that these call. What is past a sequence's own end in `x` is of no meaning, and no layer reads it.
extension PythonModule {
    /// An expression with an activation.
    func activated(_ activation: DenseActivation, _ sum: String, _ library: ArrayLibrary) -> String {
        switch activation {
        case .linear: sum
        case .relu: library == .torch ? "torch.relu(\(sum))" : "np.maximum(\(sum), 0)"
        case .tanh: library("np.tanh(\(sum))")
        case .sigmoid: library("np.sigmoid(\(sum))")
        }
    }

    // MARK: Statements

    /// - Parameters:
    ///   - state: what holds the steps before; nil if it carries none.
    ///   - output: the convolution of `x`, without padding, as an expression.
    func convolution(_ layer: ConvolutionDescription, state: String?, _ output: String, _ library: ArrayLibrary) -> [String] {
        let (extent, stride) = (layer.extent, layer.stride)
        if let state { return ["x, \(state) = preceded(x, lengths, \(state), \(extent - 1))", "x = \(output)"] }
        let before =
            switch layer.padding {
            case .causal: "\(extent - 1)"
            case .valid: "0"
            case .same:
                stride == 1
                    ? "\((extent - 1) / 2)" : "np.clip((lengths - 1) // \(stride) * \(stride) + \(extent) - lengths, 0, None)[:, None] // 2"
            }
        let count =
            layer.padding == .valid
            ? "max(x.shape[1], \(extent))" : stride == 1 ? "x.shape[1] + \(extent - 1)" : "(x.shape[1] - 1) // \(stride) * \(stride) + \(extent)"
        return library(["x = padded(x, lengths, \(before), \(count))"]) + ["x = \(output)"] + library(lengths(after: layer.stepChange))
    }

    /// - Parameters:
    ///   - first, second: the convolutions without padding, as functions; `around`: the one beside them, if there is one.
    func temporalBlock(_ layer: TemporalBlockDescription, state: String?, _ first: String, _ second: String, around: String?) -> [String] {
        [
            "x, \(state ?? "_") = temporal_block(", "    x, lengths, \(state ?? "None"), \(layer.convolution.extent - 1),", "    \(first),", "    \(second),",
            "    \(around ?? "lambda x: x"),", ")",
        ]
    }

    /// - Parameter scores: attention's, [batch, time, 1], as an expression.
    func pool(_ method: PoolMethod, scores: String, _ library: ArrayLibrary) -> [String] {
        let step =
            switch method {
            case .last: "x = x[np.arange(len(x){device}), lengths - 1][:, None]"
            case .mean: "x = np.sum(padded(x, lengths, 0, x.shape[1]), axis=1, keepdims=True) / lengths[:, None, None]{float}"
            case .max: "x = np.amax(np.where(inside(x, lengths), x, -np.inf), axis=1, keepdims=True)"
            case .attention: "x = attention_pool(x, lengths, SCORES)"
            }
        return library([step] + lengths(after: .toOne)).map { $0.replacing("SCORES", with: scores) }
    }

    func frames(count: Int, stride: Int, width: Int, _ library: ArrayLibrary) -> [String] {
        let step =
            count == 1
            ? ["x = x[:, ::\(stride)]"]
            : [
                "steps = (x.shape[1] + \(stride - 1)) // \(stride)",
                "x = padded(x, lengths, 0, steps * \(stride)).reshape(len(x), steps, \(count * width))",
            ]
        return library(step + lengths(after: .every(stride)))
    }

    private func lengths(after change: StepChange) -> [String] {
        switch change {
        case .none: []
        case .toOne: ["lengths = 0 * lengths + 1"]
        case .every(let stride): stride == 1 ? [] : ["lengths = (lengths + \(stride - 1)) // \(stride)"]
        case .windows(let extent, let stride): ["lengths = np.clip(lengths - \(extent), 0, None)\(stride > 1 ? " // \(stride)" : "") + 1"]
        }
    }

    // MARK: Functions

    /// Those that the model's layers call.
    func sharedFunctions(_ library: ArrayLibrary) -> [String] {
        var names: Set<Function> = []
        for layer in model.layers {
            switch layer.kind {
            case .convolution: names.formUnion([.padded, .convolve] + (layer.stateIndex == nil ? [] : [.preceded]))
            case .temporalBlock: names.formUnion([.padded, .convolve, .preceded, .temporalBlock])
            case .pool(let method): names.formUnion(Function.of(method))
            case .frames(let count, _): if count > 1 { names.insert(.padded) }
            case .transformer: names.formUnion(Function.ofTransformer)
            case .recurrent(let description, _): if description.layerNorm != .none { names.insert(.normalise) }
            case .layerNorm: if library == .numpy { names.insert(.normalise) }
            case .embedding, .dense, .nothing, .head: break
            }
        }
        return Function.allCases.filter(names.contains).map { library($0.text(library)) }.filter { !$0.isEmpty }
    }

    private enum Function: CaseIterable {
        case normalise, inside, padded, preceded, convolve, temporalBlock, attentionScores, attentionPool, rotary, sinusoids, attention, gelu, transformer

        static let ofTransformer: [Function] = [.normalise, .rotary, .sinusoids, .attention, .gelu, .transformer]

        static func of(_ method: PoolMethod) -> [Function] {
            switch method {
            case .last: []
            case .mean: [.padded]
            case .max: [.inside]
            case .attention: [.inside, .attentionScores, .attentionPool]
            }
        }

        func text(_ library: ArrayLibrary) -> String {
            let isNumpy = library == .numpy
            return switch self {
            case .normalise: isNumpy ? NumpyFunctions.normalise : TorchFunctions.normalise
            case .inside: SharedFunctions.inside
            case .padded: SharedFunctions.padded
            case .preceded: SharedFunctions.preceded
            case .convolve: isNumpy ? NumpyFunctions.convolve : TorchFunctions.convolve
            case .temporalBlock: SharedFunctions.temporalBlock
            case .attentionScores: isNumpy ? "" : TorchFunctions.attentionScores
            case .attentionPool: SharedFunctions.attentionPool
            case .rotary: SharedFunctions.rotary
            case .sinusoids: SharedFunctions.sinusoids
            case .attention: SharedFunctions.attention
            case .gelu: isNumpy ? NumpyFunctions.gelu : ""
            case .transformer: isNumpy ? NumpyFunctions.transformer : TorchFunctions.transformer
            }
        }
    }
}
