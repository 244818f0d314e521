import Batches
public import Communication
public import Datasets
import Kernels
import Models
import Runs
public import Threads

/// Predicts numbers of sequences, or of their time steps, with a trained model.
public final class RowForecaster: RowAnswerer {
    private let model: RowModel

    /// - Parameter meaning: that of `run`.
    /// - Throws: ``CheckpointError`` if the weights can't be read.
    public init(run: TrainedRun, meaning: SequenceMeaning, team: ThreadTeam) throws { model = try RowModel(run: run, meaning: meaning, team: team) }

    public func rows(of file: TableFile) throws -> SequenceInputs { try model.rows(of: file) }

    public func answers(for rows: SequenceInputs, of name: String, group: any Communicator) throws -> [NumberAnswer] {
        let (scale, isEveryStep) = (model.meaning.targetScale, model.meaning.target == .numbersEveryStep)
        var own: [Float] = []
        model.visit(rows, group: group) { _, place, batch in
            let outputRows = isEveryStep ? (0..<batch.lengths[place]).map { $0 * batch.sequenceCount + place } : [place]
            for row in outputRows { own += model.network.outputs(row: row).array() }
        }
        let memory = FloatMemory(count: own.count)
        memory.view.copy(own)
        let all = try group.gatherFloats(memory.view)
        var start = 0
        return try (0..<rows.count).map { row in
            let count = (isEveryStep ? rows.timeCount(ofRow: row) : 1) * scale.count
            let values = all[start..<start + count].enumerated().map { scale[$0.offset % scale.count].restored(Double($0.element)) }
            start += count
            guard values.allSatisfy(\.isFinite) else { throw PredictionError.notFinite(path: name, line: rows.line(ofRow: row)) }
            return NumberAnswer(row: rows.number(ofRow: row), name: rows.names?[row], targets: scale.map(\.name), isEveryStep: isEveryStep, values: values)
        }
    }
}
