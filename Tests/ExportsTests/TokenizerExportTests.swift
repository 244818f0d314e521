import Datasets
import Exports
import FileFixtures
import Foundation
import Inference
import PythonEnvironment
import StrictJSON
import Testing

@Suite("Exports of models with a tokenizer's file", .enabled(if: Python.withTokenizers != nil, Comment(rawValue: Python.missingTokenizers)))
struct TokenizerExportTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    private static let text = """
        {"data": {"kind": "text", "files": "FOLDER/text.txt", "unit": "bpe", "tokenizer": "FOLDER/byteLevel.json", "length": 9, "joinLines": true},
         "model": {"hidden": 15, "embedding": 6}, "training": {"batch": 8, "steps": 60}, "optimizer": {"learningRate": 0.02}}
        """
    private static let classes = """
        {"data": {"kind": "sequences", "files": "FOLDER/texts.csv", "label": "kind", "text": "words", "unit": "bpe", "tokenizer": "FOLDER/byteLevel.json"},
         "model": {"hidden": 9, "embedding": 4}, "training": {"batch": 16, "steps": 20}, "optimizer": {"learningRate": 0.01}}
        """

    /// The export of a model in NumPy, and what its functions print of a text.
    private func result(_ json: String, _ kind: String, _ subject: String, count: Int, in folder: TemporaryFolder) throws -> (TrainedSubject, JSONValue) {
        try TrainedSubject.writeData(in: folder)
        var fixture = TokenizerFixture()
        fixture.added = [("<s>", "\"special\": true"), ("on", "\"single_word\": true, \"lstrip\": true")]
        try folder.write(fixture.json, "byteLevel.json")
        let trained = try TrainedSubject(json, in: folder)
        try FileManager.default.removeItem(atPath: folder.path("byteLevel.json"))
        try trained.export(.npz, to: "export", in: folder)
        let python = try #require(Python.withTokenizers)
        #expect(try Python.run(python, [folder.path("export/verify.py")]).code == 0)
        #expect(String(decoding: try folder.bytes("export/README.md"), as: UTF8.self).contains("pip install numpy tokenizers"))
        let result = try Python.run(python, [Self.fixtures.appending(path: "use_export.py").path, folder.path("export"), kind, subject, "\(count)"])
        return (trained, try JSONValue.parse(Array(try #require(result.code == 0 ? result.output.split(separator: "\n").last : nil, "\(result.output)").utf8)))
    }

    @Test("of a text: the card's lines run as printed, and the most likely continuation is this program's")
    func texts() throws {
        let folder = try TemporaryFolder()
        let (subject, found) = try result(Self.text, "text", "The cat\nsat on 漢", count: 30, in: folder)
        let generator = try Generator(run: subject.run, sampling: SamplingOptions(temperature: 0), seed: 1, team: Subjects.team)
        let wanted = generator.vocabulary.decode(generator.generate(from: [try generator.tokens(of: "The cat\nsat on 漢")], length: 30)[0])
        #expect(found.stringValue == wanted)
    }

    @Test("of labelled texts: a text has this program's probabilities")
    func labelledTexts() throws {
        let folder = try TemporaryFolder()
        let (subject, found) = try result(Self.classes, "classes", JSONValue.text(TrainedSubject.classified.text).serialized(), count: 0, in: folder)
        let (classes, wanted) = try subject.probabilities()
        #expect(found.objectValue?.map(\.key) == classes)
        let probabilities = (found.objectValue ?? []).compactMap(\.value.realValue)
        #expect(probabilities.count == 3 && zip(probabilities, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(probabilities) \(wanted)")
    }
}
