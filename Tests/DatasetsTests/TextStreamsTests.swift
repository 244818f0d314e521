import Datasets
import Testing

@Suite struct TextStreamsTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    /// A text of `count` characters, each a letter of its own place, so that a token is a position.
    private func alphabet(_ count: Int, validation: Double = 0) throws -> EncodedText {
        let path = try files.write((0..<count).map { UInt8($0) }, to: "alphabet\(count)")
        return try EncodedText(
            TextOptions(files: [path], reading: TextReading(unit: .byte), split: SplitFractions(validation: validation)))
    }

    @Test("stream b reads the symbols from b·L on, in chunks of T, each target one ahead")
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

    @Test("evaluation asks every symbol but the first exactly once, behind the one before it, for every small n, B and T")
    func evaluationCoversEverySymbol() throws {
        for count in 3...36 {
            let text = try alphabet(count)
            for length in 1...6 {
                for batchSize in 1...7 where batchSize * length < count {
                    try checkEvaluation(TextStreams(text: text, length: length, batchSize: batchSize), range: 0..<count, length: length, batchSize: batchSize)
                }
            }
        }
    }

    @Test("evaluation of the validation part stays inside it")
    func evaluationOfPart() throws {
        for count in stride(from: 20, through: 100, by: 7) {
            let text = try alphabet(count, validation: 0.3)
            for length in [1, 2, 5] {
                for batchSize in 1...9 where batchSize * length < text.range(of: .training).count {
                    let streams = try TextStreams(text: text, length: length, batchSize: batchSize)
                    checkEvaluation(streams, range: text.range(of: .validation), length: length, batchSize: batchSize, part: .validation)
                    #expect(streams.batchCount(of: .evaluation(.test)) == 0)
                }
            }
        }
    }

    /// Follows each stream through its chunks: no gap, no overlap, none empty, at most T steps, T + 1 in the last.
    private func checkEvaluation(_ streams: TextStreams, range: Range<Int>, length: Int, batchSize: Int, part: DataPart = .training) {
        let batches = streams.batches(of: .evaluation(part))
        let context = "\(range), T \(length), B \(batchSize)"
        var read = Array(repeating: [Int32](), count: min(batchSize, range.count - 1))
        for batch in 0..<batches.batchCount {
            let whole = batches.whole(batch)
            #expect(whole.timeCount <= (batch == batches.batchCount - 1 ? length + 1 : length), "\(context)")
            #expect(whole.timeCount <= streams.longestTimeCount)
            #expect(whole.sequenceCount == read.count, "\(context)")
            #expect(batches.targetCount(ofBatch: batch) == whole.lengths.reduce(0, +))
            for column in columns(of: whole) {
                read[column.index] += column.tokens
                #expect(column.targetTokens == column.tokens.map { $0 + 1 }, "\(context)")
            }
        }
        #expect(read.flatMap { $0 } == range.dropLast().map { Int32($0) }, "\(context)")
        let lengths = read.map(\.count)
        #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1, "\(context)")
    }

    @Test("a text that is too short for one chunk is refused with the symbols that it needs")
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
        #expect(validationError?.description.contains("the validation part has 1 symbols") == true)
    }

    @Test("lengths and batches below one, or beyond all use, are refused")
    func options() throws {
        let text = try alphabet(12)
        for (length, batchSize) in [(0, 1), (-1, 1), (1, 0), (Int.max, 1), (1, Int.max), (1 << 30, 1 << 30)] {
            #expect(fault { _ = try TextStreams(text: text, length: length, batchSize: batchSize) } != nil)
        }
    }
}
