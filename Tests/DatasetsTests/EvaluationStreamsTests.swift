import Batches
import Datasets
import Testing

/// How a text is read for evaluation.
@Suite struct EvaluationStreamsTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private static let period = 251

    /// A text in which a symbol is its position modulo the period.
    private func text(_ count: Int, evaluated: EvaluatedRange? = nil, validation: Double = 0) throws -> EncodedText {
        let path = try files.write((0..<count).map { UInt8($0 % Self.period) }, to: "text\(count)")
        return try EncodedText(
            TextOptions(files: [path], reading: TextReading(unit: .byte), split: SplitFractions(validation: validation), evaluated: evaluated))
    }

    @Test(
        "every symbol except the first is a target once, after at least 256 symbols or all before it",
        arguments: [3, 300, 4095, 4096, 4097, 4099, 6144, 6145, 10_000, 131_072, 131_073, 150_001])
    func everySymbolOnce(count: Int) throws {
        let streams = try TextStreams(text: text(count), length: 1, batchSize: 1)
        let batches = streams.batches(of: .evaluation(.training))
        var asked = [Int](repeating: 0, count: count)
        var positions: [Int] = []
        var starts: [Int] = []
        var stepCount = 0
        for index in 0..<batches.batchCount {
            let batch = batches.whole(index)
            guard case .tokens(let input) = batch.input, case .tokenEveryStep(let targets) = batch.target else { Issue.record("no tokens"); return }
            if index == 0 {
                starts = try Self.starts(of: input, streamCount: batch.sequenceCount, count: count)
                positions = starts
            }
            #expect(batch.timeCount * batch.sequenceCount <= 2048 + batch.sequenceCount && batch.sequenceCount == starts.count)
            #expect(batches.targetCount(ofBatch: index) == targets.count { $0 >= 0 })
            for stream in 0..<batch.sequenceCount {
                for time in 0..<batch.lengths[stream] {
                    let place = time * batch.sequenceCount + stream
                    #expect(Int(input[place]) == positions[stream] % Self.period)
                    positions[stream] += 1
                    stepCount += 1
                    guard targets[place] >= 0 else { continue }
                    #expect(Int(targets[place]) == positions[stream] % Self.period)
                    asked[positions[stream]] += 1
                    #expect(stream == 0 || positions[stream] - starts[stream] > 256)
                }
            }
        }
        #expect(asked == [0] + Array(repeating: 1, count: count - 1))
        #expect(stepCount <= (count - 1) * 9 / 8, "\(stepCount) steps")
        #expect((count <= 4096) == (starts.count == 1) && starts.count <= 64)
    }

    /// The start of each stream: streams are in order, each starts at its first symbol, and their distances differ by at most one.
    private static func starts(of input: [Int32], streamCount: Int, count: Int) throws -> [Int] {
        let distance = streamCount > 1 ? (count - 1 - 256) / streamCount : 0
        return try (0..<streamCount).map { stream in
            let near = stream * distance
            return try #require((near...near + streamCount).first { $0 % period == Int(input[stream]) })
        }
    }

    @Test("the division into streams doesn't depend on the chunk's length or the batch")
    func sameForAnyBatch() throws {
        let text = try text(20_000, validation: 0.5)
        func batches(_ length: Int, _ batchSize: Int) throws -> [Batch] {
            let batches = try TextStreams(text: text, length: length, batchSize: batchSize).batches(of: .evaluation(.validation))
            return (0..<batches.batchCount).map(batches.whole)
        }
        let wanted = try batches(50, 50)
        #expect(wanted[0].sequenceCount == 4)
        for (length, batchSize) in [(1, 1), (7, 3), (100, 64)] { #expect(try batches(length, batchSize) == wanted) }
    }

    @Test("files evaluated as a whole need two symbols, ignore the fractions, and have all symbols as targets")
    func whole() throws {
        let streams = try TextStreams(text: text(2, evaluated: .whole, validation: 0.9), length: 100, batchSize: 100)
        #expect(streams.coverage(of: EvaluatedRange.whole.part) == DataCoverage(evaluatedCount: 1, totalCount: 2, unit: .byte))
        #expect(streams.batches(of: .evaluation(.test)).targetCount(ofBatch: 0) == 1 && streams.batchCount(of: .evaluation(.validation)) == 0)
        let error = fault { _ = try TextStreams(text: text(1, evaluated: .whole), length: 100, batchSize: 100) }
        #expect(error?.description.hasSuffix("has 1 symbol; a next symbol needs at least 2. Give more text.") == true)
        let windows = try TextWindows(text: text(9, evaluated: .whole), length: 8, stride: 3, everyStep: false, batchSize: 4, seed: 1)
        #expect(windows.exampleCount(of: .test) == 1)
        #expect(fault { _ = try TextWindows(text: text(8, evaluated: .whole), length: 8, stride: 3, everyStep: false, batchSize: 4, seed: 1) } != nil)
    }

    @Test("a part of other files needs no training part")
    func partAlone() throws {
        let text = try text(23, evaluated: .part(.validation), validation: 0.1)
        let streams = try TextStreams(text: text, length: 20, batchSize: 8)
        #expect(streams.coverage(of: .validation) == DataCoverage(evaluatedCount: 2, totalCount: 23, unit: .byte))
    }

    @Test("a table evaluated as a whole needs length + horizon rows; a row predicted by several windows counts once")
    func wholeTable() throws {
        func windows(rows: Int, stride: Int = 1) throws -> SeriesWindows {
            let table = try files.write(Array(("x\n" + (0..<9).map { "\($0)\n" }.joined()).utf8), to: "table.csv")
            let options = SeriesOptions(file: table, length: 3, horizon: 2, split: try SplitFractions())
            let statistics = try SeriesWindows(options, batchSize: 1, seed: 0).statistics
            let other = try files.write(Array(("x\n" + (0..<rows).map { "\($0)\n" }.joined()).utf8), to: "other\(rows).csv")
            let evaluated = SeriesOptions(
                file: other, length: 3, horizon: 2, stride: stride, split: try SplitFractions(validation: 0.4, test: 0.5), evaluated: .whole)
            return try SeriesWindows(evaluated, batchSize: 4, seed: 0, statistics: statistics)
        }
        #expect(try windows(rows: 5).exampleCount(of: .test) == 1)
        let error = fault { _ = try windows(rows: 4) }
        #expect(error?.description.hasSuffix("has 4 rows; a window of 3 past and 2 further rows needs at least 5. Give more rows.") == true)
        for (rows, stride, evaluated) in [(5, 1, 2), (12, 1, 9), (12, 2, 8), (12, 3, 6), (12, 5, 4)] {
            #expect(try windows(rows: rows, stride: stride).coverage(of: .test) == DataCoverage(evaluatedCount: evaluated, totalCount: rows, unit: .row))
        }
    }
}
