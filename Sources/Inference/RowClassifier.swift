public import Communication
public import Datasets
import Kernels
import Models
import Runs
public import Threads

/// Applies a trained model to the rows of files.
public protocol RowAnswerer {
    associatedtype RowAnswer: Answer
    /// Reads the rows of a file, whose columns are found as in training; that of the targets may be absent.
    /// - Throws: ``DatasetError``, with line and column; ``PredictionError/rowTooLong(path:line:timeCount:byteCount:found:)``.
    func rows(of file: TableFile) throws -> SequenceInputs
    /// The answer to each row. Collective: each rank computes an equal part of the rows, and all have all answers.
    /// They don't depend on ranks or threads, or on the other rows.
    /// - Parameter name: the file's, for messages.
    /// - Throws: ``PredictionError/notFinite(path:line:)`` on every rank.
    func answers(for rows: SequenceInputs, of name: String, group: any Communicator) throws -> [RowAnswer]
}

/// Names the classes of sequences with a trained model.
public final class RowClassifier: RowAnswerer {
    private let model: RowModel

    /// - Parameter meaning: that of `run`.
    /// - Throws: ``CheckpointError`` if the weights can't be read.
    public init(run: TrainedRun, meaning: SequenceMeaning, team: ThreadTeam) throws { model = try RowModel(run: run, meaning: meaning, team: team) }

    public func rows(of file: TableFile) throws -> SequenceInputs { try model.rows(of: file) }

    public func answers(for rows: SequenceInputs, of name: String, group: any Communicator) throws -> [ClassAnswer] {
        let classes = model.meaning.classes
        let own = RowModel.ownRows(rows.count, group)
        let memory = FloatMemory(count: own.count * classes.count)
        model.visit(rows, group: group) { row, place, _ in
            memory.view.copy(
                Softmax(model.network.outputs(row: place)).probabilities.map { Float($0) }, to: (row - own.lowerBound) * classes.count)
        }
        let all = try group.gatherFloats(memory.view)
        if let wrong = all.firstIndex(where: { !$0.isFinite }) { throw PredictionError.notFinite(path: name, line: rows.line(ofRow: wrong / classes.count)) }
        return (0..<rows.count).map { row in
            ClassAnswer(
                row: rows.number(ofRow: row), classes: classes, probabilities: Array(all[row * classes.count..<(row + 1) * classes.count]),
                label: rows.labels.map { $0[row].first ?? "" }, name: rows.names?[row])
        }
    }
}
