import Batches
import Configuration
import Layers
import Models
import Optimization
import Testing

@Suite("The optimizer's settings")
struct OptimizerSettingsTests {
    private static let layout: ParameterLayout = {
        let shapes = [("embedding.weight", [7, 3]), ("rnn.weight_ih_l0", [20, 3]), ("rnn.bias_ih_l0", [20]), ("norm.weight", [5]), ("head.weight", [7, 5])]
        var parameters = shapes.map { Parameter(name: $0.0, shape: $0.1, initial: .zero) }
        parameters.append(Parameter(name: "gains", shape: [4, 1, 1], initial: .zero, isVector: true))
        for index in parameters.indices.dropFirst() { parameters[index].offset = parameters[index - 1].range.upperBound }
        return ParameterLayout(parameters: parameters)
    }()

    private func decayedNames(_ settings: Configuration.OptimizerSettings) -> [String] {
        let ranges = settings.ranges(of: Self.layout)
        #expect(ranges.map(\.elements) == Self.layout.parameters.map(\.range))
        return zip(Self.layout.parameters, ranges).filter { $1.isDecayed }.map(\.0.name)
    }

    @Test("weight decay changes all parameters with Adam and SGD, with the others those of two dimensions, and with decayBiases what it says")
    func decay() {
        let (all, matrices) = (Self.layout.parameters.map(\.name), ["embedding.weight", "rnn.weight_ih_l0", "head.weight"])
        for algorithm in Configuration.OptimizerAlgorithm.allCases {
            var settings = Configuration.OptimizerSettings(algorithm: algorithm)
            #expect(decayedNames(settings) == ([.adam, .sgd].contains(algorithm) ? all : matrices), "\(algorithm)")
            settings.decayBiases = .yes
            #expect(decayedNames(settings) == all)
            settings.decayBiases = .no
            #expect(decayedNames(settings) == matrices)
        }
    }

    @Test("each setting reaches its schedule")
    func schedules() {
        var settings = Configuration.OptimizerSettings()
        (settings.learningRate, settings.decayFactor, settings.decayEveryEpochs, settings.decayAfterEpochs) = (0.1, 0.2, 3, 4)
        (settings.scheduleUnit, settings.schedulePeriod, settings.schedulePower, settings.minimumRate) = (.step, 5, 0.6, 0.07)
        (settings.restartFactor, settings.riseFraction, settings.warmupSteps) = (8, 0.9, 10)
        let wanted: [(Configuration.RateSchedule, LearningRate.Schedule)] = [
            (.constant, .constant), (.step, .stepDecay(factor: 0.2, everyEpochs: 3, holdEpochs: 4)), (.exponential, .exponential(factor: 0.2)),
            (.polynomial, .polynomial(period: 5, power: 0.6, minimum: 0.07)), (.cosine, .cosine(period: 5, restartFactor: 8, minimum: 0.07)),
            (.oneCycle, .oneCycle(period: 5, riseFraction: 0.9)), (.inverseRoot, .inverseRoot(period: 5)), (.plateau, .constant),
        ]
        #expect(wanted.map(\.0) == Configuration.RateSchedule.allCases)
        for (schedule, shape) in wanted {
            settings.schedule = schedule
            #expect(settings.learningRateSchedule == LearningRate(0.1, shape, unit: schedule == .step ? .epoch : .step, warmupSteps: 10))
        }
    }

    @Test("clipping is by value, by the whole norm, by each layer's or by each parameter's")
    func clipping() {
        let plan = ModelPlan(
            ModelDescription(
                input: .embedding(vocabularyCount: 7, width: 3),
                layers: [.recurrent(RecurrentDescription(cell: .lstm, hidden: 5)), .recurrent(RecurrentDescription(cell: .gru, hidden: 4))], outputs: 7,
                head: .everyStep, loss: .crossEntropy, initialization: .pyTorch))
        var settings = Configuration(kind: .adding).training
        #expect(settings.clipping(of: plan) == .none)
        settings.clipNorm = 2
        #expect(settings.clipping(of: plan) == .norm(limit: 2))
        settings.clipScope = .parameter
        #expect(settings.clipping(of: plan) == .rangeNorms(limit: 2, ranges: plan.parameters.parameters.map(\.range)))
        settings.clipScope = .layer
        guard case .rangeNorms(limit: 2, ranges: let ranges) = settings.clipping(of: plan) else {
            Issue.record("no ranges")
            return
        }
        // Embedding, two layers, head.
        #expect(ranges.count == 4 && ranges[0] == 0..<21 && zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        #expect(ranges[3].upperBound == plan.parameters.count && ranges[3].count == 7 * 4 + 7)
        settings.clipNorm = 0
        settings.clipValue = 0.25
        #expect(settings.clipping(of: plan) == .value(limit: 0.25))
    }

    @Test("each setting reaches its optimizer")
    func settings() {
        var settings = Configuration.OptimizerSettings()
        (settings.beta1, settings.beta2, settings.epsilon, settings.alpha, settings.momentum, settings.weightDecay) = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
        (settings.amsgrad, settings.centered, settings.nesterov, settings.form) = (true, true, true, .keras)
        func made<Made: Optimizer>(_ algorithm: Configuration.OptimizerAlgorithm, as type: Made.Type) -> Made? {
            settings.algorithm = algorithm
            return settings.makeOptimizer() as? Made
        }
        #expect(made(.adam, as: Adam.self) == Adam(beta1: 0.1, beta2: 0.2, epsilon: 0.3, weightDecay: 0.6, isAMSGrad: true))
        #expect(made(.adamw, as: AdamW.self) == AdamW(beta1: 0.1, beta2: 0.2, epsilon: 0.3, weightDecay: 0.6, isAMSGrad: true))
        #expect(made(.sgd, as: SGD.self) == SGD(momentum: 0.5, isNesterov: true, weightDecay: 0.6))
        #expect(
            made(.rmsprop, as: RMSprop.self) == RMSprop(alpha: 0.4, epsilon: 0.3, momentum: 0.5, isCentered: true, weightDecay: 0.6, form: .keras))
        #expect(made(.adagrad, as: Adagrad.self) == Adagrad(epsilon: 0.3, weightDecay: 0.6))
        #expect(made(.nadam, as: NAdam.self) == NAdam(beta1: 0.1, beta2: 0.2, epsilon: 0.3, weightDecay: 0.6))
        #expect(made(.lamb, as: LAMB.self) == LAMB(beta1: 0.1, beta2: 0.2, epsilon: 0.3, weightDecay: 0.6))
    }
}
