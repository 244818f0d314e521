import Kernels
import Testing

@Suite("Float memory")
struct MemoryTests {
    @Test("Memory is initially 0 and starts at a cache line, for every count")
    func isZeroAndAligned() {
        for count in [0, 1, 15, 16, 17, 1000] {
            let memory = FloatMemory(count: count)
            #expect(memory.count == count && memory.view.count == count)
            #expect(areSame(memory.view.array(), Array(repeating: 0, count: count)))
            let address = memory.view.withSpan { span in span.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) } }
            #expect(address % 64 == 0 && address != 0)
        }
    }

    @Test("A whole vector can be loaded at each of its floats")
    func tails() {
        for count in 1...33 {
            let memory = memory(Array(repeating: 1, count: count))
            #expect(memory.view.sixteen(at: count - 1)[0] == 1)
            #expect(memory.view.lane(at: count - 1)[0] == 1)
        }
    }

    @Test("Spans, views and slices share the same floats")
    func sharesFloats() {
        let memory = FloatMemory(count: 10)
        memory.view[2] = 5
        memory.view.slice(from: 2, count: 4)[1] = 7
        memory.view.withMutableSpan { $0[9] = 8 }
        #expect(memory.view.array() == [0, 0, 5, 7, 0, 0, 0, 0, 0, 8])
        #expect(memory.view.withSpan { $0[2] + $0[3] + $0[9] } == 20)
    }

    @Test("Gathering copies and rounds the tokens' rows, gives 0 for negative tokens, and leaves other rows unchanged", arguments: Precision.all)
    func gathers(precision: Precision) {
        let table = memory(floats(count: 12, seed: 8))
        let rowStride = precision.rowStride(3)
        let words = FloatMemory(count: precision.wordCount(5 * rowStride))
        words.view.fill(9)
        let before = words.view.array()
        OperandView(words: words.view, precision: precision).gather(rows: 1..<4, width: 3, of: table.view, tokens: [0, 3, -1, 1])
        let rows = table.view.array()
        let wanted = OperandMemory(Array(rows[9..<12]) + [0, 0, 0] + Array(rows[3..<6]), width: 3, precision)
        let (first, end) = (precision.wordCount(rowStride), precision.wordCount(4 * rowStride))
        let found = words.view.array()
        #expect(areSame(Array(found[first..<end]), wanted.wordArray))
        #expect(areSame(Array(found[..<first] + found[end...]), Array(before[..<first] + before[end...])))
    }
}
