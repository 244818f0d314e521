import NumberText

// How a text's files become tokens.
extension EncodedText {
    /// A file's bytes, and the start of its text, after a byte order mark.
    struct TextFile {
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

    /// The stored vocabulary, or else that of the text, and the number of symbols as far as it is known.
    static func vocabulary(
        of files: [TextFile], options: TextOptions, stored: Vocabulary?
    ) throws(DatasetError) -> (Vocabulary, symbolCount: Int) {
        let reading = options.reading
        if reading.unit == .bpe {
            if let stored { return (stored, 0) }
            return (try options.tokenizer.isEmpty ? Vocabulary(pairs: learntPairs(files, options: options)) : Vocabulary(tokenizer: options.tokenizer), 0)
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
        let size = try BytePairs.vocabularySize(options.wordLimit)
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
        return learner.pairs(vocabularySize: size)
    }

    /// The tokens of all files, and their number up to each file's end.
    static func tokens(
        of files: [TextFile], symbolCount: Int, reading: TextReading, vocabulary: Vocabulary
    ) throws(DatasetError) -> (Tokens, ends: [Int]) {
        var ends: [Int] = []
        var narrow: [UInt8] = []
        var wide: [Int32] = []
        let isNarrow = vocabulary.count <= narrowCount
        let encoder = vocabulary.pairs.map(PairEncoder.init)
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
                try encoder.visitTokens(of: file.bytes, from: file.start, reading: reading, file: file.path) { add($0, .bytes([])) }
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
        return (isNarrow ? .narrow(StoredNumbers(narrow)) : .wide(StoredNumbers(wide)), ends)
    }

    /// The digest of everything but the files' bytes, which follow in order, without their byte order marks.
    static func fingerprint(of options: TextOptions, _ parts: PartRanges, vocabulary: Vocabulary) -> Fingerprint {
        var fingerprint = Fingerprint()
        fingerprint.add("\(options.reading) \(options.split)")
        if let text = parts.fingerprintText { fingerprint.add(text) }
        if let document = options.document { fingerprint.add("documents \(document)") }
        for value in vocabulary.values { fingerprint.add(Int(value)) }
        for word in vocabulary.words { fingerprint.add(word) }
        if let pairs = vocabulary.pairs { pairs.add(to: &fingerprint) }
        return fingerprint
    }
}
