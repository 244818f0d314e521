import Batches
import Configuration
public import Datasets
import Distributions
import Kernels
import Layers
import Models
import Runs
public import Threads

/// Generates drawings, or sequences of numbers, with a trained model: each step is drawn from the mixture that the outputs are.
public final class FrameGenerator {
    /// Owner of the network's parameters.
    private let run: TrainedRun
    private let meaning: SequenceMeaning
    private let density: MixtureDensity
    private let options: SequenceOptions
    private let network: Model
    private let temperature: Double
    private let random: Philox

    /// Sequences that go through the model together; more take more memory and hardly less time. Fewer where each step reads a window.
    private var sequencesPerPass: Int { windowLength == nil ? 32 : 4 }
    /// Steps that a model reads again for each new one if a layer doesn't carry its state over time: the last ones.
    private static let largestWindow = 1024
    /// Standardised numbers beyond this size are cut before they are read.
    private static let largestNumber = 1e6

    /// Whether a run's model generates steps of numbers.
    public static func serves(_ run: TrainedRun) throws -> Bool { try run.task() is MixtureTask }

    /// - Parameter temperature: divides the scores of components and of the pen, and multiplies variances; at least 0. At 0 the likeliest component's mean is taken.
    /// - Throws: ``TrainingError/generatesNoText(kind:)``; ``CheckpointError`` if the weights can't be read, or are those of another mixture.
    public init(run: TrainedRun, temperature: Double, seed: UInt64, team: ThreadTeam) throws {
        guard let meaning = try run.meaning() as? SequenceMeaning, let next = meaning.nextNumbers else {
            throw TrainingError.generatesNoText(kind: run.configuration.data.kindName)
        }
        (self.run, self.meaning, density) = (run, meaning, next.density)
        options = try run.configuration.sequenceOptions()
        network = try run.network(shape: run.configuration.modelDescription(reading: meaning.input, for: meaning.task().output), team: team)
        self.temperature = temperature
        random = Philox(seed: seed, purpose: .sampling)
    }

    /// Whether the steps are points of drawings, the last number of which is the pen's: 1 where it is lifted after the point.
    public var drawsDrawings: Bool { density.penStateCount > 0 }
    /// Names of a step's numbers.
    public var names: [String] { meaning.inputScale.map(\.name) }
    /// Steps that can be generated after each other.
    public var largestLength: Int { density.largestStep }

    // MARK: Beginnings and lines

    /// The sequences of a file or a text, which has the form of the run's data, in its units: `[sequence][step][number]`.
    /// - Throws: ``DatasetError``, with line and column.
    public func beginnings(in file: TableFile) throws -> [[[Double]]] {
        let rows = try SequenceInputs(file, options: options, meaning: meaning)
        return (0..<rows.count).map { row in
            let numbers = rows.numbers(ofRow: row)
            return stride(from: 0, to: numbers.count, by: names.count).map { restored(numbers[$0..<$0 + names.count].map(Double.init)) }
        }
    }

    /// A sequence as a line of the form of the run's data.
    public func line(_ steps: [[Double]]) -> String { options.line(ofSteps: steps, scale: meaning.inputScale) }

    private func restored(_ step: [Double]) -> [Double] { zip(meaning.inputScale, step).map { $0.restored($1) } }

    // MARK: Sequences

    /// Continues one sequence `count` times, each by at most `length` steps; a drawing may end before. Sample i doesn't depend on `count`.
    /// - Parameters:
    ///   - beginning: the sequence's first steps in the data's units, which may be none.
    ///   - row: number of beginnings that were continued before, so that each has random numbers of its own.
    ///   - length: at most ``largestLength``.
    ///   - finished: called with each sample in order, with its beginning; returns whether to go on.
    public func generate(
        from beginning: [[Double]], row: Int = 0, count: Int, length: Int, finished: (_ sample: Int, _ steps: [[Double]]) -> Bool
    ) {
        for first in stride(from: 0, to: count, by: sequencesPerPass) {
            let samples = first..<min(count, first + sequencesPerPass)
            for (place, written) in written(after: beginning, row: row, samples: samples, length: length).enumerated() {
                guard finished(first + place, beginning + written.map(restored)) else { return }
            }
        }
    }

    /// Standardised steps of each sample.
    private func written(after beginning: [[Double]], row: Int, samples: Range<Int>, length: Int) -> [[[Double]]] {
        let width = names.count
        let reader = StepReader<[Float]>(network, sequenceCount: samples.count, windowLength: windowLength) { .vectors($0.flatMap(\.self), featureCount: width) }
        let first = SequenceOptions.stepBeforeFirst(width: width, hasPen: drawsDrawings)
        let read = beginning.map { step in zip(meaning.inputScale, step).map { Float($0.standardised($1)) } }
        var unread = Array(repeating: [first] + read, count: samples.count)
        var written = Array(repeating: [[Double]](), count: samples.count)
        var isOpen = Array(repeating: true, count: samples.count)
        for step in 0..<length where isOpen.contains(true) {
            reader.read(unread)
            for (index, sample) in samples.enumerated() {
                unread[index] = [first]
                guard isOpen[index] else { continue }
                let (numbers, pen) = density.draw(
                    network.outputs(row: reader.lastRows[index]).array(), temperature: temperature, mayEnd: step > 0 || !beginning.isEmpty, random: random,
                    (sample, row, step))
                guard pen < SequenceOptions.endState || !drawsDrawings else {
                    isOpen[index] = false
                    continue
                }
                let cut = numbers.map { max(-Self.largestNumber, min(Self.largestNumber, $0)) } + (drawsDrawings ? [Double(pen)] : [])
                written[index].append(cut)
                unread[index] = [cut.map(Float.init)]
            }
        }
        return written
    }

    private var windowLength: Int? { network.shape.layers.contains(where: \.forgetsBetweenChunks) ? Self.largestWindow : nil }
}
