import Batches
import Datasets
import Files
import Kernels
import Layers
import Models
import NumberText
import Runs
import Threads
import Training

/// A small batch with this program's float32 outputs, to compare an exported model with.
///
/// Sequences start from random states, every second one from 0, and have decreasing lengths, so that swapped gates, a forgotten
/// state or an extra step is detected.
struct ReplayedBatch {
    private static let sequenceLimit = 8
    private static let stepLimit = 64

    /// The part of the run's data from which it is, for example "validation"; nil if it is random.
    let part: DataPart?
    let lengths: [Int]
    let timeCount: Int
    private let input: Batch.Input
    private let initialStates: [Float]
    private let finalStates: [Float]
    /// `[time, batch, outputs]`, or `[batch, outputs]`.
    private let outputs: [Float]
    /// Time steps of outputs at every step, of each sequence.
    private let outputLengths: [Int]
    private let shape: ModelDescription

    /// - Parameter data: the run's own; nil if they are missing.
    init(_ model: ExportedModel, data: RunData?, team: ThreadTeam) {
        let found = data.flatMap { data in Self.source(of: data.dataset).map { (data, $0) } }
        part = found?.1
        let whole = found.map { Self.firstSequences(of: $0.dataset, part: $1) } ?? Self.randomSequences(for: model.shape)
        let batch = Self.cutRaggedly(whole)
        (lengths, timeCount, input, shape) = (batch.lengths, batch.timeCount, batch.input, model.shape)

        // With CTC a score becomes the logarithm of a probability; without, it stays what an export gives.
        var scored = shape
        if scored.loss == .ctc { scored.loss = .crossEntropy }
        let network = Model(shape: scored, gates: .fused, team: team)
        let parameters = FloatMemory(count: model.parameters.count)
        parameters.view.copy(model.parameters)
        network.load(parameters.view)
        let state = RecurrentState(ModelPlan(shape).state, sequenceCount: lengths.count)
        let random = Philox(seed: 1, purpose: .sampling)
        initialStates = Self.states(for: shape, random, sequenceCount: lengths.count)
        state.values.copy(initialStates)
        network.forward(batch, state: state)
        network.score(batch)
        network.advance(state, lengths: lengths)
        finalStates = state.values.array()
        outputLengths = lengths.indices.map(network.outputStepCount)
        let rowCount = model.hasOutputEveryStep ? (outputLengths.max() ?? 0) * lengths.count : lengths.count
        outputs = (0..<rowCount).flatMap { network.outputs(row: $0).array() }
    }

    /// "8 sequences of 6 to 50 steps, from the validation part".
    var description: String {
        let source = part.map { "from the \($0) part" } ?? "drawn at random, for the data aren't there"
        return "\(counted(lengths.count, "sequence")) of \(lengths.min() ?? 0) to \(counted(timeCount, "step")), \(source)"
    }

    // MARK: The batch

    /// The part to take sequences from: the first that has enough, otherwise the one with the most. A short text that is evaluated as one stream has one.
    private static func source(of dataset: any Dataset) -> DataPart? {
        func sequenceCount(_ part: DataPart) -> Int {
            let batches = dataset.batches(of: pass(over: part))
            return batches.batchCount > 0 ? min(sequenceLimit, batches.sequenceCount(ofBatch: 0)) : 0
        }
        let counts = [DataPart.validation, .test, .training].map { (part: $0, count: sequenceCount($0)) }
        let most = counts.map(\.count).max() ?? 0
        return most > 0 ? counts.first { $0.count == most }?.part : nil
    }

    private static func pass(over part: DataPart) -> DataPass { part == .training ? .training(epoch: 0) : .evaluation(part) }

    private static func firstSequences(of dataset: any Dataset, part: DataPart) -> Batch {
        let batches = dataset.batches(of: pass(over: part))
        return batches.sequences(at: 0..<min(sequenceLimit, batches.sequenceCount(ofBatch: 0)), ofBatch: 0)
    }

    private static func randomSequences(for shape: ModelDescription) -> Batch {
        let (timeCount, count, random) = (12, 4, Philox(seed: 1, purpose: .examples))
        let input: Batch.Input
        switch shape.input {
        case .oneHot(let vocabularyCount), .embedding(let vocabularyCount, _):
            input = .tokens((0..<timeCount * count).map { Int32(random.integer(below: vocabularyCount, $0)) })
        case .vectors(let width):
            input = .vectors((0..<timeCount * count * width).map { Float(random.normalPair($0).0) }, featureCount: width)
        }
        return batch(timeCount: timeCount, lengths: Array(repeating: timeCount, count: count), input)
    }

    private static func batch(timeCount: Int, lengths: [Int], _ input: Batch.Input) -> Batch {
        // Targets are ignored if only outputs are computed.
        let targets = Batch.Target.classAtEnd(Array(repeating: 0, count: lengths.count))
        return Batch(timeCount: timeCount, lengths: lengths, input: input, target: targets, globalIndices: Array(lengths.indices))
    }

