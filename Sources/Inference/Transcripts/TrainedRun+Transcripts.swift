import Batches
public import Communication
public import Datasets
import Kernels
import Layers
import Models
public import Runs
public import Threads

extension TrainedRun {
    /// What a model says of each sequence of a part, beside what it should: in the part's order. Collective: each rank computes an equal part, and all have all.
    /// It doesn't depend on ranks or threads.
    /// - Parameter search: nil for the likeliest symbol of each time step.
    /// - Throws: ``TrainingError/emptyPart(part:)`` if the part has no example; ``CheckpointError`` if the weights can't be read.
    public func transcripts(
        of part: DataPart, data: RunData, search: PrefixBeamSearch?, group: any Communicator, team: ThreadTeam
    ) throws -> [PredictedTranscript] {
        var own: [Float] = []
        try visitOutputs(of: part, data: data, group: group, team: team) { outputs in
            for symbols in outputs.symbols(search, team) { own += [Float(symbols.count)] + symbols.map(Float.init) }
        }
        let memory = FloatMemory(count: own.count)
        memory.view.copy(own)
        let all = try group.gatherFloats(memory.view)
        guard let sequences = data.dataset as? LabelledSequences else { return [] }
        var start = 0
        return (0..<sequences.exampleCount(of: part)).map { example in
            let count = Int(all[start])
            defer { start += 1 + count }
            return PredictedTranscript(
                target: sequences.transcript(ofExample: example, in: part), predicted: all[start + 1..<start + 1 + count].map { Int32($0) })
        }
    }

    /// The outputs for one sequence.
    public func outputLogarithms(ofExample example: Int, in part: DataPart, of sequences: LabelledSequences, team: ThreadTeam) throws -> OutputLogarithms {
        let network = try network(shape: configuration.modelDescription(for: sequences), team: team)
        let batch = sequences.batch(ofExamples: [example], in: part)
        try sequences.requireSound()
        network.forward(batch)
        network.score(batch)
        return network.outputLogarithms(ofSequence: 0, batch)
    }

    /// Calls `body` with the outputs for this rank's sequences of a part, a few at a time in the part's order.
    /// - Parameter limit: sequences of all ranks, the first ones.
    func visitOutputs(
        of part: DataPart, data: RunData, limit: Int = .max, group: any Communicator, team: ThreadTeam, _ body: (SequenceOutputs) throws -> Void
    ) throws {
        guard let sequences = data.dataset as? LabelledSequences, sequences.exampleCount(of: part) > 0 else { throw TrainingError.emptyPart(part: "\(part)") }
        let network = try network(shape: configuration.modelDescription(for: sequences), team: team)
        let own = RowModel.ownRows(min(limit, sequences.exampleCount(of: part)), group)
        let piece = network.shape.sequencesAtOnce(timeCount: sequences.longestTimeCount)
        for start in stride(from: own.lowerBound, to: own.upperBound, by: piece) {
            let examples = Array(start..<min(own.upperBound, start + piece))
            let batch = sequences.batch(ofExamples: examples, in: part)
            try sequences.requireSound()
            network.forward(batch)
            network.score(batch)
            try body(SequenceOutputs(examples: examples, logarithms: examples.indices.map { network.outputLogarithms(ofSequence: $0, batch) }))
            group.recorder.advance()
        }
    }
}

/// The outputs of a model of transcripts for some sequences.
struct SequenceOutputs: Sendable {
    /// Their indices in the part.
    let examples: [Int]
    let logarithms: [OutputLogarithms]

    /// What each says, a share of them by each thread.
    /// - Parameter search: nil for the likeliest symbol of each time step.
    func symbols(_ search: PrefixBeamSearch?, _ team: ThreadTeam) -> [[Int32]] {
        var all = Array(repeating: [Int32](), count: examples.count)
        all.withUnsafeMutableBufferPointer { buffer in
            // Each task has its own elements.
            let results = SequenceResults(buffer)
            let logarithms = logarithms
            team.run(taskCount: team.threadCount) { part in
                for place in team.tasks(ofShare: part, taskCount: logarithms.count) {
                    results[place] = search?.symbols(logarithms[place]) ?? logarithms[place].greedySymbols
                }
            }
        }
        return all
    }
}

extension [PredictedTranscript] {
    /// The sequences with the most errors, the most first; of equals the earlier.
    public func worst(limit: Int) -> [(example: Int, errorCount: Int)] {
        let counts = enumerated().map { (example: $0.offset, errorCount: EditCounts(from: $0.element.target, to: $0.element.predicted).errorCount) }
        return counts.filter { $0.errorCount > 0 }.sorted { ($0.errorCount, -$0.example) > ($1.errorCount, -$1.example) }.prefix(limit).map { $0 }
    }
}
