import Batches
import Communication
import Configuration
import Datasets
import Kernels
import Layers
import Models
import Runs
import Threads

/// A trained model of sequences, applied to rows of files.
final class RowModel {
    let run: TrainedRun
    let meaning: SequenceMeaning
    let network: Model

    /// Rows of a batch at most.
    private static let largestRowCount = 256
    /// Floats of a batch's activations at most, unless a single row has more.
    private static let largestFloatCount = 64 << 20

    /// - Parameter meaning: that of `run`.
    /// - Throws: ``CheckpointError`` if the weights can't be read.
    init(run: TrainedRun, meaning: SequenceMeaning, team: ThreadTeam) throws {
        (self.run, self.meaning) = (run, meaning)
        network = try run.network(shape: run.configuration.modelDescription(reading: meaning.input, for: meaning.task().output), team: team)
    }

    /// Reads the rows of a file, whose columns are found as in training; that of the classes may be absent.
    /// - Throws: ``DatasetError``, with line and column; ``PredictionError/rowTooLong(path:line:timeCount:byteCount:found:)``.
    func rows(of file: TableFile) throws -> SequenceInputs {
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

    /// Calls `body` with each of this rank's rows and its batch after `forward` and `score`, in order; `place` is the row's in the batch.
    func visit(_ rows: SequenceInputs, group: any Communicator, _ body: (_ row: Int, _ place: Int, _ batch: Batch) -> Void) {
        for piece in pieces(of: Self.ownRows(rows.count, group), rows) {
            let batch = rows.batch(ofRows: piece)
            network.forward(batch)
            network.score(batch)
            for (place, row) in piece.enumerated() { body(row, place, batch) }
            group.recorder.advance()
        }
    }

    /// The rows of a rank: an equal part.
    static func ownRows(_ count: Int, _ group: any Communicator) -> Range<Int> {
        count * group.rank / group.rankCount..<count * (group.rank + 1) / group.rankCount
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
