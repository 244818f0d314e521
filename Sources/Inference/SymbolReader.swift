import Configuration
public import Datasets
import Kernels
import Network
import Runs
public import Threads

/// A trained model that reads one text piece by piece, and says after each what it takes for likely: the next symbol, or the text's class.
public final class SymbolReader {
    public let vocabulary: Vocabulary
    private let run: TrainedRun
    private let reader: TokenReader
    private let reading: TextReading

    /// - Throws: ``TrainingError/generatesNoText(kind:)`` if the model of `run` reads no symbols, ``CheckpointError`` if its weights can't be read.
    public init(run: TrainedRun, team: ThreadTeam) throws {
        guard let data = try run.symbols() else { throw TrainingError.generatesNoText(kind: run.configuration.data.kind.rawValue) }
        self.run = run
        vocabulary = data.vocabulary
        reading = run.configuration.data.reading
        reader = TokenReader(try run.network(shape: data.shape, team: team), textCount: 1, windowLength: run.configuration.data.windowLength)
    }

    /// The symbols of `text`, read as the training text was.
    /// - Throws: ``DatasetError/unknownSymbol(symbol:position:vocabularyCount:)``.
    public func tokens(of text: String) throws(DatasetError) -> [Int32] { try vocabulary.encode(text, as: reading, begins: reader.lastRows.isEmpty) }

    /// Reads further symbols, each in 0 ..< `vocabulary.count`; of a model of windows the last ones are read anew. Cost: a forward pass.
    public func read(_ tokens: [Int32]) {
        if !tokens.isEmpty { reader.read([tokens]) }
    }

    /// Forgets what was read.
    public func reset() { reader.reset() }

    /// The softmax of the scores behind the last symbol, `[outputs]`; nil before one was read.
    public var probabilities: [Double]? {
        guard let row = reader.lastRows.first else { return nil }
        let scores = reader.network.outputs(row: row).array()
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
