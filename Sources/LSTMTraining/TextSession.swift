import Datasets
import Inference
import Training

/// A text that a model reads in pieces, with the model's state. Sessions of a model are independent.
///
/// ```swift
/// let session = try model.session()
/// try session.read("To be, or not to b")
/// for (symbol, probability) in session.likeliest(3) { print(symbol, probability) }
/// ```
public final class TextSession {
    /// The model's vocabulary, in the order of its tokens: characters; words, with "<eos>" for a line's end; for a model of bytes, those that are ASCII,
    /// and others as "<E9>"; byte pairs as their text, and those that aren't whole characters like bytes.
    public let symbols: [String]
    private let reader: SymbolReader
    /// Owner of the reader's parameters.
    private let model: TrainedModel

    init(reader: SymbolReader, model: TrainedModel) {
        self.reader = reader
        self.model = model
        symbols = reader.vocabulary.symbols.map { Self.name(of: $0, unit: reader.vocabulary.unit) }
    }

    /// Reads the next piece of the text. An empty one has no effect. A model of byte pairs reads each piece's own tokens, so end pieces between words.
    /// - Throws: ``ModelError/unknownSymbol(_:)``; then nothing of the piece is read.
    public func read(_ text: String) throws(ModelError) {
        reader.read(try mappingErrors { try reader.tokens(of: text) })
    }

    /// Starts a new text.
    public func reset() { reader.reset() }

    /// The probability of each symbol to come next, in the order of ``symbols``; for a classifier, of each class. Nil before the first symbol is read.
    public var probabilities: [Double]? { reader.probabilities }

    /// The most likely next symbols, most likely first; empty before the first symbol is read, and for a classifier.
    public func likeliest(_ count: Int) -> [(symbol: String, probability: Double)] {
        guard let probabilities, probabilities.count == symbols.count else { return [] }
        let order = probabilities.indices.sorted { (probabilities[$1], $0) < (probabilities[$0], $1) }
        return order.prefix(max(0, count)).map { (symbols[$0], probabilities[$0]) }
    }

    private static func name(of symbol: Symbol, unit: TextUnit) -> String {
        switch symbol {
        case .word(let word): return word
        case .bytes(let bytes):
            return String(validating: bytes, as: UTF8.self) ?? bytes.map { name(of: .value(UInt32($0)), unit: .byte) }.joined()
        case .value(let value):
            let isShown = unit == .character || value < 0x80
            if isShown, let scalar = Unicode.Scalar(value) { return String(Character(scalar)) }
            return "<" + String(value, radix: 16, uppercase: true) + ">"
        }
    }
}
