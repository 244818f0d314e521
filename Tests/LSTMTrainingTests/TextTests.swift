import Checkpoints
import Datasets
import Files
import Foundation
import Inference
import LSTMTraining
import Runs
import Threads
import Testing
import Training

@Suite("a trained text model")
struct TextTests {
    @Test("continues a text as the program does, the same for the same seed", arguments: ["text", "textWindows"])
    func continues(kind: String) throws {
        let example = try TrainedExample.text(kind: kind)
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let text = try model.continueText("The c", length: 30, temperature: 0.7, seed: 3)
        let generator = try Generator(
            run: TrainedRun(example.path), sampling: SamplingOptions(temperature: 0.7), seed: 3, team: example.team)
        let program = generator.generate(from: [try generator.tokens(of: "The c")], length: 30)[0]
        #expect(text == generator.vocabulary.decode(program))
        #expect(text.count == 35 && text.hasPrefix("the c"))
        #expect(try model.continueText("The c", length: 30, temperature: 0.7, seed: 3) == text)
        #expect(try model.continueText("The c", length: 30, temperature: 0.7, seed: 4) != text)
        #expect(try model.continueText("a", length: 0) == "a")
        #expect(try TrainedModel(path: example.path, threadCount: 2).continueText("The c", length: 30, temperature: 0.7, seed: 3) == text)
    }

    @Test("a run is loaded at its newest checkpoint, or at the one with the lowest validation loss")
    func best() throws {
        // Random letters, which the model memorises: validation is best early on.
        var letters = ""
        // Knuth's generator, whose upper bits are random enough.
        var state: UInt64 = 1
        for _ in 0..<1200 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            letters += ["a", "b", "c", "d", "e", "f", "g"][Int((state >> 33) % 7)]
        }
        let example = try TrainedExample(
            """
            {"data": {"kind": "text", "files": "data.txt", "length": 10}, "model": {"hidden": 32}, "training": {"batch": 8, "epochs": 20},
             "optimizer": {"learningRate": 0.02}}
            """,
            data: letters)
        defer { example.remove() }
        let (newest, best) = (try TrainedModel(path: example.path), try TrainedModel(path: example.path, checkpoint: .best))
        #expect(best.step < newest.step)
        #expect(try best.step == TrainedRun(example.path).betterCheckpoint()?.manifest.step)
        #expect(throws: ModelError.self) { try TrainedModel(path: best.checkpointPath, checkpoint: .best) }
    }

    @Test("a session gives the same probabilities for a text in one piece or in several, and sessions are independent",
        arguments: ["text", "textWindows"])
    func sessions(kind: String) throws {
        let example = try TrainedExample.text(kind: kind)
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let (whole, pieces) = (try model.session(), try model.session())
        #expect(whole.probabilities == nil && whole.likeliest(3).isEmpty)
        try whole.read("The dog ran on the m")
        for piece in ["The d", "", "og ran on", " the m"] { try pieces.read(piece) }
        let probabilities = try #require(whole.probabilities)
        #expect(pieces.probabilities == probabilities)
        #expect(probabilities.count == whole.symbols.count && abs(probabilities.reduce(0, +) - 1) < 1e-12)
        let likeliest = whole.likeliest(4)
        #expect(likeliest.count == 4 && likeliest[0].probability == probabilities.max())
        #expect(zip(likeliest, likeliest.dropFirst()).allSatisfy { $0.probability >= $1.probability })
        // The most likely symbol is the one generated at temperature 0.
        #expect(try model.continueText("The dog ran on the m", length: 1, temperature: 0).hasSuffix(likeliest[0].symbol))
        whole.reset()
        #expect(whole.probabilities == nil)
        try whole.read("The dog ran on the m")
        #expect(whole.probabilities == probabilities)
    }

    @Test("evaluate's loss of a text is that of a single stream, read symbol by symbol, for any division into streams", arguments: [6_000, 60_000])
    func oneStream(count: Int) throws {
        let words = ["the cat ", "a dog ", "sat on ", "ran under ", "the mat.\n", "a tree, ", "and then "]
        var place = 3
        var text = ""
        while text.utf8.count < count {
            place = (place * place + 7 * place + text.utf8.count) % 9973
            text += words[place % words.count]
        }
        let example = try TrainedExample(
            """
            {"data": {"kind": "text", "files": "data.txt", "length": 20, "validationFraction": 0.2}, "model": {"hidden": 24},
             "training": {"batch": 16, "steps": 150}, "optimizer": {"learningRate": 0.01}}
            """, data: text)
        defer { example.remove() }
        let evaluation = try example.evaluation(.validation)
        let session = try TrainedModel(path: example.path).session()
        let part = text.unicodeScalars.suffix(evaluation.targetCount + 1).map { String($0) }
        var loss = 0.0
        for (symbol, next) in zip(part, part.dropFirst()) {
            try session.read(symbol)
            let probabilities = try #require(session.probabilities)
            loss -= log(probabilities[try #require(session.symbols.firstIndex(of: next))])
        }
        loss /= Double(evaluation.targetCount)
        // Several streams have a warm-up of 256 symbols each. Without it this text's loss is 0.002 too high.
        #expect(abs(evaluation.loss - loss) < (count == 6_000 ? 1e-5 : 1e-4), "\(evaluation.loss), one stream \(loss)")
    }

    @Test("gives the same facts as inspect, for a run and for one checkpoint")
    func facts() throws {
        let example = try TrainedExample.text()
        defer { example.remove() }
        let run = try TrainedRun(example.path)
        let model = try TrainedModel(path: example.path)
        #expect(model.task == .text && model.step == 40 && model.precision == "float32" && model.skippedCheckpoints.isEmpty)
        #expect(model.weightsSHA256 == run.checkpoint.manifest.weightsSHA256)
        #expect(model.parameterCount == run.parameters.reduce(0) { $0 + $1.dimensions.reduce(1, *) })
        #expect(try TrainedModel(path: model.checkpointPath).weightsSHA256 == model.weightsSHA256)
    }

    @Test("rejects invalid requests with a sentence")
    func refuses() throws {
        let example = try TrainedExample.text()
        defer { example.remove() }
        #expect(throws: ModelError.threadCount(0)) { try TrainedModel(path: example.path, threadCount: 0) }
        let absent = #expect(throws: ModelError.self) { try TrainedModel(path: example.folder.path) }
        #expect("\(try #require(absent))".contains("is not a run directory"))
        let model = try TrainedModel(path: example.path)
        #expect(throws: ModelError.emptyText) { try model.continueText("", length: 3) }
        #expect(throws: ModelError.length(-1)) { try model.continueText("a", length: -1) }
        #expect(throws: ModelError.temperature(-0.5)) { try model.continueText("a", length: 3, temperature: -0.5) }
        #expect(throws: ModelError.forecastsNothing(kind: "text")) { try model.forecast([[1, 2]]) }
        #expect(throws: ModelError.classifiesNothing(kind: "text")) { try model.classify("a") }
        let session = try model.session()
        try session.read("the")
        let before = session.probabilities
        let unknown = #expect(throws: ModelError.self) { try session.read("c%t") }
        #expect("\(try #require(unknown))".hasPrefix("'%' (U+0025), symbol 2 of the text, is none of the vocabulary's"))
        #expect(session.probabilities == before)
    }
}
