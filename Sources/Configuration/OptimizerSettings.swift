package import Optimization

// The optimizer's part of the configuration. A new algorithm is a case, its defaults, its keys and a line of `makeOptimizer`, all in this file.

extension Configuration {
    public enum OptimizerAlgorithm: String, ConfigurationChoice {
        case adam
        case sgd
    }

    public struct OptimizerSettings: Sendable, Equatable {
        public var algorithm = OptimizerAlgorithm.adam
        public var learningRate = 0.001
        public var beta1 = 0.9
        public var beta2 = 0.999
        public var epsilon = 1e-8
        public var momentum = 0.0
        public var nesterov = false
        public var weightDecay = 0.0
        public var schedule = RateSchedule.constant
        public var decayFactor = 0.5
        public var decayEveryEpochs = 1
        public var decayAfterEpochs = 0
        public var plateauPatience = 10
        public var plateauThreshold = 1e-4
        public var plateauCooldown = 0
        public var minimumLearningRate = 0.0

        /// The defaults, but for the algorithm.
        package init(algorithm: OptimizerAlgorithm = .adam) { self.algorithm = algorithm }
    }
}

extension Configuration.OptimizerSettings {
    /// The optimizer that the settings describe.
    package func makeOptimizer() -> any Optimizer {
        switch algorithm {
        case .adam: Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        case .sgd: SGD(momentum: momentum, isNesterov: nesterov, weightDecay: weightDecay)
        }
    }

    /// The names of its buffers, each in the layout of the parameters.
    package var stateNames: [String] { makeOptimizer().stateNames }
}

extension ConfigurationCondition {
    private static func algorithm(_ algorithm: Configuration.OptimizerAlgorithm) -> ConfigurationCondition {
        ConfigurationCondition("optimizer.algorithm", \.optimizer.algorithm, is: algorithm)
    }
    fileprivate static let adam = algorithm(.adam)
    fileprivate static let sgd = algorithm(.sgd)
    fileprivate static let momentum = ConfigurationCondition("optimizer.momentum", \.optimizer.momentum, isAbove: 0)
    fileprivate static let stepSchedule = ConfigurationCondition("optimizer.schedule", \.optimizer.schedule, is: .step)
    static let plateauSchedule = ConfigurationCondition("optimizer.schedule", \.optimizer.schedule, is: .plateau)
    fileprivate static let decayingSchedule = ConfigurationCondition("optimizer.schedule", \.optimizer.schedule, is: .step, .plateau)
}

extension ConfigurationKey {
    // Within what float32 has, where training computes: beyond these bounds a rate or ε is 0 or infinite there, and a decay 1.
    static let optimizer: [ConfigurationKey] = [
        .choice(.optimizer, "algorithm", \.optimizer.algorithm, .result, "Adam (Kingma & Ba 2015), bias-corrected; or stochastic gradient descent, as torch.optim.SGD."),
        .real(.optimizer, "learningRate", \.optimizer.learningRate, .atLeast(1e-37).atMost(1e38), .result, "The step size."),
        .real(.optimizer, "beta1", \.optimizer.beta1, .atLeast(0).atMost(0.9999999), .result, "Decay of Adam's mean of gradients.")
            .when(.adam),
        .real(.optimizer, "beta2", \.optimizer.beta2, .atLeast(0).atMost(0.9999999), .result, "Decay of Adam's mean of squared gradients.")
            .when(.adam),
        .real(.optimizer, "epsilon", \.optimizer.epsilon, .atLeast(1e-30).atMost(1e30), .result, "What Adam adds to the root, against division by zero.")
            .when(.adam),
        .real(.optimizer, "momentum", \.optimizer.momentum, .atLeast(0).atMost(0.9999999), .result, "Share of the last step's velocity that the next one keeps. 0: none.")
            .when(.sgd),
        .bool(.optimizer, "nesterov", \.optimizer.nesterov, .result, "Whether the momentum is Nesterov's.")
            .when(.sgd, .momentum),
        .real(.optimizer, "weightDecay", \.optimizer.weightDecay, .atLeast(0).atMost(1e30), .result, "Times each weight, biases among them, added to the gradient after clipping (L2, as in torch.optim)."),
        .choice(.optimizer, "schedule", \.optimizer.schedule, .result, "The learning rate: constant, multiplied by a factor every few epochs, or when the validation loss stops falling (\"plateau\", as torch's ReduceLROnPlateau)."),
        .real(.optimizer, "decayFactor", \.optimizer.decayFactor, .above(0).atMost(1), .result, "What the rate is multiplied by at each decay.")
            .when(.decayingSchedule),
        .integer(.optimizer, "decayEveryEpochs", \.optimizer.decayEveryEpochs, 1...billion, .result, "Epochs from one decay to the next.")
            .when(.stepSchedule),
        .integer(.optimizer, "decayAfterEpochs", \.optimizer.decayAfterEpochs, 0...billion, .result, "Epochs before the first decay's count begins.")
            .when(.stepSchedule),
        .integer(.optimizer, "plateauPatience", \.optimizer.plateauPatience, 0...billion, .result, "Validations in a row without improvement that the rate stands; after one more it decays.")
            .when(.plateauSchedule),
        .real(.optimizer, "plateauThreshold", \.optimizer.plateauThreshold, .atLeast(0).below(1), .result, "How much lower, by its share, than the lowest before a validation loss must be to count as an improvement.")
            .when(.plateauSchedule),
        .integer(.optimizer, "plateauCooldown", \.optimizer.plateauCooldown, 0...billion, .result, "Validations after a decay that don't count against the rate.")
            .when(.plateauSchedule),
        .real(.optimizer, "minimumLearningRate", \.optimizer.minimumLearningRate, .atLeast(0).atMost(1e38), .result, "The rate that decays end at.")
            .when(.plateauSchedule),
    ]
}
