import Batches
import Datasets
import Foundation
import HostileInput
import StrictJSON
import Testing

@Suite("A prepared text")
struct PreparedTextTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    private static let prose = (0..<400).map { "The cat\($0 % 7 == 0 ? "'s" : "") sat  on mat \($0 * 37 % 101), größer é漢𝄞!\($0 % 3 == 0 ? "\r\n" : " ")" }.joined()

    static let readings: [(TextReading, limit: Int)] =
        TextUnit.allCases.flatMap { unit in
            [(false, false), (true, true)].map { (TextReading(unit: unit, lowercase: $0.0, joinLines: $0.1), unit == .bpe ? 300 : 0) }
        } + [(TextReading(unit: .word), 20), (TextReading(unit: .bpe), 257)]

    private func options(_ reading: TextReading, limit: Int = 0, parts: Bool = false) throws -> TextOptions {
        // Behind a byte order mark, and without a line feed at its end.
        let marked = try files.write([0xEF, 0xBB, 0xBF] + Array(Self.prose.utf8), to: "marked.txt")
        let short = try files.write("é cat  ", to: "short.txt")
        let other = try files.write(String(Self.prose.prefix(2000)), to: "other.txt")
        return TextOptions(
            files: [short, marked], partFiles: parts ? PartFiles(validation: [other], test: [short]) : PartFiles(), reading: reading,
            split: parts ? try SplitFractions() : try SplitFractions(validation: 0.3, test: 0.1), wordLimit: limit)
    }

    private func reading(_ options: TextOptions) -> PreparedReading {
        let sources = [("data.files", options.files), ("data.validationFiles", options.partFiles.validation), ("data.testFiles", options.partFiles.test)]
        return PreparedReading(
            kind: "text", settings: [JSONMember(key: "data.unit", value: .text(options.reading.unit.rawValue))],
            sources: sources.flatMap { key, paths in paths.map { PreparedSource(key: key, path: $0) } })
    }

    private func expectSame(_ found: EncodedText, _ wanted: EncodedText, _ comment: Comment) throws {
        #expect(found.vocabulary == wanted.vocabulary && found.count == wanted.count, comment)
        let (one, other) = (try TextStreams(text: found, length: 7, batchSize: 3), try TextStreams(text: wanted, length: 7, batchSize: 3))
        #expect(one.fingerprint == other.fingerprint && one.description == other.description, comment)
        #expect(one.byteCount == 0 && other.byteCount > 0)
        for part in DataPart.allCases {
            #expect(one.coverage(of: part) == other.coverage(of: part), comment)
            // Evaluation's streams have warm-up steps without targets, which `allColumns` doesn't know.
            for pass in part == .training ? [DataPass.training(epoch: 0)] : [] {
                let (mine, theirs) = (one.batches(of: pass).allColumns(), other.batches(of: pass).allColumns())
                #expect(mine.map(\.tokens) == theirs.map(\.tokens) && mine.map(\.targetTokens) == theirs.map(\.targetTokens), comment)
            }
        }
        #expect(one.fault == nil)
    }

    @Test("has the tokens, the vocabulary and the fingerprint of the files, however small the pieces are in which they are read", arguments: readings, [false, true])
    func same(reading: (TextReading, limit: Int), parts: Bool) throws {
        let options = try options(reading.0, limit: reading.limit, parts: parts)
        let wanted = try EncodedText(options)
        for pieceByteCount in [1, 5, 64, 1000, 1 << 20] {
            let path = files.path("text.prepared")
            let facts = try TextPreparation(options, reading: self.reading(options), pieceByteCount: pieceByteCount).write(to: path, command: "prepare")
            let found = try #require(try EncodedText(options, prepared: path, reading: self.reading(options)))
            try expectSame(found, wanted, "\(reading), pieces of \(pieceByteCount)")
            #expect(facts.description.contains("\(wanted.vocabulary.count) different"))
            #expect(try EncodedText(options, prepared: path, reading: self.reading(options), vocabulary: wanted.vocabulary) != nil)
            let other = try EncodedText(TextOptions(files: [files.write("xyz", to: "xyz")], reading: TextReading(unit: .byte), split: SplitFractions())).vocabulary
            #expect(try EncodedText(options, prepared: path, reading: self.reading(options), vocabulary: other) == nil)
        }
    }

