import Batches
public import Datasets
import Kernels
import Network
public import Scheduling

/// A trained model that reads one text piece by piece, and says after each what it takes for likely: the next symbol, or the text's class.
public final class SymbolReader {
    public let vocabulary: Vocabulary
    private let run: TrainedRun
    private let network: Network
    private let reading: TextReading
    private let state: RecurrentState
    /// Symbols of a window, for a model that reads windows from a zero state; nil if it carries its state.
    private let windowLength: Int?
    private var recent: [Int32] = []
    /// The row of outputs of the last symbol; nil before one was read.
    private var lastRow: Int?

    /// - Throws: ``TrainingError/generatesNoText(kind:)`` if the model of `run` reads no symbols, ``CheckpointError`` if its weights can't be read.
    public init(run: TrainedRun, team: GateTeam) throws {
        guard let data = try run.symbols() else { throw TrainingError.generatesNoText(kind: run.configuration.data.kind.rawValue) }
        let configuration = run.configuration
        self.run = run
        vocabulary = data.vocabulary
        reading = configuration.data.reading
        windowLength = configuration.data.kind == .textWindows ? configuration.data.length : nil
        network = try run.network(shape: data.shape, team: team)
        state = RecurrentState(layers: network.shape.layers, hidden: network.shape.hidden, sequenceCount: 1)
    }

    /// The symbols of `text`, read as the training text was.
    /// - Throws: ``DatasetError/unknownSymbol(symbol:position:vocabularyCount:)``.
    public func tokens(of text: String) throws(DatasetError) -> [Int32] { try vocabulary.encode(text, as: reading) }

    /// Reads further symbols, each in 0 ..< `vocabulary.count`; of a model of windows the last ones are read anew. Cost: a forward pass.
    public func read(_ tokens: [Int32]) {
        guard !tokens.isEmpty else { return }
        var read = tokens
        if let windowLength {
            recent = Array((recent + tokens).suffix(windowLength))
            read = recent
        }
        let batch = Batch(
            timeCount: read.count, lengths: [read.count], input: .tokens(read), target: .classAtEnd([0]), globalIndices: [0])
        network.forward(batch, state: windowLength == nil ? state : nil)
        network.score(batch)
        if windowLength == nil { network.advance(state, lengths: batch.lengths) }
        lastRow = network.shape.head == .everyStep ? read.count - 1 : 0
    }

    /// Forgets what was read.
    public func reset() {
        state.reset()
        recent = []
        lastRow = nil
    }

    /// The softmax of the scores behind the last symbol, `[outputs]`; nil before one was read.
    public var probabilities: [Double]? {
        guard let lastRow else { return nil }
        let scores = network.outputs(row: lastRow).array()
        let largest = scores.max() ?? 0
        let weights = scores.map { Double(exponential($0 - largest)) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}

extension TrainedRun {
    /// The symbols that the model reads, without reading its text, and the network that does; nil if it reads numbers.
    fileprivate func symbols() throws -> (vocabulary: Vocabulary, shape: NetworkShape)? {
        if let vocabulary = try vocabulary() { return (vocabulary, configuration.networkShape(writing: vocabulary)) }
        guard configuration.data.kind.isGenerated else { return nil }
        let dataset = try RunData(configuration).dataset
        return dataset.vocabulary.map { ($0, configuration.networkShape(for: dataset)) }
    }
}
