import Batches
import Kernels
import Layers
import Models
import Testing

/// Two blocks that carry a context across the chunks of a text.
private let shape: ModelDescription = {
    var (first, second) = (TransformerDescription(heads: 2, feedForward: 21), TransformerDescription(heads: 3, feedForward: 17))
    (first.context, second.context) = (5, 7)
    (second.norm, second.positions) = (.post, .none)
    return ModelDescription(
        input: .embedding(vocabularyCount: 9, width: 12), layers: [.transformer(first), .transformer(second)], outputs: 9, head: .everyStep, loss: .crossEntropy,
        initialization: .pyTorch)
}()
private let sequenceCount = 3
private let length = 23

private func batch(_ times: Range<Int>) -> Batch {
    func symbols(_ shift: Int) -> [Int32] { times.flatMap { time in (0..<sequenceCount).map { Int32(((time + shift) * (time + 3) * 5 + $0 * 7) % 9) } } }
    return Batch(
        timeCount: times.count, lengths: Array(repeating: times.count, count: sequenceCount), input: .tokens(symbols(0)), target: .tokenEveryStep(symbols(1)),
        globalIndices: Array(0..<sequenceCount))
}

private func parameters(_ model: Model) -> FloatMemory {
    let memory = FloatMemory(count: model.layout.count)
    shape.initialize(memory.view, seed: 5)
    return memory
}

@Suite("A transformer's context")
struct TransformerContextTests {
    /// Outputs of all time steps, and the state at the end.
    private func read(chunks: [Int], _ precision: Precision = .float32) -> (outputs: [Float], state: [Float]) {
        let model = Setting(threads: 2, precision: precision).network(shape)
        let memory = parameters(model)
        model.load(memory.view)
        let state = RecurrentState(model.plan.state, sequenceCount: sequenceCount)
        var (outputs, time): ([Float], Int) = ([], 0)
        for chunk in chunks {
            let part = batch(time..<time + chunk)
            model.forward(part, state: state)
            model.score(part)
            for row in 0..<chunk * sequenceCount { outputs += model.outputs(row: row).array() }
            model.advance(state, lengths: part.lengths)
            time += chunk
        }
        return (outputs, state.values.array())
    }

    @Test("chunks of any length, and single symbols, give the outputs and the state of the whole text", arguments: [
        [1, 1, 3, 18], [8, 8, 7], Array(repeating: 1, count: length),
    ])
    func chunks(lengths: [Int]) {
        let whole = read(chunks: [length])
        let found = read(chunks: lengths)
        #expect(relativeDifference(found.outputs, whole.outputs.map(Double.init)) < 1e-5)
        #expect(relativeDifference(found.state, whole.state.map(Double.init)) < 1e-5)
        // Without the context they differ.
        var forgetful: [Float] = []
        for chunk in stride(from: 0, to: length, by: 8) {
            let model = Setting().network(shape)
            let memory = parameters(model)
            model.load(memory.view)
            let part = batch(chunk..<min(chunk + 8, length))
            model.forward(part)
            model.score(part)
            for row in 0..<part.timeCount * sequenceCount { forgetful += model.outputs(row: row).array() }
        }
        #expect(relativeDifference(forgetful, whole.outputs.map(Double.init)) > 1e-3)
    }

    /// The state holds `context` rows of each block's width and their count.
    @Test("the state is as large as the contexts say, and counts the time steps that it holds")
    func state() {
        let layout = ModelPlan(shape).state
        #expect(layout.count == 5 * 12 + 1 + 7 * 12 + 1)
        let state = read(chunks: [4, 2]).state
        for sequence in 0..<sequenceCount {
            #expect(state[sequence * layout.count + 60] == 5 && state[(sequence + 1) * layout.count - 1] == 6)
        }
    }

    /// The memory is a constant: a directional difference of the loss beside the gradient's, both float32.
    @Test("with a memory the gradient is the loss's derivative by the weights, through the memory's keys and values too")
    func gradient() {
        let model = Setting(threads: 2, shardCount: 3).network(shape)
        let memory = parameters(model)
        let state = RecurrentState(model.plan.state, sequenceCount: sequenceCount)
        model.load(memory.view)
        model.forward(batch(0..<9), state: state)
        model.advance(state, lengths: [9, 9, 9])
        let part = batch(9..<15)
        let pass = model.pass(part, parameters: memory.view, divisor: 18, shards: [0..<1, 1..<2, 2..<3], state: state)
        for name in ["layers.0.self_attn.in_proj_weight", "layers.1.self_attn.in_proj_weight", "embedding.weight", "layers.0.norm1.weight"] {
            let range = model.layout[name].range
            let square = pass.gradient[range].reduce(0) { $0 + Double($1) * Double($1) }
            let step = 0.02 / square.squareRoot()
            func loss(_ sign: Double) -> Double {
                let moved = FloatMemory(count: model.layout.count)
                moved.view.copy(memory.view)
                for place in range { moved.view[place] += Float(sign * step * Double(pass.gradient[place])) }
                return model.pass(part, parameters: moved.view, divisor: 18, shards: [0..<3], state: state).loss / 18
            }
            let slope = (loss(1) - loss(-1)) / (2 * step)
            #expect(abs(slope - square) < 0.01 * square, "\(name): \(slope), \(square)")
        }
    }
}
