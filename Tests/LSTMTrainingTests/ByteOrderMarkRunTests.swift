import Checkpoints
import Communication
import Configuration
import Datasets
import Foundation
import Inference
import Runs
import Testing
import Training

@Suite("runs on texts that begin with a byte order mark")
struct ByteOrderMarkRunTests {
    private static let json = """
        {"data": {"kind": "text", "files": "data.txt", "length": 10}, "model": {"hidden": 7}, "training": {"batch": 8, "steps": 5},
         "checkpoint": {"everySteps": 5}}
        """
    private static let data = "\u{FEFF}" + String(repeating: "The cat sat on the mat, and the dog ran.\n", count: 30)

    private func train(_ example: TrainedExample, steps: Int, data: RunData, resume: ResumeChoice) throws {
        var configuration = example.configuration
        configuration.training.steps = steps
        let trainer = try Trainer(
            configuration, data: data, runDirectory: example.path, resume: resume, group: SingleProcess(), team: example.team,
            request: { .goOn }, reporter: nil)
        _ = try trainer.train()
    }

    @Test("a run that began when the mark was a symbol resumes with the same data, and is evaluated on them")
    func earlierRuns() throws {
        let example = try TrainedExample(Self.json, data: Self.data)
        defer { example.remove() }
        let old = try RunData(example.configuration, keepsByteOrderMarks: true)
        try train(example, steps: 5, data: old, resume: .never)
        let checkpoint = try TrainedRun(example.path).checkpoint.path
        for resume in [ResumeChoice.auto, .from(example.path), .from(checkpoint)] {
            let found = try RunData(example.configuration, goingOnIn: example.path, resume: resume)
            #expect(found.dataset.fingerprint == old.dataset.fingerprint && found.storedText == old.storedText)
        }
        #expect(try TrainedRun(example.path).data().dataset.fingerprint == old.dataset.fingerprint)
        try train(example, steps: 9, data: RunData(example.configuration, goingOnIn: example.path, resume: .auto), resume: .auto)
        #expect(try TrainedRun(example.path).checkpoint.manifest.step == 9)
        let anew = try RunData(example.configuration, goingOnIn: example.path, resume: .never)
        #expect(anew.dataset.vocabulary?.token(ofValue: 0xFEFF) == nil)
    }

    @Test("a new run's vocabulary doesn't contain the mark, whether the file has it or not")
    func newRuns() throws {
        let example = try TrainedExample(Self.json, data: Self.data)
        defer { example.remove() }
        let run = try TrainedRun(example.path)
        #expect(try run.vocabulary()?.token(ofValue: 0xFEFF) == nil)
        let fingerprint = try run.data().dataset.fingerprint
        try Data(Self.data.unicodeScalars.dropFirst().map { String($0) }.joined().utf8).write(to: example.folder.appending(path: "data.txt"))
        #expect(try run.data().dataset.fingerprint == fingerprint)
        #expect(try RunData(example.configuration, goingOnIn: example.path, resume: .auto).dataset.fingerprint == fingerprint)
    }

    @Test("a text that also contains the character inside is read without its mark, also on resume")
    func inside() throws {
        let example = try TrainedExample(Self.json, data: Self.data + "\u{FEFF}The cat.\n")
        defer { example.remove() }
        let run = try TrainedRun(example.path)
        #expect(try run.vocabulary()?.token(ofValue: 0xFEFF) != nil)
        let fingerprint = try RunData(example.configuration).dataset.fingerprint
        #expect(try run.data().dataset.fingerprint == fingerprint)
        #expect(try RunData(example.configuration, goingOnIn: example.path, resume: .auto).dataset.fingerprint == fingerprint)
    }
}
