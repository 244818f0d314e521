import Files

/// A file's text in pieces of some megabytes, not cut within a symbol, a word or a run of byte pairs: together they give the same symbols as the whole.
struct TextFilePieces {
    let path: String
    let reading: TextReading
    /// Where documents end, for pieces that aren't cut within one either; nil for a text that is cut anywhere.
    var document: DocumentEnd?
    /// Of a tokenizer's file; nil without one.
    var rules: TokenizerRules?
    /// Bytes that are read at a time.
    var pieceByteCount = 4 << 20

    /// A text without a place to cut is refused beyond this.
    private static let largestPieceByteCount = 512 << 20

    /// Calls `body` with each piece, and the index in it where its text begins: behind a byte order mark.
    /// - Throws: ``DatasetError`` if the file can't be read, is empty or has another format, or what `body` throws; an offset in
    ///   ``DatasetError/invalidUTF8(path:byteOffset:)`` becomes the file's.
    func visit(_ body: (_ piece: [UInt8], _ start: Int) throws(DatasetError) -> Void) throws(DatasetError) {
        if let rules, document == nil, !rules.isDivisible { return try visitWhole(body) }
        var (rest, offset, isFirst): ([UInt8], Int, Bool) = ([], 0, true)
        let file = try mapping { () throws(FileError) in try PieceReader(path) }
        while true {
            let next = try mapping { () throws(FileError) in try file.next(atMost: pieceByteCount) }
            rest += next
            if isFirst, reading.unit != .byte, UTF16Text.isMarked(rest) { return try visitWhole(body) }
            let isLast = next.count < pieceByteCount
            let start = isFirst ? reading.byteCountOfMark(rest) : 0
            let end = isLast ? rest.count : document.map { $0.cut(rest, from: start) } ?? rules?.cut(rest) ?? reading.cut(rest)
            guard end > start || isLast else {
                try requireCut(rest.count)
                continue
            }
            let piece = Array(rest[..<end])
            rest.removeFirst(end)
            if isFirst { try checkBeginning(piece, start) }
            if !piece.isEmpty { try shifting(by: offset) { () throws(DatasetError) in try body(piece, start) } }
            (offset, isFirst) = (offset + end, false)
            if isLast { return }
        }
    }

    /// The whole at once, and of a text in UTF-16 in UTF-8.
    private func visitWhole(_ body: (_ piece: [UInt8], _ start: Int) throws(DatasetError) -> Void) throws(DatasetError) {
        let text = try textBytes(at: path)
        let start = reading.byteCountOfMark(text)
        try checkBeginning(text, start)
        try body(text, start)
    }

    private func checkBeginning(_ piece: [UInt8], _ start: Int) throws(DatasetError) {
        guard piece.count > start else { throw .emptyFile(path: path) }
        if reading.unit != .byte { try FileFormat.requirePlainText(piece, path: path, for: .text) }
    }

    private func requireCut(_ byteCount: Int) throws(DatasetError) {
        guard byteCount < Self.largestPieceByteCount else {
            throw .unusableFile(
                path: path,
                reason: document == nil
                    ? "it has no blank in \(byteCount) bytes, so it isn't a text of words. Read it with data.unit \"character\" or \"byte\"."
                    : "a document has more than \(byteCount) bytes. Does data.document say where they end?")
        }
    }

    private func mapping<Result>(_ work: () throws(FileError) -> Result) throws(DatasetError) -> Result {
        do throws(FileError) { return try work() } catch { throw DatasetError(error, path: path) }
    }

    private func shifting(by offset: Int, _ work: () throws(DatasetError) -> Void) throws(DatasetError) {
        do throws(DatasetError) { try work() } catch {
            if case .invalidUTF8(let path, let byteOffset) = error { throw .invalidUTF8(path: path, byteOffset: offset + byteOffset) }
            throw error
        }
    }
}

extension TextReading {
    /// The last place in `bytes` where a text may be cut; 0 if there is none. Of characters it lies between two; of words behind a blank; of byte pairs before
    /// a blank that follows something else, since there a run of ``visitPieces(of:from:until:file:_:)`` ends whatever comes.
    func cut(_ bytes: [UInt8]) -> Int {
        switch unit {
        case .byte: return bytes.count
        case .word: return bytes.lastIndex(where: Self.isBlank).map { $0 + 1 } ?? 0
        case .bpe: return bytes.indices.dropFirst().last { Self.isBlank(bytes[$0]) && !Self.isBlank(bytes[$0 - 1]) } ?? 0
        case .character:
            // The last character begins in the last four bytes, and is left out if it isn't whole. What isn't UTF-8 is reported by the reader.
            for place in bytes.indices.suffix(4).reversed() where bytes[place] & 0xC0 != 0x80 {
                let byteCount = bytes[place] < 0x80 ? 1 : (~bytes[place]).leadingZeroBitCount
                return place + byteCount <= bytes.count ? bytes.count : place
            }
            return bytes.count
        }
    }
}