    @Test("has the documents of the files, and their order, however small the pieces", arguments: ["file", "line", "blankLine", "doc 3 "], TextUnit.allCases)
    func documents(end: String, unit: TextUnit) throws {
        let prose = "\n\n" + (0..<60).map { "doc \($0 % 7) \(String(repeating: "ü x", count: $0 * 5 % 11))\($0 % 4 == 0 ? "\n\n" : $0 % 5 == 0 ? "\r\n" : "\n")" }.joined()
        let paths = [try files.write([0xEF, 0xBB, 0xBF] + Array(prose.utf8), to: "one.txt"), try files.write(String(prose.dropLast()), to: "two.txt")]
        let options = TextOptions(
            files: paths, partFiles: PartFiles(test: [paths[1]]), reading: TextReading(unit: unit), split: try SplitFractions(validation: 0.2),
            document: DocumentEnd(end))
        let (text, settings) = (try EncodedText(options), reading(options))
        let wanted = try TextDocuments(text: text, batchSize: 3, seed: 5)
        for pieceByteCount in [1, 7, 100, 1 << 20] {
            _ = try TextPreparation(options, reading: settings, pieceByteCount: pieceByteCount).write(to: files.path("text.prepared"), command: "prepare")
            let prepared = try #require(try EncodedText(options, prepared: files.path("text.prepared"), reading: settings))
            let found = try TextDocuments(text: prepared, batchSize: 3, seed: 5)
            #expect(found.fingerprint == wanted.fingerprint && found.description == wanted.description && found.notes == wanted.notes, "pieces of \(pieceByteCount)")
            for pass in [DataPass.training(epoch: 1), .evaluation(.validation), .evaluation(.test)] {
                let (mine, theirs) = (found.batches(of: pass).allColumns(), wanted.batches(of: pass).allColumns())
                #expect(mine.map(\.tokens) == theirs.map(\.tokens) && mine.map(\.targetTokens) == theirs.map(\.targetTokens), "pieces of \(pieceByteCount)")
            }
        }
    }

    @Test("of a text in UTF-16 is that of the same text in UTF-8", arguments: TextUnit.allCases.filter { $0 != .byte })
    func utf16(unit: TextUnit) throws {
        let bytes: [UInt8] = [0xFF, 0xFE] + Self.prose.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let options = TextOptions(files: [try files.write(bytes, to: "wide.txt")], reading: TextReading(unit: unit), split: try SplitFractions(validation: 0.1), wordLimit: unit == .bpe ? 300 : 0)
        _ = try TextPreparation(options, reading: reading(options), pieceByteCount: 64).write(to: files.path("text.prepared"), command: "prepare")
        let found = try #require(try EncodedText(options, prepared: files.path("text.prepared"), reading: reading(options)))
        try expectSame(found, EncodedText(options), "\(unit)")
    }