    /// States to begin with, `[batch, states]`: random ones, and 0 of every second sequence, as a new one has it. Counted steps are as many as their count says.
    private static func states(for shape: ModelDescription, _ random: Philox, sequenceCount: Int) -> [Float] {
        let count = ModelPlan(shape).state.count
        var states = (0..<sequenceCount * count).map { $0 / count % 2 == 1 ? 0 : random.uniformFloat($0, 1) - 0.5 }
        for part in ExportedStates(shape).parts where part.isCounted {
            for sequence in stride(from: 0, to: sequenceCount, by: 2) {
                let range = part.ranges[0]
                let (first, last) = (sequence * count + range.lowerBound, sequence * count + range.upperBound - 1)
                let (width, contextLength) = (part.stepWidth, (range.count - 1) / part.stepWidth)
                let filled = contextLength * (sequence + 1) / sequenceCount
                for place in first..<last - filled * width { states[place] = 0 }
                states[last] = Float(filled)
            }
        }
        return states
    }

    /// Shortens the n sequences in steps: the first keeps its length, up to ``stepLimit``, and the last an n-th of it.
    private static func cutRaggedly(_ whole: Batch) -> Batch {
        let count = whole.sequenceCount
        let lengths = whole.lengths.enumerated().map { place, length in max(1, min(length, stepLimit) * (count - place) / count) }
        let timeCount = lengths.max() ?? 0
        func kept<Element>(_ values: [Element], width: Int = 1, padding: Element) -> [Element] {
            var kept = Array(values.prefix(timeCount * count * width))
            for place in kept.indices where place / width / count >= lengths[place / width % count] { kept[place] = padding }
            return kept
        }
        switch whole.input {
        case .tokens(let tokens):
            return batch(timeCount: timeCount, lengths: lengths, .tokens(kept(tokens, padding: Batch.padding)))
        case .vectors(let vectors, let width):
            return batch(timeCount: timeCount, lengths: lengths, .vectors(kept(vectors, width: width, padding: 0), featureCount: width))
        case .characters: preconditionFailure("characters stand beside words, and aren't exported")
        }
    }
}

// MARK: - The file

extension ReplayedBatch {
    /// `verification.npz`: `tokens` `[batch, time]` or `inputs` `[batch, time, width]`; `lengths`; states to begin with and at the end
    /// (``ExportedStates``), `h0` and `hn`; `outputs` `[batch, time, outputs]` or `[batch, outputs]`, and `output_lengths` where layers change the number of steps.
    /// Padded with 0 past a sequence's end.
    func npz() -> [UInt8] {
        let count = lengths.count
        var archive = ZipArchive()
        switch input {
        case .tokens(let tokens):
            archive.add("tokens.npy", NumpyArray(byBatch(tokens, lengths).map { Int64(max(0, $0)) }, shape: [count, timeCount]).bytes)
        case .vectors(let vectors, let width):
            archive.add("inputs.npy", NumpyArray(byBatch(vectors, lengths, width: width), shape: [count, timeCount, width]).bytes)
        case .characters: preconditionFailure("characters stand beside words, and aren't exported")
        }
        archive.add("lengths.npy", NumpyArray(lengths.map(Int64.init), shape: [count]).bytes)
        for (suffix, values) in [("0", initialStates), ("n", finalStates)] {
            for (part, array) in states(values) {
                archive.add(part.name(suffix) + ".npy", NumpyArray(array, shape: [part.count, count, part.width]).bytes)
            }
        }
        let isEveryStep = shape.head == .everyStep
        let spoken = isEveryStep ? byBatch(outputs, outputLengths, width: shape.outputs) : outputs
        archive.add("outputs.npy", NumpyArray(spoken, shape: [count] + (isEveryStep ? [outputLengths.max() ?? 0] : []) + [shape.outputs]).bytes)
        if isEveryStep, shape.layers.contains(where: { $0.stepChange != .none }) {
            archive.add("output_lengths.npy", NumpyArray(outputLengths.map(Int64.init), shape: [count]).bytes)
        }
        return archive.finished()
    }

    /// Transposes `[time, batch, width]` to `[batch, time, width]`, with zeros past each sequence's end.
    private func byBatch<Element: Numeric>(_ values: [Element], _ lengths: [Int], width: Int = 1) -> [Element] {
        let timeCount = lengths.max() ?? 0
        var result = [Element](repeating: 0, count: values.count)
        for (sequence, length) in lengths.enumerated() {
            for time in 0..<length {
                let (source, target) = ((time * lengths.count + sequence) * width, (sequence * timeCount + time) * width)
                result.replaceSubrange(target..<target + width, with: values[source..<source + width])
            }
        }
        return result
    }

    /// Divides `[batch, states]` into the arrays of an export's states, `[layers or directions, batch, width]` each.
    private func states(_ values: [Float]) -> [(part: ExportedStates.Part, array: [Float])] {
        let count = ModelPlan(shape).state.count
        return ExportedStates(shape).parts.map { part in
            let array = part.ranges.flatMap { range in
                lengths.indices.flatMap { sequence in values[(sequence * count + range.lowerBound)...].prefix(range.count) }
            }
            return (part, array)
        }
    }
}
