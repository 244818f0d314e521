import Files
import NumberText

/// Files of a text, and how to read them.
public struct TextOptions: Sendable, Equatable {
    /// Read in order and concatenated; divided by `split`.
    public var files: [String]
    /// Read after them; `split` has no share for a part that has files.
    public var partFiles: PartFiles
    public var reading: TextReading
    public var split: SplitFractions
    /// The range to evaluate, without training; nil for training.
    public var evaluated: EvaluatedRange?
    /// Whether a byte order mark at a file's start is a symbol: for runs that began when it was one.
    public var keepsByteOrderMarks: Bool
    /// Words that get a token, the most frequent ones; 0 for all. Of byte pairs the number of tokens; 0 for ``BytePairs/usualVocabularySize``. Of characters and
    /// bytes all get one.
    public var wordLimit: Int
    /// Path of a `tokenizer.json` whose byte pairs are taken in place of learnt ones; empty for none.
    public var tokenizer: String
    /// Where documents end; nil for a text that is one.
    public var document: DocumentEnd?

    public init(
        files: [String], partFiles: PartFiles = PartFiles(), reading: TextReading = TextReading(), split: SplitFractions, evaluated: EvaluatedRange? = nil,
        keepsByteOrderMarks: Bool = false, wordLimit: Int = 0, tokenizer: String = "", document: DocumentEnd? = nil
    ) {
        self.files = files
        self.partFiles = partFiles
        self.reading = reading
        self.split = evaluated?.split(split) ?? split
        self.evaluated = evaluated
        self.keepsByteOrderMarks = keepsByteOrderMarks
        self.wordLimit = wordLimit
        self.tokenizer = tokenizer
        self.document = document
    }
}

/// A whole text as tokens. A token takes one byte if the vocabulary has at most 256 symbols, otherwise four.
public struct EncodedText: Sendable {
    public let vocabulary: Vocabulary
    public let split: SplitFractions
    /// Of symbols, or of documents if the text has some.
    let parts: PartRanges
    /// The symbols of each document; empty for a text without.
    let documents: [Range<Int>]
    let evaluated: EvaluatedRange?
    /// The files' paths, for messages, and their names without folders.
    let name: String
    private let fileNames: String
    /// Digest of the files' bytes and of the reading options.
    let fingerprint: UInt64
    private let tokens: Tokens

    enum Tokens: Sendable {
        case narrow(StoredNumbers<UInt8>)
        case wide(StoredNumbers<Int32>)

        var count: Int {
            switch self {
            case .narrow(let tokens): tokens.count
            case .wide(let tokens): tokens.count
            }
        }
    }

    /// Symbols of a vocabulary whose tokens take one byte.
    static let narrowCount = 256

    /// Reads the files of `options`. The vocabulary is `vocabulary` (a stored one), or else the distinct symbols of the whole text,
    /// of all its parts: characters and bytes in ascending order, words the most frequent first. Byte pairs are those of the tokenizer's
    /// file, or learnt from the training part's share of the bytes.
    ///
    /// Cost: for a text of ASCII the files' bytes and as many again, then only the latter; about 20 ns a symbol, 200 ns a word,
    /// 400 ns a word of byte pairs.
    /// - Throws: ``DatasetError`` if a file can't be read, is empty, has another format, isn't UTF-8, or has a symbol that a stored vocabulary lacks.
    public init(_ options: TextOptions, vocabulary stored: Vocabulary? = nil) throws(DatasetError) {
        guard !options.files.isEmpty else {
            throw .optionOutOfRange(key: "data.files", found: "no file", wanted: "at least one file")
        }
        var files: [TextFile] = []
        for path in options.files + options.partFiles.all { files.append(try TextFile(path: path, options: options)) }
        if let stored, stored.unit != options.reading.unit {
            throw .optionOutOfRange(
                key: "data.unit", found: options.reading.unit.rawValue, wanted: "\(stored.unit.rawValue), as in the stored vocabulary")
        }
        let (vocabulary, symbolCount) = try Self.vocabulary(of: files, options: options, stored: stored)
        var (texts, fileEnds): ([TextFile], [Int]) = (files, [])
        if let end = options.document {
            texts = []
            for file in files {
                texts += try file.documents(end, options.reading)
                fileEnds.append(texts.count)
            }
        }
        let (tokens, ends) = try Self.tokens(of: texts, symbolCount: symbolCount, reading: options.reading, vocabulary: vocabulary)
        let documents = options.document == nil ? [] : zip([0] + ends, ends).map { $0..<$1 }
        if options.document == nil { fileEnds = ends }
        var fingerprint = Self.fingerprint(of: options, PartRanges(options.split, options.partFiles, ends: fileEnds), vocabulary: vocabulary)
        for file in files { fingerprint.add(file.bytes[file.start...]) }
        self.init(options, vocabulary: vocabulary, tokens: tokens, ends: fileEnds, documents: documents, fingerprint: fingerprint.value)
    }

