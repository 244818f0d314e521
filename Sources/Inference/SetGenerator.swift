import Batches
import Configuration
public import Datasets
import Kernels
import Layers
import Models
import Runs
public import Threads

/// Generates sequences of sets of labels with a trained model, set by set: each label of the next set is drawn by its own probability.
public final class SetGenerator {
    /// Names of the labels, in the order of the model's outputs.
    public let labels: [String]
    /// Owner of the network's parameters.
    private let run: TrainedRun
    private let meaning: SequenceMeaning
    private let options: SequenceOptions
    private let network: Model
    private let temperature: Float
    /// Scores of the labels of a first set: each is on as often as at training time steps. `[labels]`.
    private let firstScores: [Float]
    private let random: Philox

    /// Sequences that go through the model together; more take more memory and hardly less time. Fewer where each step reads a window.
    private var sequencesPerPass: Int { windowLength == nil ? 32 : 4 }
    /// Sets that a model reads again for each new one if a layer doesn't carry its state over time: the last ones.
    private static let largestWindow = 1024

    /// Whether a run's model writes sets of labels: the next one from those before.
    public static func serves(_ run: TrainedRun) throws -> Bool { try (run.task() as? MultiLabelTask)?.isNext ?? false }

    /// - Parameter temperature: divides the scores before their sigmoid, at least 0; 0 takes the labels that are likelier on than off.
    /// - Throws: ``TrainingError/generatesNoText(kind:)``; ``CheckpointError`` if the weights can't be read, or are those of
    ///   other labels.
    public init(run: TrainedRun, temperature: Double, seed: UInt64, team: ThreadTeam) throws {
        guard let meaning = try run.meaning() as? SequenceMeaning, let task = meaning.task() as? MultiLabelTask, task.isNext else {
            throw TrainingError.generatesNoText(kind: run.configuration.data.kindName)
        }
        firstScores = task.shares.map { Float(naturalLogarithm($0) - naturalLogarithm(1 - $0)) }
        (self.run, self.meaning, labels) = (run, meaning, meaning.classes)
        options = try run.configuration.sequenceOptions()
        network = try run.network(shape: run.configuration.modelDescription(reading: meaning.input, for: task.output), team: team)
        self.temperature = Float(temperature)
        random = Philox(seed: seed, purpose: .sampling)
    }

    /// Sets that can be written after each other: a random number's counter has 32 bits.
    public var largestLength: Int { Int(UInt32.max) / max(1, labels.count) }

    // MARK: Beginnings and lines

    /// The sequences of a file or a text, which has the form of the run's data, as indices of labels in order.
    /// - Throws: ``DatasetError``, with line and column, for a label that the model doesn't know too; ``PredictionError/prompt(path:line:reason:)``.
    public func beginnings(in file: TableFile) throws -> [[[Int32]]] {
        let rows = try SequenceInputs(file, options: options, meaning: meaning)
        return try (0..<rows.count).map { row in
            guard rows.timeCount(ofRow: row) > 0 else {
                throw PredictionError.prompt(
                    path: file.name, line: rows.line(ofRow: row), reason: "the sequence has no time step. Give it one, or leave it out.")
            }
            return rows.sets(ofRow: row)
        }
    }

    /// The same of names of labels; nil for a name that isn't one.
    public func set(of names: [String]) -> [Int32]? {
        let places = names.compactMap(labels.firstIndex(of:))
        return places.count == names.count ? Set(places).sorted().map(Int32.init) : nil
    }

    public func names(of set: [Int32]) -> [String] { set.map { labels[Int($0)] } }

    /// A sequence as a line of the form of the run's data.
    public func line(_ sets: [[Int32]]) -> String { options.line(ofSets: sets.map(names)) }

    // MARK: Sequences

    /// Continues one sequence `count` times, each by `length` sets. Sample i doesn't depend on `count`.
    /// - Parameters:
    ///   - beginning: the sequence's first sets; where it is empty, a first one is drawn whose labels are on as often as in training.
    ///   - row: number of beginnings that were continued before, so that each has random numbers of its own.
    ///   - length: at most ``largestLength``.
    ///   - finished: called with each sample in order, with its beginning; returns whether to go on.
    public func generate(
        from beginning: [[Int32]], row: Int = 0, count: Int, length: Int, finished: (_ sample: Int, _ sets: [[Int32]]) -> Bool
    ) {
        for first in stride(from: 0, to: count, by: sequencesPerPass) {
            let samples = first..<min(count, first + sequencesPerPass)
            for (place, written) in written(after: beginning, row: row, samples: samples, length: length).enumerated() {
                guard finished(first + place, beginning + written) else { return }
            }
        }
    }

    private func written(after beginning: [[Int32]], row: Int, samples: Range<Int>, length: Int) -> [[[Int32]]] {
        let reader = StepReader<[Int32]>(network, sequenceCount: samples.count, windowLength: windowLength) { [labels] in
            Self.input(of: $0, labelCount: labels.count)
        }
        var unread = Array(repeating: beginning, count: samples.count)
        var written = Array(repeating: [[Int32]](), count: samples.count)
        for place in 0..<length {
            let isFirst = place == 0 && beginning.isEmpty
            if !isFirst { reader.read(unread) }
            for (index, sample) in samples.enumerated() {
                let scores = isFirst ? firstScores : network.outputs(row: reader.lastRows[index]).array()
                let set = draw(scores, sample: sample, row: row, place: place)
                unread[index] = [set]
                written[index].append(set)
            }
        }
        return written
    }

    private var windowLength: Int? { network.shape.layers.contains(where: \.forgetsBetweenChunks) ? Self.largestWindow : nil }

    /// 1 for each label that is on, and 0 for the others: `[sets, labels]`.
    private static func input(of sets: [[Int32]], labelCount: Int) -> Batch.Input {
        var values = Array(repeating: Float(0), count: sets.count * labelCount)
        for (place, set) in sets.enumerated() { for label in set { values[place * labelCount + Int(label)] = 1 } }
        return .vectors(values, featureCount: labelCount)
    }

    /// The labels that are on, each with the probability of its score, independently of the others.
    private func draw(_ scores: [Float], sample: Int, row: Int, place: Int) -> [Int32] {
        (0..<scores.count).filter { label in
            guard temperature > 0 else { return scores[label] > 0 }
            return random.uniformFloat(sample, row, place * scores.count + label) < sigmoid(scores[label] / temperature)
        }.map(Int32.init)
    }
}
