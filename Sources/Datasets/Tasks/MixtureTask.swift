public import Batches
import Distributions
import Foundation
import Kernels
import NumberText

/// The numbers of the next time step, or the next point of a drawing: a mixture of distributions at each step, whose parameters are the outputs.
public struct MixtureTask: LearningTask {
    public let meaning: NextNumbersMeaning
    /// The scale of the numbers, and the pen's; empty if it isn't known.
    public let scale: [SeriesStatistics.Column]

    public init(_ meaning: NextNumbersMeaning, scale: [SeriesStatistics.Column] = []) { (self.meaning, self.scale) = (meaning, scale) }

    public var density: MixtureDensity { meaning.density }
    public var output: OutputDescription { OutputDescription(count: density.outputCount, isEveryStep: true, loss: .mixture(density)) }
    /// What a time step is called.
    public var stepName: String { meaning.hasPen ? "point" : "frame" }

    public var metrics: [Metric] {
        let title = "nats a \(stepName)"
        let floor = "deviations ≥ \(decimal(density.leastDeviation))"
        // A density of numbers in other units differs by the units' logarithms.
        let shift = scale.prefix(density.numberCount).reduce(0) { $0 + log($1.deviation) }
        return [
            Metric(key: "loss", title: "\(title), \(floor)", unit: .nats, card: ("loss", "negative log-likelihood, \(title), scaled, \(floor)"), term: \.loss),
            Metric(key: "lossInUnits", title: "\(title), in units", unit: .nats, card: nil, term: \.loss, value: { $0 / Double($1) + shift }),
        ]
    }

    public var baseline: Baseline { .gaussian(meaning) }
    public var uses: Set<ModelUse> { [.generate] }
    public var display: PredictionDisplay { meaning.hasPen ? .drawings : .frames(scale.map(\.name)) }
    public var name: String { meaning.hasPen ? "generation of drawings" : "generation of frames" }
}

extension Baseline {
    /// One Gaussian for every step, and the pen's states as often as in training.
    static func gaussian(_ meaning: NextNumbersMeaning) -> Baseline {
        let (density, outputs) = (meaning.gaussian, meaning.gaussianOutputs)
        return Baseline(title: "one Gaussian of training", isGuess: false, knownLoss: nil) { batch in
            guard case .vectorEveryStep(let values, let width)? = batch.target else { return [] }
            let memory = FloatMemory(count: outputs.count)
            return batch.lengths.indices.map { sequence in
                var outcome = SequenceOutcome(loss: 0)
                for time in 0..<batch.lengths[sequence] {
                    memory.view.copy(outputs)
                    outcome.loss += density.differentiate(memory.view, targets: values, from: (time * batch.sequenceCount + sequence) * width, scale: 1).value
                }
                return outcome
            }
        }
    }
}

extension NextNumbersMeaning {
    /// A single component, of the training part's mean and deviation.
    fileprivate var gaussian: MixtureDensity {
        MixtureDensity(
            componentCount: 1, numberCount: density.numberCount, isCorrelated: density.isCorrelated, penStateCount: density.penStateCount,
            leastDeviation: density.leastDeviation)
    }

    fileprivate var gaussianOutputs: [Float] {
        let floor = density.leastDeviation * density.leastDeviation
        let squares = deviations.map { max($0 * $0 - floor, 1e-12) }
        let states = penCounts.map { log(max(0.5, Double($0))) }
        // The deviations without the floor have the greater correlation.
        let own = correlation * zip(squares, deviations).reduce(1) { $0 * $1.1 / $1.0.squareRoot() }
        return (states + [0] + means + squares.map { log($0) / 2 } + (density.isCorrelated ? [atanh(max(-0.99, min(0.99, own)))] : [])).map(Float.init)
    }
}
