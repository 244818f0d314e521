import Foundation
import Optimization
import ReferenceModel

/// Steps of PyTorch's and Keras's optimizers, as `Tests/Fixtures/make_optimizer_figures.py` stored them.
struct StepFigures: Decodable {
    struct Figure: Decodable, CustomStringConvertible {
        let algorithm: String
        let learningRate: Double
        /// `all`, or `weights`: the first tensor alone.
        let decayed: String
        let settings: Settings
        /// After the last step.
        let parameters: [Double]

        var description: String { "\(algorithm), decay of \(decayed), \(settings)" }
    }

    struct Settings: Decodable {
        let beta1: Double?, beta2: Double?, epsilon: Double?, alpha: Double?, momentum: Double?, weightDecay: Double?
        let amsgrad: Bool?, centered: Bool?, nesterov: Bool?
        let form: String?
    }

    /// Elements of the first tensor, a matrix; the rest is a bias.
    let weightCount: Int
    let parameters: [Double]
    let gradients: [[Double]]
    let figures: [Figure]

    static func load() throws -> StepFigures {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/optimizers/steps.json")
        return try JSONDecoder().decode(StepFigures.self, from: Data(contentsOf: file))
    }

    func ranges(of figure: Figure) -> [ParameterRange] {
        [ParameterRange(0..<weightCount, isDecayed: true), ParameterRange(weightCount..<parameters.count, isDecayed: figure.decayed == "all")]
    }
}

extension StepFigures.Figure {
    /// The same optimizer in the room Optimization; nil for an unknown name.
    var optimizer: (any Optimizer)? {
        let (beta1, beta2, epsilon, decay) = (settings.beta1 ?? 0.9, settings.beta2 ?? 0.999, settings.epsilon ?? 1e-8, settings.weightDecay ?? 0)
        switch algorithm {
        case "adam": return Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay, isAMSGrad: settings.amsgrad ?? false)
        case "adamw": return AdamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay, isAMSGrad: settings.amsgrad ?? false)
        case "sgd": return SGD(momentum: settings.momentum ?? 0, isNesterov: settings.nesterov ?? false, weightDecay: decay)
        case "rmsprop":
            return RMSprop(
                alpha: settings.alpha ?? 0.99, epsilon: epsilon, momentum: settings.momentum ?? 0, isCentered: settings.centered ?? false,
                weightDecay: decay, form: settings.form == "keras" ? .keras : .pytorch)
        case "adagrad": return Adagrad(epsilon: epsilon, weightDecay: decay)
        case "nadam": return NAdam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
        case "lamb": return LAMB(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
        default: return nil
        }
    }

    /// The same formula in Double; nil for those that have a reference of their own.
    var formula: ReferenceRule.Formula? {
        let (beta1, beta2, epsilon) = (settings.beta1 ?? 0.9, settings.beta2 ?? 0.999, settings.epsilon ?? 1e-8)
        switch algorithm {
        case "adam": return .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: settings.amsgrad ?? false)
        case "adamw": return .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, amsgrad: settings.amsgrad ?? false)
        case "rmsprop":
            return .rmsprop(
                alpha: settings.alpha ?? 0.99, epsilon: epsilon, momentum: settings.momentum ?? 0, centered: settings.centered ?? false,
                keras: settings.form == "keras")
        case "adagrad": return .adagrad(epsilon: epsilon)
        case "nadam": return .nadam(beta1: beta1, beta2: beta2, epsilon: epsilon)
        case "lamb": return .lamb(beta1: beta1, beta2: beta2, epsilon: epsilon)
        default: return nil
        }
    }
}
