import Batches
public import Communication
public import Datasets
import Kernels
import Models
import Runs
public import Threads

/// Names the labels that are on at each time step of sequences, or at the next one, with a trained model.
public final class SetLabeller: RowAnswerer {
    private let model: RowModel

    /// - Parameter meaning: that of `run`.
    /// - Throws: ``CheckpointError`` if the weights can't be read.
    public init(run: TrainedRun, meaning: SequenceMeaning, team: ThreadTeam) throws { model = try RowModel(run: run, meaning: meaning, team: team) }

    public func rows(of file: TableFile) throws -> SequenceInputs { try model.rows(of: file) }

    public func answers(for rows: SequenceInputs, of name: String, group: any Communicator) throws -> [LabelSetAnswer] {
        let labels = model.meaning.classes
        var own: [Float] = []
        model.visit(rows, group: group) { _, place, batch in
            for time in 0..<batch.lengths[place] { own += model.network.outputs(row: time * batch.sequenceCount + place).array() }
        }
        let memory = FloatMemory(count: own.count)
        memory.view.copy(own)
        let all = try group.gatherFloats(memory.view)
        var start = 0
        return try (0..<rows.count).map { row in
            let steps = (0..<rows.timeCount(ofRow: row)).map { time in all[start + time * labels.count..<start + (time + 1) * labels.count] }
            start += steps.count * labels.count
            guard steps.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { throw PredictionError.notFinite(path: name, line: rows.line(ofRow: row)) }
            return LabelSetAnswer(
                row: rows.number(ofRow: row), name: rows.names?[row], sets: steps.map { outputs in zip(labels, outputs).filter { $1 > 0 }.map(\.0) }, labels: labels,
                last: (steps.last ?? []).map { sigmoid($0) })
        }
    }
}
