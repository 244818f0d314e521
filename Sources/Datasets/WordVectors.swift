import NumberText

/// Vectors of words from a text file, as GloVe and word2vec give them: a line for each word, with its numbers behind it, all separated by blanks.
/// word2vec's first line, with the number of words and of numbers, isn't a word.
///
/// Only the words of a vocabulary are kept; a word that comes twice keeps its first vector.
package struct WordVectors: Sendable {
    /// The token of each found word, in the order of the file.
    package let tokens: [Int32]
    /// Their vectors, one behind the other.
    package let values: [Float]
    /// Words in the file.
    package let lineCount: Int
    private let path: String
    private let vocabulary: Vocabulary

    /// Reads the file at `path`. Cost: its bytes, and about 100 ns for each number of a word that is kept.
    /// - Parameter width: numbers of a vector.
    /// - Throws: ``DatasetError`` if the file can't be read, isn't UTF-8, a line has another number of fields or something else than numbers, or no word of
    ///   it is in the vocabulary.
    package init(path: String, width: Int, vocabulary: Vocabulary) throws(DatasetError) {
        let bytes = try textBytes(at: path)
        guard !bytes.isEmpty else { throw .emptyFile(path: path) }
        try FileFormat.requirePlainText(bytes, path: path, for: .text)
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw .invalidUTF8(path: path, byteOffset: error.byteOffsets.lowerBound)
        }
        var (tokens, values): ([Int32], [Float]) = ([], [])
        var isFound = Array(repeating: false, count: vocabulary.count)
        var (line, wordCount, start) = (0, 0, 0)
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            defer { start = end + 1 }
            line += 1
            let fields = Self.fields(of: bytes[start..<end])
            if fields.isEmpty || line == 1 && fields.count == 2 && width != 1 { continue }
            guard fields.count > width else {
                throw Self.fault(path, line, "has \(counted(fields.count - 1, "number")) behind the word, and model.embedding is \(width). Both must be the same")
            }
            wordCount += 1
            // A word of GloVe's can have blanks.
            let first = fields.count - width
            let word = Array(bytes[fields[0].lowerBound..<fields[first - 1].upperBound])
            guard let token = vocabulary.token(ofBytes: word), !isFound[Int(token)] else { continue }
            isFound[Int(token)] = true
            tokens.append(token)
            for field in fields[first...] {
                let text = String(decoding: bytes[field], as: UTF8.self)
                guard let value = Float(text), value.isFinite else { throw Self.fault(path, line, "'\(text)' isn't a number") }
                values.append(value)
            }
        }
        guard !tokens.isEmpty else {
            throw Self.fault(path, 1, "none of the \(counted(wordCount, "word")) of the file is one of the text's. Are capitals written otherwise (data.lowercase)?")
        }
        (self.tokens, self.values, lineCount) = (tokens, values, wordCount)
        (self.path, self.vocabulary) = (path, vocabulary)
    }

    /// "vectors.txt has 9,512 of 10,000 symbols; 488 keep initial values: 'x' and 487 more; 390,488 of its words aren't in the text".
    package var note: String {
        let found = Set(tokens)
        let missing = vocabulary.symbols.enumerated().filter { !found.contains(Int32($0.offset)) }.map { vocabulary.name(of: $0.element) }
        let names = missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? " and \(grouped(missing.count - 5)) more" : "")
        return "\(fileName(path)) has \(grouped(tokens.count)) of \(counted(vocabulary.count, "symbol"))"
            + (missing.isEmpty ? "" : "; \(grouped(missing.count)) \(missing.count == 1 ? "keeps" : "keep") initial values: \(names)")
            + (lineCount == tokens.count ? "" : "; \(grouped(lineCount - tokens.count)) of its words \(lineCount - tokens.count == 1 ? "isn't" : "aren't") in the text")
    }

    /// What stands between blanks of a line.
    private static func fields(of line: ArraySlice<UInt8>) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var first = line.startIndex
        for place in line.startIndex...line.endIndex where place == line.endIndex || [0x20, 0x09, 0x0D].contains(line[place]) {
            if first < place { fields.append(first..<place) }
            first = place + 1
        }
        return fields
    }

    private static func fault(_ path: String, _ line: Int, _ reason: String) -> DatasetError {
        .malformedFile(path: path, line: line, column: 1, reason: reason)
    }
}

extension Vocabulary {
    /// The token of the symbol that is written in these bytes of UTF-8; nil if there is none.
    fileprivate func token(ofBytes bytes: [UInt8]) -> Int32? {
        let text = String(decoding: bytes, as: UTF8.self)
        if unit == .word { return token(of: .word(text)) }
        guard unit == .character, let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else { return nil }
        return token(ofValue: scalar.value)
    }
}
