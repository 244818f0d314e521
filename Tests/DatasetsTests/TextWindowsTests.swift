import Batches
import Datasets
import Testing

@Suite struct TextWindowsTests {
    let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func alphabet(_ count: Int, validation: Double = 0, test: Double = 0) throws -> EncodedText {
        let path = try files.write((0..<count).map { UInt8($0) }, to: "alphabet\(count)")
        return try EncodedText(
            TextOptions(files: [path], reading: TextReading(unit: .byte), split: SplitFractions(validation: validation, test: test)))
    }

    @Test("windows start at 0, stride, … below n − length, as in Keras's example")
    func counts() throws {
        for count in 2...30 {
            let text = try alphabet(count)
            for length in 1..<count {
                for step in 1...5 {
                    let windows = try TextWindows(text: text, length: length, stride: step, everyStep: false, batchSize: 4, seed: 1)
                    let starts = Array(stride(from: 0, to: count - length, by: step))
                    let found = windows.batches(of: .evaluation(.training)).allColumns()
                    #expect(found.map { Int($0.tokens[0]) } == starts, "n \(count), length \(length), stride \(step)")
                    #expect(windows.exampleCount(of: .training) == starts.count)
                    for (column, start) in zip(found, starts) {
                        #expect(column.tokens == (start..<start + length).map { Int32($0) })
                        #expect(column.targetTokens == [Int32(start + length)])
                    }
                }
            }
        }
    }

    @Test("the nietzsche text's 600,893 characters give 200,285 windows of 40, one every 3")
    func nietzscheCount() throws {
        let path = try files.write(Array(repeating: 0x61, count: 600_893), to: "long")
        let text = try EncodedText(TextOptions(files: [path], split: SplitFractions()))
        let windows = try TextWindows(text: text, length: 40, stride: 3, everyStep: false, batchSize: 128, seed: 0)
        #expect(windows.exampleCount(of: .training) == 200_285)
        #expect(windows.batchCount(of: .training(epoch: 0)) == 1565)
        #expect(windows.batches(of: .training(epoch: 0)).sequenceCount(ofBatch: 1564) == 200_285 - 1564 * 128)
    }

    @Test("with outputs at every step, each symbol's target is the next")
    func everyStep() throws {
        let windows = try TextWindows(text: alphabet(20), length: 6, stride: 2, everyStep: true, batchSize: 3, seed: 1)
        let batches = windows.batches(of: .training(epoch: 0))
        for column in batches.allColumns() { #expect(column.targetTokens == column.tokens.map { $0 + 1 }) }
        #expect(batches.targetCount(ofBatch: 0) == 18)
        #expect(windows.task.output == OutputDescription(count: 20, isEveryStep: true, loss: .crossEntropy))
    }

    @Test("no window extends beyond a part's end with its targets")
    func parts() throws {
        let text = try alphabet(100, validation: 0.2, test: 0.1)
        let windows = try TextWindows(text: text, length: 5, stride: 1, everyStep: false, batchSize: 7, seed: 1)
        for part in DataPart.allCases {
            let found = windows.batches(of: .evaluation(part)).allColumns()
            let range = text.range(of: part)
            #expect(found.count == range.count - 5)
            #expect(found.allSatisfy { range.contains(Int($0.tokens[0])) && range.contains(Int($0.targetTokens[0])) })
        }
    }

    @Test("a part without a window is rejected with the number of symbols needed")
    func tooShort() throws {
        let text = try alphabet(20, validation: 0.2)
        #expect(fault { _ = try TextWindows(text: text, length: 3, stride: 1, everyStep: true, batchSize: 1, seed: 0) } == nil)
        let error = fault { _ = try TextWindows(text: text, length: 4, stride: 1, everyStep: true, batchSize: 1, seed: 0) }
        #expect(error?.description.contains("the validation part has 4 symbols; a window of 4 symbols and the next one needs at least 5") == true)
        for (length, stride, batchSize) in [(0, 1, 1), (1, 0, 1), (1, 1, 0), (Int.max, 1, 1)] {
            #expect(
                fault { _ = try TextWindows(text: text, length: length, stride: stride, everyStep: true, batchSize: batchSize, seed: 0) }?.category
                    == .badConfiguration)
        }
    }
}
