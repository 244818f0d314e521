import Datasets
import Testing

@Suite struct TextStreamsTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    /// A text of `count` characters that differ at each position, so that a token is a position.
    private func alphabet(_ count: Int, validation: Double = 0) throws -> EncodedText {
        let path = try files.write((0..<count).map { UInt8($0) }, to: "alphabet\(count)")
        return try EncodedText(
            TextOptions(files: [path], reading: TextReading(unit: .byte), split: SplitFractions(validation: validation)))
    }

    @Test("stream b reads the symbols starting at b·L, in chunks of T, each target one ahead")
    func training() throws {
        // 21 symbols, 2 streams of T = 3: L = 3·⌊20/6⌋ = 9.
        let streams = try TextStreams(text: alphabet(21), length: 3, batchSize: 2)
        let batches = streams.batches(of: .training(epoch: 5))
        #expect(batches.batchCount == 3 && streams.batchCount(of: .training(epoch: 0)) == 3)
        for batch in 0..<3 {
            let found = columns(of: batches.whole(batch))
            #expect(batches.sequenceCount(ofBatch: batch) == 2 && batches.targetCount(ofBatch: batch) == 6)
            for stream in 0..<2 {
                let first = Int32(stream * 9 + batch * 3)
                #expect(found[stream] == Column(index: stream, tokens: [first, first + 1, first + 2], targetTokens: [first + 1, first + 2, first + 3]))
            }
            #expect(streams.startsFromZeroState(batch: batch) == (batch == 0))
        }
    }

    @Test("training reads B·L symbols, L = T·⌊(n − 1)/(B·T)⌋, for every small n, B and T")
    func trainingCounts() throws {
        for count in 2...40 {
            let text = try alphabet(count)
            for length in 1...6 {
                for batchSize in 1...6 where batchSize * length < count {
                    let streams = try TextStreams(text: text, length: length, batchSize: batchSize)
                    let batches = streams.batches(of: .training(epoch: 0))
                    #expect(batches.batchCount == (count - 1) / (batchSize * length))
                    for batch in 0..<batches.batchCount { #expect(batches.targetCount(ofBatch: batch) == batchSize * length) }
                    let read = batches.allColumns().flatMap(\.tokens).sorted()
                    #expect(read == (0..<batchSize * length * batches.batchCount).map { Int32($0) })
                    #expect(streams.longestTimeCount >= length)
                }
            }
        }
    }

    @Test("evaluation reads a short part as one stream, for every T and B; every symbol except the first is a target once")
    func evaluationOfShortPart() throws {
        for count in stride(from: 20, through: 100, by: 7) {
            let text = try alphabet(count, validation: 0.3)
            for (length, batchSize) in [(1, 1), (2, 6), (5, 2)] {
                let streams = try TextStreams(text: text, length: length, batchSize: batchSize)
                for part in [DataPart.training, .validation] {
                    let range = text.range(of: part)
                    let found = streams.batches(of: .evaluation(part)).allColumns()
                    #expect(found.map(\.index) == [0] && found[0].tokens == range.dropLast().map { Int32($0) })
                    #expect(found[0].targetTokens == range.dropFirst().map { Int32($0) })
                    #expect(streams.coverage(of: part) == DataCoverage(evaluatedCount: range.count - 1, totalCount: count, unit: .byte))
                }
                #expect(streams.batchCount(of: .evaluation(.test)) == 0)
            }
        }
    }

    @Test("a text that is too short for one chunk is rejected with the number of symbols needed")
    func tooShort() throws {
        let text = try alphabet(12)
        #expect(throws: Never.self) { try TextStreams(text: text, length: 11, batchSize: 1) }
        let error = fault { _ = try TextStreams(text: text, length: 4, batchSize: 3) }
        #expect(error?.description.contains("has 12 symbols; a chunk of 4 steps in 3 streams needs at least 13") == true)
        #expect(error?.category == .badData)
        let short = try alphabet(11, validation: 0.1)
        #expect(fault { _ = try TextStreams(text: short, length: 2, batchSize: 2) } == nil)
        let shorter = try alphabet(10, validation: 0.1)
        let validationError = fault { _ = try TextStreams(text: shorter, length: 2, batchSize: 2) }
        #expect(validationError?.description.contains("the validation part has 1 symbol;") == true)
    }

    @Test("lengths and batches below one, or uselessly large, are rejected")
    func options() throws {
        let text = try alphabet(12)
        for (length, batchSize) in [(0, 1), (-1, 1), (1, 0), (Int.max, 1), (1, Int.max), (1 << 30, 1 << 30)] {
            #expect(fault { _ = try TextStreams(text: text, length: length, batchSize: batchSize) } != nil)
        }
    }
}
