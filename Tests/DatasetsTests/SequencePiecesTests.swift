import Batches
import Datasets
import Files
import Foundation
import Testing

@Suite("Files of sequences in pieces")
struct SequencePiecesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func meaning(_ options: SequenceOptions) throws -> SequenceMeaning {
        try #require(LabelledSequences(options, batchSize: 4, seed: 1).meaning as? SequenceMeaning)
    }

    /// What a file says of a sequence.
    private struct Found: Equatable {
        let number: Int
        let line: Int
        let label: [String]?
        let input: Batch.Input
    }

    private func found(_ rows: SequenceInputs) -> [Found] {
        (0..<rows.count).map { row in
            Found(number: rows.number(ofRow: row), line: rows.line(ofRow: row), label: rows.labels?[row], input: rows.batch(ofRows: row..<row + 1).input)
        }
    }

    private func pieces(_ path: String, _ options: SequenceOptions, byteCount: Int) throws -> [[Found]] {
        let (meaning, pieces) = (try meaning(options), SequencePieces(path: path, options: options, byteCount: byteCount))
        var (all, count): ([[Found]], Int) = ([], 0)
        while var piece = try pieces.next() {
            piece.rowsBefore = count
            let rows = try SequenceInputs(piece, options: options, meaning: meaning)
            all.append(found(rows))
            count += rows.count
        }
        return all
    }

    /// Checks that pieces of any size are the file, and that small ones are many.
    private func check(_ path: String, _ options: SequenceOptions, isDivided: Bool = true) throws {
        let whole = found(try SequenceInputs(TableFile(path: path), options: options, meaning: meaning(options)))
        for byteCount in [1, 2, 7, 16, 100, 1 << 20] {
            let pieces = try pieces(path, options, byteCount: byteCount)
            #expect(pieces.flatMap(\.self) == whole, "pieces of \(byteCount) bytes of \(path)")
            if byteCount != 100 { #expect((pieces.count > 1) == (isDivided && byteCount < 100), "\(pieces.count) pieces of \(byteCount) bytes of \(path)") }
        }
        #expect(SequencePieces(path: path, options: options).areDivided == (isDivided || path.hasSuffix("16.csv")))
    }

    private func options(
        _ path: String, label: String = "class", columns: [String] = [], text: String = "", id: String = "", reading: TableReading = TableReading()
    ) throws -> SequenceOptions {
        SequenceOptions(files: [path], label: label, columns: columns, text: text, id: id, split: try SplitFractions(), reading: reading)
    }

    private let rows = "1,2,up\n3,,down\n4,5,up\n6,7,down\n8,9,up\n10,11,down\n12,13,up\n14,15,down\n"

    @Test("pieces of tables have the file's lines, numbers and classes, whatever their size; also with quotes, CR LF, a mark, blank lines and no header")
    func tables() throws {
        let plain = try files.write("a,b,class\n" + rows, to: "plain.csv")
        try check(plain, options(plain))
        let windows = try files.write("\u{FEFF}a,b,class\r\n\r\n" + rows.replacing("\n", with: "\r\n") + "\r\n \r\n\r\n", to: "windows.csv")
        try check(windows, options(windows))
        let bare = try files.write(rows + "16,17,up", to: "bare.csv")
        try check(bare, options(bare, label: "column3", reading: TableReading(header: .no)))
        let texts = try files.write("words,class\n" + (0..<12).map { "\"line\nand \"\"\($0)\"\"\n\",\($0 % 2)\n" }.joined(), to: "texts.csv")
        try check(texts, options(texts, text: "words"))
    }

    @Test("all pieces have the first one's delimiter and decimal mark, though a later one alone would be taken for another")
    func formats() throws {
        let path = try files.write("sep=;\na;b;class\n1,5;2;up\n" + (0..<20).map { "\($0);\($0);down\n" }.joined() + "3,25;1;up\n", to: "decimals.csv")
        try check(path, options(path))
    }

    @Test("pieces of JSON lines and of CoNLL's columns are whole sequences; compressed files are read so, too")
    func lines() throws {
        let lines = (0..<9).map { #"{"x": [\#($0), 2], "class": "\#($0 % 2)"}"# + ($0 % 3 == 0 ? "\n\n" : "\n") }.joined()
        let json = try files.write(lines, to: "x.jsonl")
        try check(json, options(json, columns: ["x"]))
        let words = (0..<9).map { "the DET\ncat\($0) NOUN\n" + ($0 % 3 == 0 ? "\n \n\n" : "\r\n") }.joined()
        let columns = try files.write(words, to: "x.conll")
        var tags = try options(columns, label: "", text: "column1")
        (tags.target, tags.textReading) = (.classes, TextReading(unit: .word))
        try check(columns, tags)
        let packed = try files.write("a,b,class\n" + rows, to: "packed.csv")
        let gzip = Process()
        (gzip.executableURL, gzip.arguments) = (URL(filePath: "/usr/bin/gzip"), ["-k", packed])
        try gzip.run()
        gzip.waitUntilExit()
        try check(packed + ".gz", options(packed))
    }

    @Test("what comes from a pipe before its first sequence, or behind its last one, is no piece: document marks, comments and blank lines")
    func noSequences() throws {
        let words = (0..<4).map { "the DET\ncat\($0) NOUN\n\n" }
        let marked = try files.write("-DOCSTART- O\n\n\n" + words[0] + words[1] + "-DOCSTART- O\n\n" + words[2] + words[3] + "-DOCSTART- O\n", to: "marked.conll")
        var tags = try options(marked, label: "", text: "column1")
        (tags.target, tags.textReading) = (.classes, TextReading(unit: .word))
        try check(marked, tags)
        #expect(try pieces(marked, tags, byteCount: 1).count == 4)
    }

    @Test("files whose sequences lie between each other, and UTF-16, are one piece")
    func undivided() throws {
        let long = try files.write("i,value,class\nq,3,\nr,1,x\nq,4,y\n", to: "s.csv")
        try check(long, options(long, id: "i"), isDivided: false)
        let path = try files.write([0xFF, 0xFE] + Array(("a,b,class\n" + rows).utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }, to: "16.csv")
        try check(path, options(path), isDivided: false)
    }

    @Test("a fault has its line in the file; a file without sequences, and one that is damaged, are refused")
    func faults() throws {
        let path = try files.write("a,b,class\n" + rows + "\n16,x,up\n", to: "fault.csv")
        let whole = try files.write("a,b,class\n" + rows, to: "whole.csv")
        let (options, meaning) = (try options(whole), try meaning(options(whole)))
        let pieces = SequencePieces(path: path, options: options, byteCount: 8)
        let error = #expect(throws: DatasetError.self) {
            while let piece = try pieces.next() { _ = try SequenceInputs(piece, options: options, meaning: meaning) }
        }
        #expect(error.map { "\($0)" }?.contains("fault.csv:11:4: ") == true, "\(error.map { "\($0)" } ?? "no error")")
        let empty = try files.write("", to: "empty.csv")
        #expect(throws: DatasetError.emptyFile(path: empty)) { _ = try SequencePieces(path: empty, options: options).next() }
        let damaged = try files.write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2], to: "damaged.csv.gz")
        #expect(throws: DatasetError.self) { while try SequencePieces(path: damaged, options: options).next() != nil {} }
    }
}
