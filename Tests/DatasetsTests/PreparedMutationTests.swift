import Batches
import Datasets
import Files
import Foundation
import HostileInput
import StrictJSON
import Testing

@Suite("Prepared forms whose descriptions are corrupted at random, with their right SHA-256")
struct PreparedMutationTests {
    private let files: TemporaryFiles
    private static let tokens = [
        "9223372036854775807", "-1", "0", "1", "{", "}", "[]", "null", "\"text\"", "\"data.files\"", "1e400", "\"symbols\":[\"a\"]", "\"rows\":4611686018427387904",
    ].map { Array($0.utf8) }

    init() throws { files = try TemporaryFiles(inMemory: true) }

    /// Writes the numbers of `file` again, with another description.
    private func rewritten(_ about: JSONValue, _ sections: (SectionFileWriter) throws -> Void) throws -> String {
        let path = files.path("spoilt.prepared")
        let writer = try SectionFileWriter(path)
        try sections(writer)
        _ = try writer.finish(about: about)
        return path
    }

    /// Opens the form with spoilt descriptions, and reads all of those that are taken.
    private func spoil(_ path: String, runCount: Int, _ sections: (SectionFile, SectionFileWriter) throws -> Void, _ read: (String) throws -> Void) throws {
        let file = try SectionFile(path)
        let description = Array(file.about.serialized().utf8)
        var (refusedCount, takenCount) = (0, 0)
        _ = try fuzz("mutations of a prepared form", runCount: runCount) { mutator in
            guard let about = try? JSONValue.parse(mutator.spoilt(description, other: description, tokens: Self.tokens)) else { return }
            let spoilt = try rewritten(about) { try sections(file, $0) }
            do {
                try read(spoilt)
                takenCount += 1
            } catch is DatasetError {
                refusedCount += 1
            } catch {
                Issue.record("seed \(mutator.seed): \(error)")
            }
        }
        #expect(refusedCount > 20 && takenCount > 0, "\(refusedCount) refused, \(takenCount) taken")
    }

    @Test("of a text are refused, or give tokens of their vocabulary", arguments: [TextUnit.character, .word, .bpe])
    func text(unit: TextUnit) throws {
        let source = try files.write(String(repeating: "a cat, é.\nthe mat ", count: 30), to: "text.txt")
        let options = TextOptions(files: [source], reading: TextReading(unit: unit), split: try SplitFractions(), wordLimit: unit == .bpe ? 260 : 0)
        let reading = PreparedReading(kind: "text", settings: [], sources: [PreparedSource(key: "data.files", path: source)])
        let path = files.path("text.prepared")
        _ = try TextPreparation(options, reading: reading).write(to: path, command: "")
        try spoil(path, runCount: 1500) { file, writer in
            if unit == .bpe { try file.copy("tokens", Int32.self, to: writer) } else { try file.copy("tokens", UInt8.self, to: writer) }
            try file.copy("documents", Int.self, to: writer)
        } _: { spoilt in
            guard let text = try EncodedText(options, prepared: spoilt, reading: reading) else { return }
            let streams = try TextStreams(text: text, length: 5, batchSize: 2)
            for column in streams.batches(of: .training(epoch: 0)).allColumns() {
                #expect(column.tokens.allSatisfy { (0..<Int32(text.vocabulary.count)).contains($0) })
            }
            try streams.requireSound()
        }
    }

    @Test("of a series are refused, or give windows and names")
    func series() throws {
        let rows = (0..<60).map { "\($0 % 2),2024-01-0\(1 + $0 / 48) \($0 / 2 % 24):00,\($0 * 7 % 13)" }
        let source = try files.write((["id,date,y"] + rows).joined(separator: "\n") + "\n", to: "table.csv")
        let options = SeriesOptions(file: source, columns: ["y"], length: 3, horizon: 1, split: try SplitFractions(validation: 0.3), id: "id", scaling: .series)
        let reading = PreparedReading(kind: "series", settings: [], sources: [PreparedSource(key: "data.files", path: source)])
        let path = files.path("table.prepared")
        _ = try SeriesPreparation(options, reading: reading).write(to: path, command: "")
        try spoil(path, runCount: 1500) { file, writer in
            try file.copy("values", Float.self, to: writer)
            try file.copy("times", Int.self, to: writer)
        } _: { spoilt in
            guard let windows = try SeriesWindows(options, prepared: spoilt, reading: reading, batchSize: 4, seed: 1) else { return }
            for part in [DataPart.training, .validation] {
                #expect(!windows.batches(of: .evaluation(part)).allColumns().isEmpty)
                _ = windows.naiveLosses(of: part)
            }
            _ = (windows.rowNames, windows.notes, windows.description)
        }
    }
}
