import Batches
public import Datasets
import NumberText
import StrictJSON

/// How transcripts are searched for with a language, as `tune` keeps it with a run: what an n-gram is learnt from, the words of a lexicon, and the weights.
///
/// `{"unit":"character","order":5,"alpha":0.5,"beta":1.0,"beam":16,"lexicon":null,"transcripts":[["GO",3],…]}`
public struct TranscriptDecoding: Sendable, Equatable {
    /// A transcript of the training part, and how often it occurs.
    public struct Counted: Sendable, Equatable {
        public let text: String
        public let count: Int
    }

    public static let storedName = "decoding.json"
    public static let orders = 1...10
    public static let widths = 1...10_000
    /// Bytes of transcripts and words at most, so that the file can be read again.
    private static let largestByteCount = 40 << 20

    /// Symbols of the n-gram.
    public let unit: TranscriptUnit
    public let order: Int
    /// Weights of the n-gram's logarithm and of its symbols' number.
    public var alpha: Double
    public var beta: Double
    /// Beginnings that the weights were chosen with.
    public let beam: Int
    /// The words that there are; nil for any.
    public let lexicon: [String]?
    public let transcripts: [Counted]

    /// - Parameter transcripts: of the training part, in any order.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for more than a run keeps.
    public init(unit: TranscriptUnit, order: Int, beam: Int, lexicon: [String]?, transcripts: some Sequence<String>) throws(DatasetError) {
        (self.unit, self.order, self.beam, alpha, beta) = (unit, order, beam, 0, 0)
        self.lexicon = lexicon.map { Set($0).sorted() }
        var counts: [String: Int] = [:]
        for text in transcripts { counts[text, default: 0] += 1 }
        self.transcripts = counts.map { Counted(text: $0.key, count: $0.value) }.sorted { $0.text < $1.text }
        let byteCount = (self.lexicon ?? []).reduce(0) { $0 + $1.utf8.count + 4 } + self.transcripts.reduce(0) { $0 + $1.text.utf8.count + 16 }
        guard byteCount <= Self.largestByteCount else {
            throw .optionOutOfRange(
                key: "the n-gram's text and lexicon", found: bytes(Double(byteCount)),
                wanted: "at most \(bytes(Double(Self.largestByteCount))). Search without (predict --beam), or give a shorter list of words")
        }
    }

    public var json: String {
        let texts = transcripts.map { JSONValue.list([.text($0.text), .integer($0.count)]) }
        return JSONValue(
            .object([
                JSONMember(key: "unit", value: .text(unit.rawValue)), JSONMember(key: "order", value: .integer(order)),
                JSONMember(key: "alpha", value: .real(alpha)), JSONMember(key: "beta", value: .real(beta)), JSONMember(key: "beam", value: .integer(beam)),
                JSONMember(key: "lexicon", value: lexicon.map { .list($0.map(JSONValue.text)) } ?? JSONValue(.null)),
                JSONMember(key: "transcripts", value: .list(texts)),
            ])
        ).serialized() + "\n"
    }

    /// Whether a file begins like one of these.
    public static func isOurs(_ beginning: [UInt8]) -> Bool { beginning.starts(with: "{\"unit\":\"".utf8) }

