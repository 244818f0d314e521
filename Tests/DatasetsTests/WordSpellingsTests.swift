import Batches
import Datasets
import Files
import Testing

@Suite("Characters beside words")
struct WordSpellingsTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(_ path: String, limit: Int, unit: TextUnit = .word, lowercase: Bool = false) throws -> SequenceOptions {
        SequenceOptions(
            files: [path], format: .conll, target: .classes, label: "column2", text: "column1", textReading: TextReading(unit: unit, lowercase: lowercase),
            split: try SplitFractions(), characterLimit: limit)
    }

    private func read(_ text: String, limit: Int = 24, lowercase: Bool = false) throws -> LabelledSequences {
        try LabelledSequences(options(files.write(text, to: "words.conll"), limit: limit, lowercase: lowercase), batchSize: 4, seed: 1)
    }

    /// The words of a batch as their characters' tokens, sequence by sequence.
    private func characters(_ sequences: LabelledSequences) throws -> [[[Int32]]] {
        let batch = sequences.batch(ofExamples: Array(0..<sequences.exampleCount(of: .training)), in: .training)
        guard case .characters(let words)? = batch.inputs.last, batch.inputs.count == 2 else {
            Issue.record("the batch has no characters")
            return []
        }
        #expect(words.rowCount == batch.timeCount * batch.sequenceCount)
        return batch.lengths.enumerated().map { sequence, length in
            for time in length..<batch.timeCount { #expect(words[time * batch.sequenceCount + sequence].isEmpty) }
            return (0..<length).map { Array(words[$0 * batch.sequenceCount + sequence]) }
        }
    }

    @Test("characters are read as the file has them, also of words in lower case; one that occurs once is the last token")
    func spelling() throws {
        let sequences = try read("Abba A\nbA B\n\naX B\n", lowercase: true)
        // A, a, b twice or more; X once.
        let meaning = try #require(sequences.meaning as? SequenceMeaning)
        #expect(meaning.characters?.values == "Aab".unicodeScalars.map(\.value))
        #expect(Set(meaning.inputVocabulary?.words ?? []) == ["abba", "ba", "ax", "<unk>"])
        #expect(sequences.input == .words(vocabularyCount: 4, characterCount: 4))
        #expect(try Set(characters(sequences)) == [[[0, 2, 2, 1], [2, 0]], [[1, 3]]])
        #expect(try SequenceMeaning(json: Array(meaning.stored.text.utf8), file: "classes.json") == meaning)
    }

    @Test("of a long word the first characters are read, of one beyond ASCII its scalars; without a frequent character all are tokens")
    func limits() throws {
        #expect(try characters(read("éa x\nab y\n", limit: 1)) == [[[1], [0]]])
        let rare = try read("xy A\nz B\n")
        #expect((rare.meaning as? SequenceMeaning)?.characters?.values == "xyz".unicodeScalars.map(\.value))
        #expect(rare.input == .words(vocabularyCount: 3, characterCount: 4))
    }

    @Test("a run's characters are used for other files, and those that it doesn't know are the last token")
    func otherFile() throws {
        let path = try files.write("abab A\nba B\n", to: "words.conll")
        let sequences = try LabelledSequences(options(path, limit: 3), batchSize: 4, seed: 1)
        let meaning = try #require(sequences.meaning as? SequenceMeaning)
        let inputs = try SequenceInputs(TableFile(path: files.write("bxa\nq\n", to: "new.conll")), options: options(path, limit: 3), meaning: meaning)
        let batch = inputs.batch(ofRows: 0..<1)
        #expect(batch.inputs.last == .characters(WordCharacters([[1, 2, 0], [2]])))
        // Other characters are another meaning, and the fingerprint tells limits apart.
        let other = try read("abab A\ncc B\n")
        #expect((other.meaning as? SequenceMeaning)?.firstDifferenceOfNames(from: meaning) != nil)
        #expect(try LabelledSequences(options(path, limit: 2), batchSize: 4, seed: 1).fingerprint != sequences.fingerprint)
    }

    @Test("only words have characters beside them")
    func refusal() throws {
        let path = try files.write("text,class\nab,x\ncd,y\n", to: "a.csv")
        let options = SequenceOptions(
            files: [path], label: "class", text: "text", textReading: TextReading(unit: .character), split: try SplitFractions(), characterLimit: 5)
        #expect { try LabelledSequences(options, batchSize: 2, seed: 1) } throws: { "\($0)".contains("model.characters") && "\($0)".contains("\"word\"") }
    }

    @Test("a batch's chosen sequences keep their words' characters")
    func chosen() throws {
        let batch = Batch(
            timeCount: 2, lengths: [1, 2], inputs: [.tokens([0, 1, -1, 2]), .characters(WordCharacters([[5], [6, 7], [], [8]]))], globalIndices: [3, 4])
        #expect(batch.sequences([1]).inputs == [.tokens([1, 2]), .characters(WordCharacters([[6, 7], [8]]))])
        #expect(batch.sequences([1, 0]).inputs[1] == .characters(WordCharacters([[6, 7], [5], [8], []])))
    }
}
