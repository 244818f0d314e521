import Files
import NumberText
import StrictJSON

/// Writes a text's tokens to a file that ``EncodedText`` maps, in bounded memory: some megabytes of the text, and its words or runs of byte pairs with their
/// counts.
///
/// The files are read twice, to find the vocabulary and to encode them, and once more for the digest that a run compares.
public struct TextPreparation {
    private let options: TextOptions
    private let reading: PreparedReading
    /// Bytes of a file that are read at a time.
    private let pieceByteCount: Int

    /// - Precondition: `options` evaluate no part alone, and byte order marks aren't symbols.
    public init(_ options: TextOptions, reading: PreparedReading) { self.init(options, reading: reading, pieceByteCount: 4 << 20) }

    package init(_ options: TextOptions, reading: PreparedReading, pieceByteCount: Int) {
        precondition(options.evaluated == nil && !options.keepsByteOrderMarks)
        (self.options, self.reading, self.pieceByteCount) = (options, reading, pieceByteCount)
    }

    /// Writes the file at `path`; one that is there is replaced.
    /// - Parameter command: the command that writes it, for messages.
    /// - Throws: as ``EncodedText/init(_:vocabulary:)``, or ``DatasetError/notWritten(path:reason:)``.
    public func write(to path: String, command: String) throws(DatasetError) -> PreparedFacts {
        let output = try PreparedOutput(path, for: reading)
        let vocabulary = try vocabulary()
        let (ends, documentEnds) =
            try vocabulary.count <= EncodedText.narrowCount
            ? encode(with: vocabulary, to: output) { UInt8(truncatingIfNeeded: $0) } : encode(with: vocabulary, to: output) { $0 }
        try output.begin(EncodedText.documentsName, of: Int.self)
        try output.append(documentEnds)
        let parts = PartRanges(options.split, options.partFiles, ends: ends)
        var fingerprint = EncodedText.fingerprint(of: options, parts, vocabulary: vocabulary)
        for file in files { try file.visit { piece, start in fingerprint.add(piece[start...]) } }
        let byteCount = try output.finish(
            content: .object([
                "vocabulary": vocabulary.value, "ends": .list(ends.map(JSONValue.integer)), "fingerprint": .text(fingerprintText(fingerprint.value)),
            ]), command: command)
        return PreparedFacts(
            sourceByteCount: output.sourceByteCount, byteCount: byteCount,
            description: "\(counted(options.document == nil ? ends.last ?? 0 : documentEnds.last ?? 0, vocabulary.unit.noun)), \(grouped(vocabulary.count)) different")
    }

    private var files: [TextFilePieces] {
        (options.files + options.partFiles.all).map { TextFilePieces(path: $0, reading: options.reading, pieceByteCount: pieceByteCount) }
    }

    // MARK: Vocabulary

    private func vocabulary() throws(DatasetError) -> Vocabulary {
        switch options.reading.unit {
        case .bpe: return try options.tokenizer.isEmpty ? Vocabulary(pairs: learntPairs()) : Vocabulary(tokenizer: options.tokenizer)
        case .word:
            var counts = WordCounts()
            for file in files {
                try file.visit { (piece, start) throws(DatasetError) in
                    try options.reading.visitWords(of: piece, from: start, file: file.path) { counts.add($0) }
                }
            }
            return counts.vocabulary(limit: options.wordLimit)
        case .character, .byte:
            var seen = Array(repeating: false, count: options.reading.unit == .byte ? 256 : 0x11_0000)
            for file in files {
                try file.visit { (piece, start) throws(DatasetError) in
                    try options.reading.visitSymbols(of: piece, from: start, file: file.path) { seen[Int($0)] = true }
                }
            }
            return Vocabulary(unit: options.reading.unit, values: seen.indices.filter { seen[$0] }.map { UInt32($0) })
        }
    }

    /// As ``EncodedText`` learns them: from the divided files' first bytes, as many as the training part's share of them.
    private func learntPairs() throws(DatasetError) -> BytePairs {
        let size = try BytePairs.vocabularySize(options.wordLimit)
        let divided = files.prefix(options.files.count)
        var byteCount = 0
        for file in divided { try file.visit { piece, start in byteCount += piece.count - start } }
        var rest = options.split.range(of: .training, count: byteCount).count
        if rest == 0 { rest = byteCount }
        var learner = BytePairLearner()
        for file in divided {
            try file.visit { (piece, start) throws(DatasetError) in
                guard rest > 0 else { return }
                let end = min(piece.count, start + rest)
                try options.reading.visitPieces(of: piece, from: start, until: end, file: file.path) { learner.add($0) }
                rest -= end - start
            }
        }
        return learner.pairs(vocabularySize: size)
    }

    // MARK: Tokens

    /// Appends the tokens of all files to the section of tokens.
    /// - Returns: the number of tokens up to each file's end, or of documents if the text has some; then that of tokens up to each document's end.
    private func encode<Token: SectionElement>(
        with vocabulary: Vocabulary, to output: PreparedOutput, _ narrowed: (Int32) -> Token
    ) throws(DatasetError) -> (ends: [Int], documentEnds: [Int]) {
        try output.begin(EncodedText.sectionName, of: Token.self)
        var (ends, documentEnds, count): ([Int], [Int], Int) = ([], [], 0)
        var encoder = vocabulary.pairs.map(PairEncoder.init)
        for var file in files {
            (file.document, file.rules) = (options.document, vocabulary.pairs?.rules)
            try file.visit { (piece, start) throws(DatasetError) in
                guard let document = options.document else {
                    let tokens = try tokens(of: piece, from: start, file: file.path, vocabulary, &encoder, narrowed)
                    try output.append(tokens)
                    count += tokens.count
                    return
                }
                for range in document.documents(in: piece, from: start) {
                    let tokens = try tokens(of: Array(piece[range]), from: 0, file: file.path, vocabulary, &encoder, narrowed)
                    try output.append(tokens)
                    count += tokens.count
                    documentEnds.append(count)
                }
            }
            ends.append(options.document == nil ? count : documentEnds.count)
        }
        return (ends, documentEnds)
    }

    private func tokens<Token>(
        of bytes: [UInt8], from start: Int, file: String, _ vocabulary: Vocabulary, _ encoder: inout PairEncoder?, _ narrowed: (Int32) -> Token
    ) throws(DatasetError) -> [Token] {
        var tokens: [Token] = []
        var isUnknown = false
        func add(_ token: Int32?) {
            if let token { tokens.append(narrowed(token)) } else { isUnknown = true }
        }
        if encoder != nil {
            try encoder?.visitTokens(of: bytes, from: start, reading: options.reading, file: file) { add($0) }
        } else if options.reading.unit == .word {
            try options.reading.visitWords(of: bytes, from: start, file: file) { add(vocabulary.token(ofWord: $0)) }
        } else {
            tokens.reserveCapacity(bytes.count)
            try options.reading.visitSymbols(of: bytes, from: start, file: file) { add(vocabulary.token(ofValue: $0)) }
        }
        guard !isUnknown else { throw .unusableFile(path: file, reason: "it was changed while it was read. Start again when it is complete.") }
        return tokens
    }
}
