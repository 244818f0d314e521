import Configuration
public import Datasets
import Kernels
import Layers
import Models
import Runs
public import Threads

/// A trained model that reads one text in pieces, and gives probabilities after each: of the next symbol, or of the text's class.
public final class SymbolReader {
    public let vocabulary: Vocabulary
    private let run: TrainedRun
    private let reader: TokenReader
    private let reading: TextReading

    /// - Throws: ``TrainingError/generatesNoText(kind:)`` if the model of `run` reads no symbols, ``CheckpointError`` if its weights can't be read.
    public init(run: TrainedRun, team: ThreadTeam) throws {
        guard let vocabulary = try run.vocabulary() else { throw TrainingError.generatesNoText(kind: run.configuration.data.kindName) }
        self.run = run
        self.vocabulary = vocabulary
        reading = run.configuration.data.reading
        guard run.configuration.model.characters == .none else { throw PredictionError.readsCharacters }
        reader = TokenReader(try run.network(shape: run.modelDescription(), team: team), textCount: 1, windowLength: run.configuration.windowLength)
    }

    /// Encodes `text` as the training text was.
    /// - Throws: ``DatasetError/unknownSymbol(symbol:position:vocabularyCount:)``.
    public func tokens(of text: String) throws(DatasetError) -> [Int32] { try vocabulary.encode(text, as: reading, begins: reader.lastRows.isEmpty) }

    /// Reads further symbols, each in 0 ..< `vocabulary.count`; a model of windows reads the last window again. Cost: a forward pass.
    public func read(_ tokens: [Int32]) {
        if !tokens.isEmpty { reader.read([tokens]) }
    }

    /// Resets the model to the state before the first symbol.
    public func reset() { reader.reset() }

    /// Softmax of the scores after the last symbol, `[outputs]`; nil before the first symbol.
    public var probabilities: [Double]? {
        guard let row = reader.lastRows.first else { return nil }
        return Softmax(reader.network.outputs(row: row)).probabilities
    }
}
