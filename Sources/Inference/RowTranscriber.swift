import Batches
public import Communication
public import Datasets
import Kernels
import Layers
import Models
import Runs
public import Threads

/// Writes down what sequences say with a trained model.
public final class RowTranscriber: RowAnswerer {
    private let model: RowModel
    /// Nil: the symbols of the likeliest alignment.
    private let search: PrefixBeamSearch?

    /// - Parameters:
    ///   - meaning: that of `run`.
    ///   - search: nil for the symbols of the likeliest alignment.
    /// - Throws: ``CheckpointError`` if the weights can't be read.
    public init(run: TrainedRun, meaning: SequenceMeaning, search: PrefixBeamSearch?, team: ThreadTeam) throws {
        model = try RowModel(run: run, meaning: meaning, team: team)
        self.search = search
    }

    public func rows(of file: TableFile) throws -> SequenceInputs { try model.rows(of: file) }

    public func answers(for rows: SequenceInputs, of name: String, group: any Communicator) throws -> [TranscriptAnswer] {
        let lattice = CTCLattice()
        // Of each sequence ln P, how many symbols, and of each symbol its output and its time step.
        var own: [Float] = []
        model.visit(rows, group: group) { _, place, batch in
            let logarithms = model.network.outputLogarithms(ofSequence: place, batch)
            let symbols = search?.symbols(logarithms) ?? logarithms.greedySymbols
            let probability = logarithms.areFinite ? lattice.logarithm(of: symbols, timeCount: logarithms.timeCount) { logarithms[$0, $1] } : .nan
            let steps = TranscriptAlignment(of: symbols, with: logarithms)?.firstSteps ?? []
            own += [Float(probability), Float(symbols.count)] + zip(symbols, steps).flatMap { [Float($0), Float($1)] }
        }
        let memory = FloatMemory(count: own.count)
        memory.view.copy(own)
        let all = try group.gatherFloats(memory.view)
        let (meaning, stepRatio) = (model.meaning, model.network.shape.layers.reduce(1) { $0 * $1.stepChange.stride })
        let unit = meaning.transcripts?.unit ?? .character
        var start = 0
        return try (0..<rows.count).map { row in
            let (probability, count) = (all[start], Int(all[start + 1]))
            guard probability.isFinite else { throw PredictionError.notFinite(path: name, line: rows.line(ofRow: row)) }
            let pairs = stride(from: start + 2, to: start + 2 + 2 * count, by: 2).map { (symbol: Int(all[$0]), step: all[$0 + 1]) }
            start += 2 + 2 * count
            return TranscriptAnswer(
                row: rows.number(ofRow: row), name: rows.names?[row], transcript: unit.text(pairs.map { meaning.classes[$0.symbol - 1] }), logProbability: probability,
                steps: pairs.map { Int($0.step) * stepRatio }, label: rows.labels.map { unit.text($0[row]) })
        }
    }
}

extension Model {
    /// Of a sequence of the last `score`.
    func outputLogarithms(ofSequence sequence: Int, _ batch: Batch) -> OutputLogarithms {
        OutputLogarithms(
            (0..<outputStepCount(ofSequence: sequence)).flatMap { outputs(row: $0 * batch.sequenceCount + sequence).array() }, outputCount: shape.outputs)
    }
}