    @Test("what isn't UTF-8, is empty, a picture or a pipe is refused as it is in training, at the same byte, and nothing is written")
    func refusals() throws {
        for (bytes, unit) in [
            (Array(repeating: 0x61, count: 5000) + [0xC3, 0x28, 0x20], TextUnit.character), (Array(repeating: 0x61, count: 99) + [0x20, 0xF0, 0x9F], .word),
            ([], .byte), ([0xEF, 0xBB, 0xBF], .character), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], .character), ([0x61, 0xFF], .bpe),
        ] as [([UInt8], TextUnit)] {
            let options = TextOptions(files: [try files.write(bytes, to: "bad.txt")], reading: TextReading(unit: unit), split: try SplitFractions())
            let wanted = fault { _ = try EncodedText(options) }
            for pieceByteCount in [64, 1 << 20] {
                let found = fault { _ = try TextPreparation(options, reading: reading(options), pieceByteCount: pieceByteCount).write(to: files.path("bad.prepared"), command: "") }
                #expect(found == wanted && found != nil, "\(unit), pieces of \(pieceByteCount)")
            }
        }
        let none = TextOptions(files: [files.path("none")], split: try SplitFractions())
        #expect(fault { _ = try TextPreparation(none, reading: reading(none)).write(to: files.path("bad.prepared"), command: "") }?.category == .noInput)
        #expect(!FileManager.default.fileExists(atPath: files.path("bad.prepared")))
    }

    private func change(_ options: TextOptions, _ reading: PreparedReading? = nil) -> String? {
        switch fault({ _ = try EncodedText(options, prepared: files.path("text.prepared"), reading: reading ?? self.reading(options)) }) {
        case .stalePrepared(_, let change, let command):
            // Of a changed file the command that wrote the form is given; of another configuration that one's own.
            command == (change.contains("short.txt") ? "the command" : "lstm-train prepare with the configuration and keys of this command, and --output \(files.path("text.prepared"))")
                ? change : nil
        default: nil
        }
    }

    @Test("is refused with what has changed, a file, its number or a setting; a touched or moved file is the same")
    func stale() throws {
        var options = try options(TextReading())
        let own = reading(options)
        _ = try TextPreparation(options, reading: own).write(to: files.path("text.prepared"), command: "the command")
        #expect(change(options) == nil)
        #expect(try EncodedText(options, prepared: files.path("text.prepared"), reading: own) != nil)
        // Another time, the same contents.
        _ = try files.write("é cat  ", to: "short.txt")
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: files.path("short.txt"))
        #expect(try EncodedText(options, prepared: files.path("text.prepared"), reading: own) != nil)
        _ = try files.write("é bat  ", to: "short.txt")
        #expect(change(options)?.hasSuffix("short.txt has other contents than then") == true)
        _ = try files.write("é cat", to: "short.txt")
        #expect(change(options)?.hasSuffix("short.txt has 6 bytes now, and had 8") == true)
        try FileManager.default.removeItem(atPath: files.path("short.txt"))
        #expect(change(options)?.hasSuffix("short.txt can't be read: No such file or directory") == true)
        let settings = [JSONMember(key: "data.unit", value: .text("byte"))]
        #expect(change(options, PreparedReading(kind: "text", settings: settings, sources: own.sources)) == #"data.unit is "byte" now, and was "character""#)
        #expect(change(options, PreparedReading(kind: "series", settings: [], sources: []))?.contains(#"kind "text""#) == true)
        _ = try files.write("é cat  ", to: "short.txt")
        try FileManager.default.copyItem(atPath: files.path("text.prepared"), toPath: files.path("copy.prepared"))
        options.files.removeLast()
        let copied = fault { _ = try EncodedText(options, prepared: files.path("copy.prepared"), reading: reading(options)) }
        #expect(copied.map { "\($0)" }?.contains("data.files names 1 now, and named 2. Write it anew: lstm-train prepare with the configuration") == true, "\(String(describing: copied))")
    }

    @Test("is written in a part of the text's memory")
    func boundedMemory() async {
        await #expect(processExitsWith: .success) { exit(Self.memoryFailure()) }
    }

    /// The number of what failed, 0 if nothing did. A function, so that its files are removed before the process ends.
    private static func memoryFailure() -> Int32 {
        guard let files = try? TemporaryFiles(), let split = try? SplitFractions(validation: 0.1) else { return 2 }
        let (path, byteCount) = (files.path("large"), 64 << 20)
        guard (try? makeSparseFile(path, beginning: Array("text".utf8), byteCount: byteCount)) != nil else { return 3 }
        let options = TextOptions(files: [path], reading: TextReading(unit: .byte), split: split)
        let reading = PreparedReading(kind: "text", settings: [], sources: [PreparedSource(key: "data.files", path: path)])
        let before = peakMemoryByteCount()
        guard let facts = try? TextPreparation(options, reading: reading).write(to: files.path("large.prepared"), command: "") else { return 4 }
        guard facts.sourceByteCount == byteCount, facts.byteCount > byteCount else { return 5 }
        return peakMemoryByteCount() - before < byteCount / 2 ? 0 : 6
    }

    @Test("of a damaged block the tokens are 0, and the dataset says so before they count")
    func damage() throws {
        let options = try options(TextReading())
        let path = files.path("text.prepared")
        _ = try TextPreparation(options, reading: reading(options)).write(to: path, command: "")
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        bytes[4096 + 77] ^= 1
        try Data(bytes).write(to: URL(filePath: path))
        let text = try #require(try EncodedText(options, prepared: path, reading: reading(options)))
        let streams = try TextStreams(text: text, length: 7, batchSize: 3)
        #expect(streams.fault == nil)
        #expect(streams.batches(of: .training(epoch: 0)).allColumns().allSatisfy { $0.tokens.allSatisfy { $0 == 0 } })
        #expect(fault { try streams.requireSound() }?.category == .badData)
    }
}
