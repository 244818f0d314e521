import Batches
import Kernels
import Layers
import Models
import Runs
import Testing

@Suite("The estimate of memory")
struct MemoryNeedTests {
    private func transformer(context: Int, input: ModelDescription.Input = .embedding(vocabularyCount: 9, width: 12)) -> ModelDescription {
        var block = TransformerDescription(heads: 2, feedForward: 20)
        block.context = context
        return ModelDescription(
            input: input, layers: [.transformer(block), .recurrent(RecurrentDescription(cell: .gru, hidden: 8))], outputs: 9, head: .everyStep,
            loss: .crossEntropy, initialization: .pyTorch)
    }

    private func need(_ shape: ModelDescription, timeCount: Int = 10, carriesState: Bool, precision: Precision = .float32) -> MemoryNeed {
        MemoryNeed(
            shape: shape, timeCount: timeCount, sequenceCount: 3, carriesState: carriesState, optimizerStateCount: 2, dataByteCount: 0, precision: precision)
    }

    @Test("a transformer's context is rows of state, input, queries, keys and values for each sequence, where the state is carried", arguments: [
        (Precision.float32, 5.0), (.bfloat16, 7),
    ])
    func context(precision: Precision, rows: Double) {
        let (carried, fresh) = (need(transformer(context: 1000), carriesState: true, precision: precision), need(transformer(context: 1000), carriesState: false, precision: precision))
        #expect(carried.rankByteCount - fresh.rankByteCount == 4 * 3 * (rows * 1000 * 12 + 1))
        #expect(need(transformer(context: 0), carriesState: true).rankByteCount == need(transformer(context: 0), carriesState: false).rankByteCount)
        // Of the chunk's own rows the joined copy alone is more than without a context.
        let longer = need(transformer(context: 7), timeCount: 11, carriesState: false).rankByteCount - need(transformer(context: 7), carriesState: false).rankByteCount
        let plain = need(transformer(context: 0), timeCount: 11, carriesState: false).rankByteCount - need(transformer(context: 0), carriesState: false).rankByteCount
        #expect(longer - plain == 4 * 3 * 12)
    }

    @Test("where memory is short, segments are advised for models that take them, and groups of shards for the others")
    func advice() {
        var layers = transformer(context: 4).layers
        for (isTransformer, advice) in [(true, "raise training.accumulate"), (false, "set training.segmentLength")] {
            var shape = transformer(context: 4)
            if !isTransformer { layers.removeFirst() }
            shape.layers = layers
            let memory = need(shape, carriesState: true)
            #expect(shape.takesSegments == !isTransformer && memory.advice == advice)
            #expect("\(TrainingError.noMemory(wanted: 1e12, ranks: 1, found: 1e9, advice: memory.advice))".contains("data.length, \(advice), or share the batch"))
            #expect("\(TrainingError.memoryLimit(wanted: 1e12, found: 1e9, advice: memory.advice))".hasSuffix("data.length, or \(advice)."))
        }
    }
}
