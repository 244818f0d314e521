import Batches
import Datasets
import Files
import Foundation
import StrictJSON
import Testing

@Suite("Transcripts")
struct TranscriptTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(
        _ path: String, unit: TranscriptUnit = .character, columns: [String] = ["x"], id: String = "", division: SequenceDivision? = nil, skips: Bool = false
    ) throws -> SequenceOptions {
        SequenceOptions(
            files: [path], target: .transcript, label: "y", columns: columns, id: id, split: try SplitFractions(), division: division, transcriptUnit: unit,
            skipsUnalignable: skips)
    }

    private func read(_ options: SequenceOptions, outputSteps: @escaping @Sendable (Int) -> Int = { $0 }) throws -> LabelledSequences {
        try LabelledSequences(options, batchSize: 4, seed: 1, outputSteps: outputSteps)
    }

    private func meaning(_ sequences: LabelledSequences) throws -> SequenceMeaning { try #require(sequences.meaning as? SequenceMeaning) }

    /// The transcripts of the training part, as texts.
    private func texts(_ sequences: LabelledSequences) throws -> [String] {
        let count = sequences.exampleCount(of: .training)
        guard case .transcripts(let all)? = sequences.batch(ofExamples: Array(0..<count), in: .training).target else { return [] }
        let task = try #require(sequences.task as? TranscriptTask)
        return all.map(task.text)
    }

    @Test("the same transcripts are read from JSON lines, a table with a sequence or a time step a row, and arrays")
    func forms() throws {
        let lines = #"{"x": [1, 2, 3, 4], "y": " ab  a "}"# + "\n" + #"{"x": [5, 6], "y": "b"}"# + "\n"
        var archive = ZipArchive()
        archive.add("x.npy", NumpyArray([1.0, 2, 3, 4, 5, 6, 0, 0], shape: [2, 4]).bytes)
        archive.add("y.npy", NumpyArray(["ab a", "b"], shape: [2]).bytes)
        archive.add("lengths.npy", NumpyArray([Int64(4), 2], shape: [2]).bytes)
        let found = try [
            read(options(files.write(lines, to: "a.jsonl"))),
            read(options(files.write("y,a,b,c,d\nab a,1,2,3,4\nb,5,6,,\n", to: "b.csv"), columns: ["a", "b", "c", "d"])),
            read(options(files.write("i,x,y\nu,1,ab a\nv,5,b\nu,2,\nu,3,\nv,6,b\nu,4,ab a\n", to: "c.csv"), id: "i")),
            read(options(files.write(archive.finished(), to: "d.npz"))),
        ]
        for one in found {
            #expect(try texts(one) == ["ab a", "b"] && meaning(one).classes == [" ", "a", "b"] && meaning(one).counts == [1, 2, 2], "\(one.description)")
            #expect(one.task.output == OutputDescription(count: 4, isEveryStep: true, loss: .ctc) && one.targetCount(ofExample: 0, in: .training) == 4)
        }
    }

    @Test("symbols may be words, from a text or a list; an empty transcript is one, and counts as a symbol")
    func words() throws {
        let lines = #"{"x": [1, 2], "y": ["sil", "ah"]}"# + "\n" + #"{"x": [1, 2], "y": "ah"}"# + "\n" + #"{"x": [1], "y": []}"# + "\n" + #"{"x": [1], "y": ""}"# + "\n"
        let found = try read(options(files.write(lines, to: "a.jsonl"), unit: .word))
        #expect(try texts(found) == ["sil ah", "ah", "", ""] && meaning(found).classes == ["ah", "sil"] && meaning(found).counts == [2, 1])
        #expect((0..<4).map { found.targetCount(ofExample: $0, in: .training) } == [2, 1, 1, 1])
    }

    @Test("what can't be read is refused, with its place", arguments: [
        (#"{"x": [1, 2], "y": 12}"#, "a.jsonl:1:20: the field 'y' is no transcript: a text is wanted, which may be empty"),
        (#"{"x": [1, 2], "y": ["a"]}"#, "A list of symbols needs data.transcriptUnit \"word\""),
        (#"{"x": [1, 2], "y": ""}"#, "no transcript of the training part has a symbol"),
        (#"{"x": [1, 2, 3], "y": "ab"}"# + "\n" + #"{"x": [1, 2], "y": "aa"}"#, "a.jsonl:2:1: the transcript needs 3 time steps"),
    ])
    func refusals(text: String, message: String) throws {
        let path = try files.write(text + "\n", to: "a.jsonl")
        let error = #expect(throws: DatasetError.self) { try read(options(path)) }
        #expect("\(try #require(error))".contains(message), "\(String(describing: error))")
        for other in ["a.ts", "a.conll"] {
            let path = try files.write("@data\n1:a\n", to: other)
            #expect("\(try #require(#expect(throws: DatasetError.self) { try read(options(path, columns: [])) }))".contains("data.target is \"transcript\""))
        }
    }

    @Test("transcripts too long for the steps that the model leaves, and symbols that training lacks, are refused or left out and counted")
    func unalignable() throws {
        let lines = [("ab", 4, "train"), ("aab", 6, "train"), ("aab", 8, "train"), ("ba", 4, "test"), ("ac", 4, "test")].map {
            #"{"x": \#(Array(repeating: 1, count: $1)), "y": "\#($0)", "p": "\#($2)"}"# + "\n"
        }.joined()
        let path = try files.write(lines, to: "a.jsonl")
        let halved: @Sendable (Int) -> Int = { ($0 + 1) / 2 }
        let strict = try options(path, division: .part("p"))
        let error = try #require(#expect(throws: DatasetError.self) { try read(strict, outputSteps: halved) })
        #expect("\(error)".contains("a.jsonl:2:1: the transcript needs 4 time steps") && "\(error)".contains("has 3 after the layers"), "\(error)")
        let unknown = try #require(#expect(throws: DatasetError.self) { try read(strict) })
        #expect("\(unknown)".contains("a.jsonl:5:1: the transcript has the symbol 'c'"), "\(unknown)")
        let lenient = try options(path, division: .part("p"), skips: true)
        let found = try read(lenient, outputSteps: halved)
        #expect(try texts(found) == ["ab", "aab"] && found.exampleCount(of: .test) == 1)
        #expect(found.notes.filter { $0.hasPrefix("1 sequence left out") }.count == 2, "\(found.notes)")
        #expect(try found.fingerprint != read(lenient).fingerprint)
        // Read again as the run stored them.
        let again = try LabelledSequences(lenient, batchSize: 4, seed: 1, meaning: meaning(found), outputSteps: halved)
        #expect(try meaning(again) == meaning(found) && texts(again) == texts(found))
        #expect("\(try #require(#expect(throws: DatasetError.self) { try read(lenient, outputSteps: { _ in 1 }) }))".contains("all transcripts of the training part"))
    }

    @Test("what is stored is read again, and damage is refused")
    func stored() throws {
        let lines = (0..<4).map { #"{"x": [1, 2, 3], "y": "\#($0 < 3 ? "no" : "yes")"}"# + "\n" }.joined()
        let own = try meaning(read(options(files.write(lines, to: "a.jsonl"))))
        #expect(own.transcripts?.unit == .character && own.transcripts?.usual == [2, 3] && own.classes == ["e", "n", "o", "s", "y"])
        let text = own.stored.text
        #expect(try SequenceMeaning(json: Array(text.utf8), file: "classes.json") == own)
        for (old, new) in [(#""unit": "character""#, #""unit": "syllable""#), (#""target": "transcript""#, #""target": "classes""#), ("\"transcripts\"", "\"transcript\"")] {
            #expect(text.contains(old))
            #expect(throws: DatasetError.self) { try SequenceMeaning(json: Array(text.replacing(old, with: new).utf8), file: "classes.json") }
        }
        let words = try meaning(read(options(files.write(lines, to: "a.jsonl"), unit: .word)))
        #expect(own.firstDifferenceOfNames(from: words)?.contains("characters in one") == true && own.firstDifferenceOfNames(from: own) == nil)
    }

    @Test("changes of one list into another are as few as a search over all ways finds, and their kinds fit the lengths")
    func edits() {
        func fewest(_ from: ArraySlice<Int>, _ to: ArraySlice<Int>) -> Int {
            guard let first = from.first, let second = to.first else { return from.count + to.count }
            return min(
                fewest(from.dropFirst(), to.dropFirst()) + (first == second ? 0 : 1), fewest(from.dropFirst(), to) + 1, fewest(from, to.dropFirst()) + 1)
        }
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let (from, to) = ((0..<Int.random(in: 0...5)).map { _ in Int.random(in: 0..<3, using: &generator) }, (0..<Int.random(in: 0...5)).map { _ in Int.random(in: 0..<3) })
            let counts = EditCounts(from: from, to: to)
            #expect(counts.errorCount == fewest(from[...], to[...]) && to.count - from.count == counts.insertions - counts.deletions, "\(from) \(to)")
        }
        let counts = EditCounts(from: Array("kitten"), to: Array("sitting"))
        #expect(counts.substitutions == 2 && counts.insertions == 1 && counts.deletions == 0)
    }

    @Test("error rates are of all symbols and words together; a baseline says the most frequent transcript, or none")
    func metrics() throws {
        // Outputs: a blank between words is 1.
        let task = TranscriptTask(symbols: [" ", "a", "b"], unit: .character, usual: [2])
        let pairs: [([Int32], [Int32])] = [([2, 3, 1, 2], [2, 3, 1, 2]), ([2, 1, 3], [3, 1, 3, 1, 2]), ([3], [])]
        let outcomes = pairs.map { target, predicted in
            var outcome = SequenceOutcome(loss: 2)
            outcome.transcript = PredictedTranscript(target: target, predicted: predicted)
            return outcome
        }
        let values = Dictionary(uniqueKeysWithValues: task.metrics.map { ($0.key, $0.value(of: outcomes, targetCount: 8)) })
        #expect(values["loss"] == 0.75 && values["characterErrorRate"] == 4.0 / 8 && values["wordErrorRate"] == 3.0 / 5 && values["rightTranscripts"] == 1.0 / 3)
        #expect(values["substitutions"] == 1 && values["deletions"] == 1 && values["insertions"] == 2)
        let batch = Batch(timeCount: 2, lengths: [2, 2], input: .vectors([], featureCount: 1), target: .transcripts([[2], [2, 3]]), globalIndices: [0, 1])
        let guesses = task.baseline.outcomes(batch)
        #expect(task.baseline.title == "always 'a'" && guesses.map { $0.transcript?.predicted } == [[2], [2]] && guesses.allSatisfy { $0.loss.isNaN })
        let words = TranscriptTask(symbols: ["ah", "sil"], unit: .word)
        #expect(words.metrics.map(\.key) == ["loss", "symbolErrorRate", "rightTranscripts", "substitutions", "deletions", "insertions"])
        #expect(words.baseline.title == "the empty transcript" && words.text([2, 1]) == "sil ah")
    }
}
