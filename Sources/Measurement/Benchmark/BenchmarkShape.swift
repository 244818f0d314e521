public import Batches
import Kernels
public import Layers
public import Models

/// A network and a batch of random numbers whose training step is timed.
public struct BenchmarkShape: Sendable, Equatable {
    public var name: String
    /// Number of sequences of the batch, over all ranks.
    public var batch: Int
    public var timeCount: Int
    /// Time steps of the shortest sequence: lengths are random from it to `timeCount`; nil if all are as long. The first one is `timeCount` long.
    public var leastTimeCount: Int?
    /// Number of tokens; 0 if the model reads and predicts real numbers.
    public var vocabulary: Int
    /// Input width of the first layer: the embedding's, the vocabulary's for one-hot tokens, or the number of features.
    public var input: Int
    /// Each of the recurrent layers.
    public var layer: RecurrentDescription
    /// Recurrent layers.
    public var layers: Int
    /// Rate between the layers.
    public var dropout = 0.0
    /// Whether tokens are embedded instead of one-hot.
    public var isEmbedded: Bool
    /// Whether the loss is computed at every time step, or only at the last.
    public var lossAtEveryStep: Bool

    public init(
        name: String, batch: Int, timeCount: Int, vocabulary: Int, input: Int, hidden: Int, layers: Int, isEmbedded: Bool, lossAtEveryStep: Bool
    ) {
        self.name = name
        self.batch = batch
        self.timeCount = timeCount
        self.vocabulary = vocabulary
        self.input = input
        layer = RecurrentDescription(cell: .lstm, hidden: hidden)
        self.layers = layers
        self.isEmbedded = isEmbedded
        self.lossAtEveryStep = lossAtEveryStep
    }

    /// Keras's text generation, Karpathy's char-rnn and a larger one, Zaremba's small and medium models of PTB, a multivariate series,
    /// the adding problem, and a wide layer.
    public static let named: [BenchmarkShape] = [
        BenchmarkShape(
            name: "keras-textgen", batch: 128, timeCount: 40, vocabulary: 57, input: 57, hidden: 128, layers: 1, isEmbedded: false,
            lossAtEveryStep: false),
        BenchmarkShape(
            name: "char-rnn", batch: 50, timeCount: 50, vocabulary: 65, input: 65, hidden: 128, layers: 2, isEmbedded: true,
            lossAtEveryStep: true),
        BenchmarkShape(
            name: "char-512", batch: 64, timeCount: 128, vocabulary: 96, input: 512, hidden: 512, layers: 2, isEmbedded: true,
            lossAtEveryStep: true),
        BenchmarkShape(
            name: "ptb-small", batch: 20, timeCount: 20, vocabulary: 10_000, input: 200, hidden: 200, layers: 2, isEmbedded: true,
            lossAtEveryStep: true),
        BenchmarkShape(
            name: "ptb-medium", batch: 20, timeCount: 35, vocabulary: 10_000, input: 650, hidden: 650, layers: 2, isEmbedded: true,
            lossAtEveryStep: true),
        BenchmarkShape(
            name: "series", batch: 32, timeCount: 96, vocabulary: 0, input: 7, hidden: 64, layers: 2, isEmbedded: false,
            lossAtEveryStep: false),
        BenchmarkShape(
            name: "adding", batch: 32, timeCount: 400, vocabulary: 0, input: 2, hidden: 128, layers: 1, isEmbedded: false,
            lossAtEveryStep: false),
        BenchmarkShape(
            name: "wide-1024", batch: 64, timeCount: 64, vocabulary: 0, input: 1024, hidden: 1024, layers: 1, isEmbedded: false,
            lossAtEveryStep: false),
    ]
}

extension BenchmarkShape {
    public var network: ModelDescription {
        let reads: ModelDescription.Input =
            vocabulary == 0 ? .vectors(width: input)
            : isEmbedded ? .embedding(vocabularyCount: vocabulary, width: input) : .oneHot(vocabularyCount: vocabulary)
        return ModelDescription(
            input: reads, layers: LayerDescription.alike(layer, count: layers, dropout: dropout), outputs: max(1, vocabulary),
            head: lossAtEveryStep ? .everyStep : .lastStep, loss: vocabulary == 0 ? .squaredError : .crossEntropy, initialization: .pyTorch)
    }

    /// Number of targets of the whole batch, the loss's divisor.
    public var targetCount: Int { batch * (lossAtEveryStep ? timeCount : 1) }

    /// Time steps of the sequence at `place` of batch number `index`.
    private func length(ofBatch index: Int, _ place: Int) -> Int {
        guard let leastTimeCount, place > 0 else { return timeCount }
        return leastTimeCount + Philox(seed: 1, purpose: .examples).integer(below: timeCount - leastTimeCount + 1, index, 2 * timeCount, place)
    }

    /// Floating-point operations of a training step as other frameworks count them: forward, and twice that backward, a multiply-add as two, a product
    /// with a one-hot or embedded input counted in full. So work that we avoid increases our rate.
    public var modelOperations: Double { 6 * Double(batch) * Double(network.multiplyAdds(timeCount: timeCount)) }

    /// The sequences at `places` of batch number `index`; each is a function of its position.
    public func sequences(at places: Range<Int>, ofBatch index: Int) -> Batch {
        let random = Philox(seed: 1, purpose: .examples)
        func draw(_ time: Int, _ place: Int) -> Int32 { Int32(random.integer(below: vocabulary, index, time, place)) }
        func number(_ time: Int, _ place: Int, _ feature: Int) -> Float {
            Float(random.normalPair(index, time, place * input + feature).0)
        }
        let lengths = places.map { length(ofBatch: index, $0) }
        let longest = lengths.max() ?? 0
        let positions = (0..<longest).flatMap { time in places.map { (time, $0) } }
        func isPadding(_ position: (Int, Int)) -> Bool { position.0 >= lengths[position.1 - places.lowerBound] }
        let reads: Batch.Input =
            vocabulary > 0
            ? .tokens(positions.map { isPadding($0) ? Batch.padding : draw($0.0, $0.1) })
            : .vectors(
                positions.flatMap { position in (0..<input).map { isPadding(position) ? 0 : number(position.0, position.1, $0) } }, featureCount: input)
        // Targets use the random numbers of time steps past the last input.
        let target: Batch.Target =
            vocabulary == 0
            ? .vectorAtEnd(places.map { number(timeCount, $0, 0) }, outputCount: 1)
            : lossAtEveryStep
                ? .tokenEveryStep(positions.map { isPadding($0) ? Batch.padding : draw(timeCount + $0.0, $0.1) }) : .classAtEnd(places.map { draw(timeCount, $0) })
        return Batch(timeCount: longest, lengths: lengths, input: reads, target: target, globalIndices: Array(places))
    }
}
