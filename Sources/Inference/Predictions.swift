import Batches
public import Datasets
import Kernels
import Layers
import Models
public import Runs
public import Threads

/// One prediction of a model, with its target.
public struct Prediction: Sendable, Equatable {
    public enum Target: Sendable, Equatable {
        /// The next token, or the sequence's class.
        case token(Int32)
        case numbers([Float])
    }

    /// Index of the sequence in its part: an example's, or a stream's.
    public let sequence: Int
    /// Time step after which the prediction is made, counted within the batch.
    public let time: Int
    /// Scores before the softmax, or the predicted numbers: `[outputs]`.
    public let outputs: [Float]
    public let target: Target

    /// The class with the highest score; the first one on a tie.
    public var likeliest: Int {
        outputs.indices.reduce(0) { outputs[$1] > outputs[$0] ? $1 : $0 }
    }
}

extension TrainedRun {
    /// Calls `body` with each prediction of a part, in the part's order: the predictions that ``evaluate(_:data:group:team:)`` summarises.
    /// Not collective: this process computes all of them.
    /// - Parameter limit: stops reading sequences after that many predictions.
    /// - Throws: ``TrainingError/emptyPart(part:)`` if the part has no example; ``CheckpointError`` if the weights can't be read.
    public func visitPredictions(
        of part: DataPart, data: RunData, limit: Int = .max, team: ThreadTeam, _ body: (Prediction) throws -> Void
    ) throws {
        let dataset = data.dataset
        let batches = dataset.batches(of: .evaluation(part))
        guard batches.batchCount > 0 else { throw TrainingError.emptyPart(part: "\(part)") }
        let network = try network(shape: configuration.modelDescription(for: dataset), team: team)
        var state: RecurrentState?
        var count = 0
        for index in 0..<batches.batchCount where count < limit {
            let sequenceCount = batches.sequenceCount(ofBatch: index)
            if dataset.carriesState && index == 0 {
                state = RecurrentState(network.plan.state, sequenceCount: sequenceCount)
            }
            // Streams are computed together; other sequences a few at a time, since a model trained in segments may not fit into memory otherwise.
            let piece = dataset.carriesState ? sequenceCount : network.shape.sequencesAtOnce(timeCount: dataset.longestTimeCount)
            for start in stride(from: 0, to: sequenceCount, by: piece) where count < limit {
                let batch = batches.sequences(at: start..<min(sequenceCount, start + piece), ofBatch: index)
                try dataset.requireSound()
                network.forward(batch, state: state)
                network.score(batch)
                if let state { network.advance(state, lengths: batch.lengths) }
                for prediction in network.predictions(batch) {
                    try body(prediction)
                    count += 1
                }
            }
        }
    }
}

extension ModelDescription {
    /// Number of sequences whose activations take some 256 MB, at least one.
    func sequencesAtOnce(timeCount: Int) -> Int {
        max(1, (64 << 20) / max(1, timeCount * (Int(ModelPlan(self).keptFloats(.float32)) + outputs)))
    }
}

extension Model {
    /// The predictions of the last `score` call, wherever `batch` has targets, time step by time step.
    fileprivate func predictions(_ batch: Batch) -> [Prediction] {
        func prediction(_ sequence: Int, time: Int, row: Int, _ target: Prediction.Target) -> Prediction {
            Prediction(sequence: batch.globalIndices[sequence], time: time, outputs: outputs(row: row).array(), target: target)
        }
        let sequences = batch.lengths.indices
        switch batch.target {
        case .transcripts, nil: return []
        case .tokenEveryStep(let tokens):
            return tokens.indices.filter { tokens[$0] != Batch.padding }.map { row in
                let (time, sequence) = row.quotientAndRemainder(dividingBy: batch.sequenceCount)
                return prediction(sequence, time: time, row: row, .token(tokens[row]))
            }
        case .classAtEnd(let classes):
            return sequences.map { prediction($0, time: batch.lengths[$0] - 1, row: $0, .token(classes[$0])) }
        case .vectorEveryStep(let numbers, let outputCount):
            return (0..<batch.timeCount * batch.sequenceCount).compactMap { row in
                let (time, sequence) = row.quotientAndRemainder(dividingBy: batch.sequenceCount)
                guard time < batch.lengths[sequence] else { return nil }
                return prediction(sequence, time: time, row: row, .numbers(Array(numbers[row * outputCount..<(row + 1) * outputCount])))
            }
        case .vectorAtEnd(let numbers, let outputCount):
            return sequences.map { sequence in
                prediction(
                    sequence, time: batch.lengths[sequence] - 1, row: sequence,
                    .numbers(Array(numbers[sequence * outputCount..<(sequence + 1) * outputCount])))
            }
        }
    }
}
