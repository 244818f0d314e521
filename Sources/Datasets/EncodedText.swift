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
    /// Where documents end; nil for a text that is one.
    public var document: DocumentEnd?

    public init(
        files: [String], partFiles: PartFiles = PartFiles(), reading: TextReading = TextReading(), split: SplitFractions, evaluated: EvaluatedRange? = nil,
        keepsByteOrderMarks: Bool = false, wordLimit: Int = 0, document: DocumentEnd? = nil
    ) {
        self.files = files
        self.partFiles = partFiles
        self.reading = reading
        self.split = evaluated?.split(split) ?? split
        self.evaluated = evaluated
        self.keepsByteOrderMarks = keepsByteOrderMarks
        self.wordLimit = wordLimit
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

    private enum Tokens: Sendable {
        case narrow([UInt8])
        case wide([Int32])
    }

    /// A file's bytes, and the start of its text, after a byte order mark.
    private struct TextFile {
        let path: String
        let bytes: [UInt8]
        let start: Int

        init(path: String, options: TextOptions) throws(DatasetError) {
            self.path = path
            // In bytes, any file is allowed, and read as it is.
            bytes = try options.reading.unit == .byte ? fileBytes(at: path) : textBytes(at: path)
            start = options.keepsByteOrderMarks ? 0 : options.reading.byteCountOfMark(bytes)
            guard bytes.count > start else { throw .emptyFile(path: path) }
            if options.reading.unit != .byte { try FileFormat.requirePlainText(bytes, path: path, for: .text) }
        }

        private init(path: String, bytes: [UInt8]) { (self.path, self.bytes, start) = (path, bytes, 0) }

        /// Its documents, each as a file of its own.
        func documents(_ end: DocumentEnd, _ reading: TextReading) throws(DatasetError) -> [TextFile] {
            // Before the bytes are counted from a document's beginning.
            if reading.unit != .byte { try reading.checkUTF8(bytes, file: path) }
            return end.documents(in: bytes, from: start).enumerated().map { TextFile(path: "\(path), document \($0 + 1)", bytes: Array(bytes[$1])) }
        }
    }

    /// Reads the files of `options`. The vocabulary is `vocabulary` (a stored one), or else the distinct symbols of the whole text,
    /// of all its parts: characters and bytes in ascending order, words the most frequent first. Byte pairs are learnt from the training part's share of the bytes.
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
        self.vocabulary = vocabulary
        split = options.split
        evaluated = options.evaluated
        name = files.map(\.path).joined(separator: ", ")
        fileNames = files.map { fileName($0.path) }.joined(separator: ", ")
        var (texts, fileEnds): ([TextFile], [Int]) = (files, [])
        if let end = options.document {
            texts = []
            for file in files {
                texts += try file.documents(end, options.reading)
                fileEnds.append(texts.count)
            }
        }
        let ends: [Int]
        (tokens, ends) = try Self.tokens(of: texts, symbolCount: symbolCount, reading: options.reading, vocabulary: vocabulary)
        documents = options.document == nil ? [] : zip([0] + ends, ends).map { $0..<$1 }
        parts = PartRanges(options.split, options.partFiles, ends: options.document == nil ? ends : fileEnds)
        fingerprint = Self.fingerprint(of: files, options: options, parts, vocabulary: vocabulary)
    }

    /// Number of symbols of the text.
    public var count: Int {
        switch tokens {
        case .narrow(let tokens): tokens.count
        case .wide(let tokens): tokens.count
        }
    }

    /// For the user: "input.txt: 1,115,394 characters, 65 different".
    var description: String { "\(fileNames): \(counted(count, vocabulary.unit.noun)), \(vocabulary.count) different" }

    /// Memory of the tokens.
    var byteCount: Int {
        switch tokens {
        case .narrow(let tokens): tokens.count
        case .wide(let tokens): MemoryLayout<Int32>.stride * tokens.count
        }
    }

    /// The range of symbols of `part`.
    public func range(of part: DataPart) -> Range<Int> { parts.range(of: part) }

    subscript(position: Int) -> Int32 {
        switch tokens {
        case .narrow(let tokens): Int32(tokens[position])
        case .wide(let tokens): tokens[position]
        }
    }

    /// Copies the tokens of `range` to `target`, starting at index `first`, `step` apart.
    func copy(_ range: Range<Int>, into target: inout [Int32], first: Int, step: Int) {
        var place = first
        switch tokens {
        case .narrow(let tokens):
            for token in tokens[range] {
                target[place] = Int32(token)
                place += step
            }
        case .wide(let tokens):
            for token in tokens[range] {
                target[place] = token
                place += step
            }
        }
    }

    // MARK: Construction

    /// The stored vocabulary, or else that of the text, and the number of symbols as far as it is known.
    private static func vocabulary(
        of files: [TextFile], options: TextOptions, stored: Vocabulary?
    ) throws(DatasetError) -> (Vocabulary, symbolCount: Int) {
        let reading = options.reading
        if reading.unit == .bpe {
            if let stored { return (stored, 0) }
            return (Vocabulary(pairs: try learntPairs(files, options: options)), 0)
        }
        guard reading.unit != .word else {
            var counts = WordCounts()
            for file in files { try reading.visitWords(of: file.bytes, from: file.start, file: file.path) { counts.add($0) } }
            return (stored ?? counts.vocabulary(limit: options.wordLimit), counts.total)
        }
        var seen = Array(repeating: false, count: reading.unit == .byte ? 256 : 0x11_0000)
        var symbolCount = 0
        for file in files {
            try reading.visitSymbols(of: file.bytes, from: file.start, file: file.path) { symbol in
                seen[Int(symbol)] = true
                symbolCount += 1
            }
        }
        return (stored ?? Vocabulary(unit: reading.unit, values: seen.indices.filter { seen[$0] }.map { UInt32($0) }), symbolCount)
    }

    /// The byte pairs of the divided files' first bytes, as many as the training part has by its share.
    private static func learntPairs(_ files: [TextFile], options: TextOptions) throws(DatasetError) -> BytePairs {
        let least = BytePairs.byteCount + 1
        guard options.wordLimit == 0 || options.wordLimit >= least else {
            throw .optionOutOfRange(
                key: "data.vocabularySize", found: "\(options.wordLimit)",
                wanted: "at least \(least) with data.unit \"bpe\", since each byte has a token; or 0 for \(grouped(BytePairs.usualVocabularySize))")
        }
        let divided = files.prefix(options.files.count)
        let byteCount = divided.reduce(0) { $0 + $1.bytes.count - $1.start }
        var rest = options.split.range(of: .training, count: byteCount).count
        if rest == 0 { rest = byteCount }
        var learner = BytePairLearner()
        for file in divided where rest > 0 {
            let end = min(file.bytes.count, file.start + rest)
            try options.reading.visitPieces(of: file.bytes, from: file.start, until: end, file: file.path) { learner.add($0) }
            rest -= end - file.start
        }
        return learner.pairs(vocabularySize: options.wordLimit == 0 ? BytePairs.usualVocabularySize : options.wordLimit)
    }

    /// The tokens of all files, and their number up to each file's end.
    private static func tokens(
        of files: [TextFile], symbolCount: Int, reading: TextReading, vocabulary: Vocabulary
    ) throws(DatasetError) -> (Tokens, ends: [Int]) {
        var ends: [Int] = []
        var narrow: [UInt8] = []
        var wide: [Int32] = []
        let isNarrow = vocabulary.count <= 256
        let encoder = vocabulary.pairs.map(PieceEncoder.init)
        if isNarrow { narrow.reserveCapacity(symbolCount) } else { wide.reserveCapacity(symbolCount) }
        for file in files {
            var unknown: Symbol?
            var position = 0
            func add(_ token: Int32?, _ symbol: @autoclosure () -> Symbol) {
                guard unknown == nil else { return }
                position += 1
                guard let token else {
                    unknown = symbol()
                    return
                }
                if isNarrow { narrow.append(UInt8(token)) } else { wide.append(token) }
            }
            if var encoder {
                try reading.visitPieces(of: file.bytes, from: file.start, file: file.path) { piece in
                    for token in encoder.tokens(of: piece) { add(token, .bytes(piece)) }
                }
            } else if reading.unit == .word {
                try reading.visitWords(of: file.bytes, from: file.start, file: file.path) { word in
                    add(vocabulary.token(ofWord: word), .word(String(decoding: word, as: UTF8.self)))
                }
            } else {
                try reading.visitSymbols(of: file.bytes, from: file.start, file: file.path) { value in add(vocabulary.token(ofValue: value), .value(value)) }
            }
            if let unknown {
                throw .unknownSymbolInFile(
                    path: file.path, symbol: vocabulary.name(of: unknown), position: position, vocabularyCount: vocabulary.count)
            }
            ends.append(isNarrow ? narrow.count : wide.count)
        }
        return (isNarrow ? .narrow(narrow) : .wide(wide), ends)
    }

    private static func fingerprint(
        of files: [TextFile], options: TextOptions, _ parts: PartRanges, vocabulary: Vocabulary
    ) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.add("\(options.reading) \(options.split)")
        if let text = parts.fingerprintText { fingerprint.add(text) }
        if let document = options.document { fingerprint.add("documents \(document)") }
        for value in vocabulary.values { fingerprint.add(Int(value)) }
        for word in vocabulary.words { fingerprint.add(word) }
        for pair in vocabulary.pairs?.merges ?? [] { fingerprint.add(Int(pair.left) << 32 | Int(pair.right)) }
        for file in files { fingerprint.add(file.bytes[file.start...]) }
        return fingerprint.value
    }
}
