import Batches
import Datasets
import Testing

/// One sequence of a batch, without its padding.
struct Column: Equatable {
    var index: Int
    var tokens: [Int32] = []
    var vectors: [Float] = []
    var targetTokens: [Int32] = []
    var targetNumbers: [Float] = []
}

/// The sequences of a batch, one by one. Checks that its arrays have the right sizes and that padding follows each sequence's end.
func columns(of batch: Batch) -> [Column] {
    let width = batch.sequenceCount
    #expect(batch.timeCount == batch.lengths.max() ?? 0)
    #expect(batch.globalIndices.count == width)
    return (0..<width).map { sequence in
        var column = Column(index: batch.globalIndices[sequence])
        let length = batch.lengths[sequence]
        #expect(length >= 1)
        switch batch.input {
        case .characters: Issue.record("characters stand beside words")
        case .tokens(let tokens): column.tokens = timeColumn(tokens, sequence, length, batch)
        case .vectors(let values, let count):
            #expect(values.count == batch.timeCount * width * count)
            for time in 0..<length { column.vectors += values[(time * width + sequence) * count..<(time * width + sequence + 1) * count] }
            for time in length..<batch.timeCount {
                #expect(values[(time * width + sequence) * count..<(time * width + sequence + 1) * count].allSatisfy { $0 == 0 })
            }
        }
        switch batch.target {
        case nil: Issue.record("a batch of a dataset has targets")
        case .tokenEveryStep(let tokens): column.targetTokens = timeColumn(tokens, sequence, length, batch)
        case .classAtEnd(let classes):
            #expect(classes.count == width)
            column.targetTokens = [classes[sequence]]
        case .vectorEveryStep(let values, let count):
            #expect(values.count == batch.timeCount * width * count)
            for time in 0..<length { column.targetNumbers += values[(time * width + sequence) * count..<(time * width + sequence + 1) * count] }
        case .transcripts(let symbols):
            #expect(symbols.count == width)
            column.targetTokens = symbols[sequence]
        case .vectorAtEnd(let values, let count):
            #expect(values.count == width * count)
            column.targetNumbers = Array(values[sequence * count..<(sequence + 1) * count])
        }
        return column
    }
}

private func timeColumn(_ tokens: [Int32], _ sequence: Int, _ length: Int, _ batch: Batch) -> [Int32] {
    let width = batch.sequenceCount
    #expect(tokens.count == batch.timeCount * width)
    let all = (0..<batch.timeCount).map { tokens[$0 * width + sequence] }
    #expect(all[..<length].allSatisfy { $0 >= 0 } && all[length...].allSatisfy { $0 == Batch.padding })
    return Array(all[..<length])
}

extension BatchSequence {
    /// A whole global batch.
    func whole(_ batch: Int) -> Batch { sequences(at: 0..<sequenceCount(ofBatch: batch), ofBatch: batch) }

    /// Every sequence of the pass.
    func allColumns() -> [Column] { (0..<batchCount).flatMap { columns(of: whole($0)) } }
}

let everyPass: [DataPass] = [.training(epoch: 0), .training(epoch: 3)] + DataPart.allCases.map(DataPass.evaluation)

/// The error that `work` throws.
func fault(_ work: () throws -> Void) -> DatasetError? {
    do { try work() } catch { return error as? DatasetError }
    return nil
}
