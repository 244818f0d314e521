import Batches
import Datasets
import Testing

@Suite struct SharesTests {
    /// One dataset of each kind, some with ragged sequences and incomplete batches.
    private func everyKind(_ files: TemporaryFiles, batchSize: Int) throws -> [any Dataset] {
        let split = try SplitFractions(validation: 0.2, test: 0.1)
        let path = try files.write((0..<200).map { UInt8($0 * 7 % 251) }, to: "text")
        let text = try EncodedText(TextOptions(files: [path], reading: TextReading(unit: .byte), split: split))
        let csv = try files.write("a,b\n" + (0..<80).map { "\($0),\($0 * $0 % 17)\n" }.joined(), to: "csv")
        let series = SeriesOptions(file: csv, length: 4, horizon: 2, relative: true, split: split)
        let generated = try GeneratedOptions(trainingCount: 23, validationCount: 9, testCount: 4, batchSize: batchSize, seed: 3)
        return [
            try TextStreams(text: text, length: 4, batchSize: batchSize),
            try TextWindows(text: text, length: 5, stride: 3, everyStep: false, batchSize: batchSize, seed: 3),
            try TextWindows(text: text, length: 5, stride: 3, everyStep: true, batchSize: batchSize, seed: 3),
            try SeriesWindows(series, batchSize: batchSize, seed: 3), EmbeddedReber(generated), try AddingProblem(generated, length: 12),
            try TemporalOrder(generated, length: 30),
        ]
    }

    @Test("the ranks' parts together are the global batch, for every kind, pass, batch and number of ranks")
    func sharesMakeTheBatch() throws {
        let files = try TemporaryFiles()
        for batchSize in [1, 3, 8, 11] {
            for dataset in try everyKind(files, batchSize: batchSize) {
                for pass in everyPass {
                    let batches = dataset.batches(of: pass)
                    #expect(batches.batchCount == dataset.batchCount(of: pass) && batches.batchCount > 0)
                    for batch in 0..<batches.batchCount {
                        let whole = columns(of: batches.whole(batch))
                        for rankCount in [1, 2, 4, 8] { #expect(try shares(of: batches, batch, rankCount: rankCount) == whole) }
                    }
                }
            }
        }
    }

    private func shares(of batches: any BatchSequence, _ batch: Int, rankCount: Int) throws -> [Column] {
        let plan = try ShardPlan(shardCount: 8, rankCount: rankCount)
        let count = batches.sequenceCount(ofBatch: batch)
        return (0..<rankCount).flatMap { rank in
            columns(of: batches.sequences(at: plan.places(ofRank: rank, sequenceCount: count), ofBatch: batch))
        }
    }

    @Test("an empty part has no sequence, no time step, and its batch's kinds of input and target")
    func emptyShare() throws {
        let files = try TemporaryFiles()
        for dataset in try everyKind(files, batchSize: 3) {
            let batches = dataset.batches(of: .training(epoch: 0))
            let empty = batches.sequences(at: 2..<2, ofBatch: 0)
            #expect(empty.timeCount == 0 && empty.sequenceCount == 0 && columns(of: empty).isEmpty)
            #expect(kind(of: empty) == kind(of: batches.whole(0)))
        }
    }

    /// The kinds of a batch's input and target, without their contents.
    private func kind(of batch: Batch) -> [Int] {
        let input = if case .vectors(_, let count) = batch.input { count } else { 0 }
        return switch batch.target {
        case nil: []
        case .tokenEveryStep: [input, 0, 0]
        case .classAtEnd: [input, 1, 0]
        case .vectorAtEnd(_, let count): [input, 2, count]
        case .vectorEveryStep(_, let count): [input, 3, count]
        case .transcripts: [input, 4, 0]
        }
    }

    @Test("a batch's targets are counted correctly, and it has at most as many steps as the longest sequence")
    func counts() throws {
        let files = try TemporaryFiles()
        for dataset in try everyKind(files, batchSize: 4) {
            for pass in everyPass {
                let batches = dataset.batches(of: pass)
                for batch in 0..<batches.batchCount {
                    let whole = batches.whole(batch)
                    let counted = columns(of: whole).reduce(0) { $0 + $1.targetTokens.count + $1.targetNumbers.count }
                    #expect(batches.targetCount(ofBatch: batch) == counted)
                    // A text in streams is evaluated in chunks of another length.
                    #expect(whole.timeCount <= dataset.longestTimeCount || (dataset.carriesState && pass != .training(epoch: 0) && pass != .training(epoch: 3)))
                    #expect(whole.sequenceCount <= 4)
                }
            }
        }
    }

    @Test("evaluation covers each example of a part exactly once; training reads the same ones in another order")
    func evaluationOrder() throws {
        let files = try TemporaryFiles()
        for dataset in try everyKind(files, batchSize: 4) where !dataset.carriesState {
            let natural = dataset.batches(of: .evaluation(.training)).allColumns()
            let shuffled = dataset.batches(of: .training(epoch: 0)).allColumns()
            #expect(natural.map(\.index) == Array(0..<natural.count))
            #expect(shuffled != natural && shuffled.sorted { $0.index < $1.index } == natural)
            #expect(dataset.batches(of: .training(epoch: 1)).allColumns() != shuffled)
            #expect(dataset.startsFromZeroState(batch: 1))
        }
    }
}
