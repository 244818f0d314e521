package import Batches
package import Communication
public import Datasets
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
    /// Parts of a rank's share that are computed one after the other; nil for all at once.
    private let groups: ShardGroups?

    package init(group: any Communicator, plan: ShardPlan, network: Model, dataset: any Dataset) {
        self.init(group: group, plan: plan, network: network, dataset: dataset, groups: nil)
    }

    init(group: any Communicator, plan: ShardPlan, network: Model, dataset: any Dataset, groups: ShardGroups?) {
        self.groups = groups.flatMap { $0.count > 1 ? $0 : nil }
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
        let task = dataset.task
        let (metrics, baseline) = (task.metrics, task.baseline)
        var sums = MetricSums(metrics, shardCount: plan.shardsPerRank)
        var guesses = sums
        var (targetCount, placesBefore) = (0, 0)
        network.keepsScores = task.outcomeDetail != .sums
        var state: RecurrentState?
        for index in 0..<batches.batchCount {
            let sequenceCount = batches.sequenceCount(ofBatch: index)
            let places = plan.places(ofRank: group.rank, sequenceCount: sequenceCount)
            let batch = batches.sequences(at: places, ofBatch: index)
            try dataset.requireSound()
            if dataset.carriesState && index == 0 {
                state = RecurrentState(network.plan.state, sequenceCount: batch.sequenceCount)
            }
            let result = losses(batch, state: state, sequenceCount: sequenceCount)
            let shards = plan.localShards(ofRank: group.rank, sequenceCount: sequenceCount)
            let lengths = task.textLengths(of: batch)
            sums.add(result.outcomes(of: task).with(lengths), shards: shards, firstPlace: placesBefore + places.lowerBound)
            guesses.add(baseline.outcomes(batch).with(lengths), shards: shards, firstPlace: placesBefore + places.lowerBound)
            targetCount += batches.targetCount(ofBatch: index)
            placesBefore += sequenceCount
            group.recorder.advance()
        }
        let totals = try MetricSums.totals(of: [sums, guesses], targetCount: targetCount, over: group)
        let values = metrics.enumerated().map { place, metric in
            Evaluation.Value(metric: metric, model: totals[0].values[place], baseline: totals[1].values[place])
        }
        return Evaluation(values: values, tallies: totals[0].tallies, targetCount: targetCount, baselineTitle: baseline.title, isGuess: baseline.isGuess)
    }
}

extension Evaluator {
    /// The losses of this rank's share of a batch; moves `state` to its end.
    private func losses(_ batch: Batch, state: RecurrentState?, sequenceCount: Int) -> SequenceLosses {
        guard let groups else {
            network.forward(batch, state: state)
            if let state { network.advance(state, lengths: batch.lengths) }
            return network.loss(batch, divisor: 1)
        }
        var losses = SequenceLosses(sequenceCount: 0)
        for index in 0..<groups.count {
            let sequences = groups.group(index, sequenceCount: sequenceCount).sequences
            let part = batch.sequences(sequences)
            let own = state?.sequences(sequences)
            network.forward(part, state: own)
            if let own {
                network.advance(own, lengths: part.lengths)
                state?.set(sequences, from: own)
            }
            losses.append(network.loss(part, divisor: 1))
        }
        return losses
    }
}

extension SequenceLosses {
    /// The results of each sequence, their classes decoded as the task does it. `[batch]`.
    fileprivate func outcomes(of task: any LearningTask) -> [SequenceOutcome] {
        let hasTranscripts = task.outcomeDetail == .transcripts
        return sums.indices.map { sequence in
            let classes = scores.isEmpty || hasTranscripts
                ? nil
                : PredictedClasses(
                    targets: scores[sequence].targets, predicted: scores[sequence].decoded ?? task.decodedClasses(scores[sequence].scores),
                    scores: scores[sequence].scores)
            var outcome = SequenceOutcome(
                loss: sums[sequence], rightCount: Double(rightCounts[sequence]), absoluteError: absoluteErrors[sequence], classes: classes)
            if hasTranscripts, !scores.isEmpty {
                outcome.transcript = PredictedTranscript(target: scores[sequence].targets, predicted: scores[sequence].decoded ?? [])
            }
            return outcome
        }
    }
}