    /// Reads what ``json`` wrote.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` at the first error.
    public init(json bytes: [UInt8], file: String) throws(DatasetError) {
        func error(_ value: JSONValue, _ reason: String) -> DatasetError {
            .malformedFile(path: file, line: value.position.line, column: value.position.column, reason: reason + ". Make it anew with lstm-train tune")
        }
        let value: JSONValue
        do { value = try JSONValue.parse(bytes) } catch {
            throw .malformedFile(path: file, line: error.position.line, column: error.position.column, reason: error.message)
        }
        guard let unit = value["unit"]?.stringValue.flatMap(TranscriptUnit.init) else { throw error(value, "unit must be \"character\" or \"word\"") }
        guard let order = value["order"]?.integerValue, Self.orders.contains(order) else { throw error(value, "order must be from 1 to 10") }
        guard let beam = value["beam"]?.integerValue, Self.widths.contains(beam) else { throw error(value, "beam must be from 1 to 10,000") }
        guard let alpha = value["alpha"]?.realValue, let beta = value["beta"]?.realValue, abs(alpha) <= 1e6, abs(beta) <= 1e6 else {
            throw error(value, "alpha and beta must be numbers")
        }
        var lexicon: [String]?
        if let words = value["lexicon"]?.arrayValue {
            lexicon = []
            for word in words {
                guard let text = word.stringValue else { throw error(word, "a word must be a text") }
                lexicon?.append(text)
            }
        }
        var transcripts: [Counted] = []
        for entry in value["transcripts"]?.arrayValue ?? [] {
            guard let pair = entry.arrayValue, pair.count == 2, let text = pair[0].stringValue, let count = pair[1].integerValue,
                (1...1 << 40).contains(count)
            else {
                throw error(entry, "a transcript must be a text and how often it occurs")
            }
            transcripts.append(Counted(text: text, count: count))
        }
        (self.unit, self.order, self.beam, self.alpha, self.beta) = (unit, order, beam, alpha, beta)
        (self.lexicon, self.transcripts) = (lexicon, transcripts)
    }

    /// "a 5-gram of characters of 800 transcripts with alpha 0.5 and beta 1.0": for the user.
    public var words: String {
        "a \(order)-gram of \(unit.rawValue)s of \(counted(transcripts.count, "transcript")) with alpha \(alpha) and beta \(beta)"
            + (lexicon.map { ", and \(counted($0.count, "word")) alone" } ?? "")
    }

    /// The language over the outputs of a model.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for an n-gram of characters where a symbol is a word, and for a lexicon without a word of the
    ///   model's symbols.
    public func language(for meaning: SequenceMeaning) throws(DatasetError) -> SearchLanguage {
        let own = meaning.transcripts?.unit ?? .character
        let places = Dictionary(meaning.classes.enumerated().map { ($1, Int32($0 + 1)) }) { first, _ in first }
        let outputCount = meaning.classes.count + 1
        guard own == .character || unit == .word else {
            throw .optionOutOfRange(key: "--unit", found: "character", wanted: "word: the symbols of this run's transcripts are words (data.transcriptUnit)")
        }
        /// Nil for a text with other symbols.
        func outputs(_ text: String) -> [Int32]? {
            let outputs = own.symbols(of: text).map { places[$0] }
            return outputs.contains(nil) ? nil : outputs.compactMap { $0 }
        }
        let wordEnd = own == .character ? places[" "] : nil
        var tree: Lexicon?
        if let lexicon {
            let known = lexicon.compactMap(outputs).filter { !$0.isEmpty && (wordEnd == nil || !$0.contains(wordEnd ?? 0)) }
            guard !known.isEmpty else {
                throw .optionOutOfRange(
                    key: "--lexicon", found: "\(counted(lexicon.count, "word")), none of the model's symbols",
                    wanted: "words of the symbols that the run's transcripts have")
            }
            tree = Lexicon(known)
        }
        let known = transcripts.compactMap { transcript in outputs(transcript.text).map { (symbols: $0, count: transcript.count) } }
        func language(_ grams: NGram, _ unit: SearchLanguage.Unit) -> SearchLanguage {
            SearchLanguage(
                grams, unit: unit, alpha: alpha, beta: beta, lexicon: tree, wordEnd: wordEnd, symbolsAreWords: own == .word, outputCount: outputCount)
        }
        guard own != unit else { return language(NGram(order: order, outcomeCount: outputCount, sequences: known), .symbol) }
        var numbers: [[Int32]: Int32] = [:]
        let sentences = known.map { symbols, count in
            let words = wordEnd.map { end in symbols.split(separator: end).map(Array.init) } ?? (symbols.isEmpty ? [] : [symbols])
            return (
                symbols: words.map { word in
                    if let number = numbers[word] { return number }
                    numbers[word] = Int32(numbers.count + 1)
                    return Int32(numbers.count)
                }, count: count
            )
        }
        // The end, the words, and any other word.
        return language(NGram(order: order, outcomeCount: numbers.count + 2, sequences: sentences), .word(numbers))
    }
}
