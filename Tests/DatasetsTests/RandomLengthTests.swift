import Batches
import Datasets
import Testing

@Suite struct RandomLengthTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func streams(symbolCount: Int, length: Int, batchSize: Int, seed: UInt64? = 1) throws -> TextStreams {
        let path = try files.write((0..<symbolCount).map { UInt8($0 * 31 % 251) }, to: "text\(symbolCount)")
        let text = try EncodedText(TextOptions(files: [path], reading: TextReading(unit: .byte), split: SplitFractions(validation: 0.1)))
        return try TextStreams(text: text, length: length, batchSize: batchSize, lengthSeed: seed)
    }

    /// The lengths of an epoch's chunks.
    private func lengths(_ streams: TextStreams, epoch: Int) -> [Int] {
        let batches = streams.batches(of: .training(epoch: epoch))
        return (0..<batches.batchCount).map { batches.sequences(at: 0..<1, ofBatch: $0).timeCount }
    }

    @Test("an epoch reads the symbols of fixed lengths, in as many batches, whose lengths are around T and T on average", arguments: [1, 2, 7, 35])
    func sameSymbols(length: Int) throws {
        for batchSize in [1, 3] {
            let (random, fixed) = (try streams(symbolCount: 900, length: length, batchSize: batchSize), try streams(symbolCount: 900, length: length, batchSize: batchSize, seed: nil))
            for epoch in 0..<3 {
                let (found, wanted) = (random.batches(of: .training(epoch: epoch)), fixed.batches(of: .training(epoch: epoch)))
                #expect(found.batchCount == wanted.batchCount && random.batchCount(of: .training(epoch: epoch)) == wanted.batchCount)
                for stream in 0..<batchSize {
                    func read(_ batches: any BatchSequence) -> (tokens: [Int32], targets: [Int32]) {
                        let chunks = (0..<batches.batchCount).map { columns(of: batches.sequences(at: stream..<stream + 1, ofBatch: $0))[0] }
                        return (chunks.flatMap(\.tokens), chunks.flatMap(\.targetTokens))
                    }
                    #expect(read(found) == read(wanted))
                }
                for batch in 0..<found.batchCount {
                    let count = found.sequences(at: 0..<1, ofBatch: batch).timeCount
                    #expect(count >= 1 && found.targetCount(ofBatch: batch) == count * batchSize)
                    #expect(found.relativeLength(ofBatch: batch) == Double(count) / Double(length) && wanted.relativeLength(ofBatch: batch) == 1)
                }
            }
        }
    }

    @Test("one chunk in twenty is half as long; the deviation is 5")
    func distribution() throws {
        let all = try (0..<40).flatMap { lengths(try streams(symbolCount: 70_001, length: 70, batchSize: 1), epoch: $0) }
        let long = all.filter { $0 > 53 }
        let (count, mean) = (Double(all.count), Double(long.reduce(0, +)) / Double(long.count))
        #expect(all.count == 40 * 899)
        // 1,798 of 35,960 are short, with a deviation of 41.
        #expect(abs(count - Double(long.count) - 0.05 * count) < 250, "\(all.count - long.count)")
        let deviation = (long.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(long.count)).squareRoot()
        // Scaling to the mean of 70 makes 70 and 5 larger by 1/0.975.
        #expect(abs(mean - 70 / 0.975) < 0.5 && abs(deviation - 5 / 0.975) < 0.3, "\(mean), \(deviation)")
    }

    @Test("lengths are functions of seed and epoch, and the fingerprint tells them apart")
    func functions() throws {
        let (one, two) = (try streams(symbolCount: 2000, length: 20, batchSize: 2), try streams(symbolCount: 2000, length: 20, batchSize: 2, seed: 2))
        #expect(lengths(one, epoch: 3) == lengths(one, epoch: 3))
        #expect(lengths(one, epoch: 3) != lengths(one, epoch: 4) && lengths(one, epoch: 3) != lengths(two, epoch: 3))
        let fixed = try streams(symbolCount: 2000, length: 20, batchSize: 2, seed: nil)
        #expect(Set([one, two, fixed].map(\.fingerprint)).count == 3)
    }
}
