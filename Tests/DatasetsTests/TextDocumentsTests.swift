import Batches
import Datasets
import Testing

@Suite("Documents of a text")
struct TextDocumentsTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func documents(
        _ texts: [String], _ end: String, unit: TextUnit = .character, validation: Double = 0, batch: Int = 2, partFiles: PartFiles = PartFiles()
    ) throws -> TextDocuments {
        let paths = try texts.enumerated().map { try files.write($1, to: "\($0).txt") }
        let text = try EncodedText(
            TextOptions(
                files: paths, partFiles: partFiles, reading: TextReading(unit: unit), split: SplitFractions(validation: validation), document: DocumentEnd(end)))
        return try TextDocuments(text: text, batchSize: batch, seed: 1)
    }

    /// The documents of a part, in its order: the inputs with the last target.
    private func texts(_ documents: TextDocuments, _ part: DataPart = .training) throws -> [String] {
        let vocabulary = try #require(documents.vocabulary)
        return documents.batches(of: .evaluation(part)).allColumns().map { column in
            #expect(column.tokens.dropFirst() == column.targetTokens.dropLast())
            return vocabulary.decode(column.tokens + column.targetTokens.suffix(1))
        }
    }

    @Test("they end with a blank line, each line, a mark or the file, and have the line that ends them; further blank lines belong to none", arguments: [
        ("blankLine", ["\n\nab\ncd\n\n\nef\n \ng\n", "hi\r\n\r\nj\n\n"], ["ab\ncd\n\n", "ef\n \n", "g\n", "hi\r\n\r\n", "j\n\n"]),
        ("line", ["ab\n\ncd\r\nef", "\ngh\n"], ["ab\n", "cd\r\n", "ef", "gh\n"]), ("file", ["ab\n\ncd\n", "ef"], ["ab\n\ncd\n", "ef"]),
        ("<end>", ["ab\n\n<end>\n<end> \nc\n<end>\r\nd", "e\n<end>"], ["ab\n\n<end>\n", "<end> \nc\n<end>\r\n", "e\n<end>"]),
    ])
    func ends(end: String, given: [String], wanted: [String]) throws {
        let found = try documents(given, end)
        #expect(try texts(found) == wanted)
        #expect(found.carriesState == false && found.longestTimeCount == wanted.map { $0.unicodeScalars.count - 1 }.max())
        // A document of one symbol has nothing to predict.
        #expect(found.notes.count == (end == "<end>" ? 1 : 0), "\(found.notes)")
    }

    @Test("parts are shares of the documents, or files; an epoch has each document once; words and byte pairs don't go over an end")
    func parts() throws {
        let lines = (0..<20).map { "doc \($0) " + String(repeating: "x", count: $0 % 5) + "\n" }
        let found = try documents([lines[..<10].joined(), lines[10...].joined()], "line", validation: 0.25, batch: 4)
        #expect(try texts(found) == Array(lines[..<15]) && texts(found, .validation) == Array(lines[15...]))
        for epoch in 0..<2 {
            let columns = found.batches(of: .training(epoch: epoch)).allColumns()
            #expect(columns.map(\.index).sorted() == Array(0..<15))
        }
        let own = PartFiles(validation: [try files.write("own 1\nown 2\n", to: "v.txt")])
        #expect(try texts(documents([lines.joined()], "line", partFiles: own), .validation) == ["own 1\n", "own 2\n"])
        #expect(try documents(["a b\n\nc d\n"], "blankLine", unit: .word).batches(of: .evaluation(.training)).allColumns().map(\.tokens.count) == [3, 2])
        #expect(try texts(documents(["ab ab ab\nab ab\n"], "line", unit: .bpe)) == ["ab ab ab\n", "ab ab\n"])
        #expect(try Set(["line", "blankLine", "file"].map { try documents(["a\n\nb\n\n"], $0).fingerprint }).count == 3)
    }

    @Test("a part without a document with a next symbol, and a text without documents, are refused")
    func refused() throws {
        #expect { try documents(["abcd\n"], "line", validation: 0.1) } throws: { "\($0)".contains("a document with a next symbol (data.document) needs at least 2") }
        #expect { try documents(["\n\n"], "line") } throws: { "\($0)".contains("has 0 symbols; a document") }
    }
}
