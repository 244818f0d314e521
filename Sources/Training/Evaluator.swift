package import Batches
package import Communication
public import Datasets
import Foundation
import Layers
package import Models
package import Runs

extension Dataset {
    /// The part used for evaluation: the test part if there is one, otherwise the validation part; nil if there is neither.
    public var evaluatedPart: DataPart? { [.test, .validation].first { batchCount(of: .evaluation($0)) > 0 } }
}

/// Evaluates the model on a part of the data, divided among ranks.
package struct Evaluator {
    let group: any Communicator
    let plan: ShardPlan
    let network: Model
    let dataset: any Dataset

    package init(group: any Communicator, plan: ShardPlan, network: Model, dataset: any Dataset) {
        self.group = group
        self.plan = plan
        self.network = network
        self.dataset = dataset
    }

    /// Collective. `network` must be loaded.
    /// - Throws: ``TrainingError/emptyPart(part:)`` if the part has no example.
    package func evaluate(_ part: DataPart) throws -> Evaluation {
        let batches = dataset.batches(of: .evaluation(part))
        guard batches.batchCount > 0 else { throw TrainingError.emptyPart(part: "\(part)") }
        var losses = ShardSums(shardCount: plan.shardsPerRank)
        var rights = losses
        var absoluteErrors = losses
        var largeErrors = losses
        var guesses = losses
        var targetCount = 0
        var state: RecurrentState?
        for index in 0..<batches.batchCount {
            let sequenceCount = batches.sequenceCount(ofBatch: index)
            let batch = batches.sequences(at: plan.places(ofRank: group.rank, sequenceCount: sequenceCount), ofBatch: index)
            if dataset.carriesState && index == 0 {
                state = RecurrentState(network.plan.state, sequenceCount: batch.sequenceCount)
            }
            network.forward(batch, state: state)
            if let state { network.advance(state, lengths: batch.lengths) }
            let result = network.loss(batch, divisor: 1)
            let shards = plan.localShards(ofRank: group.rank, sequenceCount: sequenceCount)
            losses.add(result.sums, shards: shards)
            rights.add(result.rightCounts.map(Double.init), shards: shards)
            absoluteErrors.add(result.absoluteErrors, shards: shards)
            largeErrors.add(result.absoluteErrors.map { $0 / Double(network.shape.outputs) > AddingProblem.correctError ? 1 : 0 }, shards: shards)
            if let target = batch.target, case .vectorAtEnd = target { guesses.add(target.squaredErrors(ofGuess: dataset.meanTarget), shards: shards) }
            targetCount += batches.targetCount(ofBatch: index)
            group.recorder.advance()
        }
        let divisor = Double(targetCount)
        let isRegression = network.shape.loss == .squaredError
        let (lossSum, rightSum) = (try losses.total(over: group), try rights.total(over: group))
        let (errorSum, largeErrorCount) = (try absoluteErrors.total(over: group), try largeErrors.total(over: group))
        let guessLoss = isRegression ? try guesses.total(over: group) / divisor : log(Double(network.shape.outputs))
        return Evaluation(
            loss: lossSum / divisor, accuracy: isRegression ? nil : rightSum / divisor,
            absoluteError: isRegression ? errorSum / divisor : nil,
            largeErrorCount: isRegression ? Int(largeErrorCount) : nil, targetCount: targetCount, guessLoss: guessLoss)
    }
}

extension Batch.Target {
    /// Σ (target - guess)² of each sequence; none for classes. `[batch]`.
    fileprivate func squaredErrors(ofGuess guess: Double) -> [Double] {
        guard case .vectorAtEnd(let values, let outputCount) = self else { return [] }
        return stride(from: 0, to: values.count, by: outputCount).map { first in
            values[first..<first + outputCount].reduce(0) { $0 + (Double($1) - guess) * (Double($1) - guess) }
        }
    }
}
