import Batches
public import Communication
public import Datasets
import Kernels
import Models
import Runs
public import Threads

/// Names the class of each time step of sequences with a trained model.
public final class RowLabeller: RowAnswerer {
    private let model: RowModel

    /// - Parameter meaning: that of `run`.
    /// - Throws: ``CheckpointError`` if the weights can't be read.
    public init(run: TrainedRun, meaning: SequenceMeaning, team: ThreadTeam) throws { model = try RowModel(run: run, meaning: meaning, team: team) }

    public func rows(of file: TableFile) throws -> SequenceInputs { try model.rows(of: file) }

    public func answers(for rows: SequenceInputs, of name: String, group: any Communicator) throws -> [LabelAnswer] {
        let classes = model.meaning.classes
        // Of each time step the class's number and its probability.
        var own: [Float] = []
        model.visit(rows, group: group) { _, place, batch in
            let decoded = model.network.decodedClasses(ofSequence: place)
            for time in 0..<batch.lengths[place] {
                let probabilities = Softmax(model.network.outputs(row: time * batch.sequenceCount + place)).probabilities
                let named = decoded.map { Int($0[time]) } ?? probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
                own += [Float(named), Float(probabilities[named])]
            }
        }
        let memory = FloatMemory(count: own.count)
        memory.view.copy(own, to: 0)
        let all = try group.gatherFloats(memory.view)
        var start = 0
        return try (0..<rows.count).map { row in
            let steps = (0..<rows.timeCount(ofRow: row)).map { (index: all[start + 2 * $0], probability: all[start + 2 * $0 + 1]) }
            start += 2 * steps.count
            guard steps.allSatisfy(\.probability.isFinite) else { throw PredictionError.notFinite(path: name, line: rows.line(ofRow: row)) }
            return LabelAnswer(
                row: rows.number(ofRow: row), name: rows.names?[row], classes: steps.map { classes[Int($0.index)] }, probabilities: steps.map(\.probability),
                labels: rows.labels.map { $0[row] })
        }
    }
}