    /// - Parameters:
    ///   - ends: of each file, the number of tokens up to its end, or of documents if the text has some.
    ///   - fingerprint: of the files' bytes and of the reading options.
    init(_ options: TextOptions, vocabulary: Vocabulary, tokens: Tokens, ends: [Int], documents: [Range<Int>] = [], fingerprint: UInt64) {
        let paths = options.files + options.partFiles.all
        (self.vocabulary, self.tokens, self.documents, self.fingerprint) = (vocabulary, tokens, documents, fingerprint)
        (split, evaluated) = (options.split, options.evaluated)
        name = paths.joined(separator: ", ")
        fileNames = paths.map(fileName).joined(separator: ", ")
        parts = PartRanges(options.split, options.partFiles, ends: ends)
    }

    /// Number of symbols of the text.
    public var count: Int { tokens.count }

    /// For the user: "input.txt: 1,115,394 characters, 65 different".
    var description: String { "\(fileNames): \(counted(count, vocabulary.unit.noun)), \(vocabulary.count) different" }

    /// Memory of the tokens.
    var byteCount: Int {
        switch tokens {
        case .narrow(let tokens): tokens.byteCount
        case .wide(let tokens): tokens.byteCount
        }
    }

    /// Damage that was found in a prepared form since it was opened.
    var fault: DatasetError? {
        switch tokens {
        case .narrow(let tokens): tokens.fault
        case .wide(let tokens): tokens.fault
        }
    }

    /// The range of symbols of `part`.
    public func range(of part: DataPart) -> Range<Int> { parts.range(of: part) }

    subscript(position: Int) -> Int32 {
        let (token, file): (Int32, SectionFile?) =
            switch tokens {
            case .narrow(let tokens): (Int32(tokens[position]), tokens.file)
            case .wide(let tokens): (tokens[position], tokens.file)
            }
        if UInt32(bitPattern: token) < vocabulary.count { return token }
        file?.report(Self.foreignToken)
        return 0
    }

    /// Copies the tokens of `range` to `target`, starting at index `first`, `step` apart.
    func copy(_ range: Range<Int>, into target: inout [Int32], first: Int, step: Int) {
        switch tokens {
        case .narrow(let tokens): copy(tokens, range, into: &target, first: first, step: step)
        case .wide(let tokens): copy(tokens, range, into: &target, first: first, step: step)
        }
    }

    @inline(__always)
    private func copy<Token: SectionElement & BinaryInteger>(
        _ tokens: StoredNumbers<Token>, _ range: Range<Int>, into target: inout [Int32], first: Int, step: Int
    ) {
        let largest = tokens.withElements(in: range) { Self.copy($0, into: &target, first: first, step: step) }
        let isSound = largest < vocabulary.count
        guard !isSound, !range.isEmpty else { return }
        tokens.file?.report(Self.foreignToken)
        for place in 0..<range.count { target[first + place * step] = 0 }
    }

    /// Copies tokens as ``copy(_:into:first:step:)``.
    /// - Returns: the largest, a negative one counting as large.
    @inline(__always)
    private static func copy<Token: BinaryInteger>(_ tokens: Span<Token>, into target: inout [Int32], first: Int, step: Int) -> UInt32 {
        var (place, largest) = (first, UInt32(0))
        for index in tokens.indices {
            let token = Int32(truncatingIfNeeded: tokens[index])
            target[place] = token
            largest = max(largest, UInt32(bitPattern: token))
            place += step
        }
        return largest
    }

    /// Only a file that another program wrote has these; a model's tables have no place for them.
    private static let foreignToken = SectionFileFault.content(reason: "it has tokens that its vocabulary doesn't have")
}
