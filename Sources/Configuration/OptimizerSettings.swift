package import Layers
public import Optimization

// The optimizer's part of the configuration. A new algorithm is a case, its defaults, its keys and a line of `makeOptimizer`, all in this file.

extension Configuration {
    public enum OptimizerAlgorithm: String, ConfigurationChoice {
        case adam
        case adamw
        case sgd
        case rmsprop
        case adagrad
        case nadam
        case lamb
    }

    /// Which parameters weight decay changes.
    public enum BiasDecay: String, ConfigurationChoice {
        /// All with Adam and SGD, as in torch.optim; with the others those of two dimensions.
        case auto
        case yes
        case no
    }

    public struct OptimizerSettings: Sendable, Equatable {
        public var algorithm = OptimizerAlgorithm.adam
        public var learningRate = 0.001
        public var beta1 = 0.9
        public var beta2 = 0.999
        public var epsilon = 1e-8
        public var amsgrad = false
        public var alpha = 0.99
        public var form = RMSprop.Form.pytorch
        public var centered = false
        public var momentum = 0.0
        public var nesterov = false
        public var weightDecay = 0.0
        public var decayBiases = BiasDecay.auto
        public var schedule = RateSchedule.constant
        public var decayFactor = 0.5
        public var decayEveryEpochs = 1
        public var decayAfterEpochs = 0
        public var scheduleUnit = LearningRate.Unit.epoch
        public var schedulePeriod = 10
        public var schedulePower = 1.0
        public var minimumRate = 0.0
        public var restartFactor = 0
        public var riseFraction = 0.3
        public var warmupSteps = 0
        public var plateauPatience = 10
        public var plateauThreshold = 1e-4
        public var plateauCooldown = 0

        /// The defaults, but for the algorithm.
        package init(algorithm: OptimizerAlgorithm = .adam) { self.algorithm = algorithm }
    }
}

extension Configuration.OptimizerSettings {
    /// The optimizer that the settings describe.
    package func makeOptimizer() -> any Optimizer {
        switch algorithm {
        case .adam: Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, isAMSGrad: amsgrad)
        case .adamw: AdamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay, isAMSGrad: amsgrad)
        case .sgd: SGD(momentum: momentum, isNesterov: nesterov, weightDecay: weightDecay)
        case .rmsprop: RMSprop(alpha: alpha, epsilon: epsilon, momentum: momentum, isCentered: centered, weightDecay: weightDecay, form: form)
        case .adagrad: Adagrad(epsilon: epsilon, weightDecay: weightDecay)
        case .nadam: NAdam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        case .lamb: LAMB(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        }
    }

    /// The parameters of `layout` as optimizers see them: a range each, and whether weight decay changes it.
    package func ranges(of layout: ParameterLayout) -> [ParameterRange] {
        let decaysBiases =
            switch decayBiases {
            case .yes: true
            case .no: false
            case .auto: algorithm == .adam || algorithm == .sgd
            }
        return layout.parameters.map { ParameterRange($0.range, isDecayed: $0.isTrained && (decaysBiases || !$0.isVector)) }
    }

    /// The names of its buffers, each in the layout of the parameters.
    package var stateNames: [String] { makeOptimizer().stateNames }
}

extension ConfigurationCondition {
    private static func algorithm(_ algorithms: Configuration.OptimizerAlgorithm...) -> ConfigurationCondition {
        ConfigurationCondition("optimizer.algorithm", \.optimizer.algorithm, is: algorithms)
    }
    /// Adam and its kin, which have two moments.
    fileprivate static let moments = algorithm(.adam, .adamw, .nadam, .lamb)
    fileprivate static let adam = algorithm(.adam, .adamw)
    fileprivate static let sgd = algorithm(.sgd)
    fileprivate static let rmsprop = algorithm(.rmsprop)
    fileprivate static let sgdOrRMSprop = algorithm(.sgd, .rmsprop)
    fileprivate static let divides = algorithm(.adam, .adamw, .rmsprop, .adagrad, .nadam, .lamb)
    fileprivate static let weightDecay = ConfigurationCondition("optimizer.weightDecay", \.optimizer.weightDecay, isAbove: 0)
    fileprivate static let momentum = ConfigurationCondition("optimizer.momentum", \.optimizer.momentum, isAbove: 0)
    static let plateauSchedule = ConfigurationCondition("optimizer.schedule", \.optimizer.schedule, is: .plateau)
}

extension ConfigurationKey {
    // Within what float32 has, where training computes: beyond these bounds a rate or ε is 0 or infinite there, and a decay 1.
    static let optimizer: [ConfigurationKey] = [
        .choice(
            .optimizer, "algorithm", \.optimizer.algorithm, .result,
            "Adam, AdamW, SGD, RMSprop, Adagrad or NAdam as in torch.optim; or LAMB (You et al. 2020), for large batches."),
        .real(.optimizer, "learningRate", \.optimizer.learningRate, .atLeast(1e-37).atMost(1e38), .result, "The step size."),
        .real(.optimizer, "beta1", \.optimizer.beta1, .atLeast(0).atMost(0.9999999), .result, "Decay of the moving mean of gradients.")
            .when(.moments),
        .real(.optimizer, "beta2", \.optimizer.beta2, .atLeast(0).atMost(0.9999999), .result, "Decay of the moving mean of squared gradients.")
            .when(.moments),
        .real(
            .optimizer, "epsilon", \.optimizer.epsilon, .atLeast(1e-30).atMost(1e30), .result,
            "Added to the root that a step is divided by, against division by zero. torch's Adagrad has 1e-10, LAMB's paper 1e-6, Keras 1e-7.")
            .when(.divides),
        .bool(.optimizer, "amsgrad", \.optimizer.amsgrad, .result, "AMSGrad: the largest mean of squared gradients so far counts (Reddi et al. 2018).")
            .when(.adam),
        .real(
            .optimizer, "alpha", \.optimizer.alpha, .atLeast(0).atMost(0.9999999), .result,
            "Decay of the moving mean of squared gradients: torch's alpha, Keras's rho, which is 0.9 there.")
            .when(.rmsprop),
        .choice(
            .optimizer, "form", \.optimizer.form, .result,
            "RMSprop's formula: PyTorch's, with epsilon beside the root; or Keras's, with epsilon under it and momentum of steps that include the rate.")
            .when(.rmsprop),
        .bool(.optimizer, "centered", \.optimizer.centered, .result, "Whether the squared mean of gradients is subtracted from the mean of squares, which gives their variance.")
            .when(.rmsprop),
        .real(.optimizer, "momentum", \.optimizer.momentum, .atLeast(0).atMost(0.9999999), .result, "Share of the last step's velocity that the next one keeps. 0: none.")
            .when(.sgdOrRMSprop),
        .bool(.optimizer, "nesterov", \.optimizer.nesterov, .result, "Whether the momentum is Nesterov's.")
            .when(.sgd, .momentum),
        .real(
            .optimizer, "weightDecay", \.optimizer.weightDecay, .atLeast(0).atMost(1e30), .result,
            "Times each weight: with adamw and lamb added to the step (decoupled), else to the gradient after clipping (L2, as in torch.optim). "
                + "optimizer.decayBiases says which weights."),
        .choice(
            .optimizer, "decayBiases", \.optimizer.decayBiases, .result,
            "Whether weight decay also changes biases and other parameters of one dimension. \"auto\": with adam and sgd, as in torch.optim, and with no other.")
            .when(.weightDecay),
    ] + learningRate
}
