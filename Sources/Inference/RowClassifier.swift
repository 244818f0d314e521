import Batches
public import Communication
import Configuration
public import Datasets
import Kernels
import Layers
import Models
import Runs
public import Threads

/// Names the classes of sequences with a trained model.
public final class RowClassifier {
    private let run: TrainedRun
    private let meaning: SequenceMeaning
    private let network: Model

    /// Rows of a batch at most.
    private static let largestRowCount = 256
    /// Floats of a batch's activations at most, unless a single row has more.
    private static let largestFloatCount = 64 << 20

    /// - Parameter meaning: that of `run`.
    /// - Throws: ``CheckpointError`` if the weights can't be read.
    public init(run: TrainedRun, meaning: SequenceMeaning, team: ThreadTeam) throws {
        (self.run, self.meaning) = (run, meaning)
        let input = meaning.inputVocabulary.map { InputKind.tokens(vocabularyCount: $0.count) } ?? .vectors(featureCount: meaning.inputScale.count)
        network = try run.network(
            shape: run.configuration.modelDescription(reading: input, for: ClassificationTask(names: meaning.classes).output), team: team)
    }

    /// Reads the rows of a file, whose columns are found as in training; that of the classes may be absent.
    /// - Throws: ``DatasetError``, with line and column; ``PredictionError/rowTooLong(path:line:timeCount:byteCount:found:)``.
    public func rows(of file: TableFile) throws -> SequenceInputs {
        let rows = try SequenceInputs(file, options: run.configuration.sequenceOptions(), meaning: meaning)
        guard let longest = (0..<rows.count).max(by: { rows.timeCount(ofRow: $0) < rows.timeCount(ofRow: $1) }) else { return rows }
        let need = MemoryNeed(
            shape: network.shape, timeCount: rows.timeCount(ofRow: longest), sequenceCount: 1, carriesState: false, optimizerStateCount: 0, dataByteCount: 0,
            precision: run.precision)
        let found = min(need.hostByteCount / Double(need.localRankCount), need.processByteCount)
        guard need.rankByteCount < found else {
            throw PredictionError.rowTooLong(
                path: file.name, line: rows.line(ofRow: longest), timeCount: rows.timeCount(ofRow: longest), byteCount: need.rankByteCount, found: found)
        }
        return rows
    }

    /// The class of each row. Collective: each rank computes an equal part of the rows, and all have all answers.
    /// The probabilities don't depend on ranks or threads, or on the other rows.
    /// - Parameter name: the file's, for messages.
    /// - Throws: ``PredictionError/notFinite(path:line:)`` on every rank.
    public func answers(for rows: SequenceInputs, of name: String, group: any Communicator) throws -> [ClassAnswer] {
        let classCount = meaning.classes.count
        let own = rows.count * group.rank / group.rankCount..<rows.count * (group.rank + 1) / group.rankCount
        let memory = FloatMemory(count: own.count * classCount)
        for piece in pieces(of: own, rows) {
            let batch = rows.batch(ofRows: piece)
            network.forward(batch)
            network.score(batch)
            for (place, row) in piece.enumerated() {
                memory.view.copy(
                    Softmax(network.outputs(row: place)).probabilities.map { Float($0) }, to: (row - own.lowerBound) * classCount)
            }
            group.recorder.advance()
        }
        let all = try group.gatherFloats(memory.view)
        if let wrong = all.firstIndex(where: { !$0.isFinite }) { throw PredictionError.notFinite(path: name, line: rows.line(ofRow: wrong / classCount)) }
        return (0..<rows.count).map { row in
            ClassAnswer(
                row: row + 1, classes: meaning.classes, probabilities: Array(all[row * classCount..<(row + 1) * classCount]), label: rows.labels?[row],
                name: rows.names?[row])
        }
    }

    /// Consecutive rows that are computed together, so that their activations fit into memory.
    private func pieces(of range: Range<Int>, _ rows: SequenceInputs) -> [Range<Int>] {
        let floatCount = Int(ModelPlan(network.shape).keptFloats(.float32)) + meaning.classes.count
        var pieces: [Range<Int>] = []
        var (start, longest) = (range.lowerBound, 0)
        for row in range {
            longest = max(longest, rows.timeCount(ofRow: row))
            let count = row + 1 - start
            if count > 1, count > Self.largestRowCount || count * longest * floatCount > Self.largestFloatCount {
                pieces.append(start..<row)
                (start, longest) = (row, rows.timeCount(ofRow: row))
            }
        }
        return start < range.upperBound ? pieces + [start..<range.upperBound] : pieces
    }
}
